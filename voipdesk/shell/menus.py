"""The menu bar: every action of the program has its place here, with its key and its name."""

import sys
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from voipdesk import __version__
from voipdesk.kernel.text import tr
from voipdesk.kit import icons, theme
from voipdesk.kit.desk import Desk
from voipdesk.shell import looks
from voipdesk.shell.goto import Goal
from voipdesk.shell.sections import Section

if TYPE_CHECKING:
    from voipdesk.shell.window import MainWindow
    from voipdesk.store.database import Database

PAGE_ACTIONS = (
    "import_file",
    "export_file",
    "create_new",
    "find",
    "toggle_filters",
    "refresh",
    "print_document",
    "save_draft",
    "publish_draft",
    "bulk_edit",
    "replace_texts",
    "show_inspector",
)
"""Methods a page may have; their menu entries are enabled while such a page is in sight."""

Labels = tuple[str | None, str | None]
"""What undo and redo would do."""

_ROLES = {
    "about": QAction.MenuRole.AboutRole,
    "quit": QAction.MenuRole.QuitRole,
    "page.settings": QAction.MenuRole.PreferencesRole,
}


class Menus:
    """Builds the menus and keeps undo, redo and the page's own actions true."""

    def __init__(self, window: "MainWindow") -> None:
        self._window = window
        self._actions: dict[str, QAction] = {}
        self._journal: Labels = (None, None)
        """What undo and redo would do to the workspace, as far as it was read."""
        self._asked = self._told = 0
        bar = window.menuBar()
        self._file = bar.addMenu(tr("&File"))
        self._edit = bar.addMenu(tr("&Edit"))
        self._view = bar.addMenu(tr("&View"))
        self._pages = bar.addMenu(tr("&Go"))
        self._help = bar.addMenu(tr("&Help"))
        self._fill_file()
        self._fill_edit()
        self._fill_view()
        self._add(self._help, "about", tr("About VoIPDesk"), self._about)
        self.page_shown(None)

    def fill(self, desk: "Desk[Database]", sections: Sequence[Section]) -> None:
        """The pages of the actor, and undo that follows the journal."""
        self._pages.clear()
        self._add(self._pages, "goto", tr("Go to…"), self._window.go_to, key="Ctrl+K", icon="search")
        self._pages.addSeparator()
        for number, section in enumerate(sections, start=1):
            self._add(
                self._pages,
                f"page.{section.name}",
                section.title,
                partial(self._window.show_page, section.name),
                key=section.key or (f"Ctrl+{number}" if number < 10 else ""),
                icon=section.icon,
            )
        self._journal = (None, None)
        desk.changes.connect(lambda _: self._read_journal(desk))
        self._read_journal(desk)
        self.refresh_undo()

    def _read_journal(self, desk: "Desk[Database]") -> None:
        """Read beside the window what undo and redo would do; of two readings that cross the newer one counts."""
        self._asked += 1
        turn = self._asked

        def take(found: Labels) -> None:
            if turn > self._told:
                self._told, self._journal = turn, found
                self.refresh_undo()

        desk.jobs.look(
            tr("Read history"),
            lambda _: (desk.db.undo_label(desk.actor), desk.db.redo_label(desk.actor)),
            done=take,
        )

    def refresh_undo(self) -> None:
        """Name what undo and redo would do, as it is known."""
        undo, redo = self._drafted() or self._journal
        for name, plain, label in (("undo", tr("Undo"), undo or None), ("redo", tr("Redo"), redo or None)):
            action = self._actions[name]
            action.setEnabled(label is not None)
            action.setText(f"{plain}: {label}" if label else plain)

    def page_shown(self, page: QWidget | None) -> None:
        """Enable what this page offers."""
        for name in PAGE_ACTIONS:
            self._actions[name].setEnabled(page is not None and hasattr(page, name))
        self.refresh_undo()

    def _drafted(self) -> tuple[str, str] | None:
        """What undo and redo would do to the draft of the page in sight; None: the journal is asked."""
        page = self._window.page
        names: tuple[str, str] | None = getattr(page, "undo_names", lambda: None)()
        return names

    def theme_changed(self) -> None:
        """Keep the mark of the dark theme true."""
        self._actions["dark"].setChecked(theme.is_dark())

    def sidebar_narrowed(self, narrow: bool) -> None:
        """Keep the mark of the narrow sidebar true."""
        self._actions["narrow"].setChecked(narrow)

    def goals(self, show_page: Callable[[str], object]) -> list[Goal]:
        """Everything the menus hold, for the box that finds it."""
        goals = []
        for name, action in self._actions.items():
            if action.isEnabled() and name != "goto":
                keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
                icon = action.property("icon_name") or "chevron-right"
                goals.append(Goal(action.text().replace("&", ""), keys, str(icon), action.trigger))
        return goals

    def _fill_file(self) -> None:
        self._add(
            self._file,
            "import_file",
            tr("Import…"),
            self._on_page("import_file"),
            key="Ctrl+Shift+I",
            icon="import",
        )
        self._add(
            self._file,
            "export_file",
            tr("Export…"),
            self._on_page("export_file"),
            key="Ctrl+E",
            icon="export",
        )
        self._add(
            self._file,
            "print_document",
            tr("Print…"),
            self._on_page("print_document"),
            key="Ctrl+P",
            icon="print",
        )
        self._file.addSeparator()
        save, publish = self._on_page("save_draft"), self._on_page("publish_draft")
        self._add(self._file, "save_draft", tr("Save"), save, key="Ctrl+S", icon="check")
        self._add(
            self._file,
            "publish_draft",
            tr("Publish draft…"),
            publish,
            key="Ctrl+Shift+Return",
            icon="publish",
        )
        self._file.addSeparator()
        self._add(self._file, "quit", tr("Quit"), self._window.close, key="Ctrl+Q")

    def _fill_edit(self) -> None:
        redo = "Shift+Ctrl+Z" if sys.platform == "darwin" else "Ctrl+Y"
        self._add(self._edit, "undo", tr("Undo"), self._replay("undo"), key="Ctrl+Z", icon="undo")
        self._add(self._edit, "redo", tr("Redo"), self._replay("redo"), key=redo, icon="redo")
        self._edit.addSeparator()
        self._add(
            self._edit, "create_new", tr("New…"), self._on_page("create_new"), key="Ctrl+N", icon="plus"
        )
        bulk = self._on_page("bulk_edit")
        self._add(self._edit, "bulk_edit", tr("Bulk edit…"), bulk, key="Ctrl+B", icon="calculator")
        self._add(self._edit, "find", tr("Find"), self._on_page("find"), key="Ctrl+F", icon="search")

        replace = self._on_page("replace_texts")
        self._add(self._edit, "replace_texts", tr("Find and replace"), replace, key="Ctrl+H", icon="same")

    def _fill_view(self) -> None:
        inspect = self._on_page("show_inspector")
        self._add(self._view, "show_inspector", tr("Inspector"), inspect, key="Ctrl+I", icon="info")
        filters = self._on_page("toggle_filters")
        self._add(self._view, "toggle_filters", tr("Filter row"), filters, key="Ctrl+Shift+L", icon="filter")
        self._add(self._view, "refresh", tr("Refresh"), self._on_page("refresh"), key="F5", icon="refresh")
        self._view.addSeparator()
        dark = self._add(self._view, "dark", tr("Dark theme"), self._switch_theme, icon="moon")
        dark.setCheckable(True)
        dark.setIconVisibleInMenu(False)  # An icon would stand where the tick belongs.
        dark.setChecked(theme.is_dark())
        narrow = self._add(
            self._view,
            "narrow",
            tr("Sidebar with icons only"),
            lambda: self._window.narrow_sidebar(narrow.isChecked()),
            key="Ctrl+Shift+B",
            icon="fold",
        )
        narrow.setCheckable(True)
        narrow.setIconVisibleInMenu(False)
        self._add(self._view, "jobs", tr("Jobs"), self._window.status.jobs_wanted.emit, icon="jobs")

    def _add(
        self,
        menu: QMenu,
        name: str,
        text: str,
        do: Callable[[], object],
        *,
        key: str = "",
        icon: str = "",
    ) -> QAction:
        action = QAction(text, self._window)
        action.setObjectName(f"action.{name}")
        action.setMenuRole(_ROLES.get(name, QAction.MenuRole.NoRole))
        if key:
            action.setShortcut(QKeySequence(key))
        if icon:
            action.setIcon(icons.icon(icon))
            action.setIconVisibleInMenu(sys.platform != "darwin")
            action.setProperty("icon_name", icon)
        action.triggered.connect(lambda: self._window.attempt(do))
        menu.addAction(action)
        self._actions[name] = action
        return action

    def _on_page(self, method: str) -> Callable[[], None]:
        def do() -> None:
            page = self._window.page
            if page is not None and hasattr(page, method):
                getattr(page, method)()

        return do

    def _replay(self, kind: str) -> Callable[[], None]:
        """Undo or redo runs where all writing runs, and says what it did."""

        def do() -> None:
            desk, page = self._window.desk, self._window.page
            if desk is None:
                return
            if page is not None and self._drafted() and hasattr(page, "undo_step"):
                page.undo_step(back=kind == "undo")
                return
            replay = desk.db.undo if kind == "undo" else desk.db.redo
            said = tr("Undone: {label}") if kind == "undo" else tr("Done again: {label}")
            title = tr("Undo") if kind == "undo" else tr("Redo")
            desk.jobs.write(
                title,
                lambda progress: replay(desk.actor),
                done=lambda changes: self._window.say(said.format(label=changes.label)),
                refused=desk.ask.refuse,
            )

        return do

    def _switch_theme(self) -> None:
        looks.choose_theme("light" if theme.is_dark() else "dark")

    def _about(self) -> None:
        desk = self._window.desk
        if desk is not None:
            text = tr(
                "VoIPDesk {version}: rates, tariffs, calls and invoices of a small VoIP reseller, in one file."
            )
            desk.ask.tell(text.format(version=__version__), title=tr("About VoIPDesk"))
