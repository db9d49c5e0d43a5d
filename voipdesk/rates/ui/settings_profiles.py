"""Settings ▸ Profiles and synonyms: how senders' sheets are read, and what titles of columns were said to mean."""

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtWidgets import QLineEdit, QWidget

from voipdesk.kernel.changes import Actor
from voipdesk.kernel.text import tr
from voipdesk.kit import theme
from voipdesk.kit.desk import Desk
from voipdesk.kit.editors import ChoiceEdit
from voipdesk.kit.form import FormDialog
from voipdesk.kit.grid import Column, Formats, Grid, Kind, MemorySource
from voipdesk.kit.names import named
from voipdesk.kit.page import framed, label
from voipdesk.kit.settings import SettingsPart
from voipdesk.kit.states import State
from voipdesk.rates.commands.learning import forget_titles, learn_titles
from voipdesk.rates.commands.profiles import remove_profile, rename_profile
from voipdesk.rates.queries.senders import LearnedTitle, ProfileUse, learned, profile_uses
from voipdesk.rates.ui.actions import opened
from voipdesk.rates.ui.column_card import role_titles
from voipdesk.rates.ui.dialogs import ListDialog
from voipdesk.rates.ui.imports_actions import Bar
from voipdesk.store.database import Database

TABLES = frozenset({"setting", "import_profile", "rate_import", "rate_table", "supplier"})
_GRID_LINES = 12


