"""Step Rows: which sheet, which rows are data, and how a text file is cut into cells."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from voipdesk.kernel.text import tr
from voipdesk.kit import theme
from voipdesk.kit.editors import ChoiceEdit
from voipdesk.kit.flow import Values
from voipdesk.kit.names import named
from voipdesk.kit.page import button, framed, label
from voipdesk.rates.files_preview import KINDS, Preview
from voipdesk.rates.ui.reading import Reading
from voipdesk.rates.ui.rows_view import FIRST, HEADER, LAST, RowsView, kind_titles
from voipdesk.rates.ui.sheet_roles import SheetRoles
from voipdesk.rates.ui.working import Working

ENCODINGS = (
    "utf-8", "utf-16", "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "iso-8859-1", "iso-8859-2",
    "iso-8859-15", "mac_roman", "cp437", "cp850", "gb18030", "shift_jis",
)  # fmt: skip
SURE = 0.8
"""Below this the page asks."""


class RowsPage(QWidget):
    """Sheets and their roles, the rows with their kinds and markers, encoding and delimiter, and the ledger of rows."""

    changed = Signal()

    def __init__(self, reading: Reading) -> None:
        super().__init__()
        self.reading = reading
        self._agreed = ""
        self.sheets = SheetRoles()
        self.sheets.told.connect(self._choose_sheets)
        self.encoding = named(ChoiceEdit(), "field.encoding", tr("Encoding"))
        self.delimiter = named(ChoiceEdit(), "field.delimiter", tr("Delimiter"))
        for field in (self.encoding, self.delimiter):
            field.setMinimumWidth(theme.ems(9))
        self.sure = label(tone="muted")
        self.agree = button(tr("That is right"), "agree", act=self._agree)
        self.agree.setAutoDefault(False)
        self.view = RowsView()
        self.ledger = label(bold=True, wrap=True)
        self.ledger.setObjectName("rows.ledger")
        self.working = Working()
        self.reset = button(tr("As it was found"), "reset", look="link", act=self._reset)
        self.reset.setAutoDefault(False)
        self.encoding.value_changed.connect(lambda word: reading.tell(encoding=word))
        self.delimiter.value_changed.connect(lambda word: reading.tell(delimiter=word))
        self.view.moved.connect(self._move)
        reading.changed.connect(self._show)
        self._lay_out()

    def enter(self, values: Values) -> None:
        """Show the sheet as it was read."""
        self._show()
        self.view.setFocus()

    def values(self) -> Mapping[str, Any]:
        """What was told so far."""
        return {"told": dict(self.reading.told)}

    def problems(self) -> list[str]:
        """What holds the step up."""
        reading, preview = self.reading, self.reading.preview
        if reading.error is not None:
            return [str(reading.error)]
        if reading.is_busy or preview is None:
            return [tr("The sheet is being looked at. Nothing changes by that.")]
        if missing := self.sheets.problem():
            return [missing]
        if not preview.data[0]:
            return [tr("No row of this sheet is data. Move the markers, or choose another sheet.")]
        if self._is_doubtful(preview):
            return [tr("Look whether the cells are cut and written rightly, then say so.")]
        return []

    def _show(self) -> None:
        preview, reading = self.reading.preview, self.reading
        if reading.job is not None:
            self.working.watch(reading.job, lambda: None)
        else:
            self.working.end()
        if preview is None:
            self.sheets.show_told(reading.told)
            self.ledger.setText("" if reading.error is None else str(reading.error))
            self.changed.emit()
            return
        layout = preview.layout
        self.sheets.show_layout(layout)
        if reading.is_busy:
            self.sheets.show_told(reading.told)
        self._show_dialect(preview)
        markers = {FIRST: preview.data[0] or layout.first_data_row, LAST: preview.data[1] or preview.total}
        if layout.header_row:
            markers = {HEADER: layout.header_row, **markers}
        if not preview.data[0]:
            markers.pop(LAST)
        self.view.show_preview(preview, markers)
        self.ledger.setText(rows_text(preview))
        self.reset.setVisible(any(name in reading.told for name in (HEADER, FIRST, LAST)))
        self.changed.emit()

    def _choose_sheets(self, answers: Mapping[str, str | None]) -> None:
        """Other sheets have another header and other columns."""
        if answers:
            told = self.reading.told
            gone = [one for one in told if one in {HEADER, FIRST, LAST} or one.startswith("columns.")]
            self.reading.tell_all({**dict.fromkeys(gone), **answers})
        self.changed.emit()

    def _show_dialect(self, preview: Preview) -> None:
        dialect = preview.layout.dialect
        is_text = preview.layout.container == "csv" and dialect is not None
        self._dialect.setVisible(is_text)
        if not is_text or dialect is None:
            return
        names = [(one, one) for one in dict.fromkeys([dialect.encoding, *ENCODINGS])]
        signs = [
            (",", tr("comma  ,")),
            (";", tr("semicolon  ;")),
            ("\t", tr("tabulator")),
            ("|", tr("bar  |")),
        ]
        signs += [(":", tr("colon  :")), (" ", tr("blanks"))]
        if dialect.delimiter is None:
            signs.insert(0, (None, tr("none: fixed width")))  # type: ignore[arg-type]
        elif dialect.delimiter not in {sign for sign, _ in signs}:
            signs.insert(0, (dialect.delimiter, dialect.delimiter))
        for field, choices, value in (
            (self.encoding, names, dialect.encoding),
            (self.delimiter, signs, dialect.delimiter),
        ):
            field.blockSignals(True)
            field.set_choices(choices)
            field.set_value(value)
            field.blockSignals(False)
        is_told = bool({"encoding", "delimiter"} & set(self.reading.told))
        percent = f"{dialect.confidence:.0%}"
        self.sure.setText(tr("you said so") if is_told else tr("{percent} sure").format(percent=percent))
        theme.set_tone(self.sure, "warning" if self._is_doubtful(preview) else "muted")
        self.agree.setVisible(self._is_doubtful(preview))

    def _is_doubtful(self, preview: Preview) -> bool:
        """Whether the cutting into cells must be confirmed by a person."""
        dialect = preview.layout.dialect
        if preview.layout.container != "csv" or dialect is None or dialect.confidence >= SURE:
            return False
        is_told = bool({"encoding", "delimiter"} & set(self.reading.told))
        return not is_told and preview.profile is None and self._agreed != preview.sha256

    def _agree(self) -> None:
        if self.reading.preview is not None:
            self._agreed = self.reading.preview.sha256
            self._show()

    def _move(self, name: str, row: int) -> None:
        preview = self.reading.preview
        if preview is None or not 1 <= row <= preview.total:
            return
        answers: dict[str, str | None] = {name: str(row)}
        first, last = preview.data
        if name == HEADER:
            gone = [one for one in self.reading.told if one.startswith("columns.")]
            answers |= dict.fromkeys([FIRST, *gone])
        elif (name == FIRST and row > last > 0) or (name == LAST and row < first):
            return
        self.reading.tell_all(answers)

    def _reset(self) -> None:
        self.reading.tell_all(dict.fromkeys((HEADER, FIRST, LAST)))

    def _lay_out(self) -> None:
        self._dialect = QWidget()
        dialect = QHBoxLayout(self._dialect)
        dialect.setContentsMargins(0, 0, 0, 0)
        dialect.setSpacing(theme.S)
        for title, field in ((tr("Encoding"), self.encoding), (tr("Delimiter"), self.delimiter)):
            dialect.addWidget(label(title, tone="muted"))
            dialect.addWidget(field)
        dialect.addWidget(self.sure)
        dialect.addWidget(self.agree)
        upper = QHBoxLayout()
        upper.setSpacing(theme.L)
        upper.addWidget(self._dialect)
        upper.addStretch(1)
        lower = QHBoxLayout()
        lower.addWidget(self.ledger, 1)
        lower.addWidget(self.reset)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, theme.S, 0)
        box.setSpacing(theme.M)
        box.addWidget(self.sheets)
        box.addLayout(upper)
        box.addWidget(framed(self.view), 1)
        box.addWidget(self.working)
        box.addLayout(lower)
        box.addWidget(
            label(
                tr("Drag a marker to another row, press its arrows, or use Alt+Up and Alt+Down on its row."),
                tone="muted",
                wrap=True,
            )
        )


def rows_text(preview: Preview) -> str:
    """What the rows of the file are: they add up."""
    titles = kind_titles()
    parts = [f"{preview.kinds[kind]:,} {titles[kind]}" for kind in KINDS if preview.kinds.get(kind)]
    return tr("{rows} rows = {parts}").format(rows=f"{preview.total:,}", parts=" + ".join(parts))
