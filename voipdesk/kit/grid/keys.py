"""Which key means what in a grid; what it does is said by whoever registers the command with the view."""

import sys

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

Key, Held = Qt.Key, Qt.KeyboardModifier
_IS_MAC = sys.platform == "darwin"

_STANDARD = {
    "copy": QKeySequence.StandardKey.Copy,
    "paste": QKeySequence.StandardKey.Paste,
    "undo": QKeySequence.StandardKey.Undo,
    "redo": QKeySequence.StandardKey.Redo,
    "find": QKeySequence.StandardKey.Find,
    "find_next": QKeySequence.StandardKey.FindNext,
    "find_previous": QKeySequence.StandardKey.FindPrevious,
}
_PLAIN = {
    Key.Key_Delete: "clear",
    Key.Key_Backspace: "clear",
    Key.Key_F6: "leave",
    Key.Key_F5: "apply",
    Key.Key_Menu: "menu",
    Key.Key_Return: "down",
    Key.Key_Enter: "down",
    Key.Key_Tab: "right",
}
_SHIFT = {
    Key.Key_Return: "up",
    Key.Key_Enter: "up",
    Key.Key_Tab: "left",
    Key.Key_Backtab: "left",
    Key.Key_Space: "row",
    Key.Key_F6: "leave_back",
    Key.Key_F10: "menu",
}
_CONTROL = {
    Key.Key_D: "fill_down",
    Key.Key_R: "fill_right",
    Key.Key_Return: "fill",
    Key.Key_Enter: "fill",
    Key.Key_H: "replace",
    Key.Key_G: "go_to",
    Key.Key_L: "go_to",
    Key.Key_Space: "column",
    Key.Key_Y: "redo",
    Key.Key_Minus: "remove",
}
_BOTH = {
    Key.Key_C: "copy_titles",
    Key.Key_V: "paste_special",
    Key.Key_R: "read_row",
    Key.Key_H: "history",
}


def command_of(event: QKeyEvent) -> str:
    """The name of the command a key stands for; empty for any other key."""
    # Ours first: Ctrl+G is "find next" to some desktops.
    own = _own(event)
    if own:
        return own
    return next((name for name, standard in _STANDARD.items() if event.matches(standard)), "")


def _own(event: QKeyEvent) -> str:
    held = event.modifiers() & ~Held.KeypadModifier
    try:
        key = Key(event.key())
    except ValueError:  # A key that Qt has no name for.
        return ""
    if _IS_MAC and key == Key.Key_F and held == Held.ControlModifier | Held.AltModifier:
        return "replace"
    if held == Held.ControlModifier:
        return "" if _IS_MAC and key in {Key.Key_H, Key.Key_G} else _CONTROL.get(key, "")
    if held == Held.ControlModifier | Held.ShiftModifier:
        return _BOTH.get(key, "")
    if held == Held.AltModifier:
        return "filter" if key == Key.Key_Down else ""
    if held == Held.ShiftModifier:
        return _SHIFT.get(key, "")
    return _PLAIN.get(key, "") if held == Held.NoModifier else ""
