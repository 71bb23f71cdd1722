"""The raster that the land is made on, and noise on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Objects = NDArray[np.object_]

EIGHT = ((-1, -1), (-1, 0), (-1, 1), (0, -1), (0, 1), (1, -1), (1, 0), (1, 1))
CENTRE_EAST, CENTRE_NORTH = 500_000.0, 3_154_000.0
"""Middle of the raster in EPSG:4550: near 123.0 E 28.5 N, in the open sea, so that it is no real place."""


@dataclass(frozen=True, slots=True)
class Grid:
    """A raster of square cells, row 0 in the north; places in projected metres (EPSG:4550)."""

    rows: int
    columns: int
    cell: float = 60.0

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.rows, self.columns

    @property
    def size(self) -> int:
        """Number of cells."""
        return self.rows * self.columns

    @property
    def west(self) -> float:
        """Easting of the left edge."""
        return CENTRE_EAST - self.columns * self.cell / 2

    @property
    def north(self) -> float:
        """Northing of the upper edge."""
        return CENTRE_NORTH + self.rows * self.cell / 2

    def centres(self, cells: Ints) -> Floats:
        """Middles of cells, given by flat index, as an array of shape (n, 2)."""
        row, column = np.divmod(np.asarray(cells), self.columns)
        return np.column_stack([self.west + (column + 0.5) * self.cell, self.north - (row + 0.5) * self.cell])

    def cells(self, places: Floats) -> Ints:
        """Flat index of the cell of each place, shape (n, 2); places outside go to the nearest edge."""
        column = np.clip(((places[:, 0] - self.west) / self.cell).astype(np.int64), 0, self.columns - 1)
        row = np.clip(((self.north - places[:, 1]) / self.cell).astype(np.int64), 0, self.rows - 1)
        return row * self.columns + column


def shifts(shape: tuple[int, int], down: int, right: int) -> tuple[tuple[slice, slice], tuple[slice, slice]]:
    """Two windows of a raster: every cell of the first and its neighbour ``down`` and ``right`` of it."""
    rows, columns = shape
    here = slice(max(0, -down), rows - max(0, down)), slice(max(0, -right), columns - max(0, right))
    there = slice(max(0, down), rows - max(0, -down)), slice(max(0, right), columns - max(0, -right))
    return here, there


def spectral_noise(shape: tuple[int, int], beta: float, rng: np.random.Generator, *, lowest: float = 0) -> Floats:
    """Noise whose power falls as frequency to the ``-beta``, of mean 0 and deviation 1.

    Parameters
    ----------
    shape
        Rows and columns.
    beta
        0 is white; 2 to 3 looks like land.
    rng
        Where the draws come from.
    lowest
        Waves longer than 1 / ``lowest`` of the longer side are left out.
    """
    rows, columns = shape
    longer = max(shape)
    down = np.fft.fftfreq(rows)[:, None] * longer
    right = np.fft.rfftfreq(columns)[None] * longer
    frequency = np.hypot(down, right)
    frequency[0, 0] = 1
    amplitude = frequency ** (-beta / 2)
    amplitude[frequency < lowest] = 0
    amplitude[0, 0] = 0
    noise: Floats = np.fft.irfft2(amplitude * np.fft.rfft2(rng.standard_normal(shape)), s=shape)
    return np.asarray((noise - noise.mean()) / noise.std())


def as_objects(items: list[Any]) -> Objects:
    """An object array of ``items``, one element each even where they are sequences."""
    array = np.empty(len(items), dtype=object)
    array[:] = items
    return array
