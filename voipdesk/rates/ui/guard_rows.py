"""The guard rails of a review, a row each, with the deliberate act that lets one pass."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QLabel, QLineEdit, QWidget

from voipdesk.kernel.text import tr
from voipdesk.kit import icons, theme
from voipdesk.kit.editors import ChoiceEdit
from voipdesk.kit.names import named
from voipdesk.kit.page import button, label
from voipdesk.rates.rules.guards import ASK, OK, STOP, Guard

_ICONS = {OK: ("ok", "ok"), ASK: ("question", "warning"), STOP: ("stop", "danger")}
_BESIDE = 2
TAKES_ODD = "G5"
"""The guard whose word brings rows in that wait otherwise."""
CONFLICTS = "G7"
JUMPS = "G1"
DATES = "G6"


PICK = "pick"
"""The way out that is no answer of a guard: choosing row by row (G7)."""
IN_QUARANTINE = frozenset({"G5", "G7", "G9", "G10"})
"""Guards whose rows are shown where they wait."""


def fix_verb(name: str, value: str) -> str:
    """What would settle a guard, by the name of the answer or decision and what it says, as the verb of a button."""
    verbs = {
        "scale": tr("Read in that unit"), "scope": tr("Switch to partial"), "effective": tr("One date for all"),
        "mend": tr("Read as intervals"), "convert_off": tr("Do not convert"), "table": tr("Change target…"),
        PICK: tr("Pick by hand…"),
        "past": tr("Start them now") if value else tr("As the sheet says"),
        "clamp_notice": tr("Start on the day agreed") if value else tr("As the sheet says"),
        "convert": tr("Another rate…") if value else tr("Convert…"),
    }  # fmt: skip
    return verbs.get(name, "")


class GuardRow(QWidget):
    """`guard.<id>`: what it saw, and how it is let pass; its `state` is ok, ask or stop."""

    changed = Signal(str)
    shown = Signal(str)
    """Somebody wants to see what the guard speaks of."""
    fixed = Signal(str, str)
    """Somebody takes a way out that the guard offers: its id, and which one."""
    conflicts_chosen = Signal(str)

    def __init__(self, guard: Guard, *, may_override: bool) -> None:
        super().__init__()
        named(self, f"guard.{guard.id}", guard.text)
        self.guard = guard
        self.setProperty("state", guard.state)
        self.setToolTip("\n".join(guard.lines[:20]))
        self._tick: QCheckBox | None = None
        self._typed: QLineEdit | None = None
        self._icon = QLabel()
        is_loud = guard.state != OK or bool(guard.token)
        said = label(guard.text, wrap=True, tone="" if is_loud else "muted")
        row = QHBoxLayout()
        row.setSpacing(theme.S)
        is_waiting = guard.id in {JUMPS, *IN_QUARANTINE} and bool(guard.token)
        if is_loud and (len(guard.rows) or guard.lines or guard.link or is_waiting):
            text = tr("Open that import") if guard.link else tr("Show")
            row.addWidget(_push(text, f"show.{guard.id}", lambda: self.shown.emit(guard.id)))
        self._offer(row, may_override=may_override)
        self._lay_out(said, row)
        self._draw()

    def word(self) -> str:
        """What lets the guard pass, where the person has said so."""
        is_ticked = self._tick is not None and self._tick.isChecked()
        is_typed = self._typed is not None and self._typed.text().strip() == self.guard.token
        return self.guard.pass_word if is_ticked or is_typed else ""

    @property
    def is_held(self) -> bool:
        """Whether it still stands in the way."""
        needs = self.guard.state != OK
        if self._tick is None and self._typed is None:
            return needs and not self.guard.accepted_by
        return needs and not self.word()

    def changeEvent(self, event: QEvent) -> None:
        """Draw the icon again in another palette."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._draw()

    def _lay_out(self, said: QWidget, row: QHBoxLayout) -> None:
        """Two things to press stand beside the text, more of them below it."""
        box = QGridLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setHorizontalSpacing(theme.S)
        box.setVerticalSpacing(0)
        box.setColumnStretch(1, 1)
        box.addWidget(self._icon, 0, 0)
        box.addWidget(said, 0, 1)
        if row.count() > _BESIDE:
            row.addStretch(1)
            box.addLayout(row, 1, 1)
        elif row.count():
            box.addLayout(row, 0, 2)

    def _offer(self, row: QHBoxLayout, *, may_override: bool) -> None:
        """The ways on: what would settle it, then the act that lets it pass."""
        guard = self.guard
        ways = {PICK: "", **guard.fix} if guard.id == CONFLICTS and guard.token else guard.fix
        verbs = [(name, verb) for name, value in ways.items() if (verb := fix_verb(name, value))]
        for at, (name, verb) in enumerate(verbs):
            # The first one is the way out, the others are named by what they do.
            push_name = f"fix.{guard.id}.{name}" if at else f"fix.{guard.id}"
            row.addWidget(_push(verb, push_name, partial(self.fixed.emit, guard.id, name)))
        if guard.id == CONFLICTS and guard.token:
            row.addWidget(self._choice(guard.fix.get("conflicts", "")))
        elif guard.id == TAKES_ODD and guard.token:
            row.addWidget(self._box(tr("Take them")))
        elif guard.state == ASK:
            text = tr("Keep these dates") if guard.id == DATES else tr("Go on all the same")
            row.addWidget(self._box(text))
        elif guard.state == STOP and may_override:
            said = tr("Type {word} to go on").format(word=guard.token)
            row.addWidget(label(said, tone="muted"))
            self._typed = named(QLineEdit(), f"field.{guard.id}", said)
            self._typed.setFixedWidth(theme.ems(6))
            self._typed.setText(guard.token if guard.accepted_by else "")
            self._typed.textChanged.connect(lambda _: self.changed.emit(guard.id))
            row.addWidget(self._typed)
        elif guard.state == STOP:
            row.addWidget(label(tr("You have no right to go on"), tone="danger"))

    def _choice(self, rule: str) -> ChoiceEdit:
        made = named(ChoiceEdit(), "field.conflicts", tr("Which price is taken"))
        made.set_choices(
            [("", tr("leave in quarantine")), ("first", tr("take the first")), ("last", tr("take the last")),
             ("highest", tr("take the highest"))]
        )  # fmt: skip
        made.set_value(rule)
        made.value_changed.connect(lambda word: self.conflicts_chosen.emit(str(word or "")))
        return made

    def _box(self, text: str) -> QCheckBox:
        box = self._tick = named(QCheckBox(text), f"check.{self.guard.id}", text)
        box.setChecked(bool(self.guard.accepted_by))
        box.toggled.connect(lambda _: self.changed.emit(self.guard.id))
        return box

    def _draw(self) -> None:
        icon, tone = _ICONS[self.guard.state]
        self._icon.setPixmap(icons.pixmap(icon, theme.ems(1.05), tone, self.devicePixelRatioF()))


