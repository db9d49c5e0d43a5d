"""Dialogs that choose files and folders: the system's, or Qt's, which then opens none of the files it shows."""

import os
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QFileInfo, QMimeDatabase
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QFileDialog, QFileIconProvider, QWidget

Kinds = Sequence[tuple[str, str]]
"""Kinds of files as (name, patterns): `("Rate sheets", "*.csv *.xlsx")`."""


class NameIcons(QFileIconProvider):
    """Icons and types of files by their names alone.

    Qt's own opens every file of a folder to see what it is. On Unix a process that closes a file lets go of every lock
    it has on it: with the open workspace among the files, another process takes itself for its last user and removes
    its log, and what the window writes from then on is lost.
    """

    def icon(self, given: Any) -> QIcon:
        """A folder or a file; what a file holds is not looked at."""
        if isinstance(given, QFileInfo):
            kind = QFileIconProvider.IconType
            return super().icon(kind.Folder if given.isDir() else kind.File)
        return super().icon(given)

    def type(self, info: QFileInfo) -> str:
        """What the name tells of a file."""
        if info.isDir():
            return super().type(info)
        return QMimeDatabase().mimeTypeForFile(info, QMimeDatabase.MatchMode.MatchExtension).comment()


_icons: list[NameIcons] = []
"""The one that all dialogs show; they do not own it."""


def file_dialog(window: QWidget | None, title: str, folder: str, kinds: Kinds = ()) -> QFileDialog:
    """A dialog in a folder, not shown yet: the system's, unless `VOIPDESK_NATIVE_DIALOGS=0` or it has none."""
    dialog = QFileDialog(window, title)
    if os.environ.get("VOIPDESK_NATIVE_DIALOGS") == "0":
        dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    if not _icons:
        _icons.append(NameIcons())
    dialog.setIconProvider(_icons[0])
    dialog.setNameFilters([f"{name} ({patterns})" for name, patterns in kinds])
    if folder:
        dialog.setDirectory(folder)
    return dialog


def chosen(dialog: QFileDialog) -> list[str]:
    """Show a dialog and return the files or the folder that were chosen; none where it was left."""
    agreed = dialog.exec() == QFileDialog.DialogCode.Accepted
    names = [name for name in dialog.selectedFiles() if name] if agreed else []
    dialog.deleteLater()
    return names


def folder_in(window: QWidget | None, title: str, start: str) -> str:
    """A folder that was chosen, or nothing."""
    dialog = file_dialog(window, title, start)
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    return next(iter(chosen(dialog)), "")
