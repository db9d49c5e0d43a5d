"""Files on their way into the window: dropped anywhere, or found in the watched folder; the page of imports takes them."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QDropEvent

from voipdesk.accounts.rules import Right
from voipdesk.kernel.text import tr
from voipdesk.shell import places
from voipdesk.shell.watching import FolderWatch

if TYPE_CHECKING:
    from voipdesk.shell.window import MainWindow

PAGE = "imports"
TABLES = frozenset({"waiting_file", "rate_import"})
MILLISECONDS = 400
"""After a workspace was opened, so that its first page does not wait."""
_REMEMBERED = "watched"


class Intake(QObject):
    """Watches the window for drops and the folder of this computer; opens nothing by itself that was not dropped."""

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window
        self.watch = FolderWatch(self)
        self.watch.complete.connect(lambda paths: self._take(paths, via="watch"))
        self._timer = QTimer(self, singleShot=True, interval=MILLISECONDS)
        self._timer.timeout.connect(self._start)
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def begin(self) -> None:
        """A workspace is open: go on watching and count what waits, once the first page had its turn."""
        self._timer.start()

    def end(self) -> None:
        """The workspace closes."""
        self._timer.stop()
        self.watch.watch(None)

    def wire(self, page: Any) -> None:
        """The page of imports was built."""
        page.calls_wanted.connect(self._open_calls)
        page.folder_chosen.connect(self.choose_folder)
        page.show_folder(self.watch.folder or remembered())

    def choose_folder(self, folder: Path | None) -> None:
        """Watch another folder, or none; kept on this computer, not in the workspace."""
        places.remember(**{_REMEMBERED: "" if folder is None else str(folder)})
        self._watch(folder)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take drops that no page took."""
        kinds = {QEvent.Type.DragEnter, QEvent.Type.DragMove, QEvent.Type.Drop}
        if event.type() in kinds and self._may_take and isinstance(event, QDropEvent):
            paths = dropped(event)
            if paths:
                event.acceptProposedAction()
                if event.type() == QEvent.Type.Drop:
                    self._take(paths)
                return True
        return bool(super().eventFilter(watched, event))

    @property
    def _may_take(self) -> bool:
        desk = self._window.desk
        return desk is not None and Right.IMPORT_RATES in desk.actor.rights

    def _start(self) -> None:
        desk = self._window.desk
        if desk is None or not self._may_take:
            return
        desk.on_change(TABLES, self._count)
        self._count()
        self.watch.watch(remembered())

    def _count(self) -> None:
        desk = self._window.desk
        if desk is None:
            return
        from voipdesk.rates.queries.intake import waiting_count

        desk.jobs.read(
            tr("Count waiting files"),
            lambda _: waiting_count(desk.db, desk.actor),
            done=lambda count: self._window.show_count(PAGE, count),
            quiet=True,
        )

    def _take(self, paths: Sequence[Path], via: str = "drop") -> None:
        page: Any = self._window.show_page(PAGE) if via == "drop" else self._window.page_of(PAGE)
        if page is not None and self._may_take:
            page.take(paths, via=via)

    def _watch(self, folder: Path | None) -> None:
        self.watch.watch(folder)
        page: Any = self._window.page_of(PAGE)
        if page is not None:
            page.show_folder(folder)

    def _open_calls(self, path: Path) -> None:
        page = self._window.show_page("calls")
        if page is not None and hasattr(page, "import_file"):
            page.import_file(path)


def dropped(event: QDropEvent) -> list[Path]:
    """The files of a drop, in its order."""
    return [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]


def remembered() -> Path | None:
    """The folder that is watched on this computer."""
    known = places.remembered().get(_REMEMBERED)
    return Path(known) if isinstance(known, str) and known else None
