"""Ordered steps: what a rules file makes of one message.

Steps run once, from top to bottom; a later step reads what earlier ones set, nothing is asked again, so
there are no loops. ``first``: the first entry that holds decides. ``highest``: the gravest value wins
(就高不就低), ties by order. ``all``: every entry adds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import chain

from plugin.core.describe import value_text
from plugin.core.extract import compile_extract
from plugin.core.facts import Count, Fact, Facts, FactValue, Sure
from plugin.core.matcher import Scanner, words_of
from plugin.core.place import Place
from plugin.core.rules import FieldSpec, RuleSet
from plugin.core.selectivity import cardinality, conditions_of
from plugin.core.step import CompiledStep, Open, Verdict
from plugin.core.text import clean
from plugin.core.ticket import FieldValue
from plugin.core.trace import Answer, TraceNode
from plugin.core.view import Passage, View

_NOTHING: Mapping[str, FieldValue] = {}
_NO_FACTS: Facts = {}
_NOWHERE = Place("", 0, 0)


class RulesReading:
    """What the rules made of one message.

    ``facts``    everything a plan's condition may name: fields, facts read, outputs
    ``outputs``  what the steps set
    ``by``       step → the entries that decided it (one, or several under ``all``), or ``otherwise``
    ``open``     what hangs on an unknown value
    ``view``     what was looked at, for conditions asked later of the same message
    """

    __slots__ = ("_tell", "_trace", "by", "facts", "open", "outputs", "view")

    def __init__(
        self,
        view: View,
        outputs: Mapping[str, FactValue],
        by: Mapping[str, tuple[str, ...]],
        open_: tuple[Open, ...],
        tell: Callable[[bool], TraceNode],
    ) -> None:
        self.view = view
        self.facts = view.facts
        self.outputs = outputs
        self.by = by
        self.open = open_
        self._tell = tell
        self._trace: TraceNode | None = None

    @property
    def provisional(self) -> frozenset[str]:
        """Outputs that rest on witnesses that differ or on a count that straddles a threshold."""
        return frozenset(name for name in self.outputs if self.facts[name].provisional)

    @property
    def trace(self) -> TraceNode:
        """Why: every step with the entries that could answer; told when first asked for."""
        if self._trace is None:
            self._trace = self._tell(False)
        return self._trace

    def explain(self) -> TraceNode:
        """Why and why not: every step with every entry, asked in full."""
        return self._tell(True)


class CompiledRules:
    """A rules file ready to run; immutable, safe to share between threads."""

    def __init__(self, rules: RuleSet) -> None:
        self.rules = rules
        self._extraction = compile_extract(rules.extract)
        self._scanner = Scanner(
            {*self._extraction.words, *chain.from_iterable(map(words_of, conditions_of(rules)))}
        )
        sizes = cardinality(rules)
        self._steps = tuple(CompiledStep(step, rules.fields, sizes) for step in rules.steps)
        self._defaults = {
            name: Fact(name, spec.default, Sure.READ, place=spec.place)
            for name, spec in rules.fields.items()
            if spec.default is not None
        }

    def run(
        self,
        text: str,
        title: str = "",
        fields: Mapping[str, FieldValue] = _NOTHING,
        facts: Facts = _NO_FACTS,
        now: datetime | None = None,
        at: datetime | None = None,
    ) -> RulesReading:
        """Read one message: facts from its text, then the steps.

        ``fields`` are the ticket's own (stated); ``facts`` are known from elsewhere (confirmed by staff).
        ``now`` and ``at`` (the message's own time, for 昨天; ``now`` if left out) are aware UTC.
        """
        return self.settle(self.view(text, title, fields, facts, now, at))

    def view(
        self,
        text: str,
        title: str = "",
        fields: Mapping[str, FieldValue] = _NOTHING,
        facts: Facts = _NO_FACTS,
        now: datetime | None = None,
        at: datetime | None = None,
    ) -> View:
        """What the steps will look at: one pass over the text finds the words of everything."""
        body = clean(title + "\n" + text)
        specs = self.rules.fields
        stated = {
            name: Fact(name, fitted(value, specs.get(name)), Sure.STATED) for name, value in fields.items()
        }
        known = _surest(stated, facts)
        return self.look(body, len(clean(title)) if title else 0, known, now, at)

    def look(
        self,
        body: str,
        title_length: int,
        facts: Facts,
        now: datetime | None = None,
        at: datetime | None = None,
        read: Facts | None = None,
    ) -> View:
        """The same of a text cleaned before (``core.text.clean`` of title, line end and text).

        ``read`` are the facts another mapping read of the same message, where ``reads_like`` says that this
        one would read the same; they are not read again then.
        """
        found = self._scanner.scan(body)
        whole, heading = Passage(body, found, len(body)), Passage(body, found, title_length)
        if read is None and self.rules.extract:
            told = {name: fact.value for name, fact in facts.items()}
            read = self._extraction.read(whole, heading, at or now, told)
        known = _surest(read, facts) if read else dict(facts)
        for name, fact in self._defaults.items():
            known.setdefault(name, fact)
        return View(known, whole, heading, now, read or _NO_FACTS)

    def reads_like(self, other: CompiledRules) -> bool:
        """Whether both read the same facts from a text, so that a replay need not read them twice.

        Ask once, not for every ticket. A no may be wrong and only costs time.
        """
        return _told_alike(self.rules) == _told_alike(other.rules)

    def settle(self, view: View) -> RulesReading:
        """Run the steps over a view."""
        facts = dict(view.facts)
        current = view.with_facts(facts)
        outputs: dict[str, FactValue] = {}
        by: dict[str, tuple[str, ...]] = {}
        open_: list[Open] = []
        verdicts: list[Verdict] = []
        for step in self._steps:
            verdict = step.run(current)
            verdicts.append(verdict)
            by[step.name] = verdict.by
            open_ += verdict.open
            _set_outputs(facts, outputs, verdict)
        return RulesReading(current, outputs, by, tuple(open_), lambda full: self._told(view, verdicts, full))

    def _told(self, view: View, verdicts: Sequence[Verdict], full: bool) -> TraceNode:
        """Every step told with the facts it saw: those of the view and what earlier steps set."""
        facts = dict(view.facts)
        current = view.with_facts(facts)
        nodes = []
        for step, verdict in zip(self._steps, verdicts, strict=True):
            nodes.append(step.trace(current, verdict, full=full))
            _set_outputs(facts, {}, verdict)
        return TraceNode(Answer.YES, self.rules.id, children=tuple(nodes))


def compile_rules(rules: RuleSet) -> CompiledRules:
    """Compile once, run often."""
    return CompiledRules(rules)


def _told_alike(rules: RuleSet) -> str:
    """What a file reads from text, wherever in the file it says so."""
    return repr([replace(entry, place=_NOWHERE) for entry in rules.extract])


def fitted(value: FieldValue, spec: FieldSpec | None) -> FieldValue:
    """A field's value as its type has it: helpdesks tell choices as numbers and flags as words, too."""
    if spec is None or isinstance(value, tuple):
        return value
    if spec.type in ("choice", "tree") and not isinstance(value, str):
        return value_text(value)
    if spec.type == "flag" and isinstance(value, str):
        return {"true": True, "false": False}.get(value.strip().lower(), value)
    return (str(value),) if spec.type == "tags" else value


def _surest(known: Facts, others: Facts) -> dict[str, Fact]:
    """Both; of two facts of one name the surer, of equally sure ones the other."""
    surest = dict(known)
    for name, fact in others.items():
        if name not in surest or fact.sure >= surest[name].sure:
            surest[name] = fact
    return surest


def _set_outputs(facts: dict[str, Fact], outputs: dict[str, FactValue], verdict: Verdict) -> None:
    """Outputs become facts for later steps.

    Tags only ever add; of another output the first entry's value stands. A fact that is surer than a
    reading (a field, staff's confirmation) is not overwritten by a rule.
    """
    tags: dict[str, tuple[list[str], Place]] = {}
    set_here: set[str] = set()
    for saying, place in zip(verdict.sets, verdict.places, strict=True):
        for name, value in saying.sets.items():
            if isinstance(value, tuple) and not isinstance(value, Count):
                tags.setdefault(name, ([], place))[0].extend(value)
            elif name not in set_here:
                set_here.add(name)
                _set_output(facts, outputs, Fact(name, value, Sure.READ, None, place, saying.provisional))
    for name, (added, place) in tags.items():
        _add_tags(facts, outputs, Fact(name, tuple(dict.fromkeys(added)), Sure.READ, None, place))


def _set_output(facts: dict[str, Fact], outputs: dict[str, FactValue], made: Fact) -> None:
    known = facts.get(made.name)
    if known is None or known.sure == Sure.READ:
        facts[made.name] = known = made
    outputs[made.name] = known.value


def _add_tags(facts: dict[str, Fact], outputs: dict[str, FactValue], made: Fact) -> None:
    known, name = facts.get(made.name), made.name
    facts[name] = made if known is None else replace(known, value=_joined(known.value, made.value))
    outputs[name] = _joined(outputs[name], made.value) if name in outputs else made.value


def _joined(before: FactValue | None, added: FactValue) -> tuple[str, ...]:
    tags: dict[str, None] = {}
    for group in (before, added):
        if isinstance(group, tuple) and not isinstance(group, Count):
            tags.update(dict.fromkeys(group))
    return tuple(tags)
