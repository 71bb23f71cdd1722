"""The sides of the coverage page in Chromium: what a click on the map means on each of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import FrameLocator, Page, expect
from running_server import running
from small_county import PROVENANCE, at, frames
from web_pages import WAIT, settle

from layers.store import Store

RINGS = ".leaflet-ground-pane path"


@pytest.fixture(scope="module")
def address(tmp_path_factory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("sides")
    store = str(folder / "county.db")
    with Store.open(store) as opened:
        given = frames()
        given["stations"] = given["stations"].assign(staff=2)
        opened.load(given, PROVENANCE)
    with running(store, folder, "--points") as at_address:
        yield at_address
    assert "Traceback" not in (folder / "server.log").read_text()


def open_side(page: Page, address: str, side: str) -> FrameLocator:
    page.goto(f"{address}{'' if '?' in address else '/?'}view={side}")
    frame = page.frame_locator(".st-key-map iframe")
    frame.locator(".leaflet-areas-pane path").first.wait_for(timeout=WAIT)
    settle(page)
    return frame


def spot(page: Page, frame: FrameLocator, x: float, y: float) -> tuple[float, float]:
    """Where on the page a place of the county (metres) is drawn."""
    here = at(x, y)
    place = frame.locator("body").evaluate(
        "(_, to) => { const p = map.latLngToContainerPoint(to); return [p.x, p.y] }", [here.y, here.x])
    box = page.locator(".st-key-map iframe").bounding_box()
    return box["x"] + place[0], box["y"] + place[1]


def test_a_click_draws_the_isochrones_of_that_point(address, offline_page):
    frame = open_side(offline_page, address, "isochrones")
    expect(frame.locator(RINGS)).to_have_count(3)
    offline_page.get_by_role("radio", name="地图上一点").click()
    expect(offline_page.get_by_text("在地图上点一下")).to_be_visible(timeout=WAIT)
    expect(frame.locator(RINGS)).to_have_count(0, timeout=WAIT)
    settle(offline_page)
    frame.locator("body").evaluate("() => { window.kept = 1 }")
    offline_page.mouse.click(*spot(offline_page, frame, 5000, 20))
    expect(frame.locator(RINGS)).to_have_count(3, timeout=WAIT)
    expect(offline_page.locator(".rt-kpis")).to_contain_text("占定位准确的人 25.0%", timeout=WAIT)  # h05's five of 22 persons
    settle(offline_page)
    assert frame.locator("body").evaluate("() => window.kept") == 1
    frame.locator("body").evaluate("() => map.fitBounds(map.rongtu.config.bounds, { animate: false })")
    offline_page.mouse.click(*spot(offline_page, frame, 5000, 1500))  # no road near: told, not drawn
    expect(offline_page.locator(".rt-rule")).to_contain_text("离最近的道路超过 500 米", timeout=WAIT)
    expect(frame.locator(RINGS)).to_have_count(0, timeout=WAIT)


def test_a_station_on_the_map_is_the_one_to_draw_around(address, offline_page):
    frame = open_side(offline_page, address, "isochrones")
    frame.locator(".rt-sign").first.click()
    expect(offline_page.locator(".st-key-board_heading")).to_contain_text("甲镇站", timeout=WAIT)
    expect(offline_page.get_by_role("radio", name="一处设施")).to_be_checked()


def test_a_station_clicked_for_a_point_is_that_point(address, offline_page):
    frame = open_side(offline_page, address, "isochrones")
    offline_page.get_by_role("radio", name="地图上一点").click()
    expect(frame.locator(RINGS)).to_have_count(0, timeout=WAIT)
    settle(offline_page)
    frame.locator(".rt-sign").first.click()
    expect(frame.locator(RINGS)).not_to_have_count(0, timeout=WAIT)
    expect(offline_page.get_by_role("radio", name="地图上一点")).to_be_checked()


def test_a_catchment_on_the_map_is_a_row_of_the_table(address, offline_page):
    frame = open_side(offline_page, address, "catchments")
    expect(frame.locator(RINGS)).to_have_count(2)
    offline_page.mouse.click(*spot(offline_page, frame, 1800, 120))
    expect(offline_page.get_by_text("东村站服务的村")).to_be_visible(timeout=WAIT)
    settle(offline_page)
    assert frame.locator(".leaflet-chosen-pane path").count() == 1


@pytest.mark.parametrize("side", ["isochrones", "catchments", "access", "fairness"])
def test_a_side_fits_a_desk(address, offline_page, side):
    messages = []
    offline_page.on("console", lambda m: messages.append(m.text) if m.type == "error" else None)
    offline_page.on("pageerror", lambda e: messages.append(str(e)))
    open_side(offline_page, address, side)
    box = offline_page.locator(".st-key-map iframe").bounding_box()
    assert box["height"] >= 440
    assert box["y"] + box["height"] <= 905
    assert messages == []


@pytest.mark.parametrize("side", ["isochrones", "catchments", "access", "fairness", "points"])
def test_key_figures_stay_on_an_english_phone(address, phone, side):
    open_side(phone, f"{address}/?lang=en&", side)
    for cell in phone.locator(".rt-kpis > div").all():
        box = cell.bounding_box()
        assert box["x"] + box["width"] <= 390
        assert cell.evaluate("cell => cell.scrollWidth <= cell.clientWidth + 1")
    for box in (one.bounding_box() for one in phone.locator(".st-key-side_switch button").all()):
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390  # the chosen one among them
        assert box["height"] >= 44


@pytest.mark.parametrize("side", ["isochrones", "catchments", "access", "fairness", "points"])
def test_a_side_fits_a_phone(address, phone, side):
    open_side(phone, address, side)
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    assert phone.locator(".st-key-map iframe").bounding_box()["height"] <= 390
    switch = phone.locator(".st-key-side_switch button")
    boxes = [switch.nth(k).bounding_box() for k in range(6)]
    assert {round(box["y"]) for box in boxes} == {round(boxes[0]["y"])}  # one line
    assert min(box["height"] for box in boxes) >= 44
    assert boxes[-1]["x"] + boxes[-1]["width"] <= 390


def test_the_lorenz_curve_can_be_seen(address, offline_page):
    open_side(offline_page, address, "fairness")
    curve = offline_page.get_by_alt_text("用时的洛伦兹曲线")
    curve.scroll_into_view_if_needed(timeout=WAIT)
    assert curve.evaluate("img => img.complete && img.naturalWidth > 0")
    assert curve.bounding_box()["width"] == pytest.approx(260, abs=1)


def test_what_was_picked_is_there_after_a_reload(address, offline_page):
    frame = open_side(offline_page, address, "isochrones")
    frame.locator(".rt-sign").first.click()
    expect(offline_page.locator(".st-key-board_heading")).to_contain_text("甲镇站", timeout=WAIT)
    settle(offline_page)
    assert "station=S4" in offline_page.url
    offline_page.reload()
    expect(offline_page.locator(".st-key-board_heading")).to_contain_text("甲镇站", timeout=WAIT)
    expect(offline_page.get_by_role("radio", name="一处设施")).to_be_checked()


def test_the_sides_keep_one_frame(address, offline_page):
    frame = open_side(offline_page, address, "isochrones")
    frame.locator("body").evaluate("() => { window.kept = 1 }")
    for name, sign in (("责任区", "最近的对象"), ("服务能力", "每千人"), ("公平", "最远一成"), ("可达率", "可达率（按户）")):
        offline_page.get_by_role("radio", name=name, exact=True).click()
        expect(frame.locator(".rt-legend")).to_contain_text(sign, timeout=WAIT)
        settle(offline_page)
        assert frame.locator("body").evaluate("() => window.kept") == 1, name


@pytest.mark.parametrize("side", ["isochrones", "catchments"])
def test_paper_has_the_table_and_no_controls(address, offline_page, side):
    open_side(offline_page, address, side)
    offline_page.emulate_media(media="print")
    expect(offline_page.locator(".rt-paper").first).to_be_visible()
    for hidden in (".st-key-side_switch", ".st-key-side_controls", ".st-key-controls", '[data-testid="stDataFrame"]'):
        expect(offline_page.locator(hidden).first).to_be_hidden()
    assert offline_page.locator(".st-key-map iframe").bounding_box()["height"] == pytest.approx(128 / 25.4 * 96, abs=3)
