"""The skin of a flow: a list of steps at the leading side, the page of the current step, buttons below."""

from collections.abc import Mapping
from typing import Any, Protocol, runtime_checkable

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from voipdesk.kernel.text import tr
from voipdesk.kit import icons, theme
from voipdesk.kit.flow import Flow, Step, Values
from voipdesk.kit.names import named
from voipdesk.kit.page import button, label

FINISHING = ("publish", "commit", "issue", "finish")


@runtime_checkable
class StepPage(Protocol):
    """What a page of a wizard offers beside being a widget; `changed` is emitted when `values` may be others."""

    changed: Any

    def enter(self, values: Values) -> None:
        """The step is shown: values of the steps before, and what was entered here before."""

    def values(self) -> Mapping[str, Any]:
        """What is entered now, to be carried forward."""


class Wizard(QDialog):
    """A wizard `wizard.<kind>`; each page is `step.<name>`. Emits `completed` with all values at the end."""

    completed = Signal(object)
    kept_for_later = Signal(object)
    step_shown = Signal(str)

    def __init__(
        self,
        kind: str,
        flow: Flow,
        pages: Mapping[str, QWidget],
        *,
        title: str,
        finish: tuple[str, str] = ("finish", ""),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        named(self, f"wizard.{kind}", title)
        self.setWindowTitle(title)
        self.flow, self.pages = flow, dict(pages)
        self._finish_name, finish_text = finish
        self._finish_text = finish_text or tr("Finish")
        self.title = label(title, size=1.25, bold=True)
        self.title.setObjectName("wizard.title")
        self.step_title = label(tone="muted")
        self.aside = label(tone="accent", wrap=True)
        """What stays in sight over all steps."""
        self.aside.setObjectName("wizard.aside")
        self.aside.hide()
        self.trail = StepList()
        self.trail.chosen.connect(self.go_back)
        self.stack = QStackedWidget()
        self.message = label(wrap=True)
        self.message.setObjectName("wizard.message")
        self.btn_cancel = button(tr("Cancel"), "cancel", act=self.reject)
        self.btn_later = button(tr("Save for later"), "later", act=self._keep)
        self.btn_later.hide()
        self.btn_back = button(tr("Back"), "back", act=self.go_back)
        self.btn_next = button(tr("Next"), "next", look="primary", act=self.go_on)
        self.btn_finish = button(self._finish_text, self._finish_name, look="primary", act=self.go_on)
        for push in (self.btn_cancel, self.btn_later, self.btn_back):
            push.setAutoDefault(False)
        self._build()
        self._show()
        # Hanging a page with a hundred widgets into the window takes a while: one for each turn of the event loop.
        self._hanging = QTimer(self, interval=0)
        self._hanging.timeout.connect(self._hang_next)
        self._hanging.start()

    def _hang(self, name: str) -> None:
        """Put the page of a step where it is shown."""
        holder = self.stack.widget([each.name for each in self.flow.steps].index(name))
        if isinstance(holder, QScrollArea) and holder.widget() is None:
            holder.setWidget(self.pages[name])

    def _hang_next(self) -> None:
        waiting = [each.name for each in self.flow.steps if self.pages[each.name].parent() is None]
        if waiting:
            self._hang(waiting[0])
        else:
            self._hanging.stop()

    def _build(self) -> None:
        for step in self.flow.steps:
            page = self.pages[step.name]
            named(page, f"step.{step.name}", step.title)
            if isinstance(page, StepPage):
                page.changed.connect(self.look)
            self.stack.addWidget(_holder())
        right = QVBoxLayout()
        right.setContentsMargins(theme.XL, theme.L, theme.XL, theme.M)
        right.setSpacing(theme.XS)
        right.addWidget(self.title)
        right.addWidget(self.step_title)
        right.addWidget(self.aside)
        right.addSpacing(theme.M)
        right.addWidget(self.stack, 1)
        right.addWidget(self.message)
        upper = QHBoxLayout()
        upper.setSpacing(0)
        upper.addWidget(self.trail)
        upper.addLayout(right, 1)
        foot = QFrame()
        foot.setProperty("role", "footer")
        row = QHBoxLayout(foot)
        row.setContentsMargins(theme.L, theme.M, theme.L, theme.M)
        row.setSpacing(theme.S)
        row.addWidget(self.btn_cancel)
        row.addWidget(self.btn_later)
        row.addStretch(1)
        for push in (self.btn_back, self.btn_next, self.btn_finish):
            row.addWidget(push)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addLayout(upper, 1)
        box.addWidget(foot)
        self.setSizeGripEnabled(False)
        line = theme.em(self)
        self.resize(round(line * 56), round(line * 36))

    def offer_later(self) -> None:
        """Offer to keep what is entered and go on another day (`kept_for_later`)."""
        self.btn_later.show()

    def go_on(self) -> None:
        """Next, or the end where this was the last step; stays where something holds it up, and says what."""
        if self.look():
            self._say(self.flow.problems()[0], "danger")
            return
        if self.flow.is_last:
            values = self.flow.values
            self.accept()
            self.completed.emit(values)
            return
        self.flow.go_on()
        self._show()

    def go_back(self, name: str | None = None) -> None:
        """To the step before or to a step gone; nothing entered is lost."""
        self._take()
        if self.flow.may_go_back:
            self.flow.go_back(name)
            self._show()

    def look(self) -> list[str]:
        """Take what is entered and show whether the step may go on; returns what holds it up."""
        self._take()
        held = self.flow.problems()
        last = self.flow.is_last
        self.btn_next.setVisible(not last)
        self.btn_finish.setVisible(last)
        primary = self.btn_finish if last else self.btn_next
        primary.setEnabled(not held)
        primary.setToolTip(held[0] if held else "")
        primary.setDefault(True)
        self._say(held[0] if held else "", "muted")
        self.trail.show_steps(self.flow.outline())
        return held

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the primary button, wherever the focus is; Escape cancels."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            primary = self.btn_finish if self.btn_finish.isVisible() else self.btn_next
            focused = self.focusWidget()
            push = focused if isinstance(focused, QPushButton) else primary
            if push.isEnabled():
                push.click()
            return
        super().keyPressEvent(event)

    def _take(self) -> None:
        page = self.pages[self.flow.current.name]
        if isinstance(page, StepPage):
            self.flow.enter(**page.values())

    def _keep(self) -> None:
        self._take()
        values = self.flow.values
        self.reject()
        self.kept_for_later.emit(values)

    def _show(self) -> None:
        step = self.flow.current
        page = self.pages[step.name]
        self._hang(step.name)
        if isinstance(page, StepPage):
            page.enter({**self.flow.values, **self.flow.entered(step.name)})
        self.stack.setCurrentIndex([each.name for each in self.flow.steps].index(step.name))
        steps = self.flow.outline()
        at = next(number for number, (each, _) in enumerate(steps, 1) if each is step)
        self.step_title.setText(
            tr("Step {at} of {all}: {title}").format(at=at, all=len(steps), title=step.title)
        )
        self.btn_back.setEnabled(self.flow.may_go_back)
        self.look()
        focusable = page.focusWidget() or page
        focusable.setFocus(Qt.FocusReason.OtherFocusReason)
        self.step_shown.emit(step.name)

    def _say(self, text: str, tone: str) -> None:
        theme.set_tone(self.message, tone)
        self.message.setText(text)
        self.message.setVisible(bool(text))


class StepList(QFrame):
    """The steps: done ones with a tick and clickable, the current one marked, the others quiet."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("wizard.steps")
        self.setAccessibleName(tr("Steps"))
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(theme.S, theme.L, theme.S, theme.L)
        self._box.setSpacing(2)
        self._box.addStretch(1)
        self._entries: dict[str, _StepEntry] = {}
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self.setMinimumWidth(round(theme.em() * 11))

    def show_steps(self, steps: list[tuple[Step, str]]) -> None:
        """Show an outline of a flow."""
        names = [step.name for step, _ in steps]
        for name in [name for name in self._entries if name not in names]:
            entry = self._entries.pop(name)
            self._box.removeWidget(entry)
            entry.deleteLater()
        for at, (step, state) in enumerate(steps):
            if step.name not in self._entries:
                entry = self._entries[step.name] = _StepEntry(step)
                entry.clicked.connect(lambda _=False, name=step.name: self.chosen.emit(name))
                self._box.insertWidget(at, entry)
            self._entries[step.name].show_state(state)

    def paintEvent(self, event: object) -> None:
        """The sidebar's ground and one line."""
        colours, painter = theme.colours(), QPainter(self)
        painter.fillRect(self.rect(), QColor(colours.sidebar))
        painter.setPen(QColor(colours.line))
        edge = self.rect().left() if self.isRightToLeft() else self.rect().right()
        painter.drawLine(edge, 0, edge, self.height())
        painter.end()


class _StepEntry(QPushButton):
    """One step in the list."""

    def __init__(self, step: Step) -> None:
        super().__init__(step.title)
        self.setObjectName(f"goto.{step.name}")
        self.setFlat(True)
        self.setAutoDefault(False)
        self._state = "open"

    def show_state(self, state: str) -> None:
        """done, current or open; only done steps can be clicked."""
        self._state = state
        self.setEnabled(state == "done")
        said = {"done": tr("done"), "current": tr("now")}.get(state, tr("to come"))
        self.setAccessibleName(f"{self.text()}, {said}")
        self.update()

    def sizeHint(self) -> QSize:
        """Icon, title, room."""
        wide = self.fontMetrics().horizontalAdvance(self.text()) * 1.1
        return QSize(round(wide + theme.em() * 1.2 + 4 * theme.S), round(theme.em() + theme.M))

    def paintEvent(self, event: object) -> None:
        """A tick, a dot or a ring, and the title."""
        colours, painter = theme.colours(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        current = self._state == "current"
        painter.setPen(QColor(colours.accent) if self.hasFocus() else Qt.PenStyle.NoPen)
        if current or (self.underMouse() and self.isEnabled()) or self.hasFocus():
            painter.setBrush(QColor(colours.selected if current else colours.hover))
            painter.drawRoundedRect(box, theme.RADIUS, theme.RADIUS)
        size, mirrored = theme.em(self) * 1.0, self.isRightToLeft()
        left = box.right() - theme.S - size if mirrored else box.left() + theme.S
        mark = QRectF(left, box.center().y() - size / 2, size, size)
        name = {"done": "check", "current": "dot"}.get(self._state, "ring")
        icons.draw(
            painter,
            mark,
            name,
            colours.ok if self._state == "done" else colours.accent if current else colours.muted,
        )
        shift = size + 2 * theme.S
        inner = box.adjusted(theme.S, 0, -shift, 0) if mirrored else box.adjusted(shift, 0, -theme.S, 0)
        painter.setFont(theme.scaled_font(1, bold=current, base=self.font()))
        painter.setPen(QColor(colours.muted if self._state == "open" else colours.text))
        painter.drawText(
            inner, int(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter), self.text()
        )
        painter.end()


def _holder() -> QScrollArea:
    """Where a page hangs that may be higher than the screen (150 %, long translations)."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QScrollArea.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return area
