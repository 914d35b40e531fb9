"""The only evaluator: three-valued answers, the short way (closures) and the told way (a trace).

Both ways ask the same leaves; they differ only in that the short one stops as soon as the answer is certain.
Three-valued logic after Kleene: a missing value is unknown; ``all`` with a no is no, ``any`` with a yes
is yes, ``none`` and ``not`` of unknown are unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from plugin.core.conditions import All, AnyOf, Cond, NoneOf, Test
from plugin.core.leaves import Leaf, cleaned_test, leaf
from plugin.core.tell import Teller, teller
from plugin.core.trace import Answer, TraceNode
from plugin.core.view import View

Truth = bool | None
"""True: yes, False: no, None: unknown."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A condition ready to be asked."""

    cond: Cond
    holds: Callable[[View], Truth]
    """The short way."""
    parts: tuple[Asked, ...] = ()
    tell: Teller | None = None
    """Of a test: the told way."""

    def trace(self, view: View) -> TraceNode:
        """The told way: every branch asked, with both values and where they stand."""
        if self.tell is not None:
            return self.tell(view)
        children = tuple([part.trace(view) for part in self.parts])
        name, combined = _TOLD[type(self.cond)]
        return TraceNode(
            combined([child.answer for child in children]), name, place=self.cond.place, children=children
        )

    def tests(self) -> Iterator[Asked]:
        """The tests that speak for the condition: all but those inside ``none``."""
        if isinstance(self.cond, Test):
            yield self
        elif not isinstance(self.cond, NoneOf):
            for part in self.parts:
                yield from part.tests()


def evaluate(cond: Cond, view: View) -> TraceNode:
    """Ask a condition and tell all about it."""
    return ask(cond).trace(view)


def compile_cond(cond: Cond) -> Callable[[View], Truth]:
    """The short way alone: yes (True), no (False) or unknown (None)."""
    return ask(cond).holds


def ask(cond: Cond) -> Asked:
    """Make a condition ready; do it once and ask often."""
    if isinstance(cond, Test):
        test = cleaned_test(cond)
        holds = leaf(test)
        return Asked(test, holds, tell=teller(test, holds))
    parts = tuple(ask(part) for part in cond.parts)
    return Asked(cond, _SHORT[type(cond)](tuple(part.holds for part in parts)), parts)


def _all_hold(parts: tuple[Leaf, ...]) -> Leaf:
    if len(parts) == 1:
        return parts[0]

    def holds(view: View) -> Truth:
        answer: Truth = True
        for part in parts:
            one = part(view)
            if one is False:
                return False
            if one is None:
                answer = None
        return answer

    return holds


def _any_holds(parts: tuple[Leaf, ...]) -> Leaf:
    def holds(view: View) -> Truth:
        answer: Truth = False
        for part in parts:
            one = part(view)
            if one is True:
                return True
            if one is None:
                answer = None
        return answer

    return holds


def _none_holds(parts: tuple[Leaf, ...]) -> Leaf:
    any_holds = _any_holds(parts)

    def holds(view: View) -> Truth:
        answer = any_holds(view)
        return None if answer is None else not answer

    return holds


def _all(answers: list[Answer]) -> Answer:
    if Answer.NO in answers:
        return Answer.NO
    return Answer.UNKNOWN if Answer.UNKNOWN in answers else Answer.YES


def _any(answers: list[Answer]) -> Answer:
    if Answer.YES in answers:
        return Answer.YES
    return Answer.UNKNOWN if Answer.UNKNOWN in answers else Answer.NO


def _none(answers: list[Answer]) -> Answer:
    return {Answer.YES: Answer.NO, Answer.NO: Answer.YES}.get(_any(answers), Answer.UNKNOWN)


_SHORT = {All: _all_hold, AnyOf: _any_holds, NoneOf: _none_holds}
_TOLD = {All: ("all", _all), AnyOf: ("any", _any), NoneOf: ("none", _none)}
