"""Rules that can never decide, because another takes every ticket they would.

Not every pair is compared: each rule is given an example ticket, the index says who else holds for it, and
only those are compared, so that ten thousand rules take about as long as loading them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from plugin.core.cover import as_sought, covers, example_of
from plugin.core.evaluate import compile_cond
from plugin.core.facts import Facts
from plugin.core.index import Index
from plugin.core.matcher import Scanner, words_of
from plugin.core.rules import Rule, RuleSet, Step
from plugin.core.selectivity import cardinality
from plugin.core.step import grading
from plugin.core.text import clean
from plugin.core.view import Passage, View


class Shadow(NamedTuple):
    """A rule that never decides, the rule that always does before it, and a ticket that shows it."""

    rule: Rule
    by: Rule
    example: str


def shadows(rules: RuleSet) -> Iterator[Shadow]:
    """Every rule of a ``first`` or ``highest`` step that another of the step keeps from ever deciding."""
    for step in rules.steps:
        if step.policy != "all" and len(step.rules) > 1:
            yield from _Step(step, rules).shadows()


class _Step:
    def __init__(self, step: Step, rules: RuleSet) -> None:
        self.step = step
        self.rules = [rule for rule in step.rules if rule.enabled]
        self.conds = [as_sought(rule.when) for rule in self.rules]
        self.holds = [compile_cond(cond) for cond in self.conds]
        self.index = Index(self.conds, cardinality(rules), hanging=False)
        self.scanner = Scanner(word for cond in self.conds for word in words_of(cond))
        self.grade = grading(rules.fields.get(step.output))

    def shadows(self) -> Iterator[Shadow]:
        for number, rule in enumerate(self.rules):
            example = example_of(self.conds[number])
            view = self._view(example.text, example.heading, example.facts)
            if self.holds[number](view) is not True:
                continue
            for other in self._before(number, self.index.proposed(view)):
                if self.holds[other](view) is True and covers(self.conds[other], self.conds[number]):
                    yield Shadow(rule, self.rules[other], str(example))
                    break

    def _view(self, text: str, title: str, facts: Facts) -> View:
        body = clean(title + "\n" + text)
        found = self.scanner.scan(body)
        heading = Passage(body, found, len(clean(title)))
        return View(facts, Passage(body, found, len(body)), heading)

    def _before(self, number: int, proposed: Sequence[int]) -> Iterator[int]:
        """Who of the proposed decides before a rule: under ``first`` the earlier, else also the graver."""
        if self.step.policy == "first":
            yield from (other for other in proposed if other < number)
            return
        own = self._grade(number)
        for other in proposed:
            theirs = self._grade(other)
            if theirs > own or (theirs == own and other < number):
                yield other

    def _grade(self, number: int) -> float:
        return self.grade(self.rules[number].sets.get(self.step.output))
