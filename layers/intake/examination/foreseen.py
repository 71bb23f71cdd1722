"""What a list would become, told before it is checked: which rows are persons of one household."""

from __future__ import annotations

import datetime as dt

from layers.fields import Label
from layers.intake.aliases import MEMBERS
from layers.intake.examination import families
from layers.intake.examination.columns import ColumnMapping, Match
from layers.intake.examination.resolving import resolve_village
from layers.intake.examination.rows import Holdings, read_rows
from layers.intake.files.header import Table
from layers.intake.places.county import county_of
from layers.schema import Layer

_READ = frozenset({
    "id", "contact_name", "identity_no", "village", "village_code", "township_name", "group_name", "address", *MEMBERS,
})


def foreseen(layer: Layer, table: Table, mapping: ColumnMapping, holdings: Holdings, day: dt.date) -> tuple[Label, ...]:
    """Notes on what the rows would be gathered to; none where each is a thing of its own."""
    if layer.name != "households" or not {"id", *MEMBERS} & mapping.headings.keys():
        return ()
    columns = tuple(m if m.target in _READ else Match(m.heading, None, 1.0, m.why) for m in mapping.columns)
    rows = read_rows(layer, table, ColumnMapping(mapping.layer, columns), {})
    county = county_of(holdings, day)
    found = families.families(rows, resolve_village(rows, county.gazetteer, county.village_names))
    return () if found is None else (families.note(found),)
