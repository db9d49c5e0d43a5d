"""A call file opened: its layout found or taken from a profile, and its rows one by one."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

from voipdesk.calls.files import CallRecord, Saved
from voipdesk.calls.files_columns import (
    UNANSWERED,
    Columns,
    fields_of,
    found,
    is_bold,
    plain,
    told,
    told_fields,
)
from voipdesk.calls.files_fixed import Field, FixedLines
from voipdesk.calls.files_values import clock, in_seconds, party, read_time, until_end, with_clock
from voipdesk.kernel.problems import FileError, Place, Problem, Refused
from voipdesk.kernel.text import tr
from voipdesk.tabular.call_events import BEGINS
from voipdesk.tabular.cells import is_blank, shown
from voipdesk.tabular.reader import Table
from voipdesk.tabular.sniff import sniff_open

LOOKED_AT = 80
"""Rows in which a header that was told is looked for."""


class Calls:
    """A call file that is understood; see `files.CallSheet`."""

    def __init__(self, table: Table | FixedLines, columns: Columns, file_name: str) -> None:
        self.columns = columns
        self.layout_data: Any = columns.as_data()
        self.total = self.skipped = self.blank = 0
        self._table = table
        self._file = file_name

    @property
    def read_as(self) -> dict[str, int]:
        """The columns by their roles, counted from 1, of a file that has no titles."""
        return {} if self.columns.header else {name: at + 1 for name, at in self.columns.places.items()}

    def rows(self) -> Iterator[CallRecord]:
        """The data rows in order of the file; afterwards the tally stands."""
        return self._joined() if "event" in self.columns.places else self._single()

    def _joined(self) -> Iterator[CallRecord]:
        """Calls told in two rows, each where its end stands; the row of the end is no call of its own and is skipped."""
        open_calls: dict[str, CallRecord] = {}
        for record in self._single():
            begun = open_calls.pop(record.unique_id, None)
            if record.problem is not None or not record.unique_id:
                yield record
            elif record.event.casefold() in BEGINS:
                if begun is not None:
                    yield _without_end(begun)
                open_calls[record.unique_id] = record
            elif begun is not None:
                self.skipped += 1
                yield replace(begun, answer=begun.start, talk=until_end(begun.start, record.start))
            else:
                yield replace(record, problem=_no_half(tr("its beginning")))
        yield from map(_without_end, open_calls.values())

    def _single(self) -> Iterator[CallRecord]:
        self.total = self.skipped = self.blank = 0
        with self._table as table:
            for number, cells in table.rows():
                self.total += 1
                if is_blank(cells):
                    self.blank += 1
                elif number < self.columns.first_row or str(cells[0]).startswith("#"):
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
        name = next((one for one in ("billsec", "duration") if one in columns.places), "")
        if name:
            length = clock(cell(name)) if columns.length == "hms" else cell(name)
            talk = good(in_seconds(length, columns.unit), name)
        else:
            talk = until_end(answer or start, good(read_time(cell("end"), columns.date_order), "end"))
        if not columns.is_talk_told and talk and plain(disposition) in UNANSWERED:
            talk = 0
        record = CallRecord(
            row=number, unique_id=_text(cell("unique_id")), account=_text(cell("account")),
            trunk=_text(cell("trunk")), supplier=_text(cell("supplier")), caller=party(_text(cell("caller"))),
            called=party(_text(cell("called"))), start=good(start, "start"), answer=good(answer, "answer"),
            talk=talk or 0, disposition=disposition, event=_text(cell("event")),
        )  # fmt: skip
        if not problems and not record.event:
            return record
        kept = [_text(one) for one in cells]
        return replace(record, problem=problems[0] if problems else None, cells=kept)


def _without_end(begun: CallRecord) -> CallRecord:
    return replace(begun, problem=_no_half(tr("its end")))


def _no_half(what: str) -> Problem:
    said = tr("The file tells calls in two rows, and this one lacks {what}.").format(what=what)
    return Problem("half_a_call", said, tr("It may stand in the file before or after; put both together."))


def open_calls(path: Path, *, layout: Mapping[str, Any] | None = None, saved: Saved | None = None) -> Calls:
    """Open a call file: by its layout, else by the profile's, else as the layout finder reads it.

    `FileError` where it cannot be read; `Refused` where it does not say which column is what (`unknown_columns`) or
    whether day or month comes first (`date_order`).
    """
    data = layout if layout is not None else (saved.layout if saved is not None else None)
    if data and (fields := fields_of(data)):
        return _fixed(path, data, list(fields.values()))
    seen, table = sniff_open(path, kind="cdr")
    try:
        head = list(islice(table.rows(), LOOKED_AT))
        if not head:
            raise FileError(
                "file_empty",
                tr("{file} is empty.").format(file=path.name),
                tr("Choose the file that your switch wrote."),
            )
        columns = told(data, seen, head) if data else found(seen)
        if not columns.is_enough or (not data and is_bold(seen)):
            raise _unknown_columns(path, head)
        if seen.date_order == "ask" and not (data and "date_order" in data):
            raise _which_order(path, table, columns)
    except BaseException:
        table.close()
        raise
    return Calls(table, columns, path.name)


def _fixed(path: Path, data: Mapping[str, Any], fields: Sequence[Field]) -> Calls:
    """A file without separators, by the places that were told."""
    seen, table = sniff_open(path, kind="cdr")
    table.close()
    lines = FixedLines(path, seen.dialect.encoding if seen.dialect else "utf-8", fields)
    head = list(islice(lines.rows(), LOOKED_AT))
    columns = told_fields(data, head)
    if not columns.is_enough:
        raise _unknown_columns(path, head)
    return Calls(lines, columns, path.name)


def _which_order(path: Path, table: Table, columns: Columns) -> Refused:
    """Every date fits both orders: one of them, for the question."""
    place = columns.places.get("start", columns.places.get("answer", 0))
    rows = (cells for _, cells in islice(table.rows(columns.first_row), LOOKED_AT))
    date = next((_text(cells[place]) for cells in rows if place < len(cells) and _text(cells[place])), "")
    return Refused(
        "date_order",
        tr("{file}: {date} could be two different days.").format(file=path.name, date=date),
        tr("Say in the profile whether the day or the month comes first."),
    )


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
