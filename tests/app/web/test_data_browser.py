"""The page of the data in Chromium: a file from an office goes in, and a station moves by a click."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from running_server import running
from small_county import PROVENANCE, at, frames
from web_pages import WAIT, settle

from layers.store import Store


@pytest.fixture
def store(tmp_path) -> str:
    path = str(tmp_path / "county.db")
    with Store.open(path) as opened:
        opened.load(frames(), PROVENANCE)
    return path


@pytest.fixture
def address(store, tmp_path) -> Iterator[str]:
    with running(store, tmp_path, "--points") as found:
        yield found
    assert "Traceback" not in (tmp_path / "server.log").read_text()


def choose(page: Page, label: str, option: str) -> None:
    page.get_by_label(label, exact=True).first.click()
    page.get_by_role("option", name=option, exact=True).click()


def stations_of(store: str) -> dict[str, str]:
    with Store.open(store) as opened:
        frame = opened.read("stations", columns=["id", "name"])
    return dict(zip(frame["id"], frame["name"], strict=True))


def office_file(folder, level="村站"):
    place = at(1500, 300)
    rows = [
        "某县服务站一览表,,,,",
        "序号,站点名称,级别,运行状态,经度,纬度",
        f"1,新设站,{level},运行,{place.x:.6f},{place.y:.6f}",
        "合计,1,,,,",
    ]
    path = folder / "stations.csv"
    path.write_bytes("\r\n".join(rows).encode("gb18030"))
    return path


def test_an_office_file_is_checked_and_loaded(address, store, tmp_path, offline_page):
    before = stations_of(store)
    offline_page.goto(f"{address}/data?view=import")
    offline_page.get_by_text("1 选择文件").wait_for(timeout=WAIT)
    expect(offline_page.get_by_text("Upload", exact=True)).not_to_be_visible()
    choose(offline_page, "图层", "服务站")
    offline_page.locator("input[type=file]").set_input_files(office_file(tmp_path))
    offline_page.get_by_text("2 核对各列").wait_for(timeout=WAIT)
    load = offline_page.get_by_role("button", name="装入")
    expect(load).to_be_disabled()
    offline_page.get_by_role("button", name="检查").click()
    expect(load).to_be_enabled(timeout=WAIT)
    assert stations_of(store) == before  # nothing is stored before the last step
    load.click()
    offline_page.get_by_text("已装入").first.wait_for(timeout=WAIT)
    assert sorted(stations_of(store).values()) == sorted([*before.values(), "新设站"])


def test_a_faulty_file_is_told_and_handed_back(address, store, tmp_path, offline_page):
    before = stations_of(store)
    offline_page.goto(f"{address}/data?view=import")
    offline_page.get_by_text("1 选择文件").wait_for(timeout=WAIT)
    choose(offline_page, "图层", "服务站")
    offline_page.locator("input[type=file]").set_input_files(office_file(tmp_path, level="宫殿"))
    offline_page.get_by_text("2 核对各列").wait_for(timeout=WAIT)
    offline_page.get_by_role("button", name="检查").click()
    with offline_page.expect_download(timeout=WAIT) as handed:
        offline_page.get_by_role("button", name="下载退回表").click(timeout=WAIT)
    assert handed.value.suggested_filename.startswith("退回_stations")
    expect(offline_page.get_by_role("button", name="装入")).to_be_disabled()
    assert stations_of(store) == before


def test_a_station_moves_by_a_click(address, store, offline_page):
    offline_page.goto(f"{address}/data?view=edit")
    choose(offline_page, "图层", "服务站")
    settle(offline_page)
    offline_page.get_by_label("对象", exact=True).first.click()
    offline_page.get_by_role("option").filter(has_text="站").first.click()
    settle(offline_page)
    frame = offline_page.frame_locator(".st-key-map iframe")
    frame.locator(".leaflet-container").wait_for(timeout=WAIT)
    offline_page.wait_for_timeout(1500)  # the map moves to the station
    box = offline_page.locator(".st-key-map iframe").bounding_box()
    offline_page.mouse.click(box["x"] + box["width"] * 0.4, box["y"] + box["height"] * 0.6)
    offline_page.get_by_text("新位置").wait_for(timeout=WAIT)
    offline_page.get_by_label("修改原因 *").fill("实地核查")
    offline_page.get_by_label("修改原因 *").press("Enter")
    offline_page.get_by_role("button", name="保存").click(timeout=WAIT)
    offline_page.get_by_text("已保存").wait_for(timeout=WAIT)
    with Store.open(store) as opened:
        versions = opened.read("stations", columns=["version"])["version"].tolist()
        assert max(versions) == 2
        assert opened.loads()[0].reason == "实地核查"


def test_townships_merge_in_the_browser(address, store, tmp_path, offline_page):
    path = tmp_path / "乡镇.csv"
    path.write_bytes("代码,名称,原乡镇\n990001002,乙镇,甲镇、乙乡\n".encode("gb18030"))
    offline_page.goto(f"{address}/data?view=units")
    offline_page.get_by_text("1 新的名单").wait_for(timeout=WAIT)
    offline_page.get_by_text("乡镇（街道）", exact=True).click()
    offline_page.get_by_text("每个乡镇一行").wait_for(timeout=WAIT)
    offline_page.locator("input[type=file]").set_input_files(path)
    offline_page.get_by_text("合并 1").wait_for(timeout=WAIT)
    confirm = offline_page.get_by_role("button", name="确认并执行")
    expect(confirm).to_be_enabled(timeout=WAIT)
    confirm.click()
    offline_page.get_by_text("可在台账中撤销").first.wait_for(timeout=WAIT)
    with Store.open(store) as opened:
        assert set(opened.read("villages")["township"].dropna()) == {"990001002"}


def test_the_answers_about_a_village_that_is_gone_in_the_browser(address, store, tmp_path, offline_page):
    with Store.open(store) as opened:
        codes = {"V1": "990001001201", "V2": "990001002201", "V3": "990001002202"}
        for key, code in codes.items():
            opened.edit("villages", key, {"code": code, "township": code[:9]}, version=1, by="t")
    path = tmp_path / "村.csv"
    path.write_bytes("乡镇,代码,名称\n甲镇,990001001201,东村\n乙乡,990001002202,北村\n".encode("gb18030"))
    offline_page.goto(f"{address}/data?view=units")
    offline_page.get_by_text("1 新的名单").wait_for(timeout=WAIT)
    offline_page.locator("input[type=file]").set_input_files(path)
    offline_page.get_by_text("1 条，还有 1 条未定").wait_for(timeout=WAIT)
    confirm = offline_page.get_by_role("button", name="确认并执行")
    expect(confirm).to_be_disabled()
    offline_page.get_by_label("您的决定", exact=True).click()
    offline_page.get_by_role("option", name="并入或成为 北村 990001002202").click()
    offline_page.get_by_text("1 条，还有 0 条未定").wait_for(timeout=WAIT)
    confirm.click()
    offline_page.get_by_text("可在台账中撤销").first.wait_for(timeout=WAIT)
    with Store.open(store) as opened:
        homes = opened.read("households", columns=["village"])["village"]
        assert "V2" not in set(homes)
        assert (homes == "V3").sum() == 6
