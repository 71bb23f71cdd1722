"""Households as dots in Chromium: what is asked for, what is drawn, and what a pointer or a finger is told."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import FrameLocator, Page, expect
from running_server import running
from small_county import PROVENANCE, frames
from web_pages import WAIT, settle

from layers.store import Store

CANVAS = "canvas.rt-points[data-shown]"
POINTS = "/api/households/points"
LAYER = "Object.values(map._layers).find(l => l._data && l._under)"


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> str:
    path = str(tmp_path_factory.mktemp("points") / "county.db")
    with Store.open(path) as opened:
        opened.load(frames(), PROVENANCE)
    return path


@pytest.fixture(scope="module")
def address(store, tmp_path_factory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("server")
    with running(store, folder, "--points") as at:
        yield at
    assert "Traceback" not in (folder / "server.log").read_text()


def open_points(page: Page, address: str) -> tuple[FrameLocator, list[str]]:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if POINTS in request.url else None)
    page.goto(f"{address}/?view=points")
    frame = page.frame_locator(".st-key-map iframe")
    frame.locator(CANVAS).wait_for(timeout=WAIT)
    settle(page)
    return frame, asked


def place_of(page: Page, frame: FrameLocator, tenths: int) -> tuple[float, float]:
    """Where on the page the household with so many tenths of minutes is drawn."""
    x, y = frame.locator("body").evaluate(
        f"""(_, tenths) => {{ const d = {LAYER}._data, i = d.tenths.indexOf(tenths);
            const p = map.latLngToContainerPoint(map.unproject([d.x[i] * 256, d.y[i] * 256], 0)); return [p.x, p.y] }}""",
        tenths)
    box = page.locator(".st-key-map iframe").bounding_box()
    return box["x"] + x, box["y"] + y


def test_every_household_is_drawn_and_asked_for_once(address, offline_page):
    frame, asked = open_points(offline_page, address)
    expect(frame.locator(CANVAS)).to_have_attribute("data-shown", "9")
    assert asked == [f"{address}{POINTS}?mode=walk"]
    expect(frame.locator(".rt-legend")).to_contain_text("到最近设施（分钟）")
    frame.locator("body").evaluate("""() => { Object.values(map._layers).find(l => l.feature
        && l.feature.properties.kind === 'township' && l.getBounds).fire('click', {}, true) }""")
    expect(offline_page.get_by_role("button", name="返回全县")).to_be_visible(timeout=WAIT)
    settle(offline_page)
    frame.locator(CANVAS).wait_for(timeout=WAIT)
    assert len(asked) == 1
    with offline_page.expect_request(lambda request: POINTS in request.url, timeout=WAIT):
        offline_page.get_by_role("radio", name="驾车").click()
    settle(offline_page)
    assert asked[1:] == [f"{address}{POINTS}?mode=drive"]


def test_a_dot_has_the_colour_of_its_minutes_where_the_household_lives(address, offline_page):
    frame, _ = open_points(offline_page, address)
    for tenths, colour in ((7, (0x17, 0x3F, 0x66)), (547, (0xA6, 0x1B, 0x1B))):
        seen = frame.locator("body").evaluate(
            f"""(_, tenths) => {{ const l = {LAYER}, d = l._data, i = d.tenths.indexOf(tenths);
                const at = map.project(map.unproject([d.x[i] * 256, d.y[i] * 256], 0)).subtract(map.getPixelOrigin())
                    .subtract(l._bounds.min).multiplyBy(devicePixelRatio);
                const p = l._container.getContext('2d').getImageData(Math.round(at.x), Math.round(at.y), 1, 1).data;
                return [p[0], p[1], p[2]] }}""", tenths)
        assert max(abs(a - b) for a, b in zip(seen, colour, strict=True)) < 40, tenths


def test_a_pointer_on_a_dot_is_told_minutes_and_station(address, offline_page):
    frame, _ = open_points(offline_page, address)
    offline_page.mouse.move(*place_of(offline_page, frame, 547))
    expect(frame.locator(".rt-point-tip")).to_have_text("54.7 分钟 · 东村站")
    visible = frame.locator(".leaflet-tooltip:visible")
    expect(visible).to_have_count(1)  # not the area's as well
    offline_page.mouse.move(*place_of(offline_page, frame, 400))
    expect(frame.locator(".rt-point-tip")).to_have_text("定位不准 · 40.0 分钟 · 东村站")
    x, y = place_of(offline_page, frame, 547)
    offline_page.mouse.move(x, y - 60)
    expect(frame.locator(".rt-point-tip")).to_have_count(0)


def test_panning_draws_what_comes_into_sight(address, offline_page):
    frame, asked = open_points(offline_page, address)
    canvas = frame.locator(CANVAS)
    frame.locator("body").evaluate("() => { map.rongtu.touched = true; map.setZoom(map.getZoom() + 4, { animate: false }) }")
    expect(canvas).not_to_have_attribute("data-shown", "9")
    frame.locator("body").evaluate(f"() => {{ const d = {LAYER}._data, i = d.tenths.indexOf(547);"
                                   "map.panTo(map.unproject([d.x[i] * 256, d.y[i] * 256], 0), { animate: false }) }")
    expect(canvas).to_have_attribute("data-shown", re.compile(r"^[1-9]\d*$"))
    assert len(asked) == 1


def test_the_layer_can_be_switched_off(address, offline_page):
    frame, _ = open_points(offline_page, address)
    frame.locator(".leaflet-control-layers").hover()
    frame.locator(".leaflet-control-layers label", has_text="各户用时").click()
    expect(frame.locator("canvas.rt-points")).to_have_count(0)
    frame.locator(".leaflet-control-layers").hover()
    frame.locator(".leaflet-control-layers label", has_text="各户用时").click()
    expect(frame.locator(CANVAS)).to_have_attribute("data-shown", "9")


def test_another_side_keeps_the_maps_frame(address, offline_page):
    frame, _ = open_points(offline_page, address)
    frame.locator("body").evaluate("() => { window.kept = 1 }")
    offline_page.get_by_role("radio", name="可达率", exact=True).click()
    expect(frame.locator("canvas.rt-points")).to_have_count(0, timeout=WAIT)
    expect(frame.locator(".rt-legend")).to_contain_text("<60%", timeout=WAIT)
    assert frame.locator("body").evaluate("() => window.kept") == 1
    assert "view=" not in offline_page.url


def test_a_finger_on_a_dot_asks_about_the_dot_only(address, phone):
    frame, _ = open_points(phone, address)
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    phone.touchscreen.tap(*place_of(phone, frame, 547))
    expect(frame.locator(".rt-point-tip")).to_have_text("54.7 分钟 · 东村站")
    settle(phone)
    expect(phone.get_by_role("button", name="返回全县")).to_have_count(0)


def test_an_answer_that_does_not_come_is_told(address, offline_page):
    offline_page.route(re.compile(POINTS), lambda route: route.fulfill(status=503, body=""))
    offline_page.goto(f"{address}/?view=points")
    notice = offline_page.frame_locator(".st-key-map iframe").locator(".rt-notice")
    expect(notice).to_have_text("各户数据没有取到，请刷新重试。", timeout=WAIT)


def test_counts_only_means_a_sentence_and_no_question(store, tmp_path, offline_page):
    asked = []
    offline_page.on("request", lambda request: asked.append(request.url) if POINTS in request.url else None)
    with running(store, tmp_path) as at:
        offline_page.goto(f"{at}/?view=points")
        expect(offline_page.get_by_text("这里只显示汇总数，不显示单户")).to_be_visible(timeout=WAIT)
        settle(offline_page)
        assert offline_page.locator(".st-key-map iframe").count() == 0
        assert offline_page.request.get(f"{at}{POINTS}").status == 403
    assert asked == []
