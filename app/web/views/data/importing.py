"""The import side: a file is put in, looked at, mapped, checked and loaded; nothing is stored before the last step."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pandas as pd
import streamlit as st

from app.messages import NONE, Words
from app.roles import Role, Viewer
from app.services import layers
from app.services.importing import service
from app.services.importing.options import AUTO, ImportOptions, Upload
from app.services.importing.regions import Progress
from app.services.importing.report import ImportReport, Preview
from app.web.kit import empty
from app.web.kit.parts import Kpi, error_text, kpis, subtitle
from app.web.views.data.uploader import uploader_words
from geo.errors import RongtuError
from layers import registry
from layers.errors import StaleCheckError
from layers.intake.aliases import PLACES
from layers.intake.examination.doctor import DOUBTS
from layers.intake.positions.datum import NAMED
from layers.schema import Layer
from layers.store import Store

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_REPORT, _ASKED, _STALE = "import_report", "import_asked", "import_stale"
_SHOWN = 500
"""Problems in the table; the return workbook has all."""


def draw(viewer: Viewer, store: Store, words: Words) -> None:
    """The steps, each below the one before it."""
    if viewer.role is not Role.STEWARD:
        empty.notice(words("import.steward_only"))
        return
    layer, upload = _file(viewer, words)
    if upload is None:
        st.caption(words("import.formats"))
        return
    options = _taken(words)
    try:
        preview = service.preview(viewer, store, layer.name, upload, options)
    except RongtuError as error:
        st.error(error_text(error, words), icon=":material/error:")
        return
    options = _mapped(preview, layer, options, words)
    options = _decided(preview, options, words)
    _check(viewer, store, layer, upload, options, words)


def _file(viewer: Viewer, words: Words) -> tuple[Layer, Upload | None]:
    """What is loaded, and into which layer."""
    names = [name for name in registry.LAYERS if layers.permitted(viewer, name)]
    subtitle(words("import.file"), words("import.file_says"))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox(
            words("data.layer"), names, key="import_layer", width=260, format_func=lambda name: words.pick(registry.get(name).label),
            on_change=_forget,
        )  # fmt: skip
        layer = registry.get(name)
        st.download_button(
            words("import.template"), lambda: service.template(viewer, name), file_name=f"{words.pick(layer.label)}.xlsx",
            mime=_XLSX, icon=":material/download:", on_click="ignore", key="import_template",
        )  # fmt: skip
    uploader_words(words)
    given = st.file_uploader(words("import.choose"), key="import_file", on_change=_forget_file)
    return layer, None if given is None else Upload(given.name, given.getvalue())


def _forget() -> None:
    for name in (_REPORT, _ASKED):
        st.session_state.pop(name, None)


def _forget_file() -> None:
    """Another file has sheets of its own, and lacks other fields."""
    _forget()
    st.session_state.pop("import_sheet", None)


def _taken(words: Words) -> ImportOptions:
    """What decides how the file is read; the sheet is chosen below, of those that it has."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        as_of = st.date_input(words("data.as_of"), "today", format="YYYY-MM-DD", key="import_as_of", width=200)
        mode = st.segmented_control(
            words("import.mode"), ["all", "good"], key="import_mode", required=True, default="all",
            format_func=lambda mode: words("import.mode_all" if mode == "all" else "import.mode_good"),
        )  # fmt: skip
    return ImportOptions(
        mode=mode, sheet=st.session_state.get("import_sheet"), as_of=as_of
    )


