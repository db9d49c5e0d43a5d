"""A card that derives a figure: what it is, the figure, and the steps that lead to it."""

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFormLayout, QFrame, QHBoxLayout, QVBoxLayout

from voipdesk.kit import theme
from voipdesk.kit.names import named
from voipdesk.kit.page import label


def derivation(
    name: str, title: str, figure: str, lines: Iterable[tuple[str, str]], *, tone: str = "", remark: str = ""
) -> QFrame:
    """A card `<name>` with its figure as `<name>.amount`; the remark stands below in the tone of trouble."""
    card = named(QFrame(), name, title)
    card.setProperty("role", "card")
    head = QHBoxLayout()
    head.addWidget(label(title, bold=True), 1)
    amount = label(figure, bold=True, tone=tone)
    amount.setObjectName(f"{name}.amount")
    head.addWidget(amount)
    form = QFormLayout()
    form.setHorizontalSpacing(theme.L)
    form.setVerticalSpacing(theme.XS)
    for what, value in lines:
        shown = label(value, wrap=True)
        shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        form.addRow(label(what, tone="muted"), shown)
    box = QVBoxLayout(card)
    box.setContentsMargins(theme.L, theme.M, theme.L, theme.M)
    box.setSpacing(theme.S)
    box.addLayout(head)
    box.addLayout(form)
    if remark:
        box.addWidget(label(remark, tone="danger", wrap=True))
    return card
