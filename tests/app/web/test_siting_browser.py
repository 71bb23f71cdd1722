"""The page of siting in Chromium with every outside request forbidden: solved, worked with by clicks, saved, printed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import FrameLocator, Page, expect
from running_server import running
from small_county import PROVENANCE, frames
from web_pages import WAIT, settle

from layers.store import Store

LETTERS = ".leaflet-letters-pane .rt-sign"
WEST = "西村"


@pytest.fixture(scope="module")
def address(tmp_path_factory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("siting")
    store = str(folder / "county.db")
    with Store.open(store) as opened:
        opened.load(frames(), PROVENANCE)
    with running(store, folder, "--points") as at:
        yield f"{at}/siting?add=1&candidates=villages,planned"
    assert "Traceback" not in (folder / "server.log").read_text()


def map_of(page: Page) -> FrameLocator:
    frame = page.frame_locator(".st-key-map iframe")
    frame.locator(".leaflet-areas-pane path").first.wait_for(timeout=WAIT)
    settle(page)
    return frame


def press(page: Page, key: str) -> None:
    page.locator(f".st-key-{key} button").click()
    settle(page)


def solved(page: Page, address: str) -> FrameLocator:
    page.goto(address)
    map_of(page)
    press(page, "siting_solve_button")
    expect(page.locator(".rt-kpis")).to_contain_text("已证明最优", timeout=WAIT)
    frame = map_of(page)
    expect(frame.locator(LETTERS)).to_have_count(1, timeout=WAIT)
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


def test_a_plan_is_solved_picked_on_the_map_and_changed_without_a_reload(address, offline_page):
    page = offline_page
    page.goto(address)
    frame = map_of(page)
    frame.locator("body").evaluate("() => { window.kept = 1 }")
    assert frame.locator("path.leaflet-interactive[stroke='#B45309']").count() == 4
    press(page, "siting_solve_button")
    expect(page.locator(".rt-kpis")).to_contain_text("60.0%", timeout=WAIT)
    sign = frame.locator(LETTERS)
    expect(sign).to_have_text("A", timeout=WAIT)
    settle(page)
    sign.click()
    picked = page.locator(".st-key-siting_picked")
    expect(picked).to_contain_text(f"A {WEST}", timeout=WAIT)
    expect(sign.locator("path").last).to_have_attribute("fill", "#B45309", timeout=WAIT)
    press(page, "siting_ban")
    expect(page.get_by_text(f"1. 排除 {WEST}")).to_be_visible(timeout=WAIT)
    expect(frame.locator("path[stroke='#A61B1B']")).to_have_count(1, timeout=WAIT)
    settle(page)
    sign.click()
    expect(picked).to_contain_text("A 西村站", timeout=WAIT)
    press(page, "siting_undo")
    expect(page.get_by_text("还没有修改")).to_be_visible(timeout=WAIT)
    assert frame.locator("body").evaluate("() => window.kept") == 1, "the map was loaded anew"


def test_a_row_of_the_table_picks_the_sign(address, offline_page):
    page = offline_page
    frame = solved(page, address)
    table = page.locator(".stDataFrame canvas").first
    box = table.bounding_box()
    page.mouse.click(box["x"] + 12, box["y"] + 45)
    settle(page)
    expect(page.locator(".st-key-siting_picked")).to_contain_text(f"A {WEST}", timeout=WAIT)
    expect(frame.locator(f"{LETTERS} path").last).to_have_attribute("fill", "#B45309", timeout=WAIT)


def test_a_place_is_added_and_a_site_moved_by_clicks(address, offline_page):
    page = offline_page
    frame = solved(page, address)
    page.get_by_text("增候选点", exact=True).click()
    settle(page)
    click(page, frame, 4600, 0)
    expect(page.get_by_text("1. 候选点 自选位置1")).to_be_visible(timeout=WAIT)
    page.get_by_text("看图", exact=True).click()
    settle(page)
    frame.locator(LETTERS).click()
    expect(page.locator(".st-key-siting_picked")).to_contain_text(f"A {WEST}", timeout=WAIT)
    press(page, "siting_move")
    expect(page.get_by_text(f"在地图上点“{WEST}”的新位置")).to_be_visible(timeout=WAIT)
    click(page, frame, 5400, 0)
    expect(page.get_by_text(f"2. {WEST} 移到新位置")).to_be_visible(timeout=WAIT)
    expect(page.locator(".st-key-siting_picked")).to_contain_text(f"A {WEST}（移）", timeout=WAIT)
    expect(page.locator(".st-key-siting_picked")).to_contain_text("按要求必设")


def test_a_plan_is_saved_and_stands_on_the_page_of_scenarios(address, offline_page):
    page = offline_page
    solved(page, address)
    page.get_by_role("button", name="存为情景").click()
    settle(page)
    page.get_by_label("名称").fill("浏览器里的方案")
    page.get_by_label("名称").press("Enter")
    settle(page)
    press(page, "siting_save")
    link = page.get_by_role("link", name="到情景页看“浏览器里的方案”")
    expect(link).to_be_visible(timeout=WAIT)
    page.keyboard.press("Escape")
    link.click()
    expect(page.get_by_role("heading", name="情景推演")).to_be_visible(timeout=WAIT)
    expect(page.get_by_role("combobox", name="方案", exact=True)).to_have_value("浏览器里的方案", timeout=WAIT)
    expect(page.get_by_text(f"新增村（社区）站“A {WEST}”")).to_be_visible(timeout=WAIT)
    expect(page.locator(".rt-kpis")).to_contain_text("62.5%", timeout=WAIT)  # of households


def test_printed_it_is_a_report(address, offline_page):
    page = offline_page
    solved(page, address)
    page.emulate_media(media="print")
    for hidden in (".st-key-siting_actions", ".st-key-editor", ".st-key-controls", ".stDataFrame", ".rt-curve"):
        expect(page.locator(hidden).first).to_be_hidden()
    papers = page.locator("table.rt-paper")
    expect(papers.first).to_be_visible()
    expect(papers.first).to_contain_text("新覆盖")
    expect(papers.nth(1)).to_contain_text("乙乡")
    expect(page.locator(".rt-kpis")).to_be_visible()
    expect(page.locator(".rt-rule").first).to_contain_text("步行 15 分钟（含）")
    expect(page.locator(".st-key-map iframe")).to_be_visible()
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")


def test_on_a_phone_nothing_is_wider_than_the_screen(address, phone):
    phone.goto(address)
    map_of(phone)
    press(phone, "siting_solve_button")
    expect(phone.locator(".rt-kpis")).to_contain_text("已证明最优", timeout=WAIT)
    map_of(phone)
    assert phone.evaluate("() => document.documentElement.scrollWidth") == 390
    assert phone.locator(".st-key-map iframe").bounding_box()["height"] <= 390
    boxes = [phone.locator(".rt-kpis > div").nth(k).bounding_box() for k in range(4)]
    assert len({round(box["x"]) for box in boxes}) == 2
    phone.get_by_test_id("stPopover").first.get_by_role("button").click()
    settle(phone)
    expect(phone.get_by_text("目标", exact=True)).to_be_visible()
    assert phone.evaluate("() => document.documentElement.scrollWidth") == 390


def test_a_search_runs_beside_the_page_and_is_stopped(tmp_path, full_county, offline_page):
    """A whole county, of which nothing is worked out yet: more than is done in the time that a click takes."""
    page, store = offline_page, str(tmp_path / "county.db")
    with Store.open(store) as opened:
        opened.load(full_county.frames, PROVENANCE)
    with running(store, tmp_path, "--points") as at:
        page.goto(f"{at}/siting?add=40&mode=drive&minutes=10")
        frame = map_of(page)
        page.locator(".st-key-siting_solve_button button").click()
        stop = page.locator(".st-key-siting_stop button")
        expect(stop).to_be_visible(timeout=WAIT)
        expect(frame.locator(LETTERS)).to_have_count(0)
        page.get_by_text("增候选点", exact=True).click()  # the page is not held up
        expect(page.get_by_text("在地图上点一处，即加为候选点。")).to_be_visible(timeout=WAIT)
        stop.click()
        expect(page.locator(".rt-kpis").or_(page.get_by_text("时间内没有找到方案")).first).to_be_visible(timeout=WAIT)
        expect(stop).to_have_count(0, timeout=WAIT)
    assert "Traceback" not in (tmp_path / "server.log").read_text()
