"""A rate sheet opened: its layout found by itself, told by a profile, or given; its rows as this room takes them."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from voipdesk.kernel.problems import Problem, Refused
from voipdesk.kernel.text import tr
from voipdesk.rates.files import BLOCKED, CLOSED, OPEN, SheetRow
from voipdesk.tabular.layout import Layout, columns_named
from voipdesk.tabular.mapping import RateSheet, SheetRate
from voipdesk.tabular.reader import Table
from voipdesk.tabular.sniff import sniff_open

_STATES = {"open": OPEN, "blocked": BLOCKED, "closed": CLOSED}


@dataclass(frozen=True, slots=True)
class Known:
    """A profile this sheet may be read by."""

    id: UUID
    fingerprint: str
    layout: Mapping[str, Any]


class OpenedSheet(AbstractContextManager["OpenedSheet"]):
    """Gives its rows once; `total`, `skipped` and `blank` are final after that."""

    def __init__(
        self, path: Path, layout: Layout, profile_id: UUID | None = None, table: Table | None = None
    ) -> None:
        self.path = path
        self.layout = layout
        self.profile_id = profile_id
        self.currency = layout.currency
        self.fingerprint = layout.fingerprint
        self.layout_data: Any = layout.as_data()
        self._sheet = RateSheet(path, layout, table)

    @property
    def total(self) -> int:
        """Rows of the file."""
        return self._sheet.tally.total

    @property
    def skipped(self) -> int:
        """Title, header, comment and footer rows."""
        return self._sheet.tally.skipped

    @property
    def blank(self) -> int:
        """Empty rows."""
        return self._sheet.tally.blank

    def rows(self) -> Iterator[SheetRow]:
        """The data rows in order of the file."""
        return (_row(read) for read in self._sheet.rows())

    def __exit__(self, *_: object) -> None:
        self._sheet.__exit__()


def open_sheet(
    path: Path,
    *,
    told: Mapping[str, Any] | None = None,
    known: Sequence[Known] = (),
    is_named: bool = False,
) -> OpenedSheet:
    """Open a sheet. `told` answers what the file does not decide (`decimal`, `date_order`, `hyphen`, `scale`, `sheet`,
    `columns.<role>` counted from 1); `is_named`: the first known profile reads it whatever its header is.
    `Refused` with the questions where answers are missing; FileError if unreadable.
    """
    answers = dict(told or {})
    columns = {name[8:]: int(place) - 1 for name, place in answers.items() if name.startswith("columns.")}
    layout, table = sniff_open(path, kind="rates", sheet=answers.get("sheet"), columns=columns)
    try:
        fitting = (
            one for one in known if is_named or (layout.fingerprint and one.fingerprint == layout.fingerprint)
        )
        profile = next(fitting, None)
        if profile is not None:
            layout = _by_profile(layout, profile.layout)
        layout = _answered(layout, answers)
        _require_whole(path, layout)
        return OpenedSheet(path, layout, profile.id if profile else None, table)
    except BaseException:
        table.close()
        raise


def _by_profile(layout: Layout, data: Mapping[str, Any]) -> Layout:
    """What was decided for this header before holds again, wherever its columns stand now."""
    columns = columns_named(data, layout.titles) or dict(layout.columns)
    return replace(
        layout,
        kind="rates",
        columns=columns,
        decimal=data.get("decimal", layout.decimal),
        date_order=data.get("date_order", layout.date_order),
        scale=Decimal(data.get("scale", "1")),
        currency=data.get("currency", layout.currency),
        hyphen=data.get("hyphen", layout.hyphen),
        ask=(),
    )


def _answered(layout: Layout, answers: Mapping[str, Any]) -> Layout:
    columns = dict(layout.columns)
    plain: dict[str, Any] = {}
    for name, value in answers.items():
        if name.startswith("columns."):
            columns[name.removeprefix("columns.")] = int(value) - 1
        elif name == "scale":
            plain["scale"] = Decimal(str(value))
        elif name in {"decimal", "date_order", "hyphen", "currency"}:
            plain[name] = str(value)
        elif name in {"header_row", "first_data_row"}:
            plain[name] = int(value)
        elif name != "sheet":
            raise Refused(
                "unknown_answer",
                tr("A sheet has no {name} to be told.").format(name=name),
                tr(
                    "Told can be: decimal, date_order, hyphen, scale, currency, sheet, header_row, columns.<role>."
                ),
            )
    left = tuple(question for question in layout.ask if question.about not in answers)
    kind = "rates" if "rate" in columns and ({"prefix", "country_code"} & set(columns)) else layout.kind
    return replace(layout, kind=kind, columns=columns, ask=left, **plain)


def _require_whole(path: Path, layout: Layout) -> None:
    if layout.kind != "rates":
        missing = [role for role in ("prefix", "rate") if role not in layout.columns]
        raise Refused(
            "not_understood",
            tr("{file}: no column of {missing} was found.").format(
                file=path.name, missing=", ".join(missing) or "rates"
            ),
            tr("Say which columns they are (columns.prefix, columns.rate), or choose another sheet."),
        )
    if layout.ask:
        raise Refused(
            "asks",
            tr("{file} leaves {count} questions open.").format(file=path.name, count=len(layout.ask)),
            tr("Answer them, then import again. Nothing was changed."),
            problems=[
                Problem(
                    f"ask.{one.about}",
                    one.text,
                    tr("Say {about}={answers}.").format(about=one.about, answers="|".join(one.answers)),
                )
                for one in layout.ask
            ],
        )


def _row(read: SheetRate) -> SheetRow:
    terms = read.terms
    return SheetRow(
        row=read.row,
        codes=read.codes,
        destination=read.destination,
        state=_STATES[terms.state],
        price=terms.price,
        connect_fee=terms.connect_fee,
        minimum_charge=terms.minimum_charge,
        initial_interval=terms.initial_interval,
        next_interval=terms.next_interval,
        effective_from=terms.effective_from,
        effective_until=terms.effective_until,
        problems=read.problems,
        is_faulty=bool(read.problems),
        cells=read.cells,
    )
