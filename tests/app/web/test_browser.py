"""The coverage page in Chromium with every outside request forbidden: one test for each trick that it relies on."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import openpyxl
import pytest
from playwright.sync_api import FrameLocator, Page, expect
from running_server import running
from small_county import PROVENANCE, frames
from web_pages import WAIT, settle

from layers.store import Store

TOWNS = ".leaflet-areas-pane path"
VILLAGES = ".leaflet-inner-pane path"


@pytest.fixture(scope="module")
def address(tmp_path_factory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("browser")
    store = str(folder / "county.db")
    with Store.open(store) as opened:
        opened.load(frames(), PROVENANCE)
    with running(store, folder) as at:
        yield at
    assert "Traceback" not in (folder / "server.log").read_text()


def open_page(page: Page, url: str) -> FrameLocator:
    page.goto(url)
    return shown(page)


def shown(page: Page) -> FrameLocator:
    settle(page)  # before that the frame of the last run may still stand beside the new one
    expect(page.locator(".st-key-map iframe")).to_have_count(1, timeout=WAIT)
    frame = page.frame_locator(".st-key-map iframe")
    frame.locator(TOWNS).first.wait_for(timeout=WAIT)
    settle(page)
    return frame


def mark(page: Page, frame: FrameLocator) -> None:
    """Leave a sign in the page's and in the map's document, which a reload would wipe out."""
    page.evaluate("window.kept = 1")
    frame.locator("body").evaluate("() => { window.kept = 1 }")


def kept(page: Page, frame: FrameLocator) -> bool:
    return page.evaluate("window.kept") == 1 and frame.locator("body").evaluate("() => window.kept") == 1


def view(frame: FrameLocator) -> tuple[float, float, float]:
    return tuple(frame.locator("body").evaluate(
        "() => [map.getZoom(), map.getCenter().lat, map.getCenter().lng].map(n => +n.toFixed(4))"))


def heading(page: Page) -> str:
    return page.locator(".st-key-board_heading h2").first.inner_text()


def click_town(frame: FrameLocator, name: str) -> None:
    """Click a township where nothing else lies on it."""
    frame.locator("body").evaluate(
        """(_, name) => { Object.values(map._layers).find(l => l.feature && l.feature.properties.kind === 'township'
            && (l.feature.properties.tip || '').includes(name) && l.getBounds).fire('click', {}, true) }""", name)


def test_the_page_stands_at_a_desk(address, offline_page):
    messages = []
    offline_page.on("console", lambda m: messages.append(m.text) if m.type == "error" else None)
    offline_page.on("pageerror", lambda e: messages.append(str(e)))
    frame = open_page(offline_page, address)
    assert messages == []
    assert frame.locator(TOWNS).count() == 2
    assert frame.locator(".rt-sign svg").count() == 1
    expect(frame.locator(".rt-legend")).to_contain_text("<60%")
    expect(frame.locator(".rt-tag")).to_have_text("虚构内部资料 数据 2026-10-31")
    expect(frame.locator(".leaflet-control-scale-line")).to_have_text(re.compile(r"^\d+ (km|m)$"))
    assert offline_page.evaluate("document.documentElement.scrollWidth") <= 1440
    box = offline_page.locator(".st-key-map iframe").bounding_box()
    assert box["height"] >= 440
    assert box["width"] > 800
    assert box["y"] + box["height"] <= 900


def test_the_whole_region_is_in_sight(address, offline_page):
    frame = open_page(offline_page, address)
    inside = frame.locator("body").evaluate("() => map.getBounds().contains(map.rongtu.config.bounds)")
    assert inside
    shares = frame.locator("body").evaluate(
        """() => { const b = L.latLngBounds(map.rongtu.config.bounds), s = map.getSize();
            const a = map.latLngToContainerPoint(b.getNorthWest()), c = map.latLngToContainerPoint(b.getSouthEast());
            return [(c.x - a.x) / s.x, (c.y - a.y) / s.y] }""")
    assert max(shares) > 0.7  # and fills the frame


def test_a_click_on_a_township_changes_map_and_table_without_a_reload(address, offline_page):
    frame = open_page(offline_page, address)
    before = view(frame)
    mark(offline_page, frame)
    click_town(frame, "甲镇")
    expect(offline_page.locator(".st-key-board_heading h2").first).to_have_text("甲镇各村", timeout=WAIT)
    settle(offline_page)
    assert kept(offline_page, frame)
    assert frame.locator(VILLAGES).count() == 1
    assert view(frame) != before
    offline_page.get_by_role("button", name="返回全县").click()
    expect(offline_page.locator(".st-key-board_heading h2").first).to_have_text("按到不了的人数排名", timeout=WAIT)
    settle(offline_page)
    assert kept(offline_page, frame)
    assert view(frame) == before
    assert frame.locator(VILLAGES).count() == 0


def test_a_real_click_hits_the_township_under_it(address, offline_page):
    frame = open_page(offline_page, address)
    at = frame.locator("body").evaluate(
        """() => { const p = map.latLngToContainerPoint(map.rongtu.config.bounds[0].map((v, k) =>
            v + (map.rongtu.config.bounds[1][k] - v) * [0.85, 0.8][k])); return [p.x, p.y] }""")
    box = offline_page.locator(".st-key-map iframe").bounding_box()
    offline_page.mouse.click(box["x"] + at[0], box["y"] + at[1])
    expect(offline_page.locator(".st-key-board_heading h2").first).to_have_text("乙乡各村", timeout=WAIT)


def test_the_same_township_can_be_clicked_again_after_going_back(address, offline_page):
    frame = open_page(offline_page, address)
    for _ in range(2):
        click_town(frame, "甲镇")
        expect(offline_page.locator(".st-key-board_heading h2").first).to_have_text("甲镇各村", timeout=WAIT)
        settle(offline_page)
        offline_page.get_by_role("button", name="返回全县").click()
        expect(offline_page.locator(".st-key-board_heading h2").first).to_have_text("按到不了的人数排名", timeout=WAIT)
        settle(offline_page)


def test_a_row_of_the_table_picks_the_township_on_the_map(address, offline_page):
    frame = open_page(offline_page, address)
    right = offline_page.locator('[data-testid="stColumn"]').nth(1)
    box = right.locator('[data-testid="stDataFrame"]').bounding_box()
    offline_page.mouse.click(box["x"] + 16, box["y"] + 34 + 15)  # the box before the first row
    expect(offline_page.locator(".st-key-board_heading h2").first).to_have_text("甲镇各村", timeout=WAIT)
    settle(offline_page)
    assert frame.locator(VILLAGES).count() == 1


def test_panning_and_zooming_run_nothing(address, offline_page):
    sent = []
    offline_page.on("websocket", lambda socket: socket.on("framesent", lambda _: sent.append(1)))
    frame = open_page(offline_page, address)
    before = len(sent)
    frame.locator("body").evaluate("() => { map.panBy([80, 40]); map.zoomIn() }")
    offline_page.wait_for_timeout(1500)
    assert len(sent) == before


def test_another_question_keeps_the_maps_frame_and_view(address, offline_page):
    frame = open_page(offline_page, address)
    frame.locator("body").evaluate("() => map.setZoom(map.getZoom() + 1, { animate: false })")
    before = view(frame)
    mark(offline_page, frame)
    offline_page.get_by_role("radio", name="驾车").click()
    expect(offline_page.locator(".rt-rule")).to_contain_text("驾车 15 分钟", timeout=WAIT)
    settle(offline_page)
    assert kept(offline_page, frame)
    assert view(frame) == before
    assert "mode=drive" in offline_page.url


def test_a_layer_switched_off_stays_off(address, offline_page):
    frame = open_page(offline_page, address)
    frame.locator(".leaflet-control-layers").hover()
    frame.locator(".leaflet-control-layers label", has_text="主要道路").click()
    roads = '.leaflet-roads-pane path[stroke="#8B8478"]'
    expect(frame.locator(roads)).to_have_count(0)
    click_town(frame, "乙乡")
    expect(offline_page.locator(".st-key-board_heading h2").first).to_have_text("乙乡各村", timeout=WAIT)
    settle(offline_page)
    expect(frame.locator(roads)).to_have_count(0)
    frame.locator(".leaflet-control-layers").hover()
    frame.locator(".leaflet-control-layers label", has_text="主要道路").click()
    expect(frame.locator(roads)).to_have_count(1)


def test_the_language_switches_in_place(address, offline_page):
    open_page(offline_page, address)
    offline_page.evaluate("window.kept = 1")
    offline_page.get_by_role("button", name="English").click()
    expect(offline_page.locator(".rt-head h1")).to_have_text("Service coverage", timeout=WAIT)
    frame = shown(offline_page)
    assert offline_page.evaluate("window.kept") == 1
    assert "lang=en" in offline_page.url
    expect(frame.locator(".rt-tag")).to_contain_text("Fictional")
    expect(frame.locator(".rt-legend summary")).to_have_text("Legend")


def test_the_chinese_page_and_map_hold_no_english(address, offline_page):
    frame = open_page(offline_page, address)
    icons = '[data-testid="stIconMaterial"]'  # drawn by a font from the names that stand there
    offline_page.evaluate("icons => document.querySelectorAll(icons).forEach(i => i.remove())", icons)
    read = offline_page.locator('[data-testid="stMain"]').inner_text() + frame.locator("body").inner_text()
    assert set(re.findall(r"[A-Za-z]{2,}", read)) <= {"English", "GeoJSON", "GeoPackage", "km"}


def test_the_workbook_comes_down(address, offline_page):
    open_page(offline_page, address)
    with offline_page.expect_download(timeout=WAIT) as expected:
        offline_page.get_by_role("button", name="下载表格").click()
    assert expected.value.suggested_filename == "服务覆盖_小县（虚构）_2026-10-31.xlsx"
    book = openpyxl.load_workbook(io.BytesIO(expected.value.path().read_bytes()))
    assert book["分乡镇可达率"]["A5"].value == "甲镇"


def test_paper_gets_every_row_and_no_controls(address, offline_page):
    open_page(offline_page, address)
    expect(offline_page.locator(".rt-paper").first).to_be_hidden()
    offline_page.emulate_media(media="print")
    expect(offline_page.locator(".rt-paper").first).to_be_visible()
    assert offline_page.locator(".rt-paper").first.locator("tbody tr").count() == 2
    for hidden in (".st-key-controls", ".st-key-language", ".st-key-downloads", '[data-testid="stDataFrame"]'):
        expect(offline_page.locator(hidden).first).to_be_hidden()
    expect(offline_page.locator(".st-key-map")).to_be_visible()


def test_the_page_stands_on_a_phone(address, phone):
    frame = open_page(phone, address)
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    box = phone.locator(".st-key-map iframe").bounding_box()
    assert box["height"] <= 390
    assert box["y"] < 400  # the map begins on the first screen
    tops = [cell.bounding_box()["y"] for cell in phone.locator(".rt-kpis > div").all()]
    assert tops[0] == tops[1] < tops[2] == tops[3]
    assert frame.locator(".rt-legend details[open]").count() == 0
    ranking = phone.locator('[data-testid="stDataFrame"]').first.bounding_box()
    assert ranking["y"] > box["y"] + box["height"] - 1


def test_a_phone_folds_the_controls_under_what_is_chosen(address, phone):
    open_page(phone, f"{address}/?mode=drive&minutes=20")
    button = phone.locator('[data-testid="stPopover"] button')
    expect(button).to_contain_text("驾车 · 20 分 · 全部服务站")
    assert button.bounding_box()["height"] >= 44
    button.click()
    choice = phone.get_by_role("radio", name="老人步行")
    expect(choice).to_be_visible()
    assert choice.bounding_box()["height"] >= 44
    choice.click()
    expect(button).to_contain_text("老人步行", timeout=WAIT)


def test_two_people_do_not_share_a_view(address, offline_page, phone):
    frame = open_page(offline_page, address)
    open_page(phone, address)
    click_town(frame, "乙乡")
    expect(offline_page.locator(".st-key-board_heading h2").first).to_have_text("乙乡各村", timeout=WAIT)
    assert heading(phone) == "按到不了的人数排名"
