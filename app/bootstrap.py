"""The one place where settings become what the program works with: a store, a recipe."""

from __future__ import annotations

from app.config import Settings, read_settings
from app.services.circles.recipe import DEFAULT_RECIPE, CircleRecipe
from layers.errors import StoreError
from layers.store import Store
from layers.store.address import parse


def open_store(settings: Settings, *, existing: bool = False) -> Store:
    """The store that ``settings`` name, brought up to date when it is older than the program.

    Parameters
    ----------
    settings
        Where it is.
    existing
        Do not make a new one: a question put to a store that is not there is a slip of the pen.

    Raises
    ------
    StoreError
        When it cannot be opened, or is not there and ``existing`` is asked for.
    """
    path = parse(settings.store).path
    if existing and path is not None and not path.exists():
        msg = (
            f"没有数据库 {path}；请先运行 rongtu demo 或 rongtu import-osm 建库，或用 --store 指明位置 "
            "(there is no store; make one with rongtu demo or rongtu import-osm, or say where it is with --store)"
        )
        raise StoreError(msg)
    return Store.open(settings.store)


def circle_recipe(text: str | None = None) -> CircleRecipe:
    """The recipe of ``text``; without any that of the settings, and without one there the usual.

    Raises
    ------
    ParameterError
        When it names what there is not.
    """
    said = text if text is not None else read_settings().circle
    return DEFAULT_RECIPE if said is None else CircleRecipe.parse(said)
