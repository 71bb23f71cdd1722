"""All households on the map, in Chromium: our packed points beside one Leaflet canvas GeoJSON of the same points.

Both are opened in the same page of a warm server, so that the page's own time is the same; what
differs is how the points come and are drawn. Run by ``make bench``.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from offline_browser import launch
from playwright.sync_api import Page
from postgis_cluster import throwaway_cluster
from running_server import running

RONGTU = str(Path(sys.executable).parent / "rongtu")
FRAME = ".st-key-map iframe"
RUNS = 3

# What a map would do without our layer: folium's usual GeoJSON of circle markers on one canvas, tooltips bound.
CANVAS_GEOJSON = """(_, features) => {
  const begin = performance.now(), canvas = L.canvas({ padding: 0.25 });
  const layer = L.geoJSON(features, {
    pointToLayer: (f, at) => L.circleMarker(at, { renderer: canvas, radius: 2, weight: 0, fillOpacity: 1, fillColor: "#2B7383" }),
    onEachFeature: (f, dot) => dot.bindTooltip(f.properties.tip),
  }).addTo(map);
  return new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - begin))));
}"""

OUR_POINTS = """() => {
  const group = Object.values(map._layers).find(l => l._under), options = group.options, begin = performance.now();
  map.rongtu.points = null;
  const fresh = L.layerGroup().addTo(map);
  rongtu.points(fresh, Object.assign({}, options, { key: String(begin) }));
  const mine = Object.values(fresh._layers)[0];
  return new Promise(done => { const look = () => mine._container && mine._container.dataset.shown
    ? requestAnimationFrame(() => { done(performance.now() - begin); map.removeLayer(fresh); }) : setTimeout(look, 1); look(); });
}"""

AS_GEOJSON = """() => {
  const d = Object.values(map._layers).find(l => l._data && l._under)._data;
  return JSON.stringify({ type: "FeatureCollection", features: Array.from(d.x, (x, i) => {
    const at = map.unproject([x * 256, d.y[i] * 256], 0), tip = d.tenths[i] / 10 + " min · " + d.facilities[d.facility[i]];
    return { type: "Feature", geometry: { type: "Point", coordinates: [at.lng, at.lat] }, properties: { tip } };
  }) });
}"""

PAN = """draw => new Promise(done => {
  map.rongtu && (map.rongtu.touched = true);
  const times = []; let k = 0;
  const step = () => { const begin = performance.now(); map.panBy([k % 2 ? -150 : 150, 0], { animate: false });
    requestAnimationFrame(() => { times.push(performance.now() - begin); ++k < 12 ? step() : done(times); }); };
  step();
})"""


def navigation_seconds(page: Page, address: str, sign: str) -> float:
    """From navigation until ``sign`` is in the map."""
    begin = time.perf_counter()
    page.goto(address)
    page.frame_locator(FRAME).locator(sign).first.wait_for(timeout=60_000)
    return time.perf_counter() - begin


def in_frame(page: Page, script: str, argument: Any = None) -> Any:
    """What a script returns that runs in the map's frame."""
    return page.frame_locator(FRAME).locator("body").evaluate(script, argument)


def measure(address: str, name: str) -> None:
    """The table of one back end."""
    points, reach = f"{address}/?view=points", address
    drawn, area = "canvas.rt-points[data-shown]", ".leaflet-areas-pane path"
    with launch() as browser:
        def fresh() -> Page:
            return browser.new_context(viewport={"width": 1440, "height": 900}).new_page()

        navigation_seconds(fresh(), points, drawn)  # warms the server
        ours = min(navigation_seconds(fresh(), points, drawn) for _ in range(RUNS))
        plain = min(navigation_seconds(fresh(), reach, area) for _ in range(RUNS))
        page = fresh()
        navigation_seconds(page, points, drawn)
        page.wait_for_timeout(4000)
        mine = statistics.median(in_frame(page, OUR_POINTS) for _ in range(RUNS))
        shown = in_frame(page, "() => document.querySelector('canvas.rt-points').dataset.shown")
        mine_pan = statistics.median(in_frame(page, PAN))
        features = json.loads(in_frame(page, AS_GEOJSON))
        other = fresh()
        navigation_seconds(other, reach, area)
        other.wait_for_timeout(4000)
        text = json.dumps(features, separators=(",", ":"))
        theirs = in_frame(other, f"(_, text) => ({CANVAS_GEOJSON})(_, JSON.parse(text))", text)
        theirs_pan = statistics.median(in_frame(other, PAN))
    print(f"\n{name}: {shown} households in sight")
    print(f"{'navigation to all points drawn, warm server':<58}{ours:>9.2f} s   limit 3.5 s")
    print(f"{'the same page without points':<58}{plain:>9.2f} s")
    print(f"{'asking, unpacking and drawing: packed points':<58}{mine:>8.0f} ms")
    print(f"{'reading and drawing only: canvas GeoJSON':<58}{theirs:>8.0f} ms   {theirs / mine:.1f} ×")
    print(f"{'one pan and redraw: packed points':<58}{mine_pan:>8.0f} ms")
    print(f"{'one pan and redraw: canvas GeoJSON':<58}{theirs_pan:>8.0f} ms   {theirs_pan / mine_pan:.1f} ×")
    print(f"{'bytes: GeoJSON with a tooltip each':<58}{len(text) / 1e6:>8.1f} MB")


def main() -> None:
    """Make the county once on each back end and measure."""
    with tempfile.TemporaryDirectory() as folder, throwaway_cluster() as postgis:
        for name, store in (("sqlite", str(Path(folder) / "county.db")), ("postgis", postgis)):
            subprocess.run([RONGTU, "demo", "--store", store], check=True, stdout=subprocess.DEVNULL)
            with running(store, Path(folder), "--points") as address:
                measure(address, name)


if __name__ == "__main__":
    main()