class ProfilesPart(SettingsPart):
    """`table.profiles` above `table.titles`, each with its verbs."""

    def __init__(self, desk: Desk[Database]) -> None:
        about = tr(
            "What makes the second month ask nothing: how each sender's sheets are read, and what their titles mean."
        )
        super().__init__("profiles", tr("Profiles and synonyms"), about)
        self._desk = desk
        self._profiles: list[ProfileUse] = []
        self._learned: list[LearnedTitle] = []
        formats = Formats(zone=desk.zone)
        self.profiles = Grid("profiles", profile_columns(), formats=formats, title=tr("Import profiles"))
        text = tr("The first sheet of a table that is published leaves one.")
        self.profiles.empty = State("import", tr("No profiles yet"), text)
        self.titles = Grid("titles", title_columns(), formats=formats, title=tr("Learned titles"))
        text = tr("What you say of a column in the import wizard is learned, or add a title here.")
        self.titles.empty = State("note", tr("No title was learned yet"), text)
        self.profile_bar, self.title_bar = Bar(profile_verbs(), self._act), Bar(title_verbs(), self._act)
        parts = (
            (tr("Import profiles"), self.profile_bar, self.profiles), (tr("Learned titles"), self.title_bar, self.titles)
        )  # fmt: skip
        for title, bar, grid in parts:
            bar.put_title(label(title, bold=True))
            grid.current_changed.connect(lambda _: self._enable())
            grid.setMinimumHeight(theme.ems(_GRID_LINES))
            self.box.addWidget(bar)
            self.box.addWidget(framed(grid), 1)
        self.profiles.activated.connect(lambda _: self._act("mapping"))
        desk.on_change(TABLES, self.reload)
        self._enable()
        self.reload()

    def reload(self) -> None:
        """Read both lists again, beside the window."""

        def read(db: Database, actor: Actor) -> tuple[list[ProfileUse], list[LearnedTitle]]:
            return profile_uses(db, actor), learned(db, actor)

        self._desk.read(tr("Read profiles"), read, self._show)

    def texts(self) -> Sequence[str]:
        """Names of profiles and titles can be looked for."""
        words = role_titles()
        named = [f"{tr('Import profiles')} {one.name} {one.table} {one.supplier}" for one in self._profiles]
        said = [
            f"{tr('Learned titles')} {one.title} {words.get(one.role, one.role)}" for one in self._learned
        ]
        return [tr("Import profiles"), tr("Learned titles"), *named, *said]

    def _show(self, found: tuple[list[ProfileUse], list[LearnedTitle]]) -> None:
        self._profiles, self._learned = found
        words = role_titles()
        rows = [profile_row(one) for one in self._profiles]
        self.profiles.set_source(
            MemorySource.keyed(profile_columns(), rows, [str(one.id) for one in self._profiles])
        )
        said = [(one.title, words.get(one.role, one.role), one.file, one.by, one.at) for one in self._learned]
        self.titles.set_source(
            MemorySource.keyed(title_columns(), said, [one.title for one in self._learned])
        )
        for grid in (self.profiles, self.titles):
            if grid.current_key() is None and len(grid.model.ids):
                grid.go_to(grid.model.key(0))
        self._enable()

    def _profile(self) -> ProfileUse | None:
        key = self.profiles.current_key()
        return next((one for one in self._profiles if str(one.id) == key), None)

    def _title(self) -> LearnedTitle | None:
        key = self.titles.current_key()
        return next((one for one in self._learned if one.title == key), None)

    def _enable(self) -> None:
        has = self._profile() is not None
        self.profile_bar.enable(frozenset({"mapping", "rename", "remove_profile"} if has else ()))
        self.title_bar.enable(frozenset({"add_title", *(("forget",) if self._title() is not None else ())}))

    def _act(self, verb: str) -> None:
        profile, title = self._profile(), self._title()
        if verb == "add_title":
            self._add_title()
        elif verb == "forget" and title is not None:
            self._write(
                tr("“{title}” means nothing any more.").format(title=title.title),
                lambda db, actor: forget_titles(db, actor, [title.title]),
            )
        elif verb == "mapping" and profile is not None:
            opened(mapping_dialog(self, profile))
        elif verb == "rename" and profile is not None:
            self._rename(profile)
        elif verb == "remove_profile" and profile is not None:
            self._remove(profile)

    def _rename(self, profile: ProfileUse) -> None:
        name = self._desk.ask.text(tr("Name of the profile"), value=profile.name, title=tr("Rename profile"))
        if name is not None and name.strip() != profile.name:
            self._write(
                tr("The profile is called {name} now.").format(name=name.strip()),
                lambda db, actor: rename_profile(db, actor, profile.id, name=name),
            )

    def _remove(self, profile: ProfileUse) -> None:
        text = tr("Remove profile {name}? The next sheet like it is asked about again.").format(
            name=profile.name
        )
        if self._desk.ask.confirm(text, verb=tr("Remove profile"), danger=True):
            self._write(
                tr("Profile {name} was removed.").format(name=profile.name),
                lambda db, actor: remove_profile(db, actor, profile.id),
            )

    def _add_title(self) -> None:
        dialog = TitleDialog(self)

        def learn() -> None:
            said = dialog.said()
            told = tr("“{title}” is known now.").format(title=next(iter(said)))
            self._write(told, lambda db, actor: learn_titles(db, actor, said))

        dialog.accepted.connect(learn)
        opened(dialog)

    def _write(self, told: str, do: Any) -> None:
        desk = self._desk
        desk.jobs.write(
            tr("Change profiles and synonyms"),
            lambda _: do(desk.db, desk.actor),
            done=lambda _: self.kept.emit(told, True),
            refused=desk.ask.refuse,
        )


class TitleDialog(FormDialog):
    """A title as it stands in sheets, and what its column holds."""

    def __init__(self, parent: QWidget) -> None:
        self.title = named(QLineEdit(), "field.title", tr("Title of the column"))
        self.role = named(ChoiceEdit(), "field.role", tr("What it holds"))
        self.role.set_choices([("", tr("Choose…")), *role_titles().items()])
        super().__init__(
            parent,
            tr("Add a title"),
            fields=[(tr("Title of the column"), self.title), (tr("What it holds"), self.role)],
            verb=tr("Add title"),
            about=tr("As it stands in the sheet; capitals and signs do not matter."),
            problem=self._wrong,
        )

    def said(self) -> Mapping[str, str]:
        """As the command takes it."""
        return {self.title.text().strip(): str(self.role.value())}

    def _wrong(self) -> str:
        if not any(sign.isalnum() for sign in self.title.text()):
            return tr("Write the title as it stands in the sheet.")
        return "" if self.role.value() else tr("Choose what the column holds.")