class Guards(QWidget):
    """The guards of a review: those that ask something in full, the quiet ones below them in two columns."""

    changed = Signal(str)
    shown = Signal(str)
    fixed = Signal(str, str)
    conflicts_chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[GuardRow] = []
        self._box = QGridLayout(self)
        self._box.setContentsMargins(theme.S, theme.XS, theme.S, theme.XS)
        self._box.setVerticalSpacing(2)
        self._box.setHorizontalSpacing(theme.L)
        for at in (0, 1):
            self._box.setColumnStretch(at, 1)

    def show_guards(self, guards: Sequence[Guard], *, may_override: bool) -> None:
        """Show these, the gravest first; what was let pass says so itself."""
        for old in self.rows:
            self._box.removeWidget(old)
            old.hide()
            old.setParent(None)
            old.deleteLater()
        ranks = {STOP: 0, ASK: 1, OK: 2}
        ordered = sorted(guards, key=lambda one: (ranks[one.state], not one.token))
        self.rows = [GuardRow(one, may_override=may_override) for one in ordered]
        line = quiet = 0
        for row in self.rows:
            for signal, ours in (
                (row.changed, self.changed),
                (row.shown, self.shown),
                (row.fixed, self.fixed),
                (row.conflicts_chosen, self.conflicts_chosen),
            ):
                signal.connect(ours)
            if row.guard.state != OK or row.guard.token:
                self._box.addWidget(row, line, 0, 1, 2)
                line += 1
            else:
                self._box.addWidget(row, line + quiet // 2, quiet % 2)
                quiet += 1
        self._box.setRowStretch(line + quiet // 2 + 1, 1)

    def guard(self, guard_id: str) -> Guard | None:
        """The guard of an id, as it is shown."""
        return next((row.guard for row in self.rows if row.guard.id == guard_id), None)

    def words(self) -> list[str]:
        """What lets guards pass."""
        return [word for word in (row.word() for row in self.rows) if word]

    def held(self) -> list[Guard]:
        """Those that still stand in the way."""
        return [row.guard for row in self.rows if row.is_held]


def _push(text: str, name: str, act: object) -> QWidget:
    made = button(text, name, look="link", act=act)  # type: ignore[arg-type]
    made.setAutoDefault(False)
    return made
