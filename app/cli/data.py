"""Commands about the data itself: making, importing, listing, exporting, checking, serving."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.cli.common import as_of_option, commands, common_options, opened_store, progress, say, table_text
from app.config import read_settings
from app.roles import LOCAL_STEWARD

if TYPE_CHECKING:
    import pandas as pd

    from layers.intake.osm import Count, Extract


@commands.command()
@click.option("--seed", default=7, show_default=True, type=click.IntRange(0), help="随机种子 (seed).")
@click.option("--replace", is_flag=True, help="覆盖库中的其他地区 (replace another region in the store).")
@common_options
def demo(seed: int, replace: bool, store: str | None, as_json: bool) -> None:
    """生成虚构的演示县 (make the fictional demonstration county)."""
    from app.services.importing import counts, load_demo

    with opened_store(store) as opened, progress(quiet=as_json) as told:
        report = load_demo(LOCAL_STEWARD, opened, seed=seed, replace=replace, progress=told)
        table = counts(report)
    say({"seed": seed, "layers": table.to_dict("records")}, as_json=as_json, words=lambda: table_text(table))


@commands.command("import-osm")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--township-level",
    default=8,
    show_default=True,
    type=click.IntRange(2, 11),
    help="作为乡镇的行政级别 (admin_level that stands for townships).",
)
@click.option(
    "--station-tags",
    multiple=True,
    metavar="KEY=VALUE[,…]",
    help="作为服务站的标签，可重复 (tags that stand for stations; may be repeated).",
)
@click.option(
    "--households-from",
    type=click.Choice(["buildings"]),
    default=None,
    help="由住宅建筑生成匿名家庭，供规划用 (anonymous households from dwellings, for planning).",
)
@click.option("--replace", is_flag=True, help="覆盖库中的其他地区 (replace another region in the store).")
@common_options
def import_osm(
    file: Path,
    township_level: int,
    station_tags: tuple[str, ...],
    households_from: Any,
    replace: bool,
    store: str | None,
    as_json: bool,
) -> None:
    """由 OpenStreetMap 提取文件建库 (fill the layers from an OpenStreetMap extract)."""
    from app.services.importing import counts, load_extract
    from layers.intake.osm import read_extract

    tags = [tag.strip() for given in station_tags for tag in given.split(",") if tag.strip()]
    with progress(quiet=as_json) as told:
        # Read first: a file that cannot be read leaves no empty store behind.
        extract = read_extract(
            file,
            township_level=township_level,
            station_tags=tuple(tags),
            households_from=households_from,
            progress=told,
        )
    with opened_store(store) as opened:
        table = counts(load_extract(LOCAL_STEWARD, opened, extract, source=file.name, replace=replace))
    answer = {
        "region": extract.region_name,
        "as_of": extract.as_of,
        "layers": table.to_dict("records"),
        "taken": [asdict(count) for count in extract.taken],
        "left_out": [asdict(count) for count in extract.left_out],
    }
    say(answer, as_json=as_json, words=lambda: _extract_words(extract, table))


def _extract_words(extract: Extract, loaded: pd.DataFrame) -> str:
    import pandas as pd

    def listed(counts: Sequence[Count]) -> str:
        rows = [
            {"": count.what_zh, "说明": count.reason_zh, "数": count.n, "例": "、".join(count.names[:3])} for count in counts
        ]
        return table_text(pd.DataFrame(rows)) if rows else "—"

    return "\n".join([
        f"{extract.region_name}  {extract.as_of}", table_text(loaded),
        "", "取用 (taken)", listed(extract.taken), "", "未取 (left out)", listed(extract.left_out),
    ])  # fmt: skip


@commands.command()
@as_of_option
@common_options
def layers(as_of: dt.date | None, store: str | None, as_json: bool) -> None:
    """列出图层 (list the layers)."""
    import pandas as pd

    from app.services.layers import summaries
    from layers.registry import LAYERS

    with opened_store(store, existing=True, as_of=as_of) as opened:
        found = summaries(LOCAL_STEWARD, opened)
    rows = [
        {"name": s.name, "label": LAYERS[s.name].label.zh, "rows": s.rows, "as_of": s.as_of, "source": s.source}
        for s in found
    ]
    say({"layers": rows}, as_json=as_json, words=lambda: table_text(pd.DataFrame(rows)))


@commands.command()
@click.argument("layer")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@common_options
def export(layer: str, file: Path, store: str | None, as_json: bool) -> None:
    """导出图层：.gpkg .geojson .fgb .csv .xlsx (write a layer to a file)."""
    from app.services.answers.files import export_layer

    with opened_store(store, existing=True) as opened:
        rows = export_layer(LOCAL_STEWARD, opened, layer, file)
    say({"layer": layer, "file": str(file), "rows": rows}, as_json=as_json, words=lambda: f"{file}: {rows} 行 (rows)")


@commands.command()
@click.argument("layer")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@common_options
def template(layer: str, file: Path, store: str | None, as_json: bool) -> None:
    """一个图层的空白填报表：.xlsx，含下拉选项、示例行和数据字典 (an empty workbook to fill in for a layer)."""
    from app.services.importing.service import template as filled_in
    from layers.errors import IntakeError
    from layers.intake.workbooks.export import whole_or_not

    del store  # a form asks for no data
    if file.suffix.lower() != ".xlsx":
        msg = f"填报表是工作簿，请把“{file.name}”写成 .xlsx (a template is a workbook; name it .xlsx)"
        raise IntakeError(msg)
    content = filled_in(LOCAL_STEWARD, layer)
    with whole_or_not(file) as written:
        written.write_bytes(content)
    say({"layer": layer, "file": str(file)}, as_json=as_json, words=lambda: f"{file}")


@commands.command()
@click.option("--host", default=None, help="只接受本机地址 (loopback only).")
@click.option("--port", default=None, type=click.IntRange(1, 65535), help="端口 (port).")
@click.option("--points", is_flag=True, default=None,
              help="在本机显示单户位置，慎用 (show single households on this machine; take care).")
@common_options
def serve(host: str | None, port: int | None, points: bool | None, store: str | None, as_json: bool) -> None:
    """启动网页与接口 (serve pages and API on one port)."""
    from app.server import serve as run

    del as_json  # there is no answer but the address
    run(read_settings(host=host, port=port, points=points, store=store))


@commands.command()
@common_options
def migrate(store: str | None, as_json: bool) -> None:
    """把库升级到本程序的版本 (bring the store up to the program's version)."""
    with opened_store(store) as opened:
        version = opened.schema_version()
        label = opened.address
    say({"store": label, "version": version}, as_json=as_json, words=lambda: f"{label}: {version}")


@commands.command()
@common_options
def check(store: str | None, as_json: bool) -> None:
    """检查库中数据的问题；有问题时退出码为 1 (what is wrong with the data; exit code 1 if anything is)."""
    import pandas as pd

    from app.services.checking import check_store

    with opened_store(store, existing=True) as opened:
        report = check_store(LOCAL_STEWARD, opened).report
    rows = [
        {
            "layer": i.layer,
            "id": i.id,
            "column": i.column,
            "rule": i.rule,
            "value": i.value,
            "hint": i.hint.zh,
            "hint_en": i.hint.en,
        }
        for i in report.issues
    ]
    answer = {"ok": report.ok, "issues": rows}
    say(answer, as_json=as_json, words=lambda: "没有问题 (no problems)" if report.ok else table_text(pd.DataFrame(rows)))
    if not report.ok:
        raise SystemExit(1)
