"""Why gaps are gaps, on the page and in the workbook."""

from __future__ import annotations

from layers.schema import Label

MESSAGES = {
    "gap.why": Label("原因与对策", "Why, and what would help"),
}
