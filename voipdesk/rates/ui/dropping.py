"""Files dropped on an open wizard: its first step reads one, the others go where they are found again."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QDropEvent

from voipdesk.kernel.text import tr
from voipdesk.kit.desk import Desk
from voipdesk.kit.wizard import Wizard
from voipdesk.rates.commands.intake import take_files
from voipdesk.rates.ui.step_file import FilePage, dropped
from voipdesk.store.database import Database


class Dropping(QObject):
    """Watches a wizard for drops on any of its steps, and says beside them what went to the queue."""

    def __init__(self, wizard: Wizard, desk: Desk[Database], file: FilePage) -> None:
        super().__init__(wizard)
        self._wizard, self._desk, self._file = wizard, desk, file
        file.others.connect(self._queue)
        wizard.setAcceptDrops(True)
        wizard.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take what no field of the wizard took."""
        kinds = {QEvent.Type.DragEnter, QEvent.Type.DragMove, QEvent.Type.Drop}
        if event.type() in kinds and isinstance(event, QDropEvent):
            paths = dropped(event.mimeData())
            if paths:
                event.acceptProposedAction()
                if event.type() == QEvent.Type.Drop:
                    self._take(paths)
                return True
        return bool(super().eventFilter(watched, event))

    def _take(self, paths: Sequence[Path]) -> None:
        if self._wizard.flow.current.name == "file":
            self._file.take_paths(paths)
        else:
            self._queue(paths)

    def _queue(self, paths: Sequence[Path]) -> None:
        names = ", ".join(path.name for path in paths)
        text = tr("{files}: into the queue of Imports.").format(files=f"\u2068{names}\u2069")
        aside = self._wizard.aside
        aside.setText(f"{aside.text()}\n{text}".strip())
        aside.show()
        self._desk.command(
            tr("Look at dropped files"), take_files, list(paths), refused=self._desk.ask.refuse
        )
