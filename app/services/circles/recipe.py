"""What makes a support circle: kinds of service by name, and recipes written as text."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from geo.circle import Recipe
from geo.errors import ParameterError
from geo.network import Bools
from layers.schema import Label, Vocabulary
from layers.vocabulary import BUSINESS, STATION_LEVEL, SUPPORT_KIND

STATION = "station"
LEVEL_OF = {f"{level}_station": level for level in STATION_LEVEL}

SERVICE_KIND = Vocabulary("service_kind", {
    STATION: Label("服务站", "Station"),
    **{code: STATION_LEVEL.label(level) for code, level in LEVEL_OF.items()},
    **BUSINESS.terms,
    **SUPPORT_KIND.terms,
})
"""Every kind of service by its code: open stations of any or of one level, kinds of business, kinds of support point."""

SHOWN_KINDS = (STATION, *BUSINESS, *(kind for kind in SUPPORT_KIND if kind != "merchant"))
"""What is told of every area, whatever the recipe. A merchant is told by its business."""


@dataclass(frozen=True, slots=True)
class RecipeItem:
    """One thing that a circle needs: any of some kinds of service."""

    alternatives: tuple[str, ...]
    weight: float = 1.0

    @property
    def code(self) -> str:
        """The alternatives as they are written in a recipe."""
        return "|".join(self.alternatives)

    @property
    def label(self) -> Label:
        """The item in words."""
        labels = [SERVICE_KIND.label(kind) for kind in self.alternatives]
        return Label("或".join(label.zh for label in labels), " or ".join(label.en for label in labels))


@dataclass(frozen=True, slots=True)
class CircleRecipe:
    """What makes a full circle.

    Raises
    ------
    ParameterError
        When an item or a kind is missing, unknown or there twice, or a weight is not a number above 0.
    """

    items: tuple[RecipeItem, ...]

    def __post_init__(self) -> None:
        for kind in (kind for item in self.items for kind in item.alternatives):
            if kind not in SERVICE_KIND:
                msg = (
                    f"没有这种服务“{kind}”，可用：{'、'.join(SERVICE_KIND)} "
                    "(no such kind of service; use one of these, with | between alternatives)"
                )
                raise ParameterError(msg)
        said = [frozenset(item.alternatives) for item in self.items]
        if len(set(said)) < len(said) or any(len(set(i.alternatives)) < len(i.alternatives) for i in self.items):
            msg = f"服务圈配方“{self.text}”里有重复的项；请每项只写一次 (an item is there twice; name each once)"
            raise ParameterError(msg)
        self.over(tuple(SERVICE_KIND))

    @classmethod
    def parse(cls, text: str) -> CircleRecipe:
        """A recipe from its text: items with commas between, ``|`` between alternatives, ``:weight`` where not 1.

        Examples
        --------
        >>> [item.code for item in CircleRecipe.parse("medical:2, station|post").items]
        ['medical', 'station|post']
        """
        return cls(tuple(_item(part) for part in text.replace("，", ",").split(",") if part.strip()))

    @property
    def text(self) -> str:
        """The recipe as :meth:`parse` reads it."""
        return ",".join(i.code if i.weight == 1 else f"{i.code}:{_number(i.weight)}" for i in self.items)

    @property
    def kinds(self) -> tuple[str, ...]:
        """Every kind that is named, once, in order."""
        return tuple(dict.fromkeys(kind for item in self.items for kind in item.alternatives))

    @property
    def shown(self) -> tuple[str, ...]:
        """The kinds that an answer tells of: those of the recipe, then the rest of :data:`SHOWN_KINDS`."""
        return tuple(dict.fromkeys([*self.kinds, *SHOWN_KINDS]))

    def lacking(self, had: Bools) -> tuple[str, ...]:
        """Codes of the items that are not had; ``had`` of shape (n_items,)."""
        return tuple(item.code for item, has in zip(self.items, had, strict=True) if not has)

    def over(self, kinds: tuple[str, ...]) -> Recipe:
        """The recipe by position in ``kinds``, for the analysis."""
        needs = np.array([[kind in item.alternatives for kind in kinds] for item in self.items], dtype=bool)
        weight = np.array([item.weight for item in self.items], dtype=np.float64)
        return Recipe(needs.reshape(len(self.items), len(kinds)), weight)


def _number(weight: float) -> str:
    """The shortest text that is read back as the same number."""
    return repr(float(weight)).removesuffix(".0")


def _item(text: str) -> RecipeItem:
    kinds, _, weight = text.partition(":")
    try:
        number = float(weight) if weight.strip() else 1.0
    except ValueError:
        number = math.nan
    alternatives = tuple(kind.strip() for kind in kinds.split("|"))
    return RecipeItem(alternatives, number)


DEFAULT_TEXT = "medical,shopping,finance,catering,station|post"
DEFAULT_RECIPE = CircleRecipe.parse(DEFAULT_TEXT)
