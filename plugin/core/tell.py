"""A test told for the trace: the answer, what the rule wants, what the ticket has, and where it stands."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice

from plugin.core.conditions import Matches, Test, Word, Words
from plugin.core.describe import value_text, wanted_text, word_text
from plugin.core.leaves import TEXTS, Leaf, compile_pattern
from plugin.core.trace import Answer, TraceNode
from plugin.core.view import Passage, View
from plugin.core.words import Span, said, spans, unnegated

Teller = Callable[[View], TraceNode]

ANSWERS: dict[bool | None, Answer] = {True: Answer.YES, False: Answer.NO, None: Answer.UNKNOWN}

SPANS_KEPT = 20
"""How many places of a word a trace shows."""

_LONGEST = 60


def teller(test: Test, holds: Leaf) -> Teller:
    """Tells a test (its words cleaned) whose answer ``holds`` gives."""
    if isinstance(test.want, Words):
        return _words_teller(test, test.want, holds)
    if isinstance(test.want, Matches):
        return _pattern_teller(test, test.want, holds)
    return _value_teller(test, holds)


def _value_teller(test: Test, holds: Leaf) -> Teller:
    name, wanted, place = test.field, wanted_text(test.want), test.place

    def tell(view: View) -> TraceNode:
        answer = ANSWERS[holds(view)]
        fact = view.facts.get(name)
        if fact is None:
            return TraceNode(answer, name, wanted, "", place)
        found = value_text(fact.value)[:_LONGEST]
        return TraceNode(answer, name, wanted, found, place, () if fact.span is None else (fact.span,))

    return tell


def _words_teller(test: Test, want: Words, holds: Leaf) -> Teller:
    """Of a text only the rule's own words are told, never the ticket's."""
    name, wanted, place = test.field, wanted_text(want), test.place
    asked = (*want.any_of, *want.all_of, *want.also_any_of, *want.none_of)

    def tell(view: View) -> TraceNode:
        answer = ANSWERS[holds(view)]
        passage = view.passage(name)
        heard = [] if passage is None else [word for word in asked if word.first in passage.found]
        if passage is None or not heard:
            return TraceNode(answer, name, wanted, "", place)
        heard = [word for word in heard if said(word, passage)]
        found = ", ".join([word_text(word) for word in heard])
        places = _word_spans(want, heard, passage) if name in TEXTS else ()
        return TraceNode(answer, name, wanted, found, place, places)

    return tell


def _word_spans(want: Words, heard: list[Word], passage: Passage) -> tuple[Span, ...]:
    places: set[Span] = set()
    for word in heard:
        found = spans(word, passage)
        if want.not_after and word in want.any_of:
            found = unnegated((word,), want.not_after, passage)
        places.update(islice(found, SPANS_KEPT))
    return tuple(sorted(places)[:SPANS_KEPT])


def _pattern_teller(test: Test, want: Matches, holds: Leaf) -> Teller:
    name, wanted, place = test.field, wanted_text(want), test.place
    search = compile_pattern(want.pattern).search

    def tell(view: View) -> TraceNode:
        passage = view.passage(name)
        match = None if passage is None else search(passage.text[: passage.end])
        places = (match.span(),) if match is not None and name in TEXTS else ()
        return TraceNode(ANSWERS[holds(view)], name, wanted, "", place, places)

    return tell
