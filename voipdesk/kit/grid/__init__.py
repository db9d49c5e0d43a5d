"""A table for up to a million rows: windowed model, own painting, ranges never indexes, own order for sort and filter."""

from voipdesk.kit.grid.columns import Column, Formats, Kind, Look
from voipdesk.kit.grid.editing import (
    Alike,
    Changes,
    EditableSource,
    Mark,
    Outcome,
    Part,
    RefusedCell,
    Touched,
)
from voipdesk.kit.grid.filters import Filter, Operator, Sort
from voipdesk.kit.grid.selection import Figures, Range
from voipdesk.kit.grid.sources import MemorySource, RowSource
from voipdesk.kit.grid.table import Grid

__all__ = [
    "Alike",
    "Changes",
    "Column",
    "EditableSource",
    "Figures",
    "Filter",
    "Formats",
    "Grid",
    "Kind",
    "Look",
    "Mark",
    "MemorySource",
    "Operator",
    "Outcome",
    "Part",
    "Range",
    "RefusedCell",
    "RowSource",
    "Sort",
    "Touched",
]
