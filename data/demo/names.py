"""Invented names that read as Chinese place names, and names and numbers of nobody."""

from __future__ import annotations

import numpy as np

COUNTY_ZH, COUNTY_EN = "岚川县（虚构）", "Lanchuan County (fictional)"
COUNTY = "岚川县"
COUNTY_CODE = "990121"
"""Prefix 99 belongs to no province."""

_FIRST = "霁榆栎筠漪苕蘅芷萦霭岫樨梓槿柘沅澜溆鹭鹂麂翎箬蒹荻"
_BASIN = "川洲浦渡桥塘埠畈"
_HILL = "岭坞岙坪源岫坳峪"
_REAL_TOWNSHIPS = frozenset({"榆岭", "梓埠", "柘塘"})
"""Combinations that real townships bear (by the national statistical list)."""

_SURNAMES = "陈王李张周吴徐郑沈俞钱裘竺邢袁赵胡何朱蒋商孙潘丁"
_SIDES = "上下前后东西南北里外大小新"
_FEATURES = "石竹梅枫樟桐茶柳杏松泉岩云龙凤白青红金古长平高"
_FORMS = "溪坑坪岭湾塘桥坞岙田畈山墩家头村庄堰渡井"
_HOMESTEADS = ("家坑", "家湾", "家坪", "家岙", "家桥", "家塘", "家庄", "家岭")
_URBAN = ("文星", "迎晖", "状元", "学前", "鼓楼", "南薰", "北辰", "东皋", "西园", "虹桥", "兰亭", "桂花", "清波", "望江",
          "临溪", "崇文", "永宁", "安澜", "和丰", "惠民", "锦屏", "翠屏", "凤鸣", "龙泉", "紫薇", "丹桂", "梧桐", "银杏",
          "云栖", "听涛", "观澜", "静安", "同心", "富康", "康乐", "向阳", "朝晖", "晨光", "新桥", "老街", "横街", "后街",
          "水门", "城隍", "书院", "校场", "仓前", "河埠", "塔下", "山前")
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂英建国志华玉珍德福春生秀荣"
_SHOP = "安顺和祥瑞丰裕泰兴隆康宁恒通源盛嘉禾益民同福"


def _one(rng: np.random.Generator, letters: str | tuple[str, ...]) -> str:
    return letters[int(rng.integers(len(letters)))]


def township_names(rng: np.random.Generator, kinds: list[str], in_basin: list[bool]) -> list[str]:
    """A name with its suffix for each township; first characters are not repeated."""
    suffix = {"jiedao": "街道", "zhen": "镇", "xiang": "乡"}
    firsts = list(rng.permutation(list(_FIRST)))
    names: list[str] = []
    for kind, basin in zip(kinds, in_basin, strict=True):
        first = str(firsts.pop())
        lasts = [last for last in (_BASIN if basin else _HILL) if last != first and first + last not in _REAL_TOWNSHIPS]
        names.append(first + _one(rng, tuple(lasts)) + suffix[kind])
    return names


def village_names(rng: np.random.Generator, urban: list[bool], taken: list[str]) -> list[str]:
    """A name without suffix for each village, or community where ``urban``; none twice in the county."""
    used = {name[:2] for name in taken} | {COUNTY[:2]}
    city = [name for name in rng.permutation(list(_URBAN)).tolist() if name not in used]
    names = []
    for is_urban in urban:
        name = city.pop() if is_urban and city else _rural_name(rng)
        while name in used or len(set(name)) < len(name):
            name = _rural_name(rng)
        used.add(name)
        names.append(name)
    return names


def _rural_name(rng: np.random.Generator) -> str:
    kind = rng.random()
    if kind < 0.32:
        return _one(rng, _SURNAMES) + _one(rng, _HOMESTEADS)
    if kind < 0.68:
        return _one(rng, _FEATURES) + _one(rng, _FORMS)
    if kind < 0.85:
        return _one(rng, _SIDES) + _one(rng, _SURNAMES + _FEATURES) + _one(rng, "家溪坑湾田塘坞岙")
    return _one(rng, _FEATURES) + _one(rng, _FEATURES) + _one(rng, "坪坑岭坞湾")


def person_names(rng: np.random.Generator, count: int) -> list[str]:
    """Names of invented persons."""
    surnames = rng.choice(list(_SURNAMES), count)
    given = rng.choice(list(_GIVEN), (count, 2))
    single = rng.random(count) < 0.25
    return [str(s) + str(g[0]) + ("" if one else str(g[1])) for s, g, one in zip(surnames, given, single, strict=True)]


def phone_numbers(rng: np.random.Generator, count: int) -> list[str]:
    """Telephone numbers that nobody can have: they begin with 000."""
    return [f"000{number:08d}" for number in rng.integers(0, 10**8, count)]


def shop_names(rng: np.random.Generator, count: int) -> list[str]:
    """Two lucky characters each, as shops are called."""
    letters = rng.choice(list(_SHOP), (count, 2))
    return [str(a) + (str(b) if a != b else "记") for a, b in letters]
