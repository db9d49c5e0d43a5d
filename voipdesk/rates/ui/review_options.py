"""What is decided about a sheet as a whole: what missing prefixes mean, from when it holds, and what notice that leaves."""

from collections.abc import Mapping
from datetime import date, datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QHBoxLayout, QRadioButton, QWidget

from voipdesk.kernel.ledger import PARTS
from voipdesk.kernel.text import tr, trn
from voipdesk.kit import theme
from voipdesk.kit.editors import DateEdit
from voipdesk.kit.names import named
from voipdesk.kit.page import label
from voipdesk.rates.queries.reviewing import Review
from voipdesk.rates.rules import Scope


class Options(QWidget):
    """`decided` with the decisions that a person has changed."""

    decided = Signal(object)

    def __init__(self, today: date) -> None:
        super().__init__()
        texts = {
            Scope.FULL: tr("full A–Z, close what is missing"),
            Scope.COUNTRY: tr("whole countries, close what is missing in them"),
            Scope.PARTIAL: tr("partial, keep what is missing"),
        }
        self.scopes = {
            scope: named(QRadioButton(text), f"scope.{scope}", text) for scope, text in texts.items()
        }
        self._group = QButtonGroup(self)
        for scope, radio in self.scopes.items():
            self._group.addButton(radio)
            radio.clicked.connect(lambda _=False, scope=scope: self.decided.emit({"scope": str(scope)}))
        self.of_file = named(QRadioButton(tr("from the file")), "effective.file", tr("Dates from the file"))
        self.one = named(QRadioButton(tr("all from")), "effective.one", tr("One date for all rows"))
        self._dates = QButtonGroup(self)
        for radio in (self.of_file, self.one):
            self._dates.addButton(radio)
            radio.clicked.connect(self._date_decided)
        self.day = named(DateEdit(day=today), "field.effective", tr("Effective, one date for all rows"))
        self.day.dateChanged.connect(self._day_changed)
        self.found = label(tone="muted")
        self.found.setObjectName("review.effective")
        self.notice = label()
        self.notice.setObjectName("review.notice")
        self._lay_out()

    def show_review(self, review: Review) -> None:
        """Show what is decided, and what follows for dates and notice."""
        chosen, zone = review.staged.decisions, review.staged.table.zone
        self.scopes[chosen.scope].setChecked(True)
        self._scope_row.setVisible(review.staged.is_sheet)
        self.of_file.setText(tr("from the file") if review.staged.is_sheet else tr("as edited"))
        given = chosen.effective
        (self.of_file if given is None else self.one).setChecked(True)
        self.day.setEnabled(given is not None)
        if given is not None:
            self.day.blockSignals(True)
            self.day.set_value(given.astimezone(zone).date() if isinstance(given, datetime) else given)
            self.day.blockSignals(False)
        self.found.setText(starts_text(review))
        self.notice.setText(notice_text(review))
        theme.set_tone(self.notice, "warning" if review.short_notice else "muted")

    def ask_one_date(self) -> None:
        """One date for all rows: the day that is set begins to hold, and the keyboard is at it."""
        self.one.setChecked(True)
        self._date_decided()
        self.day.setFocus()

    def _date_decided(self) -> None:
        self.day.setEnabled(self.one.isChecked())
        self.decided.emit({"effective": self.day.value() if self.one.isChecked() else None})

    def _day_changed(self) -> None:
        if self.one.isChecked():
            self.decided.emit({"effective": self.day.value()})

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.M)
        grid.setVerticalSpacing(theme.XS)
        self._scope_row = QWidget()
        scopes = QHBoxLayout(self._scope_row)
        dates = QHBoxLayout()
        for row, title in ((scopes, tr("Sheet is")), (dates, tr("Effective"))):
            row.setContentsMargins(0, 0, 0, 0)
            row.setSpacing(theme.M)
            caption = label(title, tone="muted")
            caption.setMinimumWidth(theme.ems(4))
            row.addWidget(caption)
        for radio in self.scopes.values():
            scopes.addWidget(radio)
        scopes.addStretch(1)
        for part in (self.of_file, self.found, self.one, self.day):
            dates.addWidget(part)
        dates.addStretch(1)
        dates.addWidget(self.notice)
        grid.addWidget(self._scope_row, 0, 0)
        grid.addLayout(dates, 1, 0)


def starts_text(review: Review) -> str:
    """When changes begin: one day, or how many days from which on."""
    zone = review.staged.table.zone
    if not review.starts:
        return "–"
    first = review.starts[0][0].astimezone(zone)
    clock = "" if (first.hour, first.minute) == (0, 0) else f" {first:%H:%M}"
    day = f"\u2066{first.date().isoformat()}{clock}\u2069"
    more = len(review.starts) - 1
    if not more:
        return tr("{day} {zone}").format(day=day, zone=zone.key.rpartition("/")[2].replace("_", " "))
    return tr("{day} and {count} later dates").format(day=day, count=more)


def notice_text(review: Review) -> str:
    """The shortest notice, and how many changes have less than was agreed."""
    if review.notice_days:
        agreed = max(review.notice_days.values())
        if "increase" in review.notice_days:
            agreed = review.notice_days["increase"]
        said = trn(
            "Changes with less than {count} day of notice",
            "Changes with less than {count} days' notice",
            agreed,
        )
        return f"{said}: {review.short_notice:,}"
    if review.least_notice_days is None:
        return ""
    days = review.least_notice_days
    return tr("Least notice of an increase: {days} days").format(days=days)


def ledger_text(ledger: Mapping[str, int], *, has_codes: bool = False) -> str:
    """Where every row of the file went; `has_codes`: rows of a sheet of dial codes are among those that are skipped."""
    skipped = tr("title, header, footer, dial codes") if has_codes else tr("title, header, footer")
    words = {
        "skipped": skipped, "blank": tr("blank"), "accepted": tr("accepted"),
        "duplicates": tr("duplicate"), "quarantined": tr("in quarantine"),
    }  # fmt: skip
    parts = [
        f"{ledger.get(name, 0):,} {words[name]}"
        for name in PARTS
        if ledger.get(name, 0) or name == "accepted"
    ]
    return tr("{rows} rows = {parts}").format(rows=f"{ledger.get('rows', 0):,}", parts=" + ".join(parts))