def _mapped(preview: Preview, layer: Layer, options: ImportOptions, words: Words) -> ImportOptions:
    """What was found in the file, and what every column stands for."""
    subtitle(words("import.found"), words("import.found_says", rows=words.count(preview.rows), kind=preview.kind,
                                          encoding=preview.encoding or "—"))
    if len(preview.sheets) > 1:
        st.selectbox(words("import.sheet"), [sheet.name for sheet in preview.sheets if not sheet.hidden],
                     index=None, placeholder=preview.sheet, key="import_sheet", on_change=_forget)
    for note in preview.notes:
        st.caption(words.pick(note))
    if preview.left_out:
        with st.expander(words("import.left_out", n=words.count(sum(row.rows for row in preview.left_out)))):
            st.markdown("\n".join(
                f"- {row.sheet} {words('import.row', n=row.row)} {words.pick(row.reason)}" for row in preview.left_out[:100]))
    names = _targets(layer, words)
    skip = words("import.skip")
    by_label = {label: target for target, label in names.items()}
    columns = preview.mapping.columns
    samples = list(zip(*preview.sample, strict=True)) or [()] * len(columns)
    shown = pd.DataFrame({
        "heading": [match.heading for match in columns],
        "field": [names.get(match.target or "", skip) for match in columns],
        "sure": ["" if match.target is None else f"{match.confidence:.0%}" for match in columns],
        "why": [words.pick(match.why) for match in columns],
        "sample": ["、".join(text for text in sample if text)[:60] for sample in samples],
    })
    edited = st.data_editor(
        shown, hide_index=True, disabled=["heading", "sure", "why", "sample"], num_rows="fixed", on_change=_forget,
        key=f"import_mapping_{layer.name}_{preview.sha256[:12]}_{preview.sheet}_{words.language}",
        column_config={
            "heading": st.column_config.TextColumn(words("import.heading")),
            "field": st.column_config.SelectboxColumn(words("import.field"), options=[skip, *by_label], required=True),
            "sure": st.column_config.TextColumn(words("import.sure")),
            "why": st.column_config.TextColumn(words("import.why")),
            "sample": st.column_config.TextColumn(words("import.sample")),
        },
    )  # fmt: skip
    chosen = {by_label[label]: heading for heading, label in zip(edited["heading"], edited["field"], strict=True) if label in by_label}
    suggested = preview.mapping.headings
    changed = {target: heading for target, heading in chosen.items() if suggested.get(target) != heading}
    changed |= {target: "" for target in suggested if target not in chosen}
    return replace(options, columns=changed, constants=_constants(preview, layer, set(chosen), words))


def _constants(preview: Preview, layer: Layer, chosen: set[str], words: Words) -> dict[str, str]:
    """One value for every row, for required fields that no column was taken for."""
    missing = [layer[name] for name in preview.missing if name not in chosen]
    given: dict[str, str] = {}
    said: str | None
    if not missing:
        return given
    with st.container(horizontal=True, vertical_alignment="bottom"):
        for spec in missing:
            label, key = words("import.all_rows", field=words.pick(spec.label)), f"import_set_{layer.name}_{spec.name}"
            if spec.vocabulary is None:
                said = st.text_input(label, key=key, width=260, on_change=_forget)
            else:
                named = {code: words.pick(spec.vocabulary.label(code)) for code in spec.vocabulary}
                said = st.selectbox(label, list(named), index=None, placeholder=NONE, key=key, width=260, on_change=_forget,
                                    format_func=lambda code, named=named: named[code])  # type: ignore[misc]
            if said and said.strip():
                given[spec.name] = said.strip()
    if without := [spec for spec in missing if spec.name not in given]:
        names = ("、" if words.chinese else ", ").join(words.pick(spec.label) for spec in without)
        st.warning(words("import.missing", names=names), icon=":material/warning:")
    return given


def _targets(layer: Layer, words: Words) -> dict[str, str]:
    """What a column may stand for, and what people call it; no two alike."""
    called = {spec.name: words.pick(spec.label) for spec in layer.fields}
    called |= {name: words(_PLACE_WORDS[name]) for name in PLACES if name in _PLACE_WORDS and name not in called}
    twice = {label for label, n in Counter(called.values()).items() if n > 1}
    return {name: f"{label}（{name}）" if label in twice else label for name, label in called.items()}


_PLACE_WORDS = {
    "lon": "import.lon", "lat": "import.lat", "lonlat": "import.lonlat", "wkt": "import.wkt",
    "township_name": "import.township_name", "township_code": "import.township_code",
    "village_name": "import.village_name", "village_code": "import.village_code", "group_name": "import.group_name",
    "address": "import.address", "contact_name": "import.contact_name", "phone": "import.phone",
    "identity_no": "import.identity_no",
    "household_no": "import.household_no", "head_name": "import.head_name", "relation": "import.relation",
}  # fmt: skip


def _decided(preview: Preview, options: ImportOptions, words: Words) -> ImportOptions:
    """In which datum the coordinates are, with the evidence; and which doubts are to pass."""
    subtitle(words("import.decide"))
    evidence = preview.evidence
    if evidence is not None:
        st.caption(words.pick(evidence.reason))
        if evidence.lines:
            st.dataframe(
                pd.DataFrame(
                    [(words.pick(line.datum.label), f"{line.inside:,} / {line.tested:,}", round(line.off_m)) for line in evidence.lines],
                    columns=[words("import.datum"), words("import.inside"), words("import.off_m")],
                ),
                hide_index=True, key=f"import_evidence_{words.language}",
            )  # fmt: skip
    named = {datum.code: words.pick(datum.label) for datum in NAMED}
    if evidence is not None:
        named |= {line.datum.code: words.pick(line.datum.label) for line in evidence.lines}
    if preview.declared is not None:
        named[preview.declared.code] = words.pick(preview.declared.label)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        datum = st.selectbox(
            words("import.datum"), [AUTO, *named], key="import_datum", width=380, on_change=_forget,
            format_func=lambda code: words("import.auto") if code == AUTO else named[code],
        )  # fmt: skip
        accept = st.multiselect(
            words("import.accept"), sorted(DOUBTS), key="import_accept", on_change=_forget, width=380,
            placeholder=words("import.accept_none"), format_func=lambda rule: words(_DOUBT_WORDS[rule]),
        )  # fmt: skip
    return replace(options, datum=datum, accept=frozenset(accept))


