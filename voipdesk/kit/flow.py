"""The course of a wizard without any screen: named steps, values carried forward, and which step comes next.

Going back loses nothing: each step keeps what was entered, and a step that is reached again starts from that.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Step:
    """One page of a wizard. `needed` may leave it out; `check` gives the sentences that hold it up."""

    name: str
    title: str
    needed: Callable[[Values], bool] = lambda _: True
    check: Callable[[Values], Sequence[str]] = lambda _: ()


@dataclass(slots=True)
class Flow:
    """Where a wizard stands. `values` is everything entered so far, `path` the steps gone, the last one current."""

    steps: Sequence[Step]
    given: Values = field(default_factory=dict)
    path: list[str] = field(init=False)
    _entered: dict[str, dict[str, Any]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        names = [step.name for step in self.steps]
        if not names or len(set(names)) != len(names):
            raise ValueError("a flow needs steps with different names")
        self.path = []
        first = self._following(-1)
        if first is None:
            raise ValueError("no step of the flow is needed")
        self.path = [first.name]

    @property
    def current(self) -> Step:
        """The step that is shown."""
        return self.step(self.path[-1])

    @property
    def values(self) -> Values:
        """What was given at the start and entered in the steps gone; later steps win. Not to be changed."""
        merged = dict(self.given)
        for name in self.path:
            merged.update(self._entered.get(name, {}))
        return MappingProxyType(merged)

    def step(self, name: str) -> Step:
        """The step of a name; KeyError where there is none."""
        for step in self.steps:
            if step.name == name:
                return step
        raise KeyError(name)

    def entered(self, name: str) -> Values:
        """What was entered in a step, also where it was left by going back."""
        return MappingProxyType(self._entered.get(name, {}))

    def enter(self, **values: Any) -> None:
        """Keep values for the current step."""
        self._entered.setdefault(self.current.name, {}).update(values)

    def problems(self) -> list[str]:
        """What holds up the current step; empty: it may go on."""
        return list(self.current.check(self.values))

    @property
    def is_last(self) -> bool:
        """Whether no further step is needed."""
        return self.upcoming() is None

    @property
    def may_go_back(self) -> bool:
        """Whether there is a step before."""
        return len(self.path) > 1

    def upcoming(self) -> Step | None:
        """The step that `go_on` would show with the values of now."""
        return self._following(self._place(self.path[-1]))

    def go_on(self) -> Step:
        """To the next needed step; ValueError while the current one is held up or is the last."""
        held = self.problems()
        if held:
            raise ValueError(held[0])
        following = self.upcoming()
        if following is None:
            raise ValueError(f"{self.current.name} is the last step")
        self.path.append(following.name)
        return following

    def go_back(self, name: str | None = None) -> Step:
        """To the step before, or to a step gone; what was entered stays."""
        target = name if name is not None else self.path[-2] if self.may_go_back else None
        if target is None or target not in self.path:
            raise ValueError("there is no such step to go back to")
        del self.path[self.path.index(target) + 1 :]
        return self.current

    def stand_at(self, *names: str) -> Step:
        """Stand at the last of these steps, having gone the others; for work that is taken up again."""
        for name in names:
            self.step(name)
        self.path[:] = names
        return self.current

    def give(self, **values: Any) -> None:
        """Values that hold from the start, beside those given then; what is entered still wins."""
        self.given = {**self.given, **values}

    def outline(self) -> list[tuple[Step, str]]:
        """Steps with `done`, `current` or `open`; steps not needed with the values of now are left out."""
        found = []
        for step in self.steps:
            if step.name == self.path[-1]:
                found.append((step, "current"))
            elif step.name in self.path:
                found.append((step, "done"))
            elif self._place(step.name) > self._place(self.path[-1]) and step.needed(self.values):
                found.append((step, "open"))
        return found

    def _place(self, name: str) -> int:
        return next(at for at, step in enumerate(self.steps) if step.name == name)

    def _following(self, place: int) -> Step | None:
        return next((step for step in self.steps[place + 1 :] if step.needed(self.values)), None)
