"""Who takes which number: entries claim head counts in the order of the file, nearest words first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from plugin.core.extract.entries import PeopleExtraction, Reading, Take
from plugin.core.extract.mentions import Mention
from plugin.core.extract.moods import Moods, negated
from plugin.core.extract.surface import Cues, Span, Surface
from plugin.core.facts import Count, Fact, FactValue

Fields = Mapping[str, FactValue]


class Context:
    """One message as the entries see it."""

    def __init__(self, surface: Surface, moods: Moods, fields: Fields) -> None:
        self.surface = surface
        self.moods = moods
        self.fields = fields
        self._scopes: dict[tuple[str, int], Span] = {}
        self._denied: dict[Span, bool] = {}

    def may_hold(self, reading: Reading) -> bool:
        """Whether the message has what the reading asks for anywhere at all."""
        surface = self.surface
        if (reading.near and not surface.places(reading.near)) or (
            reading.also and not surface.places(reading.also)
        ):
            return False
        return not reading.fields or self._fields_hold(reading)

    def denied(self, span: Span) -> bool:
        """Whether a cue is denied where it stands."""
        known = self._denied.get(span)
        if known is None:
            known = self._denied[span] = negated(self.surface, span)
        return known

    def holds(self, reading: Reading, at: Span, reach: str) -> bool:
        """Whether a place may be read so, looking no further than ``reach``."""
        if reading.only or reading.skip:
            held = self.moods.at(at)
            if (reading.only and not reading.only & held) or reading.skip & held:
                return False
        scope = self.scope(reading.scope if _WIDTH[reading.scope] < _WIDTH[reach] else reach, at)
        if reading.near and not self._is_near(reading, at, scope):
            return False
        if reading.also and not self.affirmed(reading.also, scope):
            return False
        if reading.ended and self._has_ended(reading.ended, at):
            return False
        return not (reading.unless and self.affirmed(reading.unless, self.scope(reading.scope, at)))

    def _fields_hold(self, reading: Reading) -> bool:
        return all(self.fields.get(name) in wanted for name, wanted in reading.fields.items())

    def _is_near(self, reading: Reading, at: Span, scope: Span) -> bool:
        for hit in self.surface.within(reading.near, scope):
            if reading.gap and _gap(at, hit) > reading.gap:
                continue
            if not self.denied(hit):
                return True
        return False

    def _has_ended(self, cues: Cues, at: Span) -> bool:
        """Whether a later word says that it is over; one that is only promised or supposed does not."""
        later = self.surface.within(cues, (at[1], self.surface.length))
        return any(
            not self.denied(hit)
            and not _NOT_SO & self.moods.at(hit)
            and not _PROMISED.search(self.surface.text, max(0, hit[0] - 16), hit[0])
            for hit in later
        )

    def affirmed(self, cues: Cues, scope: Span) -> bool:
        """Whether one of the cues is said in a scope, and not denied."""
        return any(not self.denied(hit) for hit in self.surface.within(cues, scope))

    def scope(self, scope: str, at: Span) -> Span:
        """The stretch of text a scope stands for."""
        if scope == "message":
            return 0, self.surface.length
        key = (scope, at[0])
        known = self._scopes.get(key)
        if known is None:
            surface = self.surface
            known = surface.sentence(at[0]) if scope == "sentence" else surface.clause(at[0])
            self._scopes[key] = known
        return known


_PROMISED = re.compile(
    r"(?:会|将|要|能|才|等|待|请|望|尽快|何时)[^,。]{0,2}$|\b(?:to be|will be|be|until|please) $"
)
_NOT_SO = frozenset({"planned!", "conditional", "question!", "long_past!"})
_WIDTH = {"clause": 0, "sentence": 1, "message": 2}


def _gap(at: Span, hit: Span) -> int:
    return max(hit[0] - at[1], at[0] - hit[1], 0)


def claimed(
    context: Context, entries: Sequence[PeopleExtraction], mentions: Sequence[Mention]
) -> Iterator[Fact]:
    """The facts of all head-count entries.

    A number goes to the first entry that a word in its own clause speaks for; then to the first one a word
    of its sentence does; then of the message.
    """
    taken: dict[str, list[tuple[Mention, PeopleExtraction]]] = {}
    asked = [(entry, reading) for entry in entries for reading in entry.readings if context.may_hold(reading)]
    open_ = [
        m for m in mentions if not m.is_part and not negated(context.surface, (m.start, m.end), counted=True)
    ]
    for reach in ("clause", "sentence", "message"):
        reached = [
            one
            for one in asked
            if _WIDTH[one[1].scope] >= _WIDTH[reach] and (not one[1].late or reach != "clause")
        ]
        left = []
        dropped_end = -1
        for mention in open_:
            if dropped_end >= 0 and _is_listed(context, dropped_end, mention):
                dropped_end = mention.end
                continue
            entry = _taker(context, reached, mention, reach, mentions)
            if entry is None:
                left.append(mention)
                continue
            if not entry.drop:
                taken.setdefault(entry.name, []).append((mention, entry))
            dropped_end = mention.end if entry.drop else -1
        open_ = left
    for claims in taken.values():
        yield _fact(context, claims)


def _is_listed(context: Context, end: int, mention: Mention) -> bool:
    """Whether a number follows a dropped one in the same list: 1260口人、410户."""
    return 0 <= mention.start - end <= 3 and not context.surface.text[end : mention.start].strip(
        "、,和及与 and"
    )


def _taker(
    context: Context,
    asked: Sequence[tuple[PeopleExtraction, Reading]],
    mention: Mention,
    reach: str,
    every: Sequence[Mention],
) -> PeopleExtraction | None:
    at = (mention.start, mention.end)
    for entry, reading in asked:
        fits = mention.head in reading.of and context.holds(reading, at, reach)
        if fits and (not reading.gap or _speaks_of(context, reading, mention, every)):
            return entry
    return None


def _speaks_of(context: Context, reading: Reading, mention: Mention, every: Sequence[Mention]) -> bool:
    """Whether a cue near enough speaks of this number: no other number stands between."""
    scope = context.scope(reading.scope, (mention.start, mention.end))
    for hit in context.surface.within(reading.near, scope):
        low, high = min(hit[1], mention.end), max(hit[0], mention.start)
        if _gap((mention.start, mention.end), hit) > reading.gap or context.denied(hit):
            continue
        if reading.side and (hit[0] < mention.start) != (reading.side == "before"):
            continue
        if "、" in context.surface.text[low:high]:
            continue
        if hit[1] <= mention.start and any(0 <= hit[0] - other.end <= 1 for other in every):
            continue
        if not any(low <= other.start < high for other in every if other is not mention):
            return True
    return False


def _fact(context: Context, claims: Sequence[tuple[Mention, PeopleExtraction]]) -> Fact:
    by = dict(claims)
    mentions = _current(context, list(by))
    entry = claims[0][1]
    chosen = _chosen(entry.take, mentions)
    count, provisional = chosen.count, False
    if entry.take == "sum":
        count = _sum(context, mentions)
    elif entry.take == "max" and _differ(mentions) and _is_witnessed(context, mentions):
        count, provisional = _witnessed(mentions, chosen), True
    return Fact(
        entry.name, count, span=(chosen.start, chosen.end), place=by[chosen].place, provisional=provisional
    )


def _current(context: Context, mentions: Sequence[Mention]) -> Sequence[Mention]:
    """Without numbers of earlier the same day where a number of now is told (早上80人，现在剩20人)."""
    if len(mentions) == 1:
        return mentions
    held = [context.moods.at((m.start, m.end)) for m in mentions]
    if not any("now!" in moods and "earlier!" not in moods for moods in held):
        return mentions
    later = [
        mention
        for mention, moods in zip(mentions, held, strict=True)
        if "earlier" not in moods
        and not _GONE.search(context.surface.text, *context.surface.clause(mention.start))
    ]
    return later or mentions


def _chosen(take: Take, mentions: Sequence[Mention]) -> Mention:
    if take == "first":
        return mentions[0]
    if take == "last":
        return mentions[-1]
    if take == "min":
        return min(mentions, key=lambda mention: mention.count.value)
    return max(mentions, key=lambda mention: mention.count.value)


def _differ(mentions: Sequence[Mention]) -> bool:
    return len({mention.count.value for mention in mentions}) > 1


_GONE = re.compile("have gone|has gone|have left|has left|gone home|离开|散去|离去|走了")
_WITNESS = re.compile(
    r"说|称|通报|口径|估计|目测|数了|清点|报告|反映有|看来|says?\b|said\b|reckons?\b|counted\b|counts\b"
    r"|thinks?\b"
    r"|estimates?\b"
    r"|estimated\b|according to|puts? (?:it|the number)"
)


def _is_witnessed(context: Context, mentions: Sequence[Mention]) -> bool:
    """Whether the numbers are what different people say, not parts of one story."""
    surface = context.surface
    spoken = [
        m
        for m in mentions
        if _WITNESS.search(
            surface.text,
            max(surface.clause(m.start)[0], m.start - 40),
            min(m.end + 30, surface.clause(m.start)[1]),
        )
    ]
    return len({surface.clause(m.start)[0] for m in spoken}) > 1


def _witnessed(mentions: Sequence[Mention], chosen: Mention) -> Count:
    """Where witnesses differ: the widest closed range they give, or the highest open one."""
    highs = [mention.count.hi for mention in mentions]
    if None in highs:
        return chosen.count
    close = [m.count.lo for m in mentions if m.count.lo * 3 >= chosen.count.lo]
    return Count(min(close), max(high for high in highs if high is not None))


def _sum(context: Context, mentions: Sequence[Mention]) -> Count:
    """Parts of one sentence add up (2人重伤、4人轻伤); another sentence tells the same again."""
    by_sentence: dict[int, list[Mention]] = {}
    for mention in mentions:
        by_sentence.setdefault(context.surface.sentence(mention.start)[0], []).append(mention)
    sums = []
    for parts in by_sentence.values():
        highs = [part.count.hi for part in parts]
        top = None if None in highs else sum(high for high in highs if high is not None)
        sums.append(Count(sum(part.count.lo for part in parts), top))
    return max(sums, key=lambda count: count.value)