_DOUBT_WORDS = {
    "near_duplicate": "import.near_duplicate", "same_household": "import.same_household",
    "far_from_village": "import.far_from_village", "outside_county": "import.outside_county",
    "one_household": "import.one_household", "unplaced": "import.unplaced",
}  # fmt: skip


def _check(viewer: Viewer, store: Store, layer: Layer, upload: Upload, options: ImportOptions, words: Words) -> None:
    """The check with everything it finds, and below it the load."""
    asked = (layer.name, upload.name, hash(upload.content), options.mode, options.datum, options.sheet, options.as_of,
             tuple(sorted(options.columns.items())), tuple(sorted(options.constants.items())), options.accept)
    if st.session_state.get(_ASKED) != asked:  # something was changed since
        _forget()
    with st.container(horizontal=True):
        checking = st.button(words("import.check"), icon=":material/fact_check:", key="import_check")
        report: ImportReport | None = st.session_state.get(_REPORT)
        ready = report is not None and report.load is None and report.stored > 0
        loading = st.button(words("import.load"), type="primary", icon=":material/upload:", key="import_load", disabled=not ready)
    if checking or loading:
        bar = st.progress(0.0, text=words("import.working"))

        def told(stage: str, share: float) -> None:
            bar.progress(share, text=stage)

        try:
            report = _run(viewer, store, layer.name, upload, options, report if loading else None, told)
        except RongtuError as error:
            st.error(error_text(error, words), icon=":material/error:")
            return
        finally:
            bar.empty()
        st.session_state[_REPORT], st.session_state[_ASKED] = report, asked
        st.rerun()
    if report is not None:
        if st.session_state.pop(_STALE, False):
            st.warning(words("import.stale"), icon=":material/sync_problem:")
        _result(report, words)


def _run(
    viewer: Viewer, store: Store, layer: str, upload: Upload, options: ImportOptions, seen: ImportReport | None, told: Progress
) -> ImportReport:
    """Check, or load what was ``seen`` to be right; where the data changed since, another check to look at."""
    if seen is not None:
        try:
            return service.load(viewer, store, layer, upload, options, unless_changed_since=seen.state, progress=told)
        except StaleCheckError:
            st.session_state[_STALE] = True
    return service.check(viewer, store, layer, upload, options, progress=told)


def _result(report: ImportReport, words: Words) -> None:
    """What became, or would become, of the rows."""
    if report.load is not None:
        st.success(words("import.loaded", n=report.load), icon=":material/check:")
    elif not report.problems and not report.stored:
        st.success(words("import.nothing_new"), icon=":material/check:")
    kpis([
        Kpi(words("import.rows_in"), words.count(report.rows_in)),
        Kpi(words("import.stored" if report.load is not None else "import.would_store"), words.count(report.stored)),
        Kpi(words("import.unchanged"), words.count(report.unchanged)),
        Kpi(words("import.rejected"), words.count(report.rejected), warns=report.rejected > 0),
    ])
    for note in report.notes:
        st.caption(words.pick(note))
    if not report.problems:
        return
    subtitle(words("import.problems"), words("import.problems_says", n=words.count(len(report.problems))))
    shown = pd.DataFrame(
        [
            (problem.sheet, problem.row, problem.column, problem.value, words.pick(problem.reason), words.pick(problem.hint))
            for problem in report.problems[:_SHOWN]
        ],
        columns=[words(key) for key in ("import.sheet", "import.row_no", "import.heading", "import.value", "import.reason", "import.hint")],
    )  # fmt: skip
    st.dataframe(
        shown if any(problem.sheet for problem in report.problems) else shown.iloc[:, 1:],
        hide_index=True, key=f"import_problems_{words.language}",
    )  # fmt: skip
    if report.rejected:
        st.caption(words("import.return_says"))
        st.download_button(
            words("import.return"), report.workbook, file_name=words("import.return_name", file=report.file), mime=_XLSX,
            icon=":material/download:", on_click="ignore", key="import_return",
        )  # fmt: skip
