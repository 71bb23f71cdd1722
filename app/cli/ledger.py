"""Commands about the ledger: what was loaded, the history of an object, undoing a load."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from app.cli.common import commands, common_options, opened_store, say, table_text
from app.roles import LOCAL_STEWARD

if TYPE_CHECKING:
    from app.services.ledger.report import Entry, History


@commands.command()
@click.argument("load", type=int, required=False)
@common_options
def loads(load: int | None, store: str | None, as_json: bool) -> None:
    """列出装入记录，或其中一次 (the ledger of loads, or one of them)."""
    from app.services.ledger import service

    with opened_store(store, existing=True) as opened:
        if load is None:
            entries = service.loads(LOCAL_STEWARD, opened)
            say({"loads": [entry.to_dict() for entry in entries]}, as_json=as_json, words=lambda: _ledger(entries))
        else:
            entry = service.one_load(LOCAL_STEWARD, opened, load)
            say(entry.to_dict(), as_json=as_json, words=lambda: _one(entry))


@commands.command()
@click.argument("layer")
@click.argument("key", metavar="ID")
@common_options
def history(layer: str, key: str, store: str | None, as_json: bool) -> None:
    """一个对象的来历：每一版来自哪次装入、改了什么 (where each version of an object came from)."""
    from app.services.ledger import service

    with opened_store(store, existing=True) as opened:
        found = service.history(LOCAL_STEWARD, opened, layer, key)
    say(found.to_dict(), as_json=as_json, words=lambda: _history(found))


@commands.command()
@click.argument("load", type=int)
@click.option("--reason", default="", help="为什么撤销 (why).")
@common_options
def undo(load: int, reason: str, store: str | None, as_json: bool) -> None:
    """撤销一次装入；其后的装入用到了它则拒绝 (undo a load, while no later one built on it)."""
    from app.services.ledger import service

    with opened_store(store, existing=True) as opened:
        entry = service.undo(LOCAL_STEWARD, opened, load, reason=reason)
    say(entry.to_dict(), as_json=as_json, words=lambda: f"已撤销第 {load} 次装入 (undone)\n{_one(entry)}")


def _ledger(entries: list[Entry]) -> str:
    import pandas as pd

    return table_text(pd.DataFrame([_line(entry) for entry in entries])) if entries else "还没有装入 (nothing was loaded)"


def _line(entry: Entry) -> dict[str, Any]:
    load = entry.load
    done = load.layers.values()
    return {
        "次": load.id, "种类": entry.kind.zh, "来源": entry.source, "截至": load.as_of, "装入": _moment(entry), "人": entry.who.zh,
        "行": sum(layer.rows_in for layer in done), "保存": sum(layer.stored for layer in done),
        "未变": sum(layer.unchanged for layer in done), "拒绝": sum(layer.rejected for layer in done),
        "移除": sum(layer.removed for layer in done), "撤销于": load.undone_by,
    }  # fmt: skip


def _one(entry: Entry) -> str:
    import pandas as pd

    load = entry.load
    rows = [
        {"图层": name, "行": done.rows_in, "保存": done.stored, "未变": done.unchanged, "拒绝": done.rejected, "移除": done.removed}
        for name, done in load.layers.items()
    ]
    undone = [] if load.undone_by is None else [f"已被第 {load.undone_by} 次撤销 (undone)"]
    lines = [f"第 {load.id} 次  {entry.kind.zh}  {entry.source}  {load.sha256}",
             f"截至 {load.as_of}，{_moment(entry)} 由 {entry.who.zh} 装入  {entry.reason}", *undone]
    return "\n".join([*lines, table_text(pd.DataFrame(rows))])


def _history(found: History) -> str:
    import pandas as pd

    labels = {spec.name: spec.label.zh for spec in found.layer.fields} | {"geometry": "位置"}
    rows = [
        {
            "版": step.version, "装入": f"第 {step.load.load.id} 次 {step.load.source}", "截至": step.load.load.as_of,
            "人": step.load.who.zh, "说明": step.load.reason,
            "改动": "新增" if step.version == 1 else "、".join(labels[name] for name in step.changed),
            "其后": "" if step.ended_by is None else f"第 {step.ended_by.load.id} 次{'移除' if step.removed else '改动'}",
        }
        for step in found.steps
    ]  # fmt: skip
    return "\n".join([f"{found.layer.label.zh} {found.id}", table_text(pd.DataFrame(rows))])


def _moment(entry: Entry) -> str:
    return f"{entry.load.loaded_at.astimezone():%Y-%m-%d %H:%M}"
