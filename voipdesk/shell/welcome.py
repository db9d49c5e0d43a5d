"""The first five minutes: start, look around, open, restore; no account on any server is needed."""

from datetime import datetime
from pathlib import Path
from typing import TypedDict
from zoneinfo import available_timezones

from PySide6.QtCore import QLocale, Qt, QTimeZone
from PySide6.QtWidgets import QCompleter, QDialog, QLabel, QLineEdit, QPushButton, QVBoxLayout

from voipdesk.accounts.commands import check_workspace, start_workspace
from voipdesk.kernel.problems import VoipDeskError
from voipdesk.kernel.text import tr
from voipdesk.kit import theme
from voipdesk.kit.ask import QtAsk
from voipdesk.kit.form import FormDialog
from voipdesk.kit.names import named
from voipdesk.shell import opening, places
from voipdesk.shell.window import MainWindow
from voipdesk.store.backup import restore

KINDS = [(tr("VoIPDesk workspace"), "*.vdesk")]


class NewValues(TypedDict):
    """What a workspace begins with."""

    company: str
    currency: str
    zone: str


class Welcome(QDialog):
    """Leads to an open workspace; every refusal is told and the dialog stays."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        named(self, "wizard.first", tr("Welcome to VoIPDesk"))
        self.setWindowTitle(tr("Welcome to VoIPDesk"))
        self._window = window
        self._ask = QtAsk(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.XL, theme.XL, theme.XL, theme.XL)
        column.setSpacing(theme.M)
        title = QLabel(tr("Welcome to VoIPDesk"))
        title.setFont(theme.scaled_font(1.6, bold=True))
        column.addWidget(title)
        about = QLabel(tr("Works without internet. Your data stays in one file on this computer."))
        about.setProperty("tone", "muted")
        column.addWidget(about)
        column.addSpacing(theme.S)
        for name, text, hint, do in (
            (
                "btn.new",
                tr("Start a new workspace"),
                tr("Company, currency, time zone: three fields"),
                self._new,
            ),
            ("btn.sample", tr("Look around with sample data"), tr("Opens in its own file"), self._sample),
            ("btn.open", tr("Open a workspace…"), "", self._open),
            (
                "btn.restore",
                tr("Restore a backup…"),
                tr("Into a new file; nothing is overwritten"),
                self._restore,
            ),
        ):
            button = named(QPushButton(text), name, text, hint)
            button.setToolTip(hint)
            if name == "btn.new":
                button.setProperty("look", "primary")
            button.clicked.connect(do)
            column.addWidget(button)
        self.setMinimumWidth(theme.ems(28))

    def _new(self) -> None:
        form = NewWorkspace(self)
        if form.exec() != QDialog.DialogCode.Accepted:
            return
        path = self._ask.save_file(tr("New workspace"), KINDS, name=f"{form.company.text().strip()}.vdesk")
        if path is None:
            return
        try:
            start_workspace(path, **form.values()).close()
        except VoipDeskError as refused:
            self._ask.refuse(refused)
            return
        self._go(path)

    def _sample(self) -> None:
        try:
            path = opening.sample_file()
        except VoipDeskError as refused:
            self._ask.refuse(refused)
            return
        self._go(path)

    def _open(self) -> None:
        for path in self._ask.open_files(tr("Open a workspace"), KINDS):
            self._go(path)

    def _restore(self) -> None:
        for backup in self._ask.open_files(tr("Restore a backup"), KINDS):
            target = self._ask.save_file(tr("Restore into"), KINDS, name=f"{backup.stem} restored.vdesk")
            if target is None:
                return
            try:
                restore(backup, target)
            except VoipDeskError as refused:
                self._ask.refuse(refused)
                return
            self._go(target)

    def _go(self, path: Path) -> None:
        try:
            opening.open_in(self._window, path)
        except VoipDeskError as refused:
            self._ask.refuse(refused)
            return
        places.opened(path)
        self.accept()


class NewWorkspace(FormDialog):
    """Three fields; the defaults come from the system. What cannot be is told before a file is asked for."""

    def __init__(self, parent: QDialog) -> None:
        self.company = named(QLineEdit(), "field.company", tr("Company"))
        self.currency = named(QLineEdit(_system_currency()), "field.currency", tr("Currency"))
        self.zone = named(QLineEdit(_system_zone()), "field.zone", tr("Time zone"))
        names = QCompleter(sorted(available_timezones()), self.zone)
        names.setFilterMode(Qt.MatchFlag.MatchContains)
        names.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.zone.setCompleter(names)
        fields = [(one.accessibleName(), one) for one in (self.company, self.currency, self.zone)]
        super().__init__(
            parent, tr("Start a new workspace"), fields=fields, verb=tr("Start"), problem=self._wrong
        )

    def values(self) -> NewValues:
        """What `start_workspace` takes beside the file."""
        return {
            "company": self.company.text(),
            "currency": self.currency.text().strip().upper(),
            "zone": self.zone.text().strip(),
        }

    def _wrong(self) -> str:
        try:
            check_workspace(**self.values())
        except VoipDeskError as refused:
            return str(refused)
        return ""


def _system_currency() -> str:
    return QLocale.system().currencySymbol(QLocale.CurrencySymbolFormat.CurrencyIsoCode) or "USD"


def _system_zone() -> str:
    name = bytes(QTimeZone.systemTimeZoneId().data()).decode()
    return name if "/" in name else (datetime.now().astimezone().tzname() or "UTC")
