"""A folder that is watched for files: each is told once, when it is complete. Nothing is moved."""

import time
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal

MILLISECONDS = 1_000
"""Between two looks at files that may still grow."""

_PARTIAL = (".part", ".partial", ".crdownload", ".download", ".tmp", ".filepart", ".lock")
_TAKEN = frozenset(
    {".csv", ".txt", ".tsv", ".xls", ".xlsx", ".xlsb", ".ods", ".zip", ".htm", ".html", ".xml"}
)

Stamp = tuple[int, int]


class FolderWatch(QObject):
    """`complete(paths)` for files whose size and time did not change between two looks; the first look tells nothing."""

    complete = Signal(object)

    def __init__(self, parent: QObject | None = None, *, milliseconds: int = MILLISECONDS) -> None:
        super().__init__(parent)
        self.folder: Path | None = None
        self._seen: dict[Path, Stamp] = {}
        self._told: dict[Path, Stamp] = {}
        self._watcher = QFileSystemWatcher(self)
        self._watcher.directoryChanged.connect(lambda _: self.look())
        self._timer = QTimer(self, interval=milliseconds)
        self._timer.timeout.connect(self.look)

    def watch(self, folder: Path | None) -> None:
        """Watch this folder, or none; a folder that is gone is waited for."""
        if self._watcher.directories():
            self._watcher.removePaths(self._watcher.directories())
        self.folder, self._seen, self._told = folder, {}, {}
        if folder is None:
            self._timer.stop()
            return
        if folder.is_dir():
            self._watcher.addPath(str(folder))
        self._timer.start()

    def look(self) -> None:
        """Tell what is complete now. Shares of a network give no notice, so the timer looks as well."""
        found = self._stamps()
        settled = [
            path
            for path, stamp in found.items()
            if self._seen.get(path) == stamp and self._told.get(path) != stamp
        ]
        self._seen = found
        if settled:
            ready = sorted(path for path in settled if _is_free(path))
            self._told |= {path: found[path] for path in ready}
            if ready:
                self.complete.emit(ready)

    def _stamps(self) -> dict[Path, Stamp]:
        """Size and time of every file that may be a sheet; one just written to is looked at again."""
        found: dict[Path, Stamp] = {}
        if self.folder is None:
            return found
        try:
            for path in self.folder.iterdir():
                if not is_sheet_name(path.name) or not path.is_file():
                    continue
                facts = path.stat()
                found[path] = (facts.st_size, facts.st_mtime_ns)
        except OSError:
            return self._seen  # The folder is away for a moment; what was known stays known.
        return found


def is_sheet_name(name: str) -> bool:
    """Whether a name may be that of a finished sheet: no partial download, no lock of an office program, not hidden."""
    low = name.lower()
    if low.startswith(("~$", ".", ".~lock")) or low.endswith(_PARTIAL):
        return False
    return Path(low).suffix in _TAKEN


def _is_free(path: Path) -> bool:
    """Whether nobody holds the file against reading (Windows); an unreadable one is told later with its reason."""
    try:
        with path.open("rb"):
            return True
    except PermissionError:
        return time.time() - path.stat().st_mtime > 60
    except OSError:
        return False
