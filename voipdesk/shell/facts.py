"""What the frame of the window says of the workspace: its name and a draft in the title, currency and zone below."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from voipdesk.kit.desk import Desk

if TYPE_CHECKING:
    from voipdesk.accounts.rules import Workspace
    from voipdesk.shell.window import MainWindow
    from voipdesk.store.database import Database

DOT = "● "
SETTINGS = frozenset({"setting"})


class Facts(QObject):
    """Kept true while the workspace is open; `zone_changed` once its days begin at other times."""

    zone_changed = Signal()

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window
        self._desk: Desk[Database] | None = None

    def begin(self, desk: "Desk[Database]") -> "Workspace":
        """A workspace is open."""
        self._desk = desk
        desk.on_change(SETTINGS, self._changed)
        return self._show(desk)

    def show_dot(self, is_drafted: bool) -> None:
        """A dot before the title while the page in sight has edits that are not published."""
        bare = self._window.windowTitle().removeprefix(DOT)
        self._window.setWindowTitle(f"{DOT}{bare}" if is_drafted else bare)

    def _changed(self) -> None:
        desk = self._desk
        if desk is None or self._window.desk is not desk:
            return
        zone = self._show(desk).zone
        if zone != desk.zone:
            desk.zone = zone
            self.zone_changed.emit()

    def _show(self, desk: "Desk[Database]") -> "Workspace":
        from voipdesk.accounts.queries import workspace

        facts, window = workspace(desk.db), self._window
        dot = DOT if window.windowTitle().startswith(DOT) else ""
        window.setWindowTitle(f"{dot}{facts.name} · VoIPDesk")
        window.status.show_place(facts.currency, str(facts.zone))
        return facts
