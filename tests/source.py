"""The program's own source as values: one `Module` per file, with its room, layer, tree and imports."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SLICES = ("accounts", "rating", "rates", "tariffs", "calls", "billing", "insight")
"""Living rooms from the ground up."""


@dataclass(frozen=True)
class Module:
    """One source file; `name` is dotted, `room` the name below voipdesk, `layer` its part in there."""

    path: Path
    name: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, str(self.path))

    @property
    def room(self) -> str:
        return self.name.split(".")[1] if "." in self.name else ""

    @property
    def layer(self) -> str:
        """`commands` for commands.py, commands_import.py and everything below commands/."""
        return layer_of(self.name)

    @property
    def is_package(self) -> bool:
        return self.path.name == "__init__.py"

    @cached_property
    def imports(self) -> list[tuple[int, str]]:
        """Line and absolute dotted name of each import, wherever in the file; `from a import b` is `a.b`."""
        return list(self._imports())

    def _imports(self) -> Iterator[tuple[int, str]]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((node.lineno, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                base = self._base(node)
                yield from ((node.lineno, f"{base}.{alias.name}") for alias in node.names)

    def _base(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        parts = self.name.split(".")
        parts = parts[: len(parts) - node.level + self.is_package]
        return ".".join([*parts, *([node.module] if node.module else [])])

    def at(self, line: int) -> str:
        """Where, in the form that editors jump to."""
        return f"{self.path.relative_to(ROOT) if self.path.is_relative_to(ROOT) else self.path}:{line}"


def layer_of(name: str) -> str:
    """The layer of a dotted name inside a room: `voipdesk.rates.queries_deck.Deck` is in `queries`."""
    parts = name.split(".")
    return parts[2].split("_")[0] if len(parts) > 2 else ""


def module(text: str, name: str) -> Module:
    """A module out of a text, for trying a rule on a known sin."""
    return Module(ROOT / (name.replace(".", "/") + ".py"), name, text)


def modules(folder: str = "voipdesk") -> list[Module]:
    """Every source file below a folder of the checkout."""
    found = []
    for path in sorted((ROOT / folder).rglob("*.py")):
        parts = list(path.relative_to(ROOT).with_suffix("").parts)
        if parts[-1] == "__init__":
            parts.pop()
        found.append(Module(path, ".".join(parts), path.read_text(encoding="utf-8")))
    return found
