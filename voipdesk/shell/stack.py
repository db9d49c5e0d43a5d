"""The pages that were built so far, one in sight."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QStackedWidget, QWidget

from voipdesk.kit.desk import Desk
from voipdesk.kit.names import named
from voipdesk.shell.sections import Section

if TYPE_CHECKING:
    from voipdesk.store.database import Database


class PageStack(QStackedWidget):
    """Builds a page when it is first asked for; `wire` is told of each new one."""

    def __init__(self, wire: Callable[[QWidget], None]) -> None:
        super().__init__()
        self._wire = wire
        self._built: dict[str, QWidget] = {}

    def page(self, section: Section, desk: "Desk[Database]") -> QWidget:
        """The page of a section."""
        if section.name not in self._built:
            page = named(section.make(desk, self), f"page.{section.name}", section.title)
            self._built[section.name] = page
            self.addWidget(page)
            self._wire(page)
        return self._built[section.name]

    @property
    def current(self) -> str:
        """The name of the page in sight; '' where there is none."""
        return next((name for name, page in self._built.items() if page is self.currentWidget()), "")

    def forget(self, desk: "Desk[Database]", *, kept: str) -> None:
        """Let all pages go but one, so that they are built anew when they are asked for."""
        for name in [one for one in self._built if one != kept]:
            page = self._built.pop(name)
            page.blockSignals(True)
            self.removeWidget(page)
            page.hide()
            desk.jobs.idle.connect(page.deleteLater)  # Its reads may still run; their answers need it.
