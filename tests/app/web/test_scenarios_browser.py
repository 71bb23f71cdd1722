"""The page of scenarios in Chromium with every outside request forbidden: drawn by clicks, saved, told after a reload."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import FrameLocator, Page, expect
from running_server import running
from small_county import PROVENANCE, frames
from web_pages import WAIT, settle

from layers.store import Store


@pytest.fixture(scope="module")
def address(tmp_path_factory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("scenarios")
    store = str(folder / "county.db")
    with Store.open(store) as opened:
        opened.load(frames(), PROVENANCE)
    with running(store, folder, "--points") as at:
        yield f"{at}/scenarios"
    assert "Traceback" not in (folder / "server.log").read_text()


def map_of(page: Page) -> FrameLocator:
    frame = page.frame_locator(".st-key-map iframe")
    frame.locator(".leaflet-areas-pane path").first.wait_for(timeout=WAIT)
    settle(page)
    return frame


def click(page: Page, frame: FrameLocator, x: float, y: float) -> None:
    """A real click so many metres east and north of the middle; the region spans -500 to 7,000 and -1,000 to 5,000."""
    share = [(x + 500) / 7500, (y + 1000) / 6000]
    at = frame.locator("body").evaluate(
        """(_, share) => { const [a, b] = map.rongtu.config.bounds;
            const p = map.latLngToContainerPoint([a[0] + (b[0] - a[0]) * share[1], a[1] + (b[1] - a[1]) * share[0]]);
            return [p.x, p.y] }""", share)
    box = page.locator(".st-key-map iframe").bounding_box()
    page.mouse.click(box["x"] + at[0], box["y"] + at[1])
    settle(page)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()
    settle(page)


def begin(page: Page, address: str) -> FrameLocator:
    """The page with some scenario on it."""
    page.goto(address)
    start = page.get_by_role("button", name="复制现状")
    expect(start.or_(page.locator(".rt-kpis")).first).to_be_visible(timeout=WAIT)
    if start.count():
        press(page, "复制现状")
    return map_of(page)


def test_a_scenario_is_drawn_on_the_map_saved_and_there_after_a_reload(address, offline_page):
    page = offline_page
    page.goto(address)
    press(page, "复制现状")
    frame = map_of(page)
    frame.locator("body").evaluate("() => { window.kept = 1 }")
    page.get_by_text("增站", exact=True).click()
    settle(page)
    click(page, frame, 5000, 0)
    press(page, "加入方案")
    expect(page.locator(".rt-kpis").first).to_contain_text("62.5%", timeout=WAIT)
    expect(page.locator(".rt-kpis").first).to_contain_text("+12.5 个百分点")
    page.get_by_text("淹没区", exact=True).click()
    settle(page)
    for x, y in ((2300, -400), (2700, -400), (2700, 400)):
        click(page, frame, x, y)
    expect(page.get_by_text("已点 3 点")).to_be_visible(timeout=WAIT)
    press(page, "撤销上一点")
    expect(page.get_by_text("已点 2 点")).to_be_visible(timeout=WAIT)
    click(page, frame, 2720, 350)
    press(page, "加入方案")
    expect(page.get_by_text("画出的区域碰到的，1 条道路的 1 段")).to_be_visible(timeout=WAIT)
    expect(page.locator(".rt-kpis").first).to_contain_text("12.5%", timeout=WAIT)  # only h05 reaches a station now
    assert frame.locator("body").evaluate("() => window.kept") == 1, "the map was loaded anew"
    press(page, "保存")
    expect(page.get_by_role("button", name="保存", exact=True)).to_be_disabled(timeout=WAIT)
    page.reload()
    map_of(page)
    expect(page.locator(".rt-kpis").first).to_contain_text("12.5%", timeout=WAIT)
    expect(page.locator(".rt-legend, iframe").first).to_be_visible()


def test_what_is_saved_is_called_saved_and_goes_when_asked_twice(address, offline_page):
    page = offline_page
    begin(page, address)
    press(page, "新建")
    chooser = page.get_by_role("combobox", name="方案", exact=True)
    expect(chooser).to_have_value("方案2（未保存）", timeout=WAIT)
    press(page, "保存")
    expect(chooser).to_have_value("方案2", timeout=WAIT)
    page.get_by_test_id("stPopover").get_by_role("button", name="名称与保存").click()
    settle(page)
    press(page, "删除")
    expect(page.get_by_text("取消", exact=True)).to_be_visible()
    expect(chooser).to_have_value("方案2")
    press(page, "确认删除“方案2”")
    expect(chooser).not_to_have_value("方案2", timeout=WAIT)
    expect(page.get_by_role("button", name="删除", exact=True)).to_have_count(0)  # closed over the next scenario
    page.emulate_media(media="print")
    expect(page.get_by_role("radio", name="增站")).to_be_hidden()


def test_a_road_is_closed_by_a_click_and_opened_by_another(address, offline_page):
    page = offline_page
    frame = begin(page, address)
    press(page, "新建")
    expect(page.locator(".rt-kpis").first).to_contain_text("50.0%", timeout=WAIT)
    page.get_by_role("radio", name="封路", exact=True).click()
    settle(page)
    red = frame.locator(".leaflet-gaps-pane path[stroke='#A61B1B']")
    click(page, frame, 2500, 60)
    expect(page.get_by_text("已封闭：县道 r1")).to_be_visible(timeout=WAIT)
    expect(red).to_have_count(1, timeout=WAIT)
    expect(page.locator(".rt-kpis").first).to_contain_text("−50.0 个百分点")
    click(page, frame, 2500, 60)  # the very same place once more
    expect(page.get_by_text("已取消封闭：县道 r1")).to_be_visible(timeout=WAIT)
    expect(red).to_have_count(0, timeout=WAIT)
    expect(page.locator(".rt-kpis").first).to_contain_text("50.0% 0.0 个百分点", timeout=WAIT)
    click(page, frame, 5000, 1500)
    expect(page.get_by_text("点击处附近没有道路")).to_be_visible(timeout=WAIT)


def test_a_station_that_moves_may_go_to_the_sign_of_another(address, offline_page):
    page = offline_page
    frame = begin(page, address)
    press(page, "新建")
    page.get_by_text("增站", exact=True).click()
    settle(page)
    click(page, frame, 5000, 0)
    press(page, "加入方案")
    page.get_by_text("迁站", exact=True).click()
    settle(page)
    signs = frame.locator(".rt-sign")
    expect(signs).to_have_count(2, timeout=WAIT)  # the township's station, and the new one
    signs.first.click()
    chosen = page.get_by_role("combobox", name="服务站")
    expect(chosen.first).not_to_have_value("", timeout=WAIT)
    expect(chosen).to_have_count(1, timeout=WAIT)  # the one before it is taken away a little later
    name = chosen.input_value()
    signs.last.click()
    settle(page)
    expect(chosen).to_have_value(name)
    place = page.get_by_label("经度, 纬度")
    expect(place).to_have_count(1, timeout=WAIT)
    expect(place).not_to_have_value("")
    expect(page.get_by_role("button", name="加入方案")).to_be_enabled()


def test_on_a_phone_nothing_is_wider_than_the_screen(address, phone):
    phone.goto(address)
    if phone.get_by_role("button", name="复制现状").count():
        press(phone, "复制现状")
    map_of(phone)
    assert phone.evaluate("() => document.documentElement.scrollWidth") == 390
    pills = phone.get_by_test_id("stButtonGroup").last.get_by_role("radio")
    for k in range(pills.count()):
        box = pills.nth(k).bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
