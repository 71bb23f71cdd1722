"""The sides that the coverage page shows of one question."""

from __future__ import annotations

from layers.schema import Label

MESSAGES = {
    "side.label": Label("看什么", "What to see"),
    "side.reach": Label("可达率", "Reach"),
    "side.isochrones": Label("等时圈", "Isochrones"),
    "side.catchments": Label("责任区", "Catchments"),
    "side.access": Label("服务能力", "Access"),
    "side.fairness": Label("公平", "Fairness"),
    "side.points": Label("各户", "Households"),
    "side.xlsx": Label("下载表格", "Download XLSX"),
    "side.geopackage": Label("下载 GeoPackage", "Download GeoPackage"),
    "side.geojson": Label("下载 GeoJSON", "Download GeoJSON"),
    "side.file": Label("{what}_{region}_{date}", "{what}_{region}_{date}"),
}
