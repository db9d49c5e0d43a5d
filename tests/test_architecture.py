"""The house rules that import-linter and ruff cannot see, each tried on a known sin before it judges us."""

import ast
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.source import ROOT, SLICES, Module, layer_of, module, modules

Rule = Callable[[Module], Iterator[str]]

SHARED_LAYERS = {"queries", "rules", "engine"}
"""What a room may use of a lower room (and `ui.picker`)."""

PRIVATE_TO_ROOF = {"commands", "queries", "rules", "engine", "files", "pdf"}
"""What command line and shell may use of a room besides its `ui`."""

SCREENS = {"kit", "shell", "app"}
HOMES: dict[str, Callable[[Module], bool]] = {
    "PySide6": lambda m: m.room in SCREENS or m.layer == "ui",
    "shiboken6": lambda m: m.room in SCREENS or m.layer == "ui",
    "numpy": lambda m: m.layer == "engine" or (m.room == "kit" and m.layer == "grid"),
    "sqlalchemy": lambda m: m.room in {"store", "sync"} or m.layer in {"schema", "queries", "commands"},
    "alembic": lambda m: m.room == "store",
    "psycopg": lambda m: m.room in {"store", "sync"},
    "openpyxl": lambda m: m.room == "tabular",
    "python_calamine": lambda m: m.room == "tabular",
    "charset_normalizer": lambda m: m.room == "tabular",
    "reportlab": lambda m: m.layer == "pdf",
    "bidi": lambda m: m.layer == "pdf",
    "arabic_reshaper": lambda m: m.layer == "pdf",
    "pypdfium2": lambda m: m.room in SCREENS or m.layer == "ui",
    "click": lambda m: m.room in {"cli", "__main__"},
    "rich": lambda m: m.room in {"cli", "__main__"},
    "argon2": lambda m: m.room == "accounts",
}
"""Where each foreign package lives; one that is not named here lives nowhere until somebody says where."""

ANYWHERE_ABOVE_RULES = {"phonenumbers", "babel", "platformdirs"}

ROUNDING_ELSEWHERE: dict[str, str] = {
    "voipdesk.kernel.money": "the one door",
    "voipdesk.kit": "pixels and screen fractions; kit knows no money",
}

DATABASES = {"db", "database", "_db", "_database"}
WRITERS = {"commands"}
DRAWERS = {"utils", "util", "common", "helpers", "misc", "core", "services", "managers", "models"}

MAX_LINES, MAX_FUNCTION, MAX_METHODS, MAX_PARAMETERS = 500, 50, 20, 6
GENERATED = "voipdesk.store.migrations.versions"
"""Alembic writes the one function of these files; a release freezes them."""


def calls_of(mod: Module) -> Iterator[ast.Call]:
    """Every call in a file."""
    return (node for node in ast.walk(mod.tree) if isinstance(node, ast.Call))


