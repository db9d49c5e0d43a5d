"""Step Columns: what each column is, what stands for those that are missing, unit and signs, open questions."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from voipdesk.kernel.text import tr
from voipdesk.kit import theme
from voipdesk.kit.desk import Desk
from voipdesk.kit.flow import Values
from voipdesk.kit.page import label
from voipdesk.rates.files_preview import Preview, parsed
from voipdesk.rates.queries import RateTable
from voipdesk.rates.ui.actions import opened
from voipdesk.rates.ui.bands import new_band, suggested
from voipdesk.rates.ui.column_card import ColumnCard, role_titles
from voipdesk.rates.ui.conventions import Conventions
from voipdesk.rates.ui.questions import Questions
from voipdesk.rates.ui.reading import Reading
from voipdesk.rates.ui.working import Working
from voipdesk.store.database import Database
from voipdesk.tabular.band_words import ROLE, part_role
from voipdesk.tabular.layout import Layout
from voipdesk.tabular.words import RATES, band_of, role_of

MOST_CARDS = 60
SURE = 0.8


class ColumnsPage(QWidget):
    """One card for each column, the conventions of the whole sheet above them."""

    changed = Signal()

    def __init__(self, desk: Desk[Database], tables: Sequence[RateTable], reading: Reading) -> None:
        super().__init__()
        self._desk, self._tables, self.reading = desk, tables, reading
        self.cards: list[ColumnCard] = []
        self._sha = ""
        self.questions = Questions()
        self.questions.answered.connect(lambda about, answer: reading.tell_all({about: answer}))
        self.conventions = Conventions(reading)
        self.working = Working()
        self.ignored = label(tone="muted", wrap=True)
        self.ignored.setObjectName("columns.ignored")
        self.bandless = label(tone="warning", wrap=True)
        self.bandless.setObjectName("columns.bandless")
        self._cards = QWidget()
        self._grid = QGridLayout(self._cards)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(theme.M)
        self._across = 0
        reading.changed.connect(self._show)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, theme.S, 0)
        box.setSpacing(theme.M)
        for part in (
            self.questions,
            self.conventions,
            self.working,
            self.bandless,
            self._cards,
            self.ignored,
        ):
            box.addWidget(part)
        box.addStretch(1)

    def enter(self, values: Values) -> None:
        """Show the columns as they are understood."""
        self._show()

    def values(self) -> Mapping[str, Any]:
        """What was told so far."""
        return {"told": dict(self.reading.told)}

    def problems(self) -> list[str]:
        """What holds the step up."""
        reading, layout = self.reading, self.reading.layout
        if reading.error is not None:
            return [str(reading.error)]
        if layout is None or reading.is_busy:
            return [tr("The sheet is being looked at. Nothing changes by that.")]
        titles = role_titles()
        if not {"prefix", "country_code"} & set(layout.columns):
            return [tr("Say which column holds the {role}.").format(role=titles["prefix"])]
        if "rate" not in layout.columns:
            return [tr("Say which column holds the {role}.").format(role=titles["rate"])]
        if layout.ask:
            return [layout.ask[0].text]
        wrong = self.conventions.problem()
        return [wrong] if wrong else []

    def resizeEvent(self, event: object) -> None:
        """As many cards across as there is room for."""
        super().resizeEvent(event)  # type: ignore[arg-type]
        self._arrange()

    def _show(self) -> None:
        reading, preview, layout = self.reading, self.reading.preview, self.reading.layout
        if reading.job is not None:
            self.working.watch(reading.job, lambda: None)
        else:
            self.working.end()
        if preview is None or layout is None:
            self.changed.emit()
            return
        if preview.sha256 != self._sha:
            self._sha = preview.sha256
            self.questions.clear()
        self.questions.show_questions(layout.ask)
        self.conventions.show_layout(layout)
        self._show_cards(preview, layout)
        self.changed.emit()

    def _show_cards(self, preview: Preview, layout: Layout) -> None:
        width = min(preview.width, MOST_CARDS)
        while len(self.cards) > width:
            gone = self.cards.pop()
            self._grid.removeWidget(gone)
            gone.hide()
            gone.deleteLater()
        while len(self.cards) < width:
            at = len(self.cards)
            card = ColumnCard(at)
            card.chosen.connect(lambda role, at=at: self._choose(at, role))
            card.band_wanted.connect(partial(self._new_band, at))
            self.cards.append(card)
            self._across = 0
        made, roles = parsed(preview, layout), {at: role for role, at in layout.columns.items()}
        for at, card in enumerate(self.cards):
            role = roles.get(at, "")
            why, sure = self._why(preview, layout, at, role)
            card.offer_bands(self.reading.bands)
            card.show_column(
                layout.title(at), role, why=why, is_doubtful=sure < SURE,
                samples=preview.samples(at), made=made.get(at, {}),
            )  # fmt: skip
        left = [layout.title(at) for at in range(preview.width) if at not in roles]
        self.ignored.setText(tr("Ignored: {titles}").format(titles=", ".join(left)) if left else "")
        self._say_bandless([layout.title(at) for at in layout.bandless])
        self._arrange()

    def _say_bandless(self, titles: Sequence[str]) -> None:
        """Which prices are not taken for want of a time band, and what to do about it."""
        text = tr(
            "Not taken, as the table has no time band for it: {titles}. Choose “{choice}” at the column, or leave it out."
        )
        self.bandless.setText(text.format(titles=", ".join(titles), choice=tr("Rate, new time band…")))
        self.bandless.setVisible(bool(titles))

    def _new_band(self, at: int) -> None:
        """Ask for a time band of the table, and take the column for its price."""
        layout = self.reading.layout
        table = next((one for one in self._tables if one.id == self.reading.target), None)
        self._show()  # the choice stays what it was until there is one
        if layout is None or table is None:
            return

        def made(name: str) -> None:
            self._choose(at, ROLE + name)

        dialog = new_band(self, self._desk, table, name=suggested(layout.title(at)), made=made)
        opened(dialog)

    def _why(self, preview: Preview, layout: Layout, at: int, role: str) -> tuple[str, float]:
        """Where a meaning comes from, and how sure that is."""
        if f"columns.{role}" in self.reading.told:
            return tr("you chose this"), 1.0
        if at in layout.bandless:
            return tr("prices of a part of the week: choose its time band"), 0.0
        if not role:
            return "", 1.0
        if preview.profile is not None:
            return tr("by profile {name}").format(name=preview.profile.name), 1.0
        sure = layout.confidence.get(role, 0.0)
        named = role_of(layout.title(at), RATES)
        if (named is not None and named[0] == role) or band_of(
            layout.title(at), part_role(role)[0].rstrip(".")
        ):
            source = tr("by its title")
        else:
            source = tr("learned here") if sure == 1.0 else tr("by its cells")
        return tr("{source}, {percent} sure").format(source=source, percent=f"{sure:.0%}"), sure

    def _choose(self, at: int, role: str) -> None:
        """A person says what a column is; what it was before has no column then."""
        layout = self.reading.layout
        if layout is None:
            return
        answers: dict[str, str | None] = {}
        for before, place in layout.columns.items():
            if place == at and before != role:
                answers[f"columns.{before}"] = "0"
        if role:
            answers[f"columns.{role}"] = str(at + 1)
        self.reading.tell_all(answers)

    def _arrange(self) -> None:
        across = max(1, self.width() // theme.ems(17))
        if across == self._across or not self.cards:
            return
        for column in range(max(across, self._across)):
            self._grid.setColumnStretch(column, 1 if column < across else 0)
        self._across = across
        for at, card in enumerate(self.cards):
            self._grid.addWidget(card, at // across, at % across)
