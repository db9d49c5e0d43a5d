"""The main window: sidebar, pages, status bar. It wires; what is done is done by pages and their rooms."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QVBoxLayout, QWidget

from voipdesk.kernel.problems import VoipDeskError
from voipdesk.kernel.text import tr
from voipdesk.kit import icons, theme
from voipdesk.kit.desk import Desk
from voipdesk.kit.jobs import Job, JobState
from voipdesk.kit.names import named
from voipdesk.kit.page import Toast, label
from voipdesk.shell import places
from voipdesk.shell.facts import Facts
from voipdesk.shell.goto import GoTo
from voipdesk.shell.intake import Intake
from voipdesk.shell.jobs_panel import JobsPanel
from voipdesk.shell.menus import Menus
from voipdesk.shell.sections import Section, sections
from voipdesk.shell.sidebar import Sidebar
from voipdesk.shell.stack import PageStack
from voipdesk.shell.status import StatusBar

if TYPE_CHECKING:  # SQLAlchemy takes longer than the window: it is loaded when a workspace is opened.
    from voipdesk.store.database import Database


class MainWindow(QMainWindow):
    """One workspace, one actor. `idle` once when the last background job has ended and was shown."""

    idle = Signal()
    painted = Signal()
    """Once, after the first painting: what is heavy may begin."""

    def __init__(self) -> None:
        super().__init__()
        named(self, "window", "VoIPDesk")
        self.setWindowTitle("VoIPDesk")
        self.setWindowIcon(icons.app_icon())
        self.desk: Desk[Database] | None = None
        self._was_painted = False
        self._sections: list[Section] = []
        self._sidebar = Sidebar()
        self._stack = PageStack(self._wire)
        self._banner = label()
        self._banner.setProperty("role", "strip")
        self._banner.setObjectName("banner.sample")
        self._banner.hide()
        self.status = StatusBar()
        self.setStatusBar(self.status)
        self.facts = Facts(self)
        self.facts.zone_changed.connect(self._zone_changed)
        self._lay_out()
        self.toast = Toast(self)
        self._toast_actions: dict[str, Callable[[], object]] = {}
        self.toast.acted.connect(lambda verb: self.attempt(self._toast_actions[verb]))
        self.jobs_panel = JobsPanel(self)
        self.status.jobs_wanted.connect(self.jobs_panel.toggle)
        self._sidebar.chosen.connect(self.show_page)
        self._sidebar.palette_wanted.connect(self.go_to)
        self._sidebar.narrowed.connect(self.narrow_sidebar)
        self.menus = Menus(self)
        self.intake = Intake(self)
        self._restore()

    def work_on(self, desk: "Desk[Database]", page: str = "") -> None:
        """Show a workspace to its actor, beginning with a page."""
        self.desk = desk
        facts = self.facts.begin(desk)
        self.status.watch(desk.jobs)
        self.jobs_panel.watch(desk.jobs)
        desk.jobs.idle.connect(self.idle)
        desk.jobs.ended.connect(self._tell_end)
        self._banner.setText(tr("Sample data: invented companies, prices and calls. Nothing here is sent."))
        self._banner.setVisible(facts.is_sample)
        self._sections = sections(desk.actor)
        self._sidebar.fill(self._sections)
        self.menus.fill(desk, self._sections)
        names = [section.name for section in self._sections]
        self.show_page(page if page in names else names[0])
        self.intake.begin()
        # Once the new entries are shown: what is hidden cannot take the focus.
        QTimer.singleShot(0, self._begin_at_sidebar)

    def show_page(self, name: str) -> QWidget | None:
        """Show a page of the actor; builds it when it is first asked for. None where there is no such page."""
        section = next((one for one in self._sections if one.name == name), None)
        if section is None or self.desk is None:
            return None
        page = self._stack.page(section, self.desk)
        self._stack.setCurrentWidget(page)
        self._sidebar.choose(name)
        self.status.selection.setText("")
        self.menus.page_shown(page)
        self.facts.show_dot(getattr(page, "is_drafted", False))
        return page

    def lead(self, name: str, what: object) -> None:
        """Show a page, and there what another page leads to: `arrive(what)` of the page, where it has one."""
        page = self.show_page(name)
        if page is not None and hasattr(page, "arrive"):
            page.arrive(what)

    def page_of(self, name: str) -> QWidget | None:
        """A page of the actor without showing it; builds it when it is first asked for."""
        section = next((one for one in self._sections if one.name == name), None)
        return None if section is None or self.desk is None else self._stack.page(section, self.desk)

    def show_count(self, name: str, count: int) -> None:
        """Tell in the sidebar how much waits on a page."""
        self._sidebar.show_count(name, count)

    @property
    def page(self) -> QWidget | None:
        """The page in sight."""
        return self._stack.currentWidget()

    def _begin_at_sidebar(self) -> None:
        """The keyboard begins at the page in sight, unless the page has taken it."""
        focused = self.focusWidget()
        if focused is None or not self._stack.isAncestorOf(focused):
            self._sidebar.take_focus()

    def narrow_sidebar(self, narrow: bool) -> None:
        """Shrink the sidebar to icons, or show its titles; remembered for next time."""
        self._sidebar.set_narrow(narrow)
        self.menus.sidebar_narrowed(narrow)
        places.remember(narrow_sidebar=narrow)

    def go_to(self) -> None:
        """Open the box that finds pages and actions."""
        GoTo(self, self.menus.goals(self.show_page)).show_over(self)

    def say(self, text: str, actions: Mapping[str, Callable[[], object]] | None = None) -> None:
        """A toast with buttons given as verb and what it does."""
        self._toast_actions = dict(actions or {})
        self.toast.show_message(text, actions=[(verb, verb) for verb in self._toast_actions])

    def attempt(self, do: Callable[[], object]) -> None:
        """Do something; a refusal becomes a message with its next step."""
        try:
            do()
        except VoipDeskError as refused:
            if self.desk is not None:
                self.desk.ask.refuse(refused)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask once while work is running, which reading for the screen is not; then end it and let go of the file."""
        desk = self.desk
        if desk is not None and any(not job.quiet for job in desk.jobs.running):
            text = tr("Work is still running. Closing cancels it; nothing half done stays behind.")
            if not desk.ask.confirm(text, verb=tr("Close and cancel work")):
                event.ignore()
                return
        places.remember(geometry=bytes(self.saveGeometry().toBase64().data()).decode())
        self.intake.end()
        if desk is not None:
            desk.close()
            desk.db.close()
            self.desk = None
        event.accept()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The first painting tells that it is done."""
        super().paintEvent(event)
        if not self._was_painted:
            self._was_painted = True
            QTimer.singleShot(0, self.painted.emit)

    def changeEvent(self, event: QEvent) -> None:
        """A change of theme reaches the pages by their palette; the menus keep their marks true."""
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "menus"):
            self.menus.theme_changed()
        super().changeEvent(event)

    def _zone_changed(self) -> None:
        """Days begin at other times: every page but that of the settings is built anew."""
        current = self._stack.current
        if self.desk is not None:
            self._stack.forget(self.desk, kept="settings")
            self.show_page(current)

    def _wire(self, page: QWidget) -> None:
        """What pages may offer: `selected(str)` for the status bar, `said(str, object)` for a toast, `wanted(str)`."""
        if hasattr(page, "selected"):
            page.selected.connect(self.status.selection.setText)
        if hasattr(page, "said"):
            page.said.connect(self.say)
        if hasattr(page, "wanted"):
            page.wanted.connect(self.show_page)
        if hasattr(page, "led"):
            page.led.connect(self.lead)
        if hasattr(page, "reachable"):
            page.reachable = frozenset(one.name for one in self._sections)
        if hasattr(page, "drafted"):
            page.drafted.connect(self.facts.show_dot)
        if hasattr(page, "undo_changed"):
            page.undo_changed.connect(self.menus.refresh_undo)
        if hasattr(page, "calls_wanted"):
            self.intake.wire(page)
        if hasattr(page, "waiting"):
            page.waiting.connect(self._sidebar.show_count)

    def _tell_end(self, job: Job) -> None:
        """A fault of the program in the background is told, with its details kept in a file."""
        if job.state is JobState.CRASHED and self.desk is not None:
            stamp = self.desk.clock.now().strftime("%Y%m%d-%H%M%S-%f")
            kept = places.crash_report(job.details, stamp)
            where = str(kept) if kept else tr("nowhere: the disk refused")
            text = tr("“{job}” stopped by a fault of the program. Nothing was changed.").format(job=job.title)
            self.desk.ask.tell(text, details=f"{where}\n\n{job.details}")

    def _lay_out(self) -> None:
        inner = QVBoxLayout()
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(0)
        inner.addWidget(self._banner)
        inner.addWidget(self._stack, 1)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._sidebar)
        row.addLayout(inner, 1)
        middle = QWidget()
        middle.setLayout(row)
        self.setCentralWidget(middle)

    def _restore(self) -> None:
        """The size and place of last time, else a good size for the screen."""
        remembered = places.remembered()
        self._sidebar.set_narrow(remembered.get("narrow_sidebar") is True)
        self.menus.sidebar_narrowed(self._sidebar.is_narrow)
        kept = remembered.get("geometry")
        if isinstance(kept, str) and self.restoreGeometry(QByteArray.fromBase64(kept.encode())):
            return
        screen = self.screen().availableGeometry()
        self.resize(min(theme.ems(84), screen.width()), min(theme.ems(52), screen.height()))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