def last_name(node: ast.expr) -> str:
    """`db` of `self.desk.db`."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def writes_outside_commands(mod: Module) -> Iterator[str]:
    """A database is written in `commands` and sync only (and store's own machinery)."""
    if mod.room in {"store", "sync"} or mod.layer in WRITERS:
        return
    managed = {
        id(item.context_expr)
        for node in ast.walk(mod.tree)
        if isinstance(node, ast.With)
        for item in node.items
    }
    for call in calls_of(mod):
        if not (isinstance(call.func, ast.Attribute) and call.func.attr == "write"):
            continue
        if id(call) in managed or last_name(call.func.value) in DATABASES:
            yield f"{mod.at(call.lineno)} writes a database outside of commands"


def rounds_elsewhere(mod: Module) -> Iterator[str]:
    """No float and no rounding beside kernel.money's one door."""
    if any(mod.name == place or mod.name.startswith(f"{place}.") for place in ROUNDING_ELSEWHERE):
        return
    for call in calls_of(mod):
        name = call.func.id if isinstance(call.func, ast.Name) else ""
        if name in {"float", "round"}:
            yield f"{mod.at(call.lineno)} calls {name}(): money is exact, kernel.money.rounded is the door"
        if isinstance(call.func, ast.Attribute) and call.func.attr == "quantize":
            yield f"{mod.at(call.lineno)} calls .quantize(): kernel.money.rounded is the door"


def unread_translations(mod: Module) -> Iterator[str]:
    """What is not a literal inside tr() and trn() never reaches a translator."""
    for call in calls_of(mod):
        texts = {"tr": 1, "trn": 2}.get(last_name(call.func), 0)
        for argument in call.args[:texts]:
            if not (isinstance(argument, ast.Constant) and isinstance(argument.value, str)):
                yield f"{mod.at(call.lineno)} gives {last_name(call.func)}() something else than a literal"


def impure_rules(mod: Module) -> Iterator[str]:
    """kernel: standard library and itself; rules: those, and rules."""
    if mod.room != "kernel" and mod.layer != "rules":
        return
    for line, name in mod.imports:
        root = name.partition(".")[0]
        if root in sys.stdlib_module_names:
            continue
        if name.startswith("voipdesk.kernel") or (mod.layer == "rules" and layer_of(name) == "rules"):
            continue
        yield f"{mod.at(line)} imports {name} into {mod.room}'s pure part"


def foreign_guests(mod: Module) -> Iterator[str]:
    """Each foreign package lives in one kind of place."""
    for line, name in mod.imports:
        root = name.partition(".")[0]
        if root == "voipdesk" or root in sys.stdlib_module_names or root in ANYWHERE_ABOVE_RULES:
            continue
        if root not in HOMES:
            yield f"{mod.at(line)} imports {root}, which has no home: name it in HOMES and in pyproject.toml"
        elif not HOMES[root](mod):
            yield f"{mod.at(line)} imports {root}, which does not live in {mod.name}"


def looks_over_the_fence(mod: Module) -> Iterator[str]:
    """Rooms see queries, rules, engine and ui.picker of a lower room; the roof sees all but the tables."""
    for line, name in mod.imports:
        parts = name.split(".")
        if parts[0] != "voipdesk" or len(parts) < 3 or parts[1] not in SLICES or parts[1] == mod.room:
            continue
        if name == f"voipdesk.{parts[1]}.ui.picker" or name.startswith(f"voipdesk.{parts[1]}.ui.picker."):
            continue
        layer = layer_of(name)
        if mod.room in SLICES and layer not in SHARED_LAYERS:
            yield f"{mod.at(line)} looks into {name}, which is private to {parts[1]}"
        if mod.room not in SLICES and layer != "ui" and layer not in PRIVATE_TO_ROOF:
            yield f"{mod.at(line)} looks into {name}, which is private to {parts[1]}"


def outgrown(mod: Module) -> Iterator[str]:
    """Sizes at which a reader loses the thread."""
    lines = mod.text.count("\n")
    if lines > MAX_LINES:
        yield f"{mod.at(1)} has {lines} lines, {MAX_LINES} are allowed"
    if mod.name.startswith(GENERATED):
        return
    for node in ast.walk(mod.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > MAX_FUNCTION:
                yield f"{mod.at(node.lineno)} {node.name} has {length} lines, {MAX_FUNCTION} are allowed"
            taken = parameters(node)
            if taken > MAX_PARAMETERS and not mod.name.startswith("tests"):
                yield f"{mod.at(node.lineno)} {node.name} takes {taken} parameters, not {MAX_PARAMETERS}"
        if isinstance(node, ast.ClassDef):
            methods = sum(isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef) for part in node.body)
            if methods > MAX_METHODS:
                yield f"{mod.at(node.lineno)} {node.name} has {methods} methods, {MAX_METHODS} are allowed"


def parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """How many a caller has to think of: not self, not cls."""
    given = function.args
    names = [argument.arg for argument in given.posonlyargs + given.args + given.kwonlyargs]
    return len([name for name in names if name not in {"self", "cls"}])


def drawers(mod: Module) -> Iterator[str]:
    """A folder or file is named for what it does."""
    for part in mod.name.split("."):
        if part in DRAWERS:
            yield f"{mod.at(1)} is a drawer called {part}"


HEAVY = ["numpy", "openpyxl", "python_calamine", "reportlab", "psycopg", "sqlalchemy.orm", "pypdfium2"]
"""Imported on use: each costs more than an empty window."""

WITHOUT_SCREEN = """
import sys
from importlib import import_module
sys.modules["PySide6"] = None
for name in {names}:
    import_module(name)
"""

FIRST_PAINT = """
import os, sys
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget


class Watch(QObject):
    def eventFilter(self, thing, event):
        if event.type() == QEvent.Type.Paint and isinstance(thing, QWidget) and thing.isWindow():
            print("painted with", [name for name in {heavy} if name in sys.modules], flush=True)
            os._exit(0)
        return False


watch = Watch()
real = QApplication.__init__


def begin(self, *given):
    real(self, *given)
    self.installEventFilter(watch)


QApplication.__init__ = begin
sys.argv = ["voipdesk", "--sample"]
from voipdesk.__main__ import main
sys.exit(main() or 3)
"""

NONE_PROBE = """
import sys
from PySide6.QtWidgets import QApplication, QProgressBar
app = QApplication([])
bar = QProgressBar()
before = sys.getrefcount(None)
for step in range(10_000):
    app.processEvents()
    bar.setValue(step % 100)
print(before - sys.getrefcount(None))
"""


def digits_of_other_scripts(mod: Module) -> Iterator[str]:
    """`isdigit` is true of ² and ٣, which are no code and often no number: a text is asked in kernel.digits."""
    if mod.name == "voipdesk.kernel.digits":
        return
    ascii_too = {
        one
        for both in ast.walk(mod.tree)
        if isinstance(both, ast.BoolOp) and isinstance(both.op, ast.And) and "isascii()" in ast.unparse(both)
        for one in both.values
    }
    for call in calls_of(mod):
        if (
            isinstance(call.func, ast.Attribute)
            and call.func.attr in {"isdigit", "isdecimal", "isnumeric"}
            and not call.args
            and call not in ascii_too
        ):
            yield f"{mod.at(call.lineno)} asks {ast.unparse(call)}: kernel.digits knows which digits are ours"


def sheets_of_their_own(mod: Module) -> Iterator[str]:
    """A widget with a style sheet of its own is polished again with all that is in it, each time it is put elsewhere."""
    if mod.name == "voipdesk.kit.theme":
        return
    for call in calls_of(mod):
        if isinstance(call.func, ast.Attribute) and call.func.attr == "setStyleSheet":
            yield f"{mod.at(call.lineno)} sets a style sheet: there is one, kit/theme.qss"


SINS: list[tuple[Rule, str, str]] = [
    (writes_outside_commands, "voipdesk.rates.queries", "with anything.write('x', actor) as w: pass"),
    (writes_outside_commands, "voipdesk.rates.ui.page", "self.desk.db.write('x', actor)"),
    (rounds_elsewhere, "voipdesk.rates.queries", "float(price)"),
    (rounds_elsewhere, "voipdesk.rating.engine", "round(price, 2)"),
    (rounds_elsewhere, "voipdesk.billing.rules", "price.quantize(cent)"),
    (unread_translations, "voipdesk.shell.window", "tr(f'{n} rates')"),
    (unread_translations, "voipdesk.shell.window", "trn('one rate', f'{n} rates', n)"),
    (unread_translations, "voipdesk.shell.window", "text.tr(name)"),
    (impure_rules, "voipdesk.kernel.money", "import numpy"),
    (impure_rules, "voipdesk.kernel.money", "from voipdesk.store import types"),
    (impure_rules, "voipdesk.rates.rules", "from voipdesk.accounts import queries"),
    (impure_rules, "voipdesk.rating.rules.terms", "import phonenumbers"),
    (foreign_guests, "voipdesk.rates.queries", "import numpy as np"),
    (foreign_guests, "voipdesk.rates.engine", "def later():\n    import sqlalchemy"),
    (foreign_guests, "voipdesk.cli.rates", "from openpyxl import Workbook"),
    (foreign_guests, "voipdesk.kit.theme", "import requests"),
    (looks_over_the_fence, "voipdesk.rates.queries", "from voipdesk.accounts import schema"),
    (
        looks_over_the_fence,
        "voipdesk.rates.commands",
        "from voipdesk.accounts.commands import create_account",
    ),
    (looks_over_the_fence, "voipdesk.rates.ui.page", "from ...accounts.ui.page import Page"),
    (looks_over_the_fence, "voipdesk.cli.rates", "from voipdesk.rates import schema"),
    (outgrown, "voipdesk.rates.queries", "x = 1\n" * 501),
    (outgrown, "voipdesk.rates.queries", "def long():\n" + "    x = 1\n" * 50),
    (outgrown, "voipdesk.rates.queries", "def wide(a, b, c, d, *, e, f, g): pass"),
    (
        outgrown,
        "voipdesk.rates.queries",
        "class Big:\n" + "".join(f"    def m{n}(self): ...\n" for n in range(21)),
    ),
    (drawers, "voipdesk.rates.utils", ""),
    (digits_of_other_scripts, "voipdesk.tabular.dates", "if len(text) == 5 and text.isdigit(): int(text)"),
    (
        sheets_of_their_own,
        "voipdesk.rates.ui.page",
        "split.setStyleSheet('QSplitter::handle { width: 1px; }')",
    ),
    (digits_of_other_scripts, "voipdesk.cli.people", "days.isdecimal() or days.isascii()"),
]

VIRTUES: list[tuple[Rule, str, str]] = [
    (writes_outside_commands, "voipdesk.rates.commands_import", "with db.write('x', actor) as w: pass"),
    (writes_outside_commands, "voipdesk.rates.files", "file.write(text)"),
    (rounds_elsewhere, "voipdesk.kernel.money", "amount.quantize(step)"),
    (unread_translations, "voipdesk.shell.window", "tr('{count} rates').format(count=n)"),
    (impure_rules, "voipdesk.rates.rules", "from voipdesk.rating.rules import Rate\nimport decimal"),
    (foreign_guests, "voipdesk.kit.grid_model", "import numpy"),
    (looks_over_the_fence, "voipdesk.rates.queries", "from voipdesk.accounts.ui.picker import Picker"),
    (looks_over_the_fence, "voipdesk.rates.queries", "from voipdesk.rating import engine, rules"),
    (looks_over_the_fence, "voipdesk.cli.rates", "from voipdesk.rates.commands import import_sheet"),
    (digits_of_other_scripts, "voipdesk.tabular.codes", "cell.isascii() and cell.isdecimal()"),
    (sheets_of_their_own, "voipdesk.kit.theme", "app.setStyleSheet(text)"),
    (digits_of_other_scripts, "voipdesk.rates.engine", "numpy.char.isdigit(prefixes)"),
    (outgrown, "voipdesk.rates.queries", "def fits(self, a, b, *, c, d, e, f): pass"),
]


@pytest.mark.parametrize(("rule", "name", "text"), SINS)
def test_rule_sees_the_sin(rule: Rule, name: str, text: str) -> None:
    assert list(rule(module(text, name)))


@pytest.mark.parametrize(("rule", "name", "text"), VIRTUES)
def test_rule_leaves_the_innocent_alone(rule: Rule, name: str, text: str) -> None:
    assert not list(rule(module(text, name)))


@pytest.mark.parametrize("rule", dict.fromkeys(rule for rule, _, _ in SINS), ids=lambda rule: rule.__name__)
def test_program_keeps(rule: Rule) -> None:
    assert [sin for mod in modules() for sin in rule(mod)] == []


@pytest.mark.parametrize("folder", ["packaging", "tests"])
def test_sizes_and_names_hold_outside_too(folder: str) -> None:
    assert [sin for mod in modules(folder) for rule in (outgrown, drawers) for sin in rule(mod)] == []


def test_every_room_of_the_contracts_is_known_here() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    inside = contracts["contracts"][1]["containers"]
    assert inside == [f"voipdesk.{room}" for room in SLICES]


def in_a_process(code: str) -> str:
    """Run code in a fresh interpreter at the root of the checkout; what it printed."""
    command = [sys.executable, "-W", "error", "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_lower_floors_need_no_screen() -> None:
    names = [
        mod.name
        for mod in modules()
        if mod.room not in {"kit", "shell", "app", "cli", "__main__"}
        and mod.layer not in {"ui", "migrations"}
    ]
    in_a_process(WITHOUT_SCREEN.format(names=names))


@pytest.mark.skipif(not (ROOT / "voipdesk" / "app.py").exists(), reason="the window is not built yet")
def test_heavy_packages_wait_for_the_first_window(isolated_home: Path) -> None:
    loaded = in_a_process(FIRST_PAINT.format(heavy=HEAVY)).splitlines()
    assert loaded[-1:] == ["painted with []"]


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None is immortal here")
def test_qt_keeps_its_hands_off_none() -> None:
    """PySide6 6.12.0 gives away one reference to None per void call and aborts 3.11 (performance.md 0.1)."""
    lost = int(in_a_process(NONE_PROBE))
    assert lost < 100, f"{lost} references to None are gone after 20,000 void calls"
