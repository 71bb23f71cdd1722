"""Which column is which field: suggested for the headings of real lists, changed, remembered."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd
import pytest
from office_sheets import CHECKED

from geo.errors import ParameterError
from layers.intake.aliases import OWN, headings
from layers.intake.examination.columns import SURE, ColumnMapping, signature, suggest
from layers.intake.folding import fold, spellings
from layers.registry import LAYERS


def table(**columns: list[str]) -> SimpleNamespace:
    return SimpleNamespace(frame=pd.DataFrame(columns, dtype=object))


def mapped(layer: str, columns: dict[str, list[str]]) -> dict[str, str | None]:
    """Heading to target."""
    return {match.heading: match.target for match in suggest(layer, table(**columns)).columns}


@pytest.mark.parametrize("layer", LAYERS)
def test_an_exported_layer_maps_onto_itself_for_sure(layer) -> None:
    columns = {name: ["x"] for name in LAYERS[layer].columns}
    assert mapped(layer, columns) == {name: name for name in LAYERS[layer].columns}
    labels = {spec.label.zh: spec.name for spec in LAYERS[layer].fields}
    assert mapped(layer, {label: ["x"] for label in labels}) == labels
    english = {spec.label.en: spec.name for spec in LAYERS[layer].fields}
    assert mapped(layer, {label: ["x"] for label in english}) == english


@pytest.mark.parametrize("layer", LAYERS)
def test_every_word_leads_to_its_field_alone_or_to_a_better_one(layer) -> None:
    assert set(OWN[layer]) <= set(LAYERS[layer].columns)
    known = headings(layer)
    for name, words in OWN[layer].items():
        for word in words.split():
            best = max(known[fold(word)].items(), key=lambda found: found[1])[0]
            assert best == name or fold(word) in {fold(text) for text in (*LAYERS[layer][best].label, best)}, (name, word, best)


LISTS = {
    "households": {
        "序号": ["1", "2", "3"], "户主姓名": ["甲", "乙", "丙"], "公民身份号码": CHECKED[:3], "乡镇（街道）": ["甲镇"] * 3,
        "所属村（居）": ["东村"] * 3, "村民小组": ["1组"] * 3, "优抚类别": ["烈属", "退役军人", "参战"],
        "出生年月\n（如1952.03）": ["1948.3"] * 3,
        "联系电话/手机号": ["13800138000"] * 3, "是否悬挂光荣牌": ["是", "否", "是"], "東經": ["113.1"] * 3, "北緯": ["30.1"] * 3,
        "户内服务对象人数（人）": ["1", "2", "1"], "与户主关系": ["本人"] * 3, "性别": ["男"] * 3,
    },
    "stations": {
        "编号": ["1", "2", "3"], "服务站名称": ["甲站", "乙站", "丙站"], "所属镇街": ["甲镇"] * 3, "行政村": ["东村"] * 3,
        "详细地址": ["路1号"] * 3,
        "经纬度": ["113.1,30.2"] * 3, "服务电话": ["0735-2234567"] * 3, "专职人员数": ["2"] * 3, "挂牌时间": ["2019.3"] * 3,
        "层级": ["村级"] * 3, "站长": ["丁"] * 3,
    },
    "memorials": {
        "设施编号": ["A1", "A2", "A3"], "设施名称": ["甲墓", "乙碑", "丙亭"], "设施类型": ["烈士墓", "纪念碑", "纪念亭"],
        "保护级别": ["零散"] * 3,
        "所在村": ["东村"] * 3, "X": ["113.1"] * 3, "Y": ["30.1"] * 3, "安葬烈士数": ["1", "2", "3"], "保存现状": ["完好", "较差", "一般"],
        "管护责任单位": ["甲镇"] * 3,
    },
    "support_points": {
        "商户名称": ["甲店", "乙店", "丙店"], "行业类别": ["餐饮", "超市", "药店"], "优惠措施": ["九折"] * 3, "经营地址": ["路1号"] * 3,
        "签约日期": ["2024.1.1"] * 3, "到期时间": ["2025.1.1"] * 3, "lng": ["113.1"] * 3, "lat": ["30.1"] * 3,
    },
}
EXPECTED = {
    "households": [None, "contact_name", "identity_no", "township_name", "village", "group_name", "categories", "eldest_birth_year",
                   "phone", "plaque_hung", "lon", "lat", "persons", "relation", None],
    "stations": [None, "name", "township_name", "village_name", "address", "lonlat", "phone", "staff", "opened", "level", None],
    "memorials": ["id", "name", "type", "level", "village", "lon", "lat", "martyrs", "condition", "protecting_unit"],
    "support_points": ["name", "business", "offer", "address", "agreement_from", "agreement_to", "lon", "lat"],
}  # fmt: skip


@pytest.mark.parametrize("layer", LISTS)
def test_headings_of_real_lists_are_understood(layer) -> None:
    found = suggest(layer, table(**LISTS[layer]))
    assert [match.target for match in found.columns] == EXPECTED[layer]
    assert all(match.confidence >= SURE for match in found.columns if match.target)


def test_values_tell_numbers_of_people_and_places_under_any_heading() -> None:
    phones, pairs = [f"1380013800{k}" for k in range(4)], [f"113.2{k},30.5" for k in range(4)]
    found = mapped("households", {"甲": CHECKED[:4], "乙": phones, "丙": pairs})
    assert found == {"甲": "identity_no", "乙": "phone", "丙": "lonlat"}


def test_values_decide_between_two_columns_that_could_be_one_field() -> None:
    found = mapped("households", {"身份类别": ["110", "120"], "人员类别": ["烈属", "参战"]})
    assert found == {"身份类别": None, "人员类别": "categories"}


def test_a_bare_number_that_counts_rows_is_no_id_and_one_that_names_things_is() -> None:
    assert mapped("stations", {"编号": ["1", "2", "3"]}) == {"编号": None}
    assert mapped("stations", {"编号": ["S-7", "S-9", "S-2"]}) == {"编号": "id"}
    assert mapped("stations", {"id": ["1", "2", "3"]}) == {"id": "id"}


def test_a_person_s_word_goes_before_the_suggestion_and_is_remembered() -> None:
    first = suggest("households", table(姓名=["甲"], 电话=["x"], 手机=["y"]))
    changed = first.changed({"phone": "手机", "contact_name": None})
    assert changed.headings == {"phone": "手机"}
    again = suggest("households", table(手机=["y"], 姓名=["甲"], 电话=["x"])).remembered(changed.to_json())
    assert again.headings == {"phone": "手机"}
    for wanted in ({"nothing": "手机"}, {"phone": "没有此列"}):
        with pytest.raises(ParameterError, match="没有"):
            first.changed(wanted)


def test_files_of_one_shape_have_one_signature() -> None:
    one = signature(table(姓名=["甲"], 电话=["1"]))
    assert one == signature(table(電話=["9"], 姓名=["乙"]))
    assert one != signature(table(姓名=["甲"], 手机=["1"]))


def test_headings_are_folded_with_their_parts() -> None:
    assert spellings("＊聯繫電話（手機）") == ("联系电话手机", "联系电话")
    assert spellings("联系人/电话")[:2] == ("联系人电话", "电话")
    assert spellings("1、姓名")[-1] == "姓名"
    assert isinstance(suggest("roads", table()), ColumnMapping)


@pytest.mark.parametrize(("heading", "target"), [("户号", "household_no"), ("户编号", "household_no"), ("编号", None), ("档案号", None)])
def test_the_numbers_of_one_list_are_no_ids(heading, target) -> None:
    rows = {"姓名": ["甲一", "乙二", "丙三"], heading: ["3", "0１", "2.0"]}
    (match,) = (match for match in suggest("households", table(**rows)).columns if match.heading == heading)
    assert match.target == target
    assert "只在本表内有效" in match.why.zh
    assert suggest("households", table(**rows)).changed({"id": heading}).headings["id"] == heading
    assert mapped("households", {heading: ["h-000001", "h-000002"]}) == {heading: "id"}
    assert mapped("households", {"id": ["1", "2"]}) == {"id": "id"}
