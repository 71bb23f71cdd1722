"""What can go wrong with data and its store; each message says what, where and what to do."""

from __future__ import annotations

from geo.errors import RongtuError


class UnknownLayerError(RongtuError, LookupError):
    """There is no layer of that name."""


class IntakeError(RongtuError, ValueError):
    """A file cannot be read, or holds nothing that can be used."""


class InvalidDataError(RongtuError, ValueError):
    """A frame breaks the rules of its layer; nothing was stored."""


class StoreError(RongtuError, RuntimeError):
    """The store cannot be opened, read or written."""


class StoreVersionError(StoreError):
    """The store was written by a newer version of the program."""
