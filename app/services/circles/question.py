"""A question about circles, and what is to be said of its answer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.roles import Viewer
from app.services.circles.recipe import SERVICE_KIND, CircleRecipe
from app.services.circles.report import Item
from app.services.county.homes import Homes
from app.services.county.modes import MODE_LABELS, travel_rule
from app.services.county.service_points import ServicePoints
from app.services.county.units import By
from geo.coverage import within
from geo.network import Bools, Floats
from geo.speeds import Mode
from layers.schema import Label

KINDS = tuple(SERVICE_KIND)
"""Columns of every array by kind."""


@dataclass(frozen=True, slots=True)
class CircleAsked:
    """One question about circles, its parts known to make sense."""

    viewer: Viewer
    mode: Mode
    minutes: float
    limit_s: float
    recipe: CircleRecipe
    by: By

    def had(self, seconds: Floats) -> tuple[Bools, Bools]:
        """Items that are had, and kinds within the limit."""
        near = within(seconds, self.limit_s)
        return self.recipe.over(KINDS).had(near), near


def items(recipe: CircleRecipe) -> tuple[Item, ...]:
    """The recipe as it stands in an answer."""
    return tuple(Item(item.code, item.label.zh, item.label.en, item.weight, item.alternatives) for item in recipe.items)


def notes(known: Homes, points: ServicePoints, asked: CircleAsked) -> tuple[Label, ...]:
    """What is missing for a fuller answer, and what to do about it."""
    found = []
    if not len(known):
        found.append(Label(
            "没有服务对象家庭，无法计算服务圈；请先装入家庭图层",
            "there are no households, so there are no circles; load the households layer",
        ))
    if not (points.frame["layer"] == "support_points").any():
        found.append(Label(
            "没有拥军服务点，各户只可能有服务站；请装入服务点图层（商户、驿站、窗口等）",
            "there are no support points, so only stations can be within reach; load the support points layer "
            "(merchants, posts, windows)",
        ))
    else:
        offered: Bools = np.any(points.kinds[points.in_force], axis=0)
        nowhere = asked.recipe.lacking(asked.recipe.over(KINDS).had(offered.reshape(1, -1)).ravel())
        found.extend(
            Label(
                f"没有一处在用的“{item.label.zh}”，服务圈不可能完整；请装入，或从配方中去掉这一项",
                f"there is no {item.label.en.lower()} in force, so no circle can be full; load some or leave it out of "
                "the recipe",
            )
            for item in asked.recipe.items
            if item.code in nowhere
        )
    return tuple(found)


def rule(asked: CircleAsked, *, estimate: bool) -> Label:
    """What was counted, and how."""
    said, timed, items = MODE_LABELS[asked.mode], travel_rule(asked.mode, estimate=estimate), asked.recipe.items
    weighted = any(item.weight != 1 for item in items)
    zh = "、".join(item.label.zh + (f"（权重 {item.weight:g}）" if weighted else "") for item in items)
    en = ", ".join(item.label.en.lower() + (f" (weight {item.weight:g})" if weighted else "") for item in items)
    return Label(
        f"{said.zh} {asked.minutes:g} 分钟内（含）有：{zh}；得分为已有各项占全部各项的份额"
        f"{'（按权重）' if weighted else ''}，全有为完整；协议过期或未开始的服务点不计；{timed.zh}"
        "；定位只到村的家庭不计入得分，另列范围",
        f"Within {asked.minutes:g} minutes (included), {said.en}: {en}; the score is the "
        f"{'weighted ' if weighted else ''}share of these that is had, a full circle has all; support points whose "
        f"agreement has ended or not begun do not count; {timed.en}"
        "; households known only to their village are left out of the score and shown as a range",
    )
