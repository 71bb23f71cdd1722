"""Put the demonstration county into an empty store, and leave any other as it is: the first step of `make run`."""

from __future__ import annotations

import sys

from app.bootstrap import open_store
from app.cli import main
from app.config import read_settings
from geo.errors import RongtuError


def is_empty(arguments: list[str]) -> bool:
    """Tell whether the store that ``--store`` or the environment names holds nothing yet."""
    with open_store(read_settings(store=arguments[1] if arguments else None)) as store:
        return store.is_empty()


if __name__ == "__main__":
    try:
        empty = is_empty(sys.argv[1:])
    except RongtuError as error:
        print(f"rongtu: {error}", file=sys.stderr)
        sys.exit(2)
    if empty:
        main(["demo", *sys.argv[1:]])
