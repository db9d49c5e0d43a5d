"""The inspector (Ctrl+I): all about the prefix of the current row, beside the grid; never the only place of anything."""

from decimal import Decimal
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFormLayout, QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from voipdesk.kernel.money import from_scaled, price_text
from voipdesk.kernel.text import tr, trn
from voipdesk.kit import theme
from voipdesk.kit.desk import Desk
from voipdesk.kit.names import named
from voipdesk.kit.page import label
from voipdesk.rates import queries
from voipdesk.rates.queries.origins import Origin, origin
from voipdesk.rates.ui.columns import state_looks
from voipdesk.store.database import Database

if TYPE_CHECKING:
    from voipdesk.rates.ui.source import RateSource

_MILLISECONDS = 120
_MOST_PAST = 12


class Inspector(QScrollArea):
    """`panel.inspector`; hidden until it is asked for. Follows the current row a moment later."""

    def __init__(self, desk: Desk[Database]) -> None:
        super().__init__()
        named(self, "panel.inspector", tr("Inspector"))
        self._desk = desk
        self.source: RateSource | None = None
        self._key = ""
        self._turn = 0
        self._later = QTimer(self, singleShot=True, interval=_MILLISECONDS)
        self._later.timeout.connect(self._read)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumWidth(theme.ems(13))
        self.hide()

    def toggle(self) -> None:
        """Show or hide it."""
        self.setVisible(self.isHidden())

    def showEvent(self, event: QShowEvent) -> None:
        """Out of sight nothing was read."""
        super().showEvent(event)
        self._later.start()

    def look_at(self, key: object) -> None:
        """The current row is another one."""
        self._key = str(key or "")
        if not self.isHidden():
            self._later.start()

    def look_again(self) -> None:
        """More is known of the current row."""
        self._later.start()

    def _read(self) -> None:
        source, desk = self.source, self._desk
        prefix, _, band = self._key.partition(" ")
        if not self.isVisible() or source is None or not prefix:
            return
        self._turn += 1
        turn, at = self._turn, source.moment

        def show(found: Origin) -> None:
            if turn == self._turn:
                self.show_origin(found, source)

        desk.jobs.read(
            tr("Look at a prefix"),
            lambda _: origin(desk.db, desk.actor, source.table.id, prefix, at=at, band=band),
            done=show,
            refused=desk.ask.refuse,
            quiet=True,
        )

    def show_origin(self, found: Origin, source: "RateSource") -> None:
        """Terms, what comes next, what was said before, and where it stands in the file."""
        inner = QWidget()
        box = QVBoxLayout(inner)
        box.setContentsMargins(theme.M, theme.M, theme.M, theme.M)
        box.setSpacing(theme.S)
        title = label(f"{found.prefix} {found.band}".strip(), size=1.25, bold=True)
        title.setObjectName("inspector.prefix")
        box.addWidget(title)
        row = found.row
        if row is None:
            box.addWidget(
                label(tr("No rate counts for it; it may be new in the draft."), tone="muted", wrap=True)
            )
        else:
            box.addWidget(label(row.destination, wrap=True))
            box.addLayout(_terms(row, source))
            _add_sold(box, found.prefix, source, row.price)
        if found.file_name:
            where = ", ".join(filter(None, (found.file_name, found.sheet)))
            said = tr("{file}, row {row}").format(file=where, row=found.file_row or "–")
            box.addWidget(_named(tr("Source: {what}").format(what=said), "inspector.source"))
        elif found.past:
            box.addWidget(_named(tr("Source: {what}").format(what=tr("an edit")), "inspector.source"))
        if found.past:
            count = len(found.past)
            box.addWidget(label(trn("History ({count})", "History ({count})", count), bold=True))
            for past in found.past[:_MOST_PAST]:
                box.addWidget(_past(past, source))
        box.addStretch(1)
        self.setWidget(inner)


def _terms(row: queries.GridRow, source: "RateSource") -> QFormLayout:
    form = QFormLayout()
    form.setHorizontalSpacing(theme.M)
    form.setVerticalSpacing(theme.XS)
    zone, looks = source.table.zone, state_looks()
    told = [
        (tr("Rate"), price_text(row.price)), (tr("Interval"), row.interval),
        (tr("Connect fee"), price_text(row.connect_fee)),
        (tr("From"), row.effective_from.astimezone(zone).date().isoformat()),
        (tr("State"), looks[str(row.state)].text if str(row.state) in looks else str(row.state)),
    ]  # fmt: skip
    if row.effective_until is not None:
        told.append((tr("Until"), row.effective_until.astimezone(zone).date().isoformat()))
    if row.scheduled_from is not None:
        day = row.scheduled_from.astimezone(zone).date().isoformat()
        price = "–" if row.scheduled_price is None else price_text(row.scheduled_price)
        told += [(tr("Next rate"), price), (tr("Next from"), day)]
    changed = source.book.overlay.cell("price", row.id) if source.book is not None else None
    if changed is not None and source.book is not None:
        said = source.reading.said("price", changed[1], source.book.texts.__getitem__)
        told.append((tr("In the draft"), said))
    for title, text in told:
        form.addRow(label(title, tone="muted"), label(f"\u2066{text}\u2069"))
    return form


def _add_sold(box: QVBoxLayout, prefix: str, source: "RateSource", cost: Decimal) -> None:
    """Who sells it at what, and how much was talked; nothing where nobody above was asked."""
    known = source.beside.known
    minutes = None if known is None else known.minutes_of(prefix)
    if known is None or minutes is None:
        return
    box.addWidget(_named(tr("Minutes in 30 days: {count}").format(count=f"{minutes:,}"), "inspector.minutes"))
    for plan, price in known.offers_of(prefix):
        sold = from_scaled(price)
        said = tr("Sold in {plan}: {price}").format(plan=plan, price=f"\u2066{price_text(sold)}\u2069")
        line = _named(said, "inspector.sold")
        if sold < cost:
            line.setText(f"{said}  ▼ {tr('loss')}")
            theme.set_tone(line, "danger")
        box.addWidget(line)


def _past(past: queries.Past, source: "RateSource") -> QLabel:
    one = past.assertion
    day = one.effective_from.astimezone(source.table.zone).date().isoformat()
    price = price_text(one.terms.price) if str(one.state) == "open" else str(one.state)
    said = f"\u2066{day}\u2069  \u2066{price}\u2069"
    if past.version.state != "published":
        said += "  " + tr("(taken back)")
    return label(said, tone="muted")


def _named(text: str, name: str) -> QLabel:
    made = label(text, tone="muted", wrap=True)
    made.setObjectName(name)
    return made
