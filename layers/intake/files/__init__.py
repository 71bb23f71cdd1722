"""Files from offices: any format as sheets of text, and the table in a sheet."""

from layers.intake.files.header import LeftOut, Table, find_table
from layers.intake.files.reading import read_file
from layers.intake.files.sheet import LIMITS, File, Limits, Merged, Sheet

__all__ = ["LIMITS", "File", "LeftOut", "Limits", "Merged", "Sheet", "Table", "find_table", "read_file"]
