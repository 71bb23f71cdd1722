"""The page of the data: layers, imports, the ledger, claims, edits, units."""

from __future__ import annotations

from layers.schema import Label

MESSAGES = {
    "data.nav": Label("数据", "Data"),
    "data.title": Label("数据与台账", "Data and ledger"),
    "data.layers": Label("图层", "Layers"),
    "data.layers_note": Label("库里有什么、哪天的、从哪来", "what is there, of which day, from where"),
    "data.layer": Label("图层", "Layer"),
    "data.rows": Label("条数", "Rows"),
    "data.as_of": Label("数据截至", "As of"),
    "data.loaded_at": Label("装入时间", "Loaded at"),
    "data.source": Label("来源", "Source"),
    "data.take_out": Label("导出", "Export"),
    "data.take_out_note": Label("不含姓名、电话、身份证号；改好后可以再导入",
                                "without names, phones and identity numbers; may be edited and loaded again"),
    "data.download": Label("下载 {suffix}", "Download {suffix}"),
}
