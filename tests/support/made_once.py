"""What is costly to make and only read: the first process of a run that asks makes it, the others read its file."""

from __future__ import annotations

import fcntl
import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest

Made = TypeVar("Made")


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[], Made]) -> Made:
    """Return what `make` gives, under a `name` that is its own in the whole run of the tests.

    Everybody gets an own copy. A process that dies while making leaves nothing behind: the next one makes it.
    """
    folder = folder_of_run(factory)
    kept = folder / f"{name}.pickle"
    with (folder / f"{name}.lock").open("w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        if not kept.exists():
            part = kept.with_suffix(".part")
            part.write_bytes(pickle.dumps(make()))
            part.replace(kept)
    return pickle.loads(kept.read_bytes())  # noqa: S301 - this run wrote it


def folder_of_run(factory: pytest.TempPathFactory) -> Path:
    """Return the temporary folder that all processes of this run share."""
    own = factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
