"""What publishing would do to what is sold: a few sentences, and the lists behind them."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QTabWidget, QVBoxLayout, QWidget

from voipdesk.kernel.text import tr, trn
from voipdesk.kit import theme
from voipdesk.kit.grid import Column, Formats, Grid, Kind, MemorySource
from voipdesk.kit.names import named
from voipdesk.kit.page import button, closing, framed, label
from voipdesk.rates.rules.surroundings import BelowCost, Consequences

_ORPHANS_SAID = 3


class ConsequencesPanel(QFrame):
    """`consequences`: prefixes below cost, customers, the estimate, what nobody supplies; `shown` asks for the lists."""

    shown = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "card")
        named(self, "consequences", tr("Consequences"))
        self.title = label(tr("Consequences"), bold=True)
        self.said = label(wrap=True)
        self.said.setObjectName("consequences.said")
        self.plans = label(wrap=True, tone="muted")
        self.plans.setObjectName("consequences.plans")
        self.orphans = label(wrap=True, tone="warning")
        self.orphans.setObjectName("consequences.orphans")
        self.show_push = button(tr("Show"), "consequences.show", look="link", act=self.shown.emit)
        self.show_push.setAutoDefault(False)
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.show_push)
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.M, theme.XS, theme.M, theme.S)
        box.setSpacing(theme.XS)
        box.addLayout(head)
        for part in (self.said, self.plans, self.orphans):
            box.addWidget(part)
        box.addStretch(1)

    def show_consequences(self, found: Consequences | None, zone: ZoneInfo, *, is_busy: bool = False) -> None:
        """Say what they are; nothing is known without a review, or where nobody was asked."""
        has_lists = found is not None and bool(found.below_cost or found.customers or found.orphans)
        self.show_push.setVisible(has_lists)
        if found is None:
            text = tr("Being looked at…") if is_busy else tr("Nobody could be asked.")
            self.said.setText(text)
            self.plans.clear()
            self.orphans.clear()
        else:
            self.title.setText(tr("Consequences from {day}").format(day=day_text(found.at, zone)))
            self.said.setText(summary(found))
            theme.set_tone(self.said, "danger" if found.prefixes else "ok")
            parts = [f"{plan} {count:,}" for plan, count in found.by_plan.items()]
            text = tr("Below cost by plan: {plans}").format(plans=" · ".join(parts))
            self.plans.setText(text if found.prefixes else "")
            self.orphans.setText(orphans_text(found))
        for part in (self.plans, self.orphans):
            part.setVisible(bool(part.text()))


def summary(found: Consequences) -> str:
    """How many prefixes are below cost, how many customers have them, and what that costs in thirty days."""
    if not found.prefixes:
        return tr("Nothing is sold below cost.")
    parts = [
        counted(trn("{count} sell prefix below cost", "{count} sell prefixes below cost", found.prefixes), found.prefixes),
        counted(trn("{count} customer", "{count} customers", len(found.customers)), len(found.customers)),
        tr("est. {amount} in 30 days").format(amount=f"\u2066{found.margin:+,.2f}\u2069"),
    ]  # fmt: skip
    return " · ".join(parts)


def counted(text: str, count: int) -> str:
    """The text with its number in groups of three."""
    return text


def orphans_text(found: Consequences) -> str:
    """Which prefixes have no supplier left."""
    said = []
    for one in found.orphans[:_ORPHANS_SAID]:
        plans = trn("{count} plan", "{count} plans", len(one.plans))
        name = f"\u2066{one.prefix}\u2069 {one.destination}".strip()
        said.append(tr("{prefix}: no supplier left ({plans})").format(prefix=name, plans=plans))
    more = len(found.orphans) - _ORPHANS_SAID
    if more > 0:
        said.append(counted(trn("and {count} more", "and {count} more", more), more))
    return "\n".join(said)


def day_text(at: datetime, zone: ZoneInfo) -> str:
    """A day in a zone, left to right in every language."""
    return f"\u2066{at.astimezone(zone).date().isoformat()}\u2069"


class ConsequencesDialog(QDialog):
    """The lists: prefixes below cost, customers with minutes and change of margin, prefixes without supplier.

    `plan_wanted` asks for the plan of the chosen prefix: its rows of what is sold below cost.
    """

    plan_wanted = Signal(object)

    def __init__(self, parent: QWidget, found: Consequences, zone: ZoneInfo, *, verb: str = "") -> None:
        super().__init__(parent)
        self._rows = {_key(one): one for one in found.below_cost}
        title = tr("Consequences from {day}").format(day=day_text(found.at, zone))
        named(self, "dialog.consequences", title)
        self.setWindowTitle(title)
        formats = Formats(zone=zone)
        self.below = _below(found, formats)
        self.below.activated.connect(lambda _: self.open_plan())
        self.plan_push = button(
            verb or tr("Open in Tariff plans"), "plan", icon="plans", look="primary", act=self.open_plan
        )
        self.plan_push.setVisible(bool(found.below_cost))
        self.tabs = QTabWidget()
        self.tabs.addTab(framed(self.below), tr("Below cost ({count})").format(count=len(found.below_cost)))
        self.tabs.addTab(
            framed(_customers(found, formats)), tr("Customers ({count})").format(count=len(found.customers))
        )
        self.tabs.addTab(
            framed(_orphans(found, formats)),
            tr("No supplier left ({count})").format(count=len(found.orphans)),
        )
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.L, theme.L, theme.L, theme.M)
        box.setSpacing(theme.M)
        box.addWidget(label(summary(found), wrap=True))
        box.addWidget(self.tabs, 1)
        foot = closing(self)
        foot.addWidget(self.plan_push)
        box.addLayout(foot)
        self.resize(theme.ems(62, self), theme.ems(34, self))
        if self._rows:
            self.below.go_to(next(iter(self._rows)))

    def open_plan(self) -> None:
        """Close, and ask for the plan of the current row with all its prefixes below cost."""
        chosen = self._rows.get(str(self.below.current_key()))
        if chosen is not None:
            self.accept()
            self.plan_wanted.emit(tuple(one for one in self._rows.values() if one.plan_id == chosen.plan_id))


def _key(one: BelowCost) -> str:
    """The name of a row: plan and prefix."""
    return f"{one.plan} {one.prefix}"


def _below(found: Consequences, formats: Formats) -> Grid:
    columns = [
        Column("plan", tr("Plan or account"), width=15, stretch=True),
        Column("prefix", tr("Prefix"), Kind.PREFIX, width=9),
        Column("destination", tr("Destination"), width=19),
        Column("sell", tr("Sells at"), Kind.PRICE, width=9),
        Column("cost", tr("Costs"), Kind.PRICE, width=9),
        Column("from", tr("From"), Kind.DATE, width=10),
        Column("remark", tr("Remark"), width=17),
    ]
    rows = [
        (
            one.account or one.plan, one.prefix, one.destination, one.sell, one.cost, one.effective_from,
            tr("will be blocked") if one.is_refused else tr("new longer prefix") if one.is_new_prefix else "",
        )
        for one in found.below_cost
    ]  # fmt: skip
    return _grid(
        "below", tr("Below cost"), columns, dict(zip(map(_key, found.below_cost), rows, strict=True)), formats
    )


def _customers(found: Consequences, formats: Formats) -> Grid:
    columns = [
        Column("account", tr("Customer"), width=22, stretch=True),
        Column("plan", tr("Plan"), width=18),
        Column("prefixes", tr("Prefixes"), Kind.INT, width=9),
        Column("minutes", tr("Minutes in 30 days"), Kind.AMOUNT, width=14),
        Column("margin", tr("Margin then"), Kind.AMOUNT, width=12, signed=True, tone=_tone),
        Column("change", tr("Change"), Kind.AMOUNT, width=12, signed=True, tone=_tone),
    ]
    rows = [
        (one.account, one.plan, one.prefixes, Decimal(one.seconds) / 60, one.margin, one.change)
        for one in found.customers
    ]
    named_rows = dict(zip((one.account for one in found.customers), rows, strict=True))
    return _grid("customers", tr("Customers"), columns, named_rows, formats)


def _orphans(found: Consequences, formats: Formats) -> Grid:
    columns = [
        Column("prefix", tr("Prefix"), Kind.PREFIX, width=11),
        Column("destination", tr("Destination"), width=24, stretch=True),
        Column("from", tr("From"), Kind.DATE, width=11),
        Column("plans", tr("Still sold by"), width=30),
    ]
    rows = [(one.prefix, one.destination, one.effective_from, ", ".join(one.plans)) for one in found.orphans]
    named_rows = dict(zip((one.prefix for one in found.orphans), rows, strict=True))
    return _grid("orphans", tr("No supplier left"), columns, named_rows, formats)


def _grid(
    name: str, title: str, columns: list[Column], rows: Mapping[str, tuple[Any, ...]], formats: Formats
) -> Grid:
    grid = Grid(name, columns, formats=formats, title=title)
    grid.set_source(MemorySource.keyed(columns, list(rows.values()), list(rows)))
    return grid


def _tone(value: Any) -> str:
    return "danger" if value < 0 else "ok" if value > 0 else ""
