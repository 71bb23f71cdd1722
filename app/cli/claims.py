"""``rongtu claims``: stated figures beside counted ones."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

from app.cli.common import (
    as_of_option,
    commands,
    common_options,
    heading,
    opened_store,
    out_option,
    say,
    table_text,
    write_out,
)
from app.roles import LOCAL_STEWARD

if TYPE_CHECKING:
    from app.services.claims.report import ClaimsReport, HeldClaim

_MOST_NAMED = 8


@commands.command()
@as_of_option
@out_option("另存对照表和差异说明，如 .xlsx、.csv (also write tables).")
@common_options
def claims(as_of: dt.date | None, out: Path | None, store: str | None, as_json: bool) -> None:
    """口径数字与库中数得的数对照，列出差异和原因 (stated figures beside what the store counts)."""
    from app.services.claims import service
    from app.services.claims.tables import claim_tables

    with opened_store(store, existing=True, as_of=as_of) as opened:
        report = service.claims(LOCAL_STEWARD, opened)
    write_out(out, lambda: claim_tables(report), report.about)
    say(report.to_dict(), as_json=as_json, words=lambda: _words(report))


def _counted(claim: HeldClaim) -> str:
    if claim.withheld:
        return "不列出"
    if claim.counted is None:
        return "无定义" if claim.indicator is None else "无法核对"
    return f"{claim.counted:g}"


def _words(report: ClaimsReport) -> str:
    import pandas as pd

    lines = heading(report.about)
    rows = [
        {
            "指标": claim.label.zh, "截至": claim.as_of, "口径数": f"{claim.stated:g}",
            "数得": _counted(claim),
            "单位": claim.unit, "": {True: "一致", False: "不一致", None: ""}[claim.agrees],
            "定义": "" if claim.definition is None else claim.definition.zh, "出处": claim.stated_in,
        }
        for claim in report.claims
    ]  # fmt: skip
    if rows:
        lines += ["", table_text(pd.DataFrame(rows))]
    for claim in report.claims:
        same = [other.definition.zh for other in claim.others if other.agrees]
        if claim.agrees is False:
            lines += ["", f"{claim.label.zh} {claim.stated:g}{claim.unit}（{claim.as_of}）：“{claim.statement}”"]
            lines += [f"  与“{definition}”的数相同" for definition in same]
            for why in claim.explained_by:
                names = "、".join(one.name for one in why.objects[:_MOST_NAMED])
                lines.append(f"  {why.label.zh} {why.count}：{names}{'……' if why.count > _MOST_NAMED else ''}")
    return "\n".join(lines)
