"""A started application in our look, and jobs that leave nothing behind."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from voipdesk.kit import theme
from voipdesk.kit.jobs import InlineJobs, Jobs


@pytest.fixture(autouse=True)
def our_look(qapp: QApplication) -> Iterator[None]:
    """Fusion, our palette and font; light again after each test, left to right again."""
    if not qapp.property("voipdesk"):
        qapp.setProperty("voipdesk", True)
        theme.start(qapp)
    yield
    qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
    if theme.is_dark():
        theme.use(qapp, dark=False)


@pytest.fixture
def jobs(qapp: QApplication) -> Iterator[Jobs]:
    """Real threads, joined at the end."""
    made = Jobs()
    yield made
    made.shutdown()


@pytest.fixture
def inline(qapp: QApplication) -> Iterator[InlineJobs]:
    """Jobs that run at once."""
    made = InlineJobs()
    yield made
    made.shutdown()
