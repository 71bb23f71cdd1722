"""``python -m app.cli`` does what ``rongtu`` does."""

from __future__ import annotations

from app.cli import main

main()
