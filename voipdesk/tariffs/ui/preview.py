"""What a plan sells as of a day, and fixed prices for the chosen prefixes from a day on."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from PySide6.QtWidgets import QLineEdit, QWidget

from voipdesk.accounts.rules import Right, may
from voipdesk.kernel.periods import day_start
from voipdesk.kernel.problems import Refused
from voipdesk.kernel.text import tr, trn
from voipdesk.kit import theme
from voipdesk.kit.desk import Desk
from voipdesk.kit.editors import DateEdit, PriceEdit
from voipdesk.kit.form import FormDialog
from voipdesk.kit.grid import Column, Formats, Grid
from voipdesk.kit.names import named
from voipdesk.kit.page import button, label
from voipdesk.kit.states import State
from voipdesk.store.database import Database
from voipdesk.tariffs import commands
from voipdesk.tariffs.files import prefix_list, prefixes_of
from voipdesk.tariffs.queries import Plan, rules, sell_deck
from voipdesk.tariffs.ui.rules import short_text
from voipdesk.tariffs.ui.source import SellSource, mark_looks, preview_columns
from voipdesk.tariffs.ui.tabs import PlanTab, ask

MOST_LISTED = 40
"""Prefixes that a filter names one by one; more are those that are marked."""

MOST_SET = 1_000
"""Prefixes that get a price in one step; for more, one rule says it better."""


class PreviewTab(PlanTab):
    """`table.preview`: every prefix as the plan sells it as of a day (`field.as_of`)."""

    def __init__(self, desk: Desk[Database], within: QWidget | None) -> None:
        actor = desk.actor
        knows = may(actor, Right.SEE_COSTS) if actor.level == "admin" else may(actor, Right.SEE_MARGINS)
        self.columns: list[Column] = preview_columns(with_base=knows)
        grid = Grid(
            "preview", self.columns, jobs=desk.jobs, formats=Formats(zone=desk.zone), title=tr("Preview")
        )
        grid.empty = State(
            "rates", tr("Nothing is sold"), tr("The base has no rates, or no rule speaks of them.")
        )
        grid.set_filter_row()
        self._wanted: tuple[str, ...] = ()
        self._source: SellSource | None = None
        self.day = named(DateEdit(day=desk.clock.today(desk.zone)), "field.as_of", tr("As of"))
        self._as_of = self.day.value()
        """The same, for the threads that read."""
        self.today = button(tr("Today"), "today", look="link", act=self._to_today)
        self.prices = button(tr("Set prices…"), "prices", icon="edit", act=self.set_prices)
        may_edit = may(actor, Right.EDIT_PLANS)
        super().__init__(desk, grid, [self.prices] if may_edit else [], within)
        self._lay_out_day()
        self.day.dateChanged.connect(self._day_changed)
        self._show_today()

    def read(self, plan: Plan) -> SellSource:
        """The deck as columns, with the words of the rules."""
        from voipdesk.tariffs.engine_window import SellWindow

        desk = self.desk
        deck = sell_deck(desk.db, desk.actor, plan, self._instant(self._as_of))
        words = [short_text(one.rule) for one in rules(desk.db, desk.actor, plan.id)]
        return SellSource(SellWindow(deck, words), self.columns)

    def show_found(self, found: SellSource) -> None:
        """Its rows."""
        self._source = found
        self.grid.set_source(found)

    def show_prefixes(self, prefixes: Sequence[str], day: date) -> None:
        """Show some prefixes as of a day; too many of them are those sold below cost."""
        fields = self.grid.header.filters.fields
        for field in fields.values():
            field.clear()
        self._wanted = tuple(prefixes)
        if len(prefixes) <= MOST_LISTED:
            fields["prefix"].setText(_filter_of(prefixes))
        else:
            fields["mark"].setText(mark_looks()["below_base"].text)
        self.grid.set_filter_row()
        self.day.set_value(day)

    def set_prices(self) -> None:
        """Ask for a price and a day for the chosen prefixes, else for all that are listed by name."""
        plan, desk = self.plan, self.desk
        if plan is None:
            return
        if self.grid.selected_count() > MOST_SET:
            text = tr("Choose at most {most} prefixes, or add a rule for a destination or for everything.")
            desk.ask.tell(text.format(most=f"{MOST_SET:,}"))
            return
        keys = [str(key).partition(" ")[0] for key in self.grid.selected_keys()]
        prefixes = self._listed() if len(keys) < 2 else []
        prefixes = prefixes or list(dict.fromkeys(keys))
        dialog = PricesDialog(self, plan, prefixes, self.day.value(), self._source)

        def agreed() -> None:
            wanted, price, day = dialog.answers()
            since = day_start(day, desk.zone)
            prices = dict.fromkeys(wanted, price)
            desk.jobs.write(
                tr("Set prices"),
                lambda _: commands.set_prices(desk.db, desk.actor, plan=plan.id, prices=prices, since=since),
                done=lambda _: self.told.emit(
                    tr("{prices} of {plan} set from {day}.").format(
                        prices=trn("{count} price", "{count} prices", len(prices)), plan=plan.name, day=day
                    )
                ),
                refused=desk.ask.refuse,
            )

        ask(dialog, agreed)

    def _listed(self) -> list[str]:
        """The prefixes that were asked for, while the filter still names them."""
        field = self.grid.header.filters.fields["prefix"]
        return list(self._wanted) if self._wanted and field.text() == _filter_of(self._wanted) else []

    def _instant(self, day: date) -> datetime:
        """Now for today, else the beginning of the day."""
        now = self.desk.clock.now()
        return now if day == now.astimezone(self.desk.zone).date() else day_start(day, self.desk.zone)

    def _to_today(self) -> None:
        self.day.set_value(self.desk.clock.today(self.desk.zone))

    def _day_changed(self) -> None:
        self._as_of = self.day.value()
        self._show_today()
        self.show_plan(self.plan)

    def _show_today(self) -> None:
        self.today.setVisible(self.day.value() != self.desk.clock.today(self.desk.zone))

    def _lay_out_day(self) -> None:
        row = self.head
        caption = label(tr("As of"), tone="muted")
        caption.setBuddy(self.day)
        for at, part in enumerate((caption, self.day, self.today)):
            row.insertWidget(at, part)


def _filter_of(prefixes: Sequence[str]) -> str:
    """What is typed to see exactly these prefixes."""
    return ",".join(f"={prefix}" for prefix in prefixes)


class PricesDialog(FormDialog):
    """Which prefixes get which price from which day on."""

    def __init__(
        self,
        parent: QWidget,
        plan: Plan,
        prefixes: Sequence[str],
        day: date,
        source: SellSource | None = None,
    ) -> None:
        self._source = source
        self.prefixes = named(QLineEdit(prefix_list(prefixes)), "field.prefixes", tr("Prefixes"))
        self.prefixes.setPlaceholderText("2010-2012, 2015")
        self.prefixes.setCursorPosition(0)
        self.touched = label(tone="muted")
        self.touched.setObjectName("count.touched")
        self.price = named(PriceEdit(), "field.price", tr("Price a minute"))
        self.since = named(DateEdit(day=day), "field.since", tr("From"))
        fields: list[tuple[str, QWidget]] = [
            (tr("Prefixes"), self.prefixes), ("", self.touched), (tr("Price a minute"), self.price),
            (tr("From"), self.since),
        ]  # fmt: skip
        about = tr(
            "Each prefix and everything under it gets this price from that day on; until then it is sold as now. "
            "What is sold under a longer prefix with a rule of its own stays."
        )
        title = tr("Set prices of {plan}").format(plan=plan.name)
        super().__init__(
            parent, title, fields=fields, verb=tr("Set prices"), about=about, problem=self._wrong
        )
        named(self, "dialog.prices", title)
        self.setMinimumWidth(theme.ems(34, self))
        self.prefixes.textChanged.connect(lambda _: self._count())
        self._count()
        self.price.setFocus()

    def _count(self) -> None:
        """Say how many prefixes that are sold on the day lie under what is typed."""
        try:
            wanted = prefixes_of(self.prefixes.text())
        except Refused:
            wanted = []
        count = self._source.window.covered(wanted) if self._source is not None else 0
        self.touched.setText(trn("{count} sold prefix lies there", "{count} sold prefixes lie there", count))
        self.touched.setProperty("value", str(count))

    def answers(self) -> tuple[list[str], Decimal, date]:
        """Prefixes, price, first day."""
        price = self.price.value()
        assert price is not None
        return prefixes_of(self.prefixes.text()), price, self.since.value()

    def _wrong(self) -> str:
        try:
            prefixes_of(self.prefixes.text())
        except Refused as refused:
            return str(refused)
        price = self.price.value()
        if price is None:
            return self.price.problem() or tr("Say which price they get.")
        return tr("A price is zero or more.") if price < 0 else ""
