"""Start of the desktop program: the window first, then the workspace in it."""

import argparse
import gc
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Thread

from PySide6.QtCore import QLibraryInfo, QLocale, Qt, QTimer, QTranslator
from PySide6.QtWidgets import QApplication

from voipdesk.kernel.text import is_right_to_left, language, preferred_language, use_language
from voipdesk.kit import icons, theme
from voipdesk.kit.garbage import Garbage
from voipdesk.shell import looks
from voipdesk.shell.ahead import Ahead
from voipdesk.shell.sections import modules
from voipdesk.shell.window import MainWindow

MILLISECONDS_TO_PAINT = 100
"""What was read is painted before the other pages are imported: both at once hold each other up."""


def run(arguments: Sequence[str]) -> int:
    """Run the desktop program; returns its exit code."""
    options = parse(arguments)
    app = application()
    Garbage(app).begin()  # Not ended: threads that outlive the event loop must not collect either.
    window = MainWindow()
    window.painted.connect(lambda: open_beside(app, window, options))
    window.show()
    return app.exec()


def open_beside(app: QApplication, window: MainWindow, options: argparse.Namespace) -> None:
    """Import what the first page needs beside the window, then open it there; then what the other pages need."""
    first, *others = modules(options.page)

    def begin(names: Sequence[str], then: Callable[[], object] = lambda: None) -> None:
        ahead = Ahead(names, window)
        ahead.done.connect(then)
        app.aboutToQuit.connect(ahead.end)
        ahead.start()

    def go_on() -> None:
        from voipdesk.shell import settings

        # What was imported stays: a collection need not look through it each time, which took the window 30 to 80 ms.
        begin([*others, *settings.modules()], gc.freeze)

    def soon() -> None:
        QTimer.singleShot(MILLISECONDS_TO_PAINT, window, go_on)

    window.idle.connect(soon, Qt.ConnectionType.SingleShotConnection)
    begin(["voipdesk.shell.opening", first], lambda: open_first(window, options))


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """The options of the window."""
    parser = argparse.ArgumentParser(prog="voipdesk")
    parser.add_argument("--workspace", type=Path, metavar="FILE")
    parser.add_argument("--user", metavar="NAME")
    parser.add_argument("--page", default="", metavar="PAGE")
    parser.add_argument("--sample", action="store_true", help="open the sample workspace")
    return parser.parse_args(arguments)


def application() -> QApplication:
    """The one application object, with language, direction, font and palette set."""
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    app.setApplicationName("VoIPDesk")
    app.setWindowIcon(icons.app_icon())
    use_language(preferred_language(looks.chosen_language()), looks.TRANSLATIONS)
    direction = Qt.LayoutDirection
    app.setLayoutDirection(direction.RightToLeft if is_right_to_left() else direction.LeftToRight)
    _translate_qt(app)
    theme.prefer(looks.chosen_theme())
    theme.start(app)
    return app


def open_first(window: MainWindow, options: argparse.Namespace) -> None:
    """Open what the options, or the last time, say; else welcome."""
    from voipdesk.kernel import memory, scratch
    from voipdesk.shell import opening

    memory.give_back()

    # What a program that was killed has left behind; nobody waits for that.
    Thread(target=scratch.sweep, daemon=True).start()
    opening.first(
        window, workspace=options.workspace, user=options.user, page=options.page, sample=options.sample
    )


def _translate_qt(app: QApplication) -> None:
    """Qt's own words in the chosen language."""
    translator = QTranslator(app)
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if translator.load(QLocale(language()), "qtbase", "_", folder):
        app.installTranslator(translator)
