"""KML as map programs on telephones and on desks write it: attributes in three places, folders as layers."""

from __future__ import annotations

import io
import zipfile

import pytest

from layers.intake.files import read_file
from layers.intake.files.sheet import Sheet

POINT = "<Point><coordinates>113.1,30.1,0</coordinates></Point>"
SIMPLE = ('<ExtendedData><SchemaData schemaUrl="#s"><SimpleData name="所在村">东风村</SimpleData><SimpleData name="编号">0012'
          '</SimpleData><SimpleData name="备注"/></SchemaData></ExtendedData>')


def place(name: str, body: str) -> str:
    return f"<Placemark><name>{name}</name>{body}{POINT}</Placemark>"


def kml(body: str) -> bytes:
    text = f'<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>{body}</Document></kml>'
    return text.encode()


def sheet(body: str) -> Sheet:
    sheets = read_file(kml(body), name="点.kml").sheets
    assert len(sheets) == 1
    return sheets[0]


SCHEMA = ('<Schema name="s" id="s"><SimpleField type="string" name="所在村"/><SimpleField type="int" name="编号"/>'
          '<SimpleField type="string" name="备注"/></Schema>')


@pytest.mark.parametrize("schema", ["", SCHEMA])
def test_attributes_of_a_schema_stay_text(schema: str) -> None:
    assert sheet(schema + place("甲", SIMPLE)).rows == [("Name", "所在村", "编号"), ("甲", "东风村", "0012")]


def test_attributes_without_a_schema() -> None:
    data = '<ExtendedData><Data name="所在村"><value>东风村</value></Data><Data name="编号"><value>0012</value></Data></ExtendedData>'
    assert sheet(place("甲", data)).rows == [("Name", "所在村", "编号"), ("甲", "东风村", "0012")]


def test_tables_in_descriptions_become_columns() -> None:
    def description(table: str) -> str:
        return f"<description><![CDATA[{table}]]></description>"

    across = "<table><tr><th>所在村<th>编号<th>电话<tr><td>红旗村<td>0013<td>0139</table>"
    down = ("<html><table><tr><td>甲</td></tr><tr><td><table><tr><td>所在村</td><td>东风村</td></tr><tr><td>编号</td><td>0012</td>"
            "</tr></table></td></tr></table></html>")
    found = sheet(place("甲", description(down)) + place("乙", description(across)))
    assert found.rows == [("Name", "所在村", "编号", "电话"), ("甲", "东风村", "0012", ""), ("乙", "红旗村", "0013", "0139")]
    kept = sheet(place("甲", description(down)) + place("乙", "<description>路口</description>"))
    assert kept.rows[2] == ("乙", "路口", "", "")


def test_folders_are_one_table_with_their_names() -> None:
    found = sheet("".join(f"<Folder><name>{town}</name>{place('站', SIMPLE if town == '东风镇' else '')}</Folder>"
                          for town in ("东风镇", "红旗镇")))
    assert found.rows == [("Name", "所在村", "编号", "文件夹"), ("站", "东风村", "0012", "东风镇"), ("站", "", "", "红旗镇")]
    assert len(found.shapes) == 2


def test_pictures_in_a_kmz_are_not_looked_at() -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("files/照片.jpg", bytes(300_000))
        archive.writestr("doc.kml", kml(place("甲", "<description><![CDATA[<img src='files/照片.jpg'/>]]></description>")))
    file = read_file(content.getvalue(), name="点.kmz")
    assert file.sheets[0].rows[1][0] == "甲"
