"""How large a county is made: the full one of the demonstration, and a small one for trials and tests."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class CountySize:
    """Numbers of things in a county; distances follow from the area of a township.

    Parameters
    ----------
    rows, columns
        Cells of 60 m of the square of land that the county is cut out of; multiples of 4.
    area_m2
        Area of the county.
    subdistricts, towns
        街道 around the county town, and the towns and townships (镇, 乡) beyond it.
    villages
        Villages and communities, the seat of every township among them.
    urban
        Communities in the county town besides the seats of the subdistricts.
    hamlets, field_ends
        Groups of houses besides the villages' centres, and ends of field tracks.
    town_area_m2
        Built-up area of the county town.
    households, persons
        Range of the number of households, and the exact number of persons in them.
    memorials, support_points
        Numbers of these.
    islands, remote_households
        Hamlets whose lanes hang on no other road, and households far from any road.
    """

    rows: int = 1040
    columns: int = 1000
    area_m2: float = 1780e6
    subdistricts: int = 4
    towns: int = 11
    villages: int = 273
    urban: int = 26
    hamlets: int = 2200
    field_ends: int = 3700
    town_area_m2: float = 9.0e6
    households: tuple[int, int] = (19_700, 20_100)
    persons: int = 21_854
    memorials: int = 69
    support_points: int = 3_000
    reservoirs: int = 3
    islands: int = 9
    remote_households: int = 14

    @property
    def townships(self) -> int:
        """Subdistricts, towns and townships together."""
        return self.subdistricts + self.towns

    @property
    def spacing_m(self) -> float:
        """Side of a square as large as the mean township."""
        return float((self.area_m2 / self.townships) ** 0.5)


FULL = CountySize()
SMALL = CountySize(
    rows=420, columns=400, area_m2=290e6, subdistricts=2, towns=4, villages=60, urban=8, hamlets=420, field_ends=650,
    town_area_m2=3.0e6, households=(3_000, 3_100), persons=3_340, memorials=30, support_points=500, reservoirs=1,
    islands=2, remote_households=4,
)
