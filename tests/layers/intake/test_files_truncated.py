"""A file that ends too early: a clear message, or all that the whole one holds; never a part of it as if it were all."""

from __future__ import annotations

import pytest
from broken_files import MAPS, ROWS, spreadsheet_xml, web_page, xml_rows
from office_files import ods, xls, xlsx

from layers.errors import IntakeError
from layers.intake.files import File, read_file

MANY = [ROWS[0], *([f"钱{k}", f"{k:018d}", "东风村", "3"] for k in range(300))]
WHOLE = {
    "a.xlsx": lambda: xlsx(MANY), "a.xls": lambda: xls(MANY), "a.ods": lambda: ods(MANY), "page.xls": lambda: web_page(MANY),
    "a.xml": lambda: spreadsheet_xml(xml_rows(MANY)), **MAPS,
}
SHARES = (0.02, 0.3, 0.6, 0.85, 0.97)


def held(file: File) -> object:
    return [(sheet.name, sheet.rows, None if sheet.shapes is None else [str(shape) for shape in sheet.shapes]) for sheet in file.sheets]


@pytest.mark.parametrize("name", WHOLE)
def test_a_file_cut_off_anywhere(name: str) -> None:
    content = WHOLE[name]()
    whole = held(read_file(content, name=name))
    assert whole
    for share in SHARES:
        try:
            part = held(read_file(content[: int(share * len(content))], name=name))
        except IntakeError as error:
            part = whole if name in str(error) and "\n" not in str(error) else str(error)
        assert part == whole, f"a part, {share:.0%}, was taken for all"
