"""A call file opened: its layout found or taken from a profile, and its rows one by one."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

from voipdesk.calls.files import CallRecord, Saved
from voipdesk.calls.files_columns import UNANSWERED, Columns, by_header, by_order, from_data, plain
from voipdesk.calls.files_values import (
    DAY_FIRST,
    is_ambiguous,
    order_hint,
    read_seconds,
    read_time,
    with_clock,
)
from voipdesk.kernel.problems import FileError, Place, Problem, Refused
from voipdesk.kernel.text import tr
from voipdesk.tabular.cells import is_blank, shown
from voipdesk.tabular.reader import Table, open_table

LOOKED_AT = 30
"""Rows in which the header is looked for."""

DATES_LOOKED_AT = 2_000
"""Rows that may decide whether day or month comes first."""


class Calls:
    """A call file that is understood; see `files.CallSheet`."""

    def __init__(self, table: Table, columns: Columns, file_name: str) -> None:
        self.columns = columns
        self.layout_data: Any = columns.as_data()
        self.total = self.skipped = self.blank = 0
        self._table = table
        self._file = file_name

    def rows(self) -> Iterator[CallRecord]:
        """The data rows in order of the file; afterwards the tally stands."""
        self.total = self.skipped = self.blank = 0
        with self._table as table:
            for number, cells in table.rows():
                self.total += 1
                if is_blank(cells):
                    self.blank += 1
                elif number <= self.columns.header or str(cells[0]).startswith("#"):
                    self.skipped += 1
                else:
                    yield self._record(number, cells)

    def _record(self, number: int, cells: Sequence[object]) -> CallRecord:
        columns = self.columns
        problems: list[Problem] = []

        def cell(name: str) -> object:
            place = columns.places.get(name, -1)
            return cells[place] if 0 <= place < len(cells) else ""

        def good(value: Any, name: str) -> Any:
            if isinstance(value, Problem):
                problems.append(
                    replace(value, place=Place(column=columns.title(name), value=_text(cell(name))))
                )
                return None
            return value

        start = read_time(cell("start"), columns.date_order)
        if "time" in columns.places:
            start = with_clock(start, cell("time"))
        answer = read_time(cell("answer"), columns.date_order)
        disposition = _text(cell("disposition"))
        exact = "talk" in columns.places
        talk = good(read_seconds(cell("talk" if exact else "duration")), "talk" if exact else "duration")
        if not exact and talk and plain(disposition) in UNANSWERED:
            talk = 0
        record = CallRecord(
            row=number, unique_id=_text(cell("unique_id")), account=_text(cell("account")),
            trunk=_text(cell("trunk")), supplier=_text(cell("supplier")), caller=_text(cell("caller")),
            called=_text(cell("called")), start=good(start, "start"), answer=good(answer, "answer"),
            talk=talk or 0, disposition=disposition,
        )  # fmt: skip
        if not problems:
            return record
        return replace(record, problem=problems[0], cells=[_text(one) for one in cells])


def open_calls(path: Path, *, layout: Mapping[str, Any] | None = None, saved: Saved | None = None) -> Calls:
    """Open a call file: by its layout, else by the profile's, else by what its first rows say.

    `FileError` where it cannot be read; `Refused` where it does not say which column is what (`unknown_columns`) or
    whether day or month comes first (`date_order`).
    """
    table = open_table(path)
    try:
        head = list(islice(table.rows(), LOOKED_AT))
        if not head:
            raise FileError(
                "file_empty",
                tr("{file} is empty.").format(file=path.name),
                tr("Choose the file that your switch wrote."),
            )
        told = layout if layout is not None else (saved.layout if saved is not None else None)
        columns = _told(told, head) if told and told.get("columns") else _found(head)
        if not columns.is_enough:
            raise _unknown_columns(path, head)
        if not told or "date_order" not in told:
            columns = replace(columns, date_order=_date_order(path, table, columns))
        else:
            columns = replace(columns, date_order=str(told["date_order"]))
    except BaseException:
        table.close()
        raise
    return Calls(table, columns, path.name)


def _told(data: Mapping[str, Any], head: Sequence[tuple[int, Sequence[object]]]) -> Columns:
    header = int(data.get("header", 0))
    titles = next((cells for number, cells in head if number == header), ())
    return from_data(data, titles)


def _found(head: Sequence[tuple[int, Sequence[object]]]) -> Columns:
    """The first row that names enough columns; else the order of a row that needs no header."""
    for number, cells in head:
        columns = by_header(number, cells)
        if columns.is_enough:
            return columns
    for _, cells in head:
        found = by_order(cells)
        if found is not None:
            return found
    return Columns()


def _date_order(path: Path, table: Table, columns: Columns) -> str:
    """Day or month first: one date that fits only one decides for all; without any it has to be asked."""
    name = "start" if "start" in columns.places else "answer"
    place, doubtful = columns.places[name], ""
    for _, cells in islice(table.rows(columns.header + 1), DATES_LOOKED_AT):
        text = str(cells[place]) if place < len(cells) else ""
        if (hint := order_hint(text)) is not None:
            return hint
        doubtful = doubtful or (text if is_ambiguous(text) else "")
    if doubtful:
        raise Refused(
            "date_order",
            tr("{file}: {date} could be two different days.").format(file=path.name, date=doubtful),
            tr("Say in the profile whether the day or the month comes first."),
        )
    return DAY_FIRST


def _unknown_columns(path: Path, head: Sequence[tuple[int, Sequence[object]]]) -> Refused:
    seen = next((cells for _, cells in head if not is_blank(list(cells))), ())  # type: ignore[arg-type]
    return Refused(
        "unknown_columns",
        tr("{file}: which columns hold the called number, the time and the duration is not clear.").format(
            file=path.name
        ),
        tr("Its first row: {cells}. Name the columns in a profile.").format(
            cells=", ".join(_text(cell) for cell in seen[:12])
        ),
    )


def _text(cell: object) -> str:
    return cell.strip() if isinstance(cell, str) else shown(cell)  # type: ignore[arg-type]
