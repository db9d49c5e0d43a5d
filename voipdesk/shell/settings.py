"""The page of settings: sections at the leading side, one line each below, and a box that finds a setting by its words."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from voipdesk.accounts.rules import Right, may
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.text import tr
from voipdesk.kit import icons, theme
from voipdesk.kit.desk import Desk
from voipdesk.kit.editors import FilterEdit
from voipdesk.kit.names import named
from voipdesk.kit.page import Page, framed
from voipdesk.kit.settings import SettingsPart
from voipdesk.kit.states import State, StatePane

if TYPE_CHECKING:
    from voipdesk.store.database import Database


@dataclass(frozen=True, slots=True)
class Part:
    """A section: its fixed English word, title, icon, the rights it needs, and where its `SettingsPart` lives."""

    name: str
    title: str
    icon: str
    rights: tuple[Right, ...]
    place: str

    @property
    def module(self) -> str:
        """Where its class lives."""
        return f"voipdesk.{self.place.partition(':')[0]}"

    def make(self, desk: "Desk[Database]") -> SettingsPart:
        """Build it; its room is imported only now."""
        part = getattr(import_module(self.module), self.place.partition(":")[2])(desk)
        assert isinstance(part, SettingsPart)
        if hasattr(part, "stands_on"):
            # Accounts look down only; what has amounts in the currency is known above them.
            from voipdesk.insight.queries_amounts import amounts_on

            part.stands_on = amounts_on
        return part


def _all() -> tuple[Part, ...]:
    right = Right
    return (
        Part("workspace", tr("Workspace"), "building", (right.SETTINGS,), "accounts.ui.settings:WorkspacePart"),
        Part("company", tr("Your company"), "invoices", (right.MANAGE_ACCOUNTS, right.INVOICE),
             "accounts.ui.settings_company:CompanyPart"),
        Part("guards", tr("Guard rails"), "stop", (right.SETTINGS, right.OVERRIDE_GUARDS),
             "rates.ui.settings_guards:GuardsPart"),
        Part("profiles", tr("Profiles and synonyms"), "import", (right.IMPORT_RATES, right.SEE_COSTS),
             "rates.ui.settings_profiles:ProfilesPart"),
        Part("look", tr("Look"), "eye", (), "shell.settings_look:LookPart"),
    )  # fmt: skip


def modules() -> list[str]:
    """The modules of all sections."""
    return [one.module for one in _all()]


def parts(actor: Actor) -> list[Part]:
    """The sections of this actor; what he may not change does not exist for him."""
    return [one for one in _all() if all(may(actor, right) for right in one.rights)]


class SettingsPage(Page):
    """`page.settings`: `settings.sections`, `settings.search`, and the chosen section beside them."""

    said = Signal(str, object)

    def __init__(self, desk: "Desk[Database]", within: QWidget | None = None) -> None:
        super().__init__("settings", tr("Settings"), within=within)
        self._desk = desk
        self._offered = {one.name: one for one in parts(desk.actor)}
        self._made: dict[str, SettingsPart] = {}
        self._words: Sequence[str] = ()
        self.search = named(FilterEdit(hint=tr("Find a setting")), "settings.search", tr("Find a setting"))
        self.search.filter_changed.connect(self._narrow)
        self.list = named(QListWidget(), "settings.sections", tr("Sections"))
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setIconSize(QSize(theme.ems(1.1), theme.ems(1.1)))
        self.list.currentItemChanged.connect(lambda _now, _before: self._show_chosen())
        self._stack = QStackedWidget()
        self._nothing = StatePane(self._stack, self._nothing_found())
        self._stack.addWidget(self._nothing)
        for one in self._offered.values():
            item = QListWidgetItem(icons.icon(one.icon, "muted"), one.title)
            item.setData(Qt.ItemDataRole.UserRole, one.name)
            item.setSizeHint(QSize(0, theme.ems(1.9)))
            self.list.addItem(item)
        self._lay_out()
        self.list.setCurrentRow(0)

    def show_part(self, name: str) -> SettingsPart:
        """Show a section; KeyError where the actor has none of that name."""
        self.search.clear()
        self._narrow("")
        row = list(self._offered).index(name) if name in self._offered else -1
        if row < 0:
            raise KeyError(name)
        self.list.setCurrentRow(row)
        return self._built(name)

    def find(self) -> None:  # type: ignore[override]  # Qt's own find is a static look-up by window id.
        """Ctrl+F: type what to look for."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def _built(self, name: str) -> SettingsPart:
        if name not in self._made:
            part = self._made[name] = self._offered[name].make(self._desk)
            part.kept.connect(self._tell)
            self._stack.addWidget(part)
        return self._made[name]

    def _narrow(self, text: str) -> None:
        """Only sections in which all words stand; their settings are marked."""
        self._words = text.casefold().split()
        fitting = [name for name in self._offered if not self._words or self._built(name).fits(self._words)]
        for row in range(self.list.count()):
            item = self.list.item(row)
            item.setHidden(item.data(Qt.ItemDataRole.UserRole) not in fitting)
        if fitting and self._chosen() not in fitting:
            self.list.setCurrentRow(list(self._offered).index(fitting[0]))
        self._show_chosen()

    def _show_chosen(self) -> None:
        name = self._chosen()
        item = self.list.currentItem()
        if item is None or item.isHidden():
            self._nothing.show_state(self._nothing_found())
            self._stack.setCurrentWidget(self._nothing)
            return
        part = self._built(name)
        self._stack.setCurrentWidget(part)
        part.point_at(self._words)

    def _chosen(self) -> str:
        item = self.list.currentItem()
        return "" if item is None else str(item.data(Qt.ItemDataRole.UserRole))

    def _tell(self, text: str, is_undoable: bool) -> None:
        """Say what is kept, with the way back where there is one."""
        from voipdesk.rates.ui.actions import undo

        desk = self._desk
        made = desk.db.undo_label(desk.actor)
        ways = {tr("Undo"): lambda: undo(desk, made, self.said.emit)} if is_undoable else None
        self.said.emit(text, ways)

    def _nothing_found(self) -> State:
        text = tr("No setting has these words in it.")
        return State("search", tr("Nothing found"), text, tr("Clear"), act=self.search.clear)

    def _lay_out(self) -> None:
        side = QWidget()
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.S)
        column.addWidget(self.search)
        column.addWidget(framed(self.list), 1)
        side.setFixedWidth(theme.ems(16))
        row = QHBoxLayout()
        row.setSpacing(theme.M)
        row.addWidget(side)
        row.addWidget(self._stack, 1)
        self.body.addLayout(row, 1)