def profile_verbs() -> list[tuple[str, str, str]]:
    """(name, text, icon) of what can be done with a profile."""
    return [
        ("mapping", tr("What it reads…"), "eye"), ("rename", tr("Rename…"), "edit"),
        ("remove_profile", tr("Remove…"), "trash"),
    ]  # fmt: skip


def title_verbs() -> list[tuple[str, str, str]]:
    """(name, text, icon) of what can be done with learned titles."""
    return [("add_title", tr("Add…"), "plus"), ("forget", tr("Forget"), "trash")]


def profile_columns() -> list[Column]:
    """Whose sheets, which columns, when last."""
    return [
        Column("name", tr("Profile"), width=12),
        Column("supplier", tr("Supplier"), width=10),
        Column("table", tr("Table"), width=12),
        Column("columns", tr("Columns of its header"), width=18, stretch=True),
        Column("imports", tr("Imports"), Kind.INT, width=8),
        Column("last", tr("Last used"), Kind.DATE, width=11),
    ]


def profile_row(one: ProfileUse) -> tuple[Any, ...]:
    """A row of the list of profiles."""
    titles = " · ".join(one.columns.values())
    return one.name, one.supplier, one.table, titles, one.imports, one.last_used


def title_columns() -> list[Column]:
    """Title, meaning, where it was said."""
    return [
        Column("title", tr("Title"), width=18),
        Column("role", tr("Holds"), width=18),
        Column("file", tr("Learned from"), width=24, stretch=True),
        Column("by", tr("By"), width=10),
        Column("at", tr("On"), Kind.DATE, width=11),
    ]


def mapping_dialog(parent: QWidget, one: ProfileUse) -> ListDialog:
    """What a profile reads: each column with its meaning, and the conventions of the sheet."""
    words = role_titles()
    columns = [
        Column("title", tr("Title in the sheet"), width=26),
        Column("role", tr("Holds"), width=26, stretch=True),
    ]
    rows: list[tuple[Any, ...]] = [(title, words.get(role, role)) for role, title in one.columns.items()]
    constants = dict(one.layout.get("constants", {}))
    rows += [
        (tr("(every row: {value})").format(value=value), words.get(role, role))
        for role, value in constants.items()
    ]
    grid = Grid("mapping", columns, title=tr("What it reads"))
    grid.set_source(MemorySource(columns, rows))
    title = tr("What {name} reads").format(name=one.name)
    return ListDialog(parent, title, conventions_text(one.layout), grid)


def conventions_text(layout: Mapping[str, Any]) -> str:
    """Signs, order of dates, unit and currency in a line."""
    orders = {
        "dmy": tr("day first"),
        "mdy": tr("month first"),
        "ymd": tr("year first"),
        "serial": tr("real dates"),
    }
    parts = [
        tr("Decimal sign: {sign}").format(sign=tr("comma") if layout.get("decimal") == "," else tr("point")),
    ]
    if layout.get("date_order") in orders:
        parts.append(tr("dates: {order}").format(order=orders[layout["date_order"]]))
    if str(layout.get("scale", "1")) != "1":
        parts.append(tr("prices times {scale}").format(scale=layout["scale"]))
    if layout.get("currency"):
        parts.append(tr("currency {currency}").format(currency=layout["currency"]))
    if layout.get("sheet"):
        parts.append(tr("sheet {name}").format(name=layout["sheet"]))
    if layout.get("escapes"):
        parts.append(tr("without the leading {digits}").format(digits=", ".join(layout["escapes"])))
    return " · ".join(parts)
