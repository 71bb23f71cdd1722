"""The page of circles in Chromium with every outside request forbidden."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import openpyxl
import pytest
from circle_county import circle_frames
from playwright.sync_api import FrameLocator, Page, expect
from running_server import running
from small_county import PROVENANCE
from web_pages import WAIT, settle

from layers.store import Store


@pytest.fixture(scope="module")
def address(tmp_path_factory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("circles")
    store = str(folder / "county.db")
    with Store.open(store) as opened:
        opened.load(circle_frames(), PROVENANCE)
    with running(store, folder, "--points") as at:
        yield f"{at}/circles"
    assert "Traceback" not in (folder / "server.log").read_text()


def shown(page: Page, url: str) -> FrameLocator:
    page.goto(url)
    frame = page.frame_locator(".st-key-map iframe")
    frame.locator(".leaflet-areas-pane path").first.wait_for(timeout=WAIT)
    settle(page)
    return frame


def click(page: Page, frame: FrameLocator, east: float, north: float) -> None:
    """A real click at a share of the region's width and height."""
    at = frame.locator("body").evaluate(
        """(_, share) => { const [a, b] = map.rongtu.config.bounds;
            const p = map.latLngToContainerPoint([a[0] + (b[0] - a[0]) * share[1], a[1] + (b[1] - a[1]) * share[0]]);
            return [p.x, p.y] }""", [east, north])
    box = page.locator(".st-key-map iframe").bounding_box()
    page.mouse.click(box["x"] + at[0], box["y"] + at[1])
    settle(page)


def test_a_township_then_any_point_is_asked_around_without_a_reload(address, offline_page):
    frame = shown(offline_page, address)
    expect(frame.locator(".rt-legend")).to_contain_text("服务圈得分")
    expect(offline_page.locator(".rt-kpis")).to_contain_text("55.0%")
    frame.locator("body").evaluate("() => { window.kept = 1 }")
    # the region spans x from -500 to 7,000 m and y from -1,000 to 5,000 m; the first township ends at x = 3,000
    click(offline_page, frame, 2000 / 7500, 800 / 6000)
    expect(offline_page.locator(".st-key-board_heading h2").first).to_have_text("甲镇各村", timeout=WAIT)
    expect(offline_page.locator(".rt-here")).to_have_count(0)  # the click that chose the township asked nothing else
    click(offline_page, frame, 2500 / 7500, 1075 / 6000)  # 2,000 m along the street and 75 m off it
    expect(offline_page.locator(".rt-missing")).to_have_count(1, timeout=WAIT)
    expect(offline_page.locator(".rt-missing")).to_contain_text("缺 餐饮")
    expect(offline_page.locator(".rt-here")).to_contain_text("得分 80.0%")
    assert frame.locator(".rt-sign svg").count() == 2  # the township's station, and the point
    # a station tells of itself, though the last click on the map was elsewhere
    frame.locator("body").evaluate(
        """() => { Object.values(map._layers).find(l => l.feature && l.feature.properties.code === 'S1')
            .fire('click', {}, true) }""")
    settle(offline_page)
    expect(offline_page.locator(".rt-here")).to_contain_text("服务圈完整", timeout=WAIT)
    assert frame.locator("body").evaluate("() => window.kept") == 1


def test_the_page_holds_no_english_and_no_sideways_scroll(address, offline_page):
    messages = []
    offline_page.on("pageerror", lambda e: messages.append(str(e)))
    frame = shown(offline_page, address)
    assert messages == []
    assert offline_page.evaluate("document.documentElement.scrollWidth") <= 1440
    icons = '[data-testid="stIconMaterial"]'  # drawn by a font from the names that stand there
    offline_page.evaluate("icons => document.querySelectorAll(icons).forEach(i => i.remove())", icons)
    read = offline_page.locator('[data-testid="stMain"]').inner_text() + frame.locator("body").inner_text()
    assert set(re.findall(r"[A-Za-z]{2,}", read)) <= {"English", "GeoJSON", "GeoPackage", "km"}


def test_the_tables_come_down(address, offline_page):
    shown(offline_page, address)
    with offline_page.expect_download(timeout=WAIT) as expected:
        offline_page.locator('.st-key-downloads button').first.click()
    book = openpyxl.load_workbook(io.BytesIO(expected.value.path().read_bytes()))
    assert book.sheetnames == ["分乡镇服务圈", "分村服务圈", "各户服务圈", "规则"]
    assert [row[1] for row in book["分乡镇服务圈"].iter_rows(min_row=5, values_only=True)] == ["甲镇", "乙乡"]


def test_paper_gets_the_matrix_and_no_controls(address, offline_page):
    shown(offline_page, address)
    offline_page.emulate_media(media="print")
    expect(offline_page.locator(".rt-matrix caption")).to_be_visible()
    assert offline_page.locator(".rt-paper").first.locator("tbody tr").count() == 2
    for hidden in (".st-key-controls", ".st-key-downloads", '[data-testid="stDataFrame"]', '[data-testid="stSelectbox"]'):
        expect(offline_page.locator(hidden).first).to_be_hidden()


def test_the_page_stands_on_a_phone(address, phone):
    shown(phone, address)
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    tops = [phone.locator(part).first.bounding_box()["y"] for part in (
        ".rt-kpis", ".st-key-map iframe", '[data-testid="stDataFrame"]', '[data-testid="stSelectbox"]', ".rt-matrix")]
    assert tops == sorted(tops)
    scroll = phone.locator(".rt-scroll").bounding_box()
    assert scroll["x"] + scroll["width"] <= 390  # the matrix scrolls inside its own frame
    expect(phone.locator('[data-testid="stPopover"] button')).to_contain_text("步行 · 15 分 · 5 项")
