"""What a service may refuse to do."""

from __future__ import annotations

from geo.errors import RongtuError


class NoDataError(RongtuError, LookupError):
    """The store lacks what the question needs; the message says what to load."""
