"""Bulk edit (Ctrl+B): one change for many rates, seen before it is made; OK is one step of the draft with a name."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QDialog, QFormLayout, QHBoxLayout, QVBoxLayout, QWidget

from voipdesk.kernel.money import Rounding, price_text
from voipdesk.kernel.text import tr, trn
from voipdesk.kit import theme
from voipdesk.kit.editors import ChoiceEdit, CountEdit, PriceEdit
from voipdesk.kit.form import caption
from voipdesk.kit.grid import Column, Formats, Grid, Kind, MemorySource
from voipdesk.kit.names import named
from voipdesk.kit.page import button, framed, label
from voipdesk.rates import queries
from voipdesk.rates.rules.adjusting import Adjustment, Way
from voipdesk.rates.ui.columns import rate_columns
from voipdesk.rates.ui.editing import commit_planned
from voipdesk.rates.ui.source import RateSource

if TYPE_CHECKING:
    from voipdesk.rates.engine import RateColumns
    from voipdesk.rates.engine_draft import Step
    from voipdesk.rates.engine_edit import Planned
    from voipdesk.rating.engine import Ints

SAMPLE = 8
_USUAL_DECIMALS = 4
_MILLISECONDS = 120


@dataclass(frozen=True, slots=True)
class Rows:
    """Some rows a bulk edit may be meant for: a key, words, their ids."""

    key: str
    title: str
    ids: "Ints"


@dataclass(frozen=True, slots=True)
class Bulk:
    """What was chosen: the column, the change, the rows, the table to copy from."""

    column: str
    how: Adjustment
    ids: "Ints"
    other: UUID | None = None
    other_name: str = ""


class BulkDialog(QDialog):
    """`dialog.bulk`: the change, what it does to the first rows, and how many there are."""

    def __init__(
        self,
        parent: QWidget,
        source: RateSource,
        *,
        rows: Sequence[Rows],
        tables: Sequence[queries.RateTable],
        rates_of: Callable[[UUID], "RateColumns"],
        formats: Formats,
    ) -> None:
        super().__init__(parent)
        named(self, "dialog.bulk", tr("Bulk edit"))
        self.setWindowTitle(tr("Bulk edit"))
        self._source, self._rows, self._rates_of = source, {one.key: one for one in rows}, rates_of
        self._tables = {one.id: one for one in tables if one.id != source.table.id}
        self._later = QTimer(self, singleShot=True, interval=_MILLISECONDS)
        self._later.timeout.connect(self.show_sample)
        self._make_fields(rows, formats)
        columns = [
            Column("prefix", tr("Prefix"), Kind.PREFIX, width=10),
            Column("destination", tr("Destination"), width=22, stretch=True),
            Column("before", tr("Now"), Kind.PRICE, width=10),
            Column("after", tr("After"), Kind.PRICE, width=10),
        ]
        self.sample = Grid("sample", columns, formats=formats, title=tr("The first of them"))
        self.sample.footer.hide()
        self._columns = columns
        self.count = label(bold=True)
        self.count.setObjectName("count.bulk")
        self.said = label(tone="danger", wrap=True)
        self.commit = button(tr("Change"), "commit", look="primary", act=self.accept)
        self.commit.setDefault(True)
        self._lay_out()
        self._show_fields()
        self.show_sample()

    def chosen(self) -> Bulk:
        """What was chosen."""
        way = Way(self.way.value())
        value = self.value.value()
        how = Adjustment(
            way,
            Decimal(0) if value is None else value,
            self.decimals.value(),
            Rounding(self.rounding.value()),
        )
        other = self.table.value() if way is Way.COPY else None
        name = self._tables[other].name if other in self._tables else ""
        return Bulk(self.column.value(), how, self._rows[self.rows.value()].ids, other, name)

    def problem(self) -> str:
        """Why it cannot be done; empty where it can."""
        way = Way(self.way.value())
        if way in (Way.SET, Way.PERCENT, Way.AMOUNT):
            if self.value.problem():
                return self.value.problem()
            if self.value.value() is None:
                return tr("Write a number.")
        if way is Way.SET and (self.value.value() or 0) < 0:
            return tr("A rate cannot be below zero.")
        if way is Way.COPY and not self._tables:
            return tr("There is no other table to copy from.")
        return "" if len(self._rows[self.rows.value()].ids) else tr("No rows are shown.")

    def show_sample(self) -> None:
        """What would become of the first rows."""
        said, rows = self.problem(), self._rows[self.rows.value()]
        self.said.setText(said)
        self.said.setVisible(bool(said))
        self.commit.setEnabled(not said)
        count = trn("{count} rate", "{count} rates", len(rows.ids))
        self.count.setText(count)
        self.count.setProperty("value", str(len(rows.ids)))
        found = sampled(self._source, self.chosen(), self._other_rates()) if not said else []
        self.sample.set_source(MemorySource(self._columns, found, key="prefix"))

    def accept(self) -> None:
        """Close, unless something is still wrong."""
        self.show_sample()
        if not self.problem():
            super().accept()

    def _other_rates(self) -> "RateColumns | None":
        other = self.table.value()
        return self._rates_of(other) if Way(self.way.value()) is Way.COPY and other else None

    def _make_fields(self, rows: Sequence[Rows], formats: Formats) -> None:
        self.way = named(ChoiceEdit(), "field.way", tr("Change"))
        self.way.set_choices(
            [
                (str(Way.PERCENT), tr("Add per cent")), (str(Way.AMOUNT), tr("Add an amount")),
                (str(Way.SET), tr("Set to")), (str(Way.ROUND), tr("Only round")),
                (str(Way.COPY), tr("Copy from another table")),
            ]
        )  # fmt: skip
        self.value = named(PriceEdit(decimal=formats.decimal), "field.value", tr("By"))
        self.column = named(ChoiceEdit(), "field.column", tr("Column"))
        self.column.set_choices([("price", tr("Rate")), ("connect_fee", tr("Connect fee"))])
        self.decimals = named(CountEdit(most=8), "field.decimals", tr("Decimals"))
        self.decimals.setValue(_USUAL_DECIMALS)
        self.rounding = named(ChoiceEdit(), "field.rounding", tr("Rounded"))
        self.rounding.set_choices(
            [
                (str(Rounding.HALF_UP), tr("half up")), (str(Rounding.UP), tr("always up")),
                (str(Rounding.DOWN), tr("always down")), (str(Rounding.HALF_EVEN), tr("half to even")),
            ]
        )  # fmt: skip
        self.table = named(ChoiceEdit(), "field.table", tr("From table"))
        self.table.set_choices([(one.id, one.name) for one in self._tables.values()])
        self.rows = named(ChoiceEdit(), "field.rows", tr("Which rates"))
        self.rows.set_choices([(one.key, one.title) for one in rows])
        for choice in (self.way, self.column, self.rounding, self.table, self.rows):
            choice.value_changed.connect(lambda _: self._changed())
        self.value.value_changed.connect(self._changed)
        self.decimals.valueChanged.connect(lambda _: self._changed())

    def _changed(self) -> None:
        self._show_fields()
        self._later.start()

    def _show_fields(self) -> None:
        way = Way(self.way.value())
        self._form.setRowVisible(self.value, way in (Way.SET, Way.PERCENT, Way.AMOUNT))
        self._form.setRowVisible(self.table, way is Way.COPY)
        for field in (self.decimals, self.rounding):
            self._form.setRowVisible(field, way is not Way.COPY)

    def _lay_out(self) -> None:
        self._form = QFormLayout()
        self._form.setHorizontalSpacing(theme.L)
        self._form.setVerticalSpacing(theme.S)
        fields: list[QWidget] = [
            self.rows, self.column, self.way, self.value, self.table, self.decimals, self.rounding,
        ]  # fmt: skip
        for field in fields:
            self._form.addRow(caption(field.accessibleName(), field), field)
        foot = QHBoxLayout()
        foot.setSpacing(theme.S)
        foot.addWidget(self.count)
        foot.addStretch(1)
        foot.addWidget(button(tr("Cancel"), "cancel", act=self.reject))
        foot.addWidget(self.commit)
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.XL, theme.L, theme.XL, theme.L)
        box.setSpacing(theme.M)
        box.addLayout(self._form)
        box.addWidget(framed(self.sample), 1)
        box.addWidget(self.said)
        box.addLayout(foot)
        self.resize(theme.ems(40, self), theme.ems(34, self))
        self.value.setFocus()


def sampled(source: RateSource, chosen: Bulk, other: "RateColumns | None") -> list[tuple[Any, ...]]:
    """Prefix, destination, value now and after, of the first rows; those that stay say the same twice."""
    from voipdesk.rates.engine_draft import money

    assert source.book is not None
    ids = chosen.ids[:SAMPLE]
    planned = _planned(source, chosen, ids, other)(source.book.before(ids))
    after = {
        row: cell
        for one in planned.parts
        if one.column == chosen.column
        for row, cell in zip(one.ids.tolist(), one.after.tolist(), strict=True)
    }
    at = next(place for place, one in enumerate(rate_columns()) if one.id == chosen.column)
    return [
        (row[0], row[1], row[at], money(after[row_id]) if row_id in after else row[at])
        for row_id, row in zip(ids.tolist(), source.fetch(ids.tolist()), strict=True)
    ]


def commit(source: RateSource, chosen: Bulk, other: "RateColumns | None") -> tuple["Step", int]:
    """Make the change, one step; and how many rates stay because they would be no price."""
    assert source.book is not None
    left = 0

    def plan(before: Any) -> "Planned":
        nonlocal left
        made = _planned(source, chosen, chosen.ids, other)(before)
        left = len(made.no)
        return made

    done = commit_planned(source.book, chosen.ids, plan, lambda count: name_of(chosen, count))
    return done, left


def _planned(
    source: RateSource, chosen: Bulk, ids: "Ints", other: "RateColumns | None"
) -> Callable[[Any], "Planned"]:
    from voipdesk.rates import engine_edit

    if chosen.how.way is not Way.COPY or other is None:
        return lambda before: engine_edit.bulk(ids, chosen.column, chosen.how, before)

    def copy(before: Any) -> "Planned":
        _, places = before(ids, "prefix")
        assert source.book is not None
        keys = [source.book.texts[place].encode() for place in places.tolist()]
        return engine_edit.copied(ids, chosen.column, other, keys, before)

    return copy


def name_of(chosen: Bulk, count: int) -> str:
    """The name of the step: what was done, and to how many rates."""
    rates = trn("{count} rate", "{count} rates", count)
    value, way = chosen.how.value, chosen.how.way
    if way is Way.PERCENT:
        return tr("{value} % on {rates}").format(value=f"{value:+f}", rates=rates)
    if way is Way.AMOUNT:
        sign = "+" if value >= 0 else "-"
        return tr("{value} on {rates}").format(value=f"{sign}{price_text(abs(value))}", rates=rates)
    if way is Way.SET:
        return tr("{value} set on {rates}").format(value=price_text(value), rates=rates)
    if way is Way.ROUND:
        said = tr("Rounded to {decimals} decimals: {rates}")
        return said.format(decimals=chosen.how.decimals, rates=rates)
    return tr("Copied from {table}: {rates}").format(table=chosen.other_name, rates=rates)
