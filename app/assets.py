"""The browser's third-party scripts and styles, served from this machine, and the program's icon.

The pages are used on closed networks, while folium and streamlit-folium load their scripts from public addresses. The
files come from pinned packages and are served from where those are installed; nothing is copied into the repository.
To use another library in a map, add its package to pyproject.toml and a line to `LIBRARIES` and `LOCAL_COPIES`.
"""

from __future__ import annotations

import functools
import io
from collections.abc import Callable, Mapping
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from types import MappingProxyType
from typing import Any

import branca.element
import folium
import streamlit_folium
from PIL import Image, ImageDraw
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from geo.errors import RongtuError

PREFIX = "/assets"

# Name under the prefix -> package that brings it, and the folder inside the package's installation.
LIBRARIES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "leaflet": ("xstatic-leaflet", "xstatic/pkg/leaflet/data"),
        "jquery": ("xstatic-jquery", "xstatic/pkg/jquery/data"),
    }
)

# The public address that folium writes -> the local copy of the same version.
LOCAL_COPIES: Mapping[str, str] = MappingProxyType(
    {
        "https://cdn.jsdelivr.net/npm/leaflet@1.9.3/dist/leaflet.js": f"{PREFIX}/leaflet/leaflet.js",
        "https://cdn.jsdelivr.net/npm/leaflet@1.9.3/dist/leaflet.css": f"{PREFIX}/leaflet/leaflet.css",
        "https://code.jquery.com/jquery-3.7.1.min.js": f"{PREFIX}/jquery/jquery.min.js",
    }
)

# Every map would load these for `folium.Icon`, which draws with four icon fonts; ours draws its symbols itself.
UNUSED = frozenset(
    {
        "bootstrap",
        "bootstrap_css",
        "awesome_markers",
        "awesome_markers_css",
        "awesome_markers_font_css",
        "awesome_rotate_css",
        "glyphicons_css",
    }
)


class MissingAssetError(RongtuError, LookupError):
    """A script or style that a page asks for has no copy on this machine."""


def local_address(url: str) -> str:
    """Return where this machine serves what lies at a public address.

    Parameters
    ----------
    url : str
        Address of a script or style; one without a scheme and host is local already and is returned as it is.

    Raises
    ------
    MissingAssetError
        There is no local copy: a page that went on would stay blank on a closed network.
    """
    if not url.startswith(("http://", "https://", "//")):
        return url
    if url not in LOCAL_COPIES:
        msg = (
            f"地图要用 {url}，但本机没有它的副本；请在 app/assets.py 登记，或不用这个部件 A map asks for {url}, "
            f"of which there is no local copy: list one in app/assets.py or do without that element"
        )
        raise MissingAssetError(msg)
    return LOCAL_COPIES[url]


def asset_routes() -> list[Mount]:
    """Return the routes that serve every library of `LIBRARIES`, for the one application of the server.

    Raises
    ------
    MissingAssetError
        A package is not installed, or does not hold what it should.
    """
    return [
        Mount(f"{PREFIX}/{name}", StaticFiles(directory=_installed(package, folder)), name=f"assets-{name}")
        for name, (package, folder) in LIBRARIES.items()
    ]


@functools.cache
def use_local_assets() -> None:
    """Make folium, branca and streamlit-folium take scripts and styles from this machine, once for the process.

    From then on an element without a local copy raises `MissingAssetError` when it is drawn.
    """
    folium.Map.default_js = _kept(folium.Map.default_js)
    folium.Map.default_css = _kept(folium.Map.default_css)
    # Every other element writes its links through this class when a map is rendered to HTML …
    link_init = branca.element.Link.__init__

    @functools.wraps(link_init)
    def local_link_init(self: branca.element.Link, url: str, download: bool = False) -> None:
        link_init(self, local_address(url), download)

    branca.element.Link.__init__ = local_link_init  # type: ignore[method-assign]  # that is the point
    # … and streamlit-folium sends them, with some of its own, to its frame on the page.
    streamlit_folium._component_func = _with_local_links(streamlit_folium._component_func)  # noqa: SLF001


@functools.cache
def icon_png() -> bytes:
    """Return the program's icon, a station in its circle of reach, as a PNG of 64 × 64 pixels."""
    size, scale = 64, 8  # drawn large and made small, for smooth edges
    image = Image.new("RGBA", (size * scale, size * scale))
    draw = ImageDraw.Draw(image)
    centre = size * scale / 2
    draw.rounded_rectangle((0, 0, size * scale - 1, size * scale - 1), radius=14 * scale, fill="#1B5E5A")
    draw.circle((centre, centre), 22 * scale, outline="#B4D59E", width=5 * scale)
    draw.circle((centre, centre), 9 * scale, fill="#FFFFFF")
    png = io.BytesIO()
    image.resize((size, size), Image.Resampling.LANCZOS).save(png, "PNG")
    return png.getvalue()


def _kept(links: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(name, local_address(url)) for name, url in links if name not in UNUSED]


def _with_local_links(component: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(component)
    def local_component(**arguments: Any) -> Any:
        links = {kind: [local_address(url) for url in arguments[kind]] for kind in ("js_links", "css_links")}
        return component(**{**arguments, **links})

    return local_component


def _installed(package: str, folder: str) -> Path:
    try:
        path = Path(str(distribution(package).locate_file(folder)))
    except PackageNotFoundError:
        path = None
    if path is None or not path.is_dir():
        msg = f"缺少软件包 {package}，请运行 make setup The package {package} is not installed whole: run `make setup`"
        raise MissingAssetError(msg)
    return path
