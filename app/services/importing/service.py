"""Files from offices: what one holds, what is wrong with it, and loading it."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from app.roles import Viewer
from app.services.importing.options import ImportOptions, Upload
from app.services.importing.regions import Progress, may_load
from app.services.importing.report import ImportReport, Preview, SheetInfo
from geo.errors import RongtuError
from layers.errors import StaleCheckError
from layers.fields import Label
from layers.intake.aliases import known_headings, personal
from layers.intake.examination.columns import ColumnMapping, require_target, signature, suggest
from layers.intake.examination.doctor import Choices, Examination, examine
from layers.intake.examination.foreseen import foreseen
from layers.intake.examination.problems import MASK
from layers.intake.examination.subjects import subject_told
from layers.intake.files.header import Table, find_table
from layers.intake.files.reading import read_file
from layers.intake.files.sheet import File
from layers.intake.positions import datum_question
from layers.intake.positions.datum import Datum
from layers.intake.workbooks.returned import write_return
from layers.intake.workbooks.template import write_template
from layers.registry import get
from layers.schema import Layer
from layers.store import LoadReport, Provenance, Store

Stop = Callable[[], bool]

_SAMPLE_ROWS = 8
_MOST_TRIES = 3
"""How often a load looks again when somebody else loaded in the meantime."""


class ImportStoppedError(RongtuError, RuntimeError):
    """The person who loads said stop; the store is as it was."""


@dataclass(frozen=True, slots=True, eq=False)
class _Read:
    """A file as it is taken."""

    layer: Layer
    file: File
    table: Table
    mapping: ColumnMapping


class _Taken(NamedTuple):
    """The datum that a file is taken in, and what is to be said about it."""

    datum: Datum
    notes: tuple[Label, ...]


def preview(viewer: Viewer, store: Store, layer: str, upload: Upload, options: ImportOptions | None = None) -> Preview:
    """What a file holds: its sheets, the table found, what each column likely is, the datum its points speak for.

    Raises
    ------
    NotPermittedError
        When the viewer may not load.
    UnknownLayerError, IntakeError, ParameterError
        When there is no such layer, the file cannot be read, or an option cannot be meant.
    """
    may_load(viewer)
    options = options or ImportOptions()
    read = _read(store, layer, upload, options)
    spec, mapped = read.layer, read.mapping.headings
    told = {"id", "precision", *mapped, *subject_told(spec, mapped)}
    required = [field.name for field in spec.fields if field.required and field.name not in told]
    return Preview(
        layer=spec.name, file=read.file.name, sha256=read.file.sha256, kind=read.file.kind, encoding=read.file.encoding,
        sheets=tuple(SheetInfo(s.name, len(s.rows), s.hidden) for s in read.file.sheets), sheet=read.table.sheet,
        header_rows=read.table.header_rows, rows=len(read.table.frame), left_out=read.table.left_out, mapping=read.mapping,
        missing=tuple(required), sample=_sample(read), declared=datum_question.declared(read.table),
        evidence=datum_question.evidence(spec, read.table, read.mapping, store, options.day),
        notes=(*read.file.notes, *read.table.notes, *foreseen(spec, read.table, read.mapping, store, options.day)),
    )


def template(viewer: Viewer, layer: str) -> bytes:
    """The workbook to fill in for one layer.

    Raises
    ------
    NotPermittedError, UnknownLayerError
    """
    may_load(viewer)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "template.xlsx"
        write_template(get(layer), path)
        return path.read_bytes()


def check(
    viewer: Viewer, store: Store, layer: str, upload: Upload, options: ImportOptions | None = None, *,
    progress: Progress | None = None, stop: Stop | None = None,
) -> ImportReport:
    """Every problem of a file at once, and what loading it would do; nothing is stored.

    Raises
    ------
    NotPermittedError, UnknownLayerError, IntakeError, ParameterError
        As :func:`preview` does.
    DatumQuestionError
        When the datum has to be decided by a person.
    ImportStoppedError
        When ``stop`` said so.
    """
    may_load(viewer)
    options = options or ImportOptions()
    told = _Told(progress, stop)
    read = _read(store, layer, upload, options, told)
    datum = _datum(store, read, options, told)
    state = store.stamp()
    found = _examined(store, read, options, datum.datum, told)
    stored = found.changed_in if _goes_in(found, options) else 0
    return _report(viewer, upload, read, options, datum, found, stored=stored, load=None, state=state)


def load(
    viewer: Viewer, store: Store, layer: str, upload: Upload, options: ImportOptions | None = None, *,
    unless_changed_since: str | None = None, progress: Progress | None = None, stop: Stop | None = None,
) -> ImportReport:
    """Check a file and store its rows: all or none, or the good ones.

    Parameters
    ----------
    unless_changed_since
        The ``state`` of the check that a person has seen; nothing is stored when the store holds something else by now.
    progress
        Told the stage and the share done.
    stop
        Asked between the stages; nothing is stored once it says True.

    Raises
    ------
    NotPermittedError, UnknownLayerError, IntakeError, ParameterError, DatumQuestionError, ImportStoppedError
        As :func:`check` does; the store is as it was.
    StaleCheckError
        When something was stored since ``unless_changed_since``, or again and again while the file was checked.
    """
    may_load(viewer)
    options = options or ImportOptions()
    told = _Told(progress, stop)
    read = _read(store, layer, upload, options, told)
    datum = _datum(store, read, options, told)
    tries = itertools.count(1)
    while True:
        state = unless_changed_since or store.stamp()
        found = _examined(store, read, options, datum.datum, told)
        if not _goes_in(found, options):
            return _report(viewer, upload, read, options, datum, found, stored=0, load=None, state=state)
        told("写入 (storing)", 0.75)
        try:
            done = _stored(viewer, store, read, options, found, state)
        except StaleCheckError:
            # Nobody has seen what was found: it may be found anew.
            if unless_changed_since is not None or next(tries) == _MOST_TRIES:
                raise
        else:
            break
    outcome = done.layers[read.layer.name]
    if options.columns:  # what a person decided; a suggestion comes out the same again
        store.remember_mapping(read.layer.name, signature(read.table), read.mapping.to_json(), by=viewer.role.value)
    told("完成 (done)", 1.0, last=True)
    return _report(viewer, upload, read, options, datum, found, stored=outcome.stored, load=done.load_id, state=state)


@dataclass(frozen=True, slots=True)
class _Told:
    """Tells how far it is, and asks whether to go on."""

    progress: Progress | None = None
    stop: Stop | None = None

    def __call__(self, stage: str, share: float, *, last: bool = False) -> None:
        if not last and self.stop is not None and self.stop():
            msg = "已停止装入，库没有变动 (stopped; the store is as it was)"
            raise ImportStoppedError(msg)
        if self.progress is not None:
            self.progress(stage, share)


def _bytes(upload: Upload) -> bytes:
    return upload.content if isinstance(upload.content, bytes) else upload.content.read_bytes()


def _read(store: Store, layer: str, upload: Upload, options: ImportOptions, told: _Told | None = None) -> _Read:
    spec = get(layer)
    for target in options.constants:
        require_target(spec.name, target)
    if told is not None:
        told("读文件 (reading)", 0.05)
    file = read_file(upload.content, name=upload.name, encoding=options.encoding)
    table = find_table(file, sheet=options.sheet, known=known_headings(spec.name), several=True)
    mapping = suggest(spec, table)
    kept = store.mapping(spec.name, signature(table))
    if kept is not None:
        mapping = mapping.remembered(kept)
    if options.columns:
        mapping = mapping.changed({field: heading or None for field, heading in options.columns.items()})
    return _Read(spec, file, table, mapping)


def _datum(store: Store, read: _Read, options: ImportOptions, told: _Told) -> _Taken:
    told("核对坐标系 (the datum)", 0.25)
    asked = options.datum == "auto"
    evidence = datum_question.evidence(read.layer, read.table, read.mapping, store, options.day) if asked else None
    datum = datum_question.choose(options.datum, read.table, read.mapping, evidence)
    note = datum_question.assumed(datum, read.table, evidence)
    return _Taken(datum, () if note is None else (note,))


def _examined(store: Store, read: _Read, options: ImportOptions, datum: Datum, told: _Told) -> Examination:
    told("检查 (checking)", 0.35)
    choices = Choices(day=options.day, datum=datum, constants=options.constants, accept=options.accept)
    return examine(read.layer, read.table, read.mapping, store, choices)


def _goes_in(found: Examination, options: ImportOptions) -> bool:
    """Whether anything is stored: of a file with problems only the good rows, where that was asked for."""
    return bool(len(found.frame)) and (not found.rejected or options.mode == "good")


def _stored(
    viewer: Viewer, store: Store, read: _Read, options: ImportOptions, found: Examination, state: str
) -> LoadReport:
    """Store what was found; what was compared must be what is written over."""
    provenance = Provenance(read.file.name, read.file.sha256, viewer.role.value, options.day)
    name = read.layer.name
    several = {key: int(n) for key, n in zip(found.frame["id"], found.stands_for, strict=True) if n > 1}
    return store.load(
        {name: found.frame}, provenance, rejected={name: len(found.rejected)}, stands_for={name: several}, unless_changed_since=state
    )


def _report(
    viewer: Viewer, upload: Upload, read: _Read, options: ImportOptions, datum: _Taken, found: Examination, *, stored: int,
    load: int | None, state: str,
) -> ImportReport:
    good = found.good_in if _goes_in(found, options) else 0

    def faulty() -> bytes:
        may_load(viewer)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "returned.xlsx"
            write_return(_bytes(upload), read.file, read.table, found.problems, path)
            return path.read_bytes()

    return ImportReport(
        layer=read.layer.name, file=read.file.name, sha256=read.file.sha256, sheet=read.table.sheet, mode=options.mode,
        datum=datum.datum.code, as_of=options.day, rows_in=found.rows_in, stored=stored, unchanged=good - stored,
        rejected=found.rows_in - good, load=load, state=state, problems=found.problems, mapping=read.mapping,
        left_out=read.table.left_out, notes=(*read.file.notes, *read.table.notes, *datum.notes, *found.notes), workbook=faulty,
    )


def _sample(read: _Read) -> tuple[tuple[str, ...], ...]:
    """The first rows as a person sees them, personal data masked: also in columns that nobody claimed."""
    protected = personal(read.layer)
    head = read.table.frame.head(_SAMPLE_ROWS)
    columns = []
    for match in read.mapping.columns:
        texts = head[match.heading].tolist()
        # What a list of people holds in a column that is not read may be a name as well.
        hidden = match.target in protected or (match.target is None and read.layer.sensitive)
        columns.append([MASK if hidden and text else text for text in texts])
    return tuple(zip(*columns, strict=True))
