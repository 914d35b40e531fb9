"""How long a matter has waited: dates and durations beside an organisation's silence, in days.

It is the age of the silence that counts, never a person's persistence: without a word of no answer,
no result, no promise kept, nothing is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from plugin.core.extract import calendar_words
from plugin.core.extract.claims import Context
from plugin.core.extract.entries import SinceExtraction
from plugin.core.extract.moods import negated
from plugin.core.extract.surface import Span
from plugin.core.facts import Fact

MOST_DAYS = 40 * calendar_words.YEAR
_MOST = 40

_PROMISED = re.compile(
    r"[ ]?(?:之?内|以内|之?后(?!来)|为期|一次|期限|期内|制|龄|级|工期|质保|保修|的保修|产权|工作日|一检"
    r"|一审|租期|合同期)"
)
_PROMISED_BEFORE = re.compile(
    r"(?:每|第|限期?|保修|质保|为期|满|需要?|要|within|next|every|each|for the next|first|past the) ?$"
)
_NOT_THE_WAIT = re.compile(
    r"住了?|(?<![费耗])用了|居住|生活|工作了?|干了|工龄|房龄|楼龄|年龄|产权|建成|建于|生于|出生|使用年限|经营了?|开了"
    r"|大修|翻修|结婚|从业|退休|入职|租期|租了|lived|living|worked"
    r"|working|old|aged|built|born|married|in business|warranty|lease"
)


_AGO = re.compile(r" ago\b|(?: this \w+)? since\b|以?前")
_PASSED = re.compile(
    r"\s*(?:(?:已经|已|整整|都|快)*[^,。]{1,8}(?:过去)?了|(?:it is|it's|it has been) (?:now )?[^,.]{3,40}"
    r"(?: later| on| since)?|[^,.]{3,30} (?:later|have passed|has passed|have gone by))[。!?;.\s]*"
)
"""A sentence of nothing but the time that has passed: two years have gone by, 整整两年了."""


def days_since(context: Context, entry: SinceExtraction, today: date | None) -> Fact | None:
    """The longest time named beside the silence; None where no silence is said, or no time."""
    if today is None:
        return None
    silence = list(_silences(context, entry))
    if not silence:
        return None
    found = [
        one
        for one in (*_lasting(context, entry, silence), *_begun(context, entry, silence, today))
        if one[0] > 0
    ]
    if not found:
        return None
    days, span = max(found)
    return Fact(entry.name, min(days, MOST_DAYS), span=span, place=entry.place)


def _silences(context: Context, entry: SinceExtraction) -> Iterator[Span]:
    for reading in entry.readings:
        for hit in context.surface.places(reading.near)[:_MOST]:
            held = context.moods.at(hit)
            if not (reading.skip & held) and not negated(context.surface, hit):
                yield hit


def _lasting(context: Context, entry: SinceExtraction, silence: list[Span]) -> Iterator[tuple[int, Span]]:
    text = context.surface.text
    sentences = {context.surface.sentence(hit[0]) for hit in silence}
    for sentence in sentences:
        for span, days in calendar_words.lasting(text, sentence):
            if _PROMISED.match(text, span[1]) or _PROMISED_BEFORE.search(text, max(0, span[0] - 14), span[0]):
                continue
            if not _NOT_THE_WAIT.search(text, *_around(context, span)):
                yield days, span
    for before in {context.surface.sentence(start - 1) for start, _ in sentences if start} - sentences:
        for span, days in calendar_words.lasting(text, before):
            told = _PASSED.fullmatch(text, *before) or (
                _AGO.match(text, span[1]) and context.surface.says(entry.begun, before)
            )
            if told and not _NOT_THE_WAIT.search(text, *before):
                yield days, span


def _around(context: Context, span: Span) -> Span:
    clause = context.surface.clause(span[0])
    return max(clause[0], span[0] - 16), min(clause[1], span[1] + 8)


def _begun(
    context: Context, entry: SinceExtraction, silence: list[Span], today: date
) -> Iterator[tuple[int, Span]]:
    surface = context.surface
    with_silence = {surface.sentence(hit[0]) for hit in silence}
    with_start = {surface.sentence(hit[0]) for hit in surface.places(entry.begun)[:_MOST]}
    for span, days in calendar_words.dated(surface.text, today):
        sentence = surface.sentence(span[0])
        if sentence not in with_start and sentence not in with_silence:
            continue
        if not _NOT_THE_WAIT.search(surface.text, *_around(context, span)):
            yield days, span
