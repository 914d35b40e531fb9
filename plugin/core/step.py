"""One step ready to run: its entries, their index, and the policy that says which of them decide."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from plugin.core.describe import value_text
from plugin.core.entries import Entry, Saying, entries_of
from plugin.core.facts import Count, FactValue
from plugin.core.index import Index
from plugin.core.place import Place
from plugin.core.rules import FieldSpec, Step
from plugin.core.trace import Answer, TraceNode
from plugin.core.view import View


class Open(NamedTuple):
    """An entry nobody can answer yet though something speaks for it: a person may be asked for ``fields``."""

    step: str
    entry: str
    fields: tuple[str, ...]
    place: Place


class Verdict(NamedTuple):
    """What a step decided: what is set, by which entries (and where they stand), and what hangs."""

    sets: tuple[Saying, ...]
    by: tuple[str, ...]
    places: tuple[Place, ...]
    open: tuple[Open, ...] = ()


class CompiledStep:
    """A step that can be run and told."""

    def __init__(self, step: Step, fields: Mapping[str, FieldSpec], cardinality: Mapping[str, int]) -> None:
        self.name, self._step = step.name, step
        self.entries: Sequence[Entry] = entries_of(step.rules, step.bands, step.grids, step.output)
        self.index = Index([entry.cond for entry in self.entries], cardinality)
        self._grade = grading(fields.get(step.output))
        self._run = {"first": self._first, "highest": self._highest, "all": self._all}[step.policy]
        self._otherwise = Verdict((Saying(step.otherwise),), ("otherwise",), (step.place,))
        self._silent = Verdict((), (), ())

    def run(self, view: View) -> Verdict:
        """Ask the entries that can answer, by the step's policy."""
        return self._run(view, self.index.proposed(view))

    def _first(self, view: View, proposed: Sequence[int]) -> Verdict:
        hanging: list[Entry] = []
        for number in proposed:
            entry = self.entries[number]
            holds = entry.holds(view)
            if holds:
                return Verdict(
                    (entry.saying(view),), (entry.id,), (entry.place,), self._opened(hanging, view)
                )
            if holds is None:
                hanging.append(entry)
        return self._nobody(view, hanging)

    def _highest(self, view: View, proposed: Sequence[int]) -> Verdict:
        holding, hanging = self._asked(view, proposed)
        if not holding:
            return self._nobody(view, hanging)
        output, grade = self._step.output, self._grade
        sayings = [(entry, entry.saying(view)) for entry in holding]
        best = max(grade(saying.sets.get(output)) for _, saying in sayings)
        gravest = [pair for pair in sayings if grade(pair[1].sets.get(output)) == best]
        entry, saying = gravest[0]
        provisional = all(pair[1].provisional for pair in gravest)
        graver = [one for one in hanging if self._could_exceed(one, best)]
        return Verdict(
            (Saying(saying.sets, provisional),), (entry.id,), (entry.place,), self._opened(graver, view)
        )

    def _could_exceed(self, entry: Entry, best: float) -> bool:
        grade, output = self._grade, self._step.output
        return any(grade(sets.get(output)) > best for sets in entry.possible)

    def _all(self, view: View, proposed: Sequence[int]) -> Verdict:
        holding, hanging = self._asked(view, proposed)
        if not holding:
            return self._nobody(view, hanging)
        return Verdict(
            tuple(entry.saying(view) for entry in holding),
            tuple(entry.id for entry in holding),
            tuple(entry.place for entry in holding),
            self._opened(hanging, view),
        )

    def _asked(self, view: View, proposed: Sequence[int]) -> tuple[list[Entry], list[Entry]]:
        holding, hanging = [], []
        for number in proposed:
            entry = self.entries[number]
            holds = entry.holds(view)
            if holds:
                holding.append(entry)
            elif holds is None:
                hanging.append(entry)
        return holding, hanging

    def _nobody(self, view: View, hanging: Sequence[Entry]) -> Verdict:
        verdict = self._otherwise if self._step.otherwise else self._silent
        return verdict._replace(open=self._opened(hanging, view)) if hanging else verdict

    def _opened(self, hanging: Sequence[Entry], view: View) -> tuple[Open, ...]:
        if not hanging:
            return ()
        asked = ((entry, entry.wanting(view)) for entry in hanging)
        return tuple(Open(self.name, entry.id, fields, entry.place) for entry, fields in asked if fields)

    def trace(self, view: View, verdict: Verdict, *, full: bool) -> TraceNode:
        """The step told: what it decided, and the entries that could answer (or, in full, every one)."""
        numbers = range(len(self.entries)) if full else self.index.proposed(view)
        children = tuple(self.entries[number].trace(view) for number in numbers)
        return TraceNode(
            _step_answer(verdict),
            self.name,
            self._step.policy,
            ", ".join(verdict.by) + _sets_text(verdict),
            self._step.place,
            children=children + (self._off() if full else ()),
        )

    def _off(self) -> tuple[TraceNode, ...]:
        """Rules that are switched off: never tried."""
        off = (rule for rule in self._step.rules if not rule.enabled)
        return tuple(
            TraceNode(Answer.NOT_TRIED, rule.id, "enabled: true", "enabled: false", rule.place)
            for rule in off
        )


def _step_answer(verdict: Verdict) -> Answer:
    if verdict.sets:
        return Answer.YES
    return Answer.UNKNOWN if verdict.open else Answer.NO


def _sets_text(verdict: Verdict) -> str:
    told = [f"{name} = {value_text(value)}" for saying in verdict.sets for name, value in saying.sets.items()]
    return ": " + ", ".join(told) if told else ""


def grading(spec: FieldSpec | None) -> Callable[[FactValue | None], float]:
    """How grave a value of the step's output is: numbers by size, choices by the order of their values."""
    order = {value: float(rank) for rank, value in enumerate(spec.values)} if spec else {}

    def grade(value: FactValue | None) -> float:
        if isinstance(value, str):
            return order.get(value, -1.0)
        if isinstance(value, Count):
            return float(value.value)
        return float(value) if isinstance(value, int) else float("-inf")

    return grade
