"""Home: what needs somebody first, then how business is."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from voipdesk.calls.queries import Total
from voipdesk.insight.queries import Attention, Home, Step, home
from voipdesk.insight.queries_ahead import attention_ahead
from voipdesk.insight.rules import percent
from voipdesk.kernel.text import tr
from voipdesk.kit import icons, theme
from voipdesk.kit.desk import Desk
from voipdesk.kit.grid import Column, Grid, Kind, MemorySource
from voipdesk.kit.names import named
from voipdesk.kit.page import Card, CardRow, Page, button, framed, label
from voipdesk.kit.states import State
from voipdesk.store.database import Database

PERIODS = (7, 30, 90)

AHEAD = frozenset({"rate_version", "rate_table", "plan", "plan_rule", "assignment", "account"})
"""What decides whether something will be sold below cost."""


def _margin_tone(value: Decimal | None) -> str:
    return "danger" if value is not None and value < 0 else ""


def group_columns(first: str, *, with_cost: bool) -> list[Column]:
    """Columns of a table of groups; cost and margin only where they may be seen."""
    found = [
        Column("label", first, width=16),
        Column("minutes", tr("Minutes"), Kind.INT, width=8),
        Column("revenue", tr("Revenue"), Kind.AMOUNT, width=9),
    ]
    if with_cost:
        found += [
            Column("margin", tr("Margin"), Kind.AMOUNT, width=8, tone=_margin_tone),
            Column(
                "share", tr("%"), Kind.PERCENT, width=7, tone=_margin_tone, tooltip=tr("Margin over revenue")
            ),
        ]
    return found


def group_row(one: Total, *, with_cost: bool) -> tuple[object, ...]:
    """A row of such a table."""
    row: tuple[object, ...] = (one.label or tr("Unknown"), one.talk_seconds // 60, one.revenue)
    if with_cost:
        share = None if one.margin is None else percent(one.margin, one.revenue)
        row += (one.margin, share)
    return row


class HomePage(Page):
    """Attention list, figures, two tables."""

    wanted = Signal(str)
    led = Signal(str, object)
    """Another page is wanted, and what it is to show."""
    waiting = Signal(str, int)

    def __init__(self, desk: Desk[Database], within: QWidget | None = None) -> None:
        self._period = named(QComboBox(), "home.period", tr("Period"))
        for days in PERIODS:
            self._period.addItem(tr("Last {days} days").format(days=days), days)
        self._period.setCurrentIndex(1)
        super().__init__("home", tr("Home"), actions=[self._period], within=within)
        self._desk = desk
        self._attention = _AttentionList(self._go_to)
        self._ahead: tuple[Attention, ...] = ()
        self._found: Home | None = None
        self._steps = _Steps(self.wanted.emit)
        self._cards: CardRow | None = None
        self._figures = QVBoxLayout()
        self._tables = QHBoxLayout()
        self._tables.setSpacing(theme.M)
        content = QWidget()
        box = QVBoxLayout(content)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(self.body.spacing())
        for part in (self._steps, self._attention):
            box.addWidget(part)
        box.addLayout(self._figures)
        box.addLayout(self._tables, 1)
        box.addStretch()
        self.body.addWidget(_scrolled(content))
        self._grids: dict[str, Grid] = {}
        self._frames: dict[str, QFrame] = {}
        self._period.currentIndexChanged.connect(self.refresh)
        desk.on_change(
            frozenset({"rating_run", "call_import", "rate_version", "plan", "account", "assignment"}),
            self.refresh,
        )
        desk.on_change(AHEAD, self.look_ahead)
        self.look_ahead()
        self.refresh()

    def refresh(self) -> None:
        """Read everything again, beside the window."""
        until = self._desk.clock.now()
        since = until - timedelta(days=self._period.currentData())
        self._desk.read(tr("Read figures"), lambda db, actor: home(db, actor, since, until), self._show)

    def look_ahead(self) -> None:
        """Find what will be sold below cost, beside the window; it takes longer than the figures."""
        self._desk.read(tr("Look ahead"), attention_ahead, self._show_ahead)

    def _show_ahead(self, found: list[Attention]) -> None:
        self._ahead = tuple(found)
        self._show_attention()

    def _show_attention(self) -> None:
        """What will be lost comes before what waits."""
        if self._found is not None:
            items = (*self._ahead, *self._found.attention)
            self._attention.show_items(items, has_calls=self._found.has_calls)

    def _go_to(self, item: Attention) -> None:
        """The rows behind a line."""
        if item.losses:
            self.led.emit(item.page, item.losses)
        else:
            self.wanted.emit(item.page)

    def _show(self, found: Home) -> None:
        self._found = found
        self._show_attention()
        self._steps.show_steps(found.steps)
        if not found.has_calls and not self._grids:
            self.waiting.emit("problems", 0)
            return
        self._show_figures(found)
        self._show_tables()
        self.waiting.emit("problems", sum(one.count for one in found.attention if one.page == "problems"))

    def _show_figures(self, found: Home) -> None:
        if self._cards is None:
            self._cards = CardRow([Card(one.name, one.title) for one in found.figures])
            self._figures.addWidget(self._cards)
        for card, figure in zip(self._cards.cards, found.figures, strict=False):
            card.show_value(figure.text or "–", bare="" if figure.value is None else str(figure.value))
            card.setToolTip(figure.meaning)
            theme.set_tone(card.value, figure.tone)

    def _show_tables(self) -> None:
        """What sold, and to whom. Each table is built in a turn of its own; they come into sight together."""
        found = self._found
        assert found is not None
        with_cost = any(one.name == "margin" for one in found.figures)
        tables = (
            ("destinations", tr("Destination"), found.destinations),
            ("customers", tr("Customer"), found.customers),
        )
        missing = next((one for one in tables if one[0] not in self._grids), None)
        if missing is not None:
            self._build_table(missing[0], missing[1], with_cost=with_cost)
            QTimer.singleShot(0, self, self._show_tables)
            return
        for name, first, groups in tables:
            grid = self._grids[name]
            columns = group_columns(first, with_cost=with_cost)
            rows = [group_row(one, with_cost=with_cost) for one in groups]
            grid.set_source(MemorySource.keyed(columns, rows, [one.key for one in groups]))
            self._frames[name].show()

    def _build_table(self, name: str, first: str, *, with_cost: bool) -> None:
        """Out of sight."""
        grid = Grid(name, group_columns(first, with_cost=with_cost), title=first)
        grid.empty = State("calls", tr("No calls in this period"), tr("Import a call file from your switch."))
        grid.view.verticalHeader().hide()  # numbers of rows say nothing in a short ranking
        self._grids[name] = grid
        frame = self._frames[name] = framed(grid)
        frame.hide()
        self._tables.addWidget(frame, 1)


class _AttentionList(QFrame):
    """What waits, the gravest first; each line leads to its rows."""

    def __init__(self, go: Callable[[Attention], object]) -> None:
        super().__init__()
        named(self, "home.attention", tr("Needs attention"))
        self.setProperty("role", "card")
        self._go = go
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(theme.L, theme.M, theme.M, theme.M)
        self._box.setSpacing(theme.XS)

    def show_items(self, items: tuple[Attention, ...], *, has_calls: bool) -> None:
        """Show these, or that nothing waits."""
        _clear(self._box)
        self._box.addWidget(label(tr("Needs attention"), tone="muted", bold=True))
        self.setVisible(has_calls or bool(items))
        if not items:
            self._box.addLayout(_line("ok", "ok", tr("Nothing waits for you."), None))
        for item in items:
            icon = "stop" if item.tone == "danger" else "warning"
            link = button(item.verb, f"attention.{item.page}", look="link", act=partial(self._go, item))
            self._box.addLayout(_line(icon, item.tone, item.text, link))


class _Steps(QFrame):
    """The first four steps of a new workspace; gone when all are done."""

    def __init__(self, go: object) -> None:
        super().__init__()
        named(self, "home.steps", tr("First steps"))
        self.setProperty("role", "card")
        self._go = go
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(theme.L, theme.M, theme.M, theme.M)
        self.hide()

    def show_steps(self, steps: tuple[Step, ...]) -> None:
        """Show what is still to do."""
        _clear(self._box)
        self.setVisible(bool(steps) and not all(step.is_done for step in steps))
        self._box.addWidget(label(tr("First steps"), tone="muted", bold=True))
        for number, step in enumerate(steps, start=1):
            link = None
            if not step.is_done:
                link = button(
                    tr("Go there"),
                    f"step.{step.page}",
                    look="link",
                    act=partial(self._emit, step.page),
                )
            icon, tone = ("ok", "ok") if step.is_done else ("dot", "muted")
            self._box.addLayout(_line(icon, tone, f"{number}  {step.title}", link))

    def _emit(self, page: str) -> None:
        if callable(self._go):
            self._go(page)


def _scrolled(content: QWidget) -> QScrollArea:
    """What may be higher than the screen: a month with many kinds of problems, 150 %."""
    area = named(QScrollArea(), "home.scroll", tr("Home"))
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(content)
    content.setAutoFillBackground(False)
    area.viewport().setAutoFillBackground(False)
    return area


def _line(icon: str, tone: str, text: str, link: QWidget | None) -> QHBoxLayout:
    mark = QLabel()
    mark.setPixmap(icons.pixmap(icon, theme.ems(1.05), tone, 2.0))
    row = QHBoxLayout()
    row.setSpacing(theme.S)
    row.addStrut(theme.ems(1.8))
    row.addWidget(mark)
    row.addWidget(label(text), 1)
    if link is not None:
        row.addWidget(link)
    return row


def _clear(box: QVBoxLayout) -> None:
    """Take everything out of a layout, inner layouts too."""
    while (item := box.takeAt(0)) is not None:
        inner = item.layout()
        if isinstance(inner, QHBoxLayout):
            while (part := inner.takeAt(0)) is not None:
                widget = part.widget()
                if widget is not None:
                    widget.deleteLater()
        widget = item.widget()
        if widget is not None:
            widget.deleteLater()
