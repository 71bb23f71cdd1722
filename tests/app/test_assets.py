from __future__ import annotations

import io
import re
from html.parser import HTMLParser

import branca.colormap
import branca.element
import folium
import folium.plugins
import geopandas as gpd
import pytest
import streamlit_folium
from PIL import Image
from playwright.sync_api import Page
from shapely.geometry import Point, box
from starlette.applications import Starlette
from starlette.testclient import TestClient

from app import assets
from app.assets import MissingAssetError, asset_routes, icon_png, local_address, use_local_assets


class _Loads(HTMLParser):
    """The addresses that a browser fetches by itself when it reads a page; links to click are not among them."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        wanted = {"script": "src", "img": "src", "iframe": "src", "link": "href", "source": "src"}.get(tag)
        self.addresses += [value for name, value in attrs if name == wanted and value]


def loads_of(html: str) -> list[str]:
    parser = _Loads()
    parser.feed(html)
    return parser.addresses + re.findall(r"url\(['\"]?([^'\")]+)", html) + re.findall(r"tileLayer\(\s*\"([^\"]+)", html)


@pytest.fixture(autouse=True)
def local_assets() -> None:
    use_local_assets()


@pytest.fixture
def county_map() -> folium.Map:
    """A map with every element that ours are made of."""
    drawn = folium.Map(location=[33.2, 108.6], zoom_start=11, tiles=None)
    squares = [box(108, 33, 108.5, 33.5), box(108.5, 33, 109, 33.5)]
    towns = gpd.GeoDataFrame({"name": ["甲", "乙"]}, geometry=squares, crs=4326)
    group = folium.FeatureGroup(name="乡镇").add_to(drawn)
    folium.GeoJson(towns, tooltip=folium.GeoJsonTooltip(["name"]), popup=folium.GeoJsonPopup(["name"])).add_to(group)
    points = gpd.GeoDataFrame({"name": ["站"]}, geometry=[Point(108.4, 33.2)], crs=4326)
    folium.GeoJson(points, marker=folium.CircleMarker(radius=4)).add_to(group)
    folium.Marker([33.2, 108.4], icon=folium.DivIcon(html="★"), popup="县中心", tooltip="提示").add_to(group)
    folium.Marker([33.3, 108.6]).add_to(group)
    folium.LayerControl().add_to(drawn)
    return drawn


def test_a_map_loads_nothing_from_outside(county_map: folium.Map) -> None:
    loads = loads_of(county_map.get_root().render())
    assert "/assets/leaflet/leaflet.js" in loads  # the parser does see them
    assert [address for address in loads if "//" in address] == []


def test_every_local_copy_is_served(county_map: folium.Map) -> None:
    loads = [address for address in loads_of(county_map.get_root().render()) if address.startswith("/assets/")]
    with TestClient(Starlette(routes=asset_routes())) as client:
        for address in {*loads, *assets.LOCAL_COPIES.values(), "/assets/leaflet/images/marker-icon.png"}:
            answer = client.get(address)
            assert answer.status_code == 200, address
            assert answer.content, address


@pytest.mark.parametrize("name", ["leaflet", "jquery"])
def test_copies_are_of_the_version_that_folium_asks_for(name: str) -> None:
    asked = next(url for url in assets.LOCAL_COPIES if f"/{name}" in url and url.endswith(".js"))
    version = re.search(r"[@-](\d+\.\d+\.\d+)", asked)[1]
    with TestClient(Starlette(routes=asset_routes())) as client:
        assert f"v{version}" in client.get(assets.LOCAL_COPIES[asked]).text[:300].replace(f" {version}", f" v{version}")


@pytest.mark.parametrize("element", [folium.plugins.MiniMap(), branca.colormap.LinearColormap(["white", "black"])])
def test_an_element_without_a_local_copy_is_refused(element: branca.element.Element, county_map: folium.Map) -> None:
    element.add_to(county_map)
    with pytest.raises(MissingAssetError, match="no local copy"):
        county_map.get_root().render()


def test_the_frame_on_the_page_gets_local_links_only(county_map: folium.Map, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: dict[str, object] = {}
    monkeypatch.setattr(
        streamlit_folium, "_component_func", assets._with_local_links(lambda **arguments: sent.update(arguments))
    )
    streamlit_folium.st_folium(county_map, returned_objects=[])
    assert sent["js_links"] == ["/assets/leaflet/leaflet.js", "/assets/jquery/jquery.min.js"]
    assert sent["css_links"] == ["/assets/leaflet/leaflet.css"]
    with pytest.raises(MissingAssetError, match=r"d3js\.org"):  # streamlit-folium adds it for colour scales
        streamlit_folium._component_func(js_links=["https://d3js.org/d3.v4.min.js"], css_links=[])


def test_using_local_assets_twice_is_using_them_once() -> None:
    component = streamlit_folium._component_func
    use_local_assets()
    assert streamlit_folium._component_func is component


@pytest.mark.parametrize("address", ["/assets/x.js", "static/x.css", "data:text/css,a"])
def test_a_local_address_stays(address: str) -> None:
    assert local_address(address) == address


@pytest.mark.parametrize("address", ["https://example.com/x.js", "//example.com/x.js"])
def test_an_unknown_address_is_refused(address: str) -> None:
    with pytest.raises(MissingAssetError, match=r"example\.com"):
        local_address(address)


def test_a_package_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assets, "LIBRARIES", {"leaflet": ("xstatic-absent", "data")})
    with pytest.raises(MissingAssetError, match="xstatic-absent"):
        asset_routes()


def test_the_icon_is_a_picture() -> None:
    picture = Image.open(io.BytesIO(icon_png()))
    assert (picture.format, picture.size, picture.mode) == ("PNG", (64, 64), "RGBA")
    assert picture.getpixel((0, 0))[3] == 0, "corners are round"
    assert picture.getpixel((32, 32)) == (255, 255, 255, 255), "the station in the middle"


def test_a_map_is_drawn_in_a_browser(county_map: folium.Map, offline_page: Page) -> None:
    html = county_map.get_root().render()
    client = TestClient(Starlette(routes=asset_routes()))

    def serve(route) -> None:
        path = re.sub(r"^http://127\.0\.0\.1:9", "", route.request.url)
        if path == "/":
            route.fulfill(body=html, content_type="text/html")
        else:
            answer = client.get(path)
            route.fulfill(status=answer.status_code, body=answer.content, headers=dict(answer.headers))

    problems: list[str] = []
    offline_page.on("pageerror", lambda error: problems.append(str(error)))
    offline_page.route("http://127.0.0.1:9/**", serve)
    offline_page.goto("http://127.0.0.1:9/")
    offline_page.locator("path.leaflet-interactive").first.wait_for()
    assert offline_page.locator("path.leaflet-interactive").count() == 3  # two towns, one station
    assert offline_page.evaluate("getComputedStyle(document.querySelector('.leaflet-pane')).position") == "absolute"
    offline_page.get_by_text("★").click()
    assert offline_page.get_by_text("县中心").is_visible()
    assert problems == []
