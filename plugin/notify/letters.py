"""One message as text: in full, as a line of several, or short enough for an SMS. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from plugin.notify.inert import inert, inert_link
from plugin.notify.messages import (
    Limit,
    Missed,
    Notice,
    Stepped,
    TicketRef,
    Trial,
    Unfilled,
    Unfit,
    Warned,
    Withdrawn,
)
from plugin.notify.wording import Speech

SUBJECT_MOST = 60
"""Characters of a subject: one SMS of Chinese characters holds 70."""
_NUMBER_IN_SUBJECT = 24
_NOW = 60
"""Seconds within which a limit is due now rather than late."""


def full(notice: Notice, speech: Speech) -> tuple[str, ...]:
    """A message of its own, line by line; an address stands alone on its line."""
    lines = [*_heading(notice, speech), *_what(notice, speech), *_remarks(notice, speech)]
    if notice.ticket and notice.ticket.link:
        lines.append(inert_link(notice.ticket.link))
    return (*lines, _mark(notice, speech))


def line(notice: Notice, speech: Speech) -> tuple[str, ...]:
    """A message among several: one line, and the address below it."""
    reference = speech.reference(notice.id)
    parts = [*_what_in_line(notice, speech), *_brief_remarks(notice, speech)]
    parts.append(speech.say("repeat" if notice.is_again else "brief_message", message=reference))
    link = notice.ticket.link if notice.ticket else ""
    return (speech.say("semicolon").join(parts), *((inert_link(link),) if link else ()))


def brief(notice: Notice, speech: Speech, most: int) -> str:
    """A message of its own in at most ``most`` characters: what matters least is left out first.

    Ticket and kind always stay, cut only where even they do not fit.
    """
    ranked = [*_ranked(notice, speech)]
    head = f"{speech.say('name')} {_number(notice)}{kind(notice, speech)}"
    gap, kept = speech.say("gap"), [head]
    places: set[int] = set()
    for place in sorted(range(len(ranked)), key=lambda place: ranked[place][0]):
        more = [head, *(ranked[at][1] for at in sorted({*places, place}))]
        if len(gap.join(more)) <= most:
            places.add(place)
            kept = more
    return gap.join(kept)[:most]


def item(notice: Notice, speech: Speech) -> str:
    """A message among several on an SMS: its ticket, its kind, by how much it is late."""
    late = _late_by(notice)
    parts = [f"{_number(notice)}{kind(notice, speech)}"]
    if late:
        parts.append(speech.say("brief_late", span=speech.span(late)))
    if notice.is_again:
        parts.append(speech.say("brief_repeat"))
    return " ".join(parts)


def subject(notices: tuple[Notice, ...], speech: Speech) -> str:
    """At most ``SUBJECT_MOST`` characters."""
    first = notices[0]
    if len(notices) > 1:
        what = speech.say("digest", count=len(notices), desk=inert(first.desk, _NUMBER_IN_SUBJECT))
        return speech.say("subject_of_many", name=speech.say("name"), what=what)
    if first.ticket is None:
        return speech.say("subject_of_many", name=speech.say("name"), what=kind(first, speech))
    number = _cut(first.ticket.number, _NUMBER_IN_SUBJECT)
    return speech.say("subject", name=speech.say("name"), what=number, kind=kind(first, speech))


def kind(notice: Notice, speech: Speech) -> str:
    """What sort of message it is, in a few words; of a sealed ticket only that there is one."""
    event = notice.event
    if isinstance(event, Withdrawn):
        return speech.say("kind_withdrawn", message=speech.reference(event.message))
    if notice.ticket and notice.ticket.is_sealed:
        return speech.say("kind_sealed")
    if isinstance(event, Warned):
        return speech.say("kind_warned", percent=event.percent)
    if isinstance(event, Stepped):
        return speech.say("kind_stepped", number=event.number, count=event.count)
    codes = {Missed: "kind_missed", Unfilled: "kind_unfilled", Trial: "kind_trial", Unfit: "kind_unfit"}
    return speech.say(codes[type(event)])


def _heading(notice: Notice, speech: Speech) -> Iterator[str]:
    if notice.ticket:
        slots = {"number": notice.ticket.number, "desk": inert(notice.desk)}
        yield speech.say("ticket", level=_level(notice.ticket, speech), **slots)


def _level(ticket: TicketRef, speech: Speech) -> str:
    if ticket.level is None or ticket.is_sealed:
        return ""
    return speech.say("level", level=speech.name(ticket.level))


def _what(notice: Notice, speech: Speech) -> Iterator[str]:
    event = notice.event
    if isinstance(event, Withdrawn):
        yield _withdrawn(event, notice, speech)
    elif notice.ticket and notice.ticket.is_sealed:
        yield speech.say("sealed")
    elif isinstance(event, Unfilled | Trial | Unfit):
        yield _about_duty(event, notice, speech)
    else:
        yield from _timed(event, speech)


def _timed(event: Warned | Missed | Stepped, speech: Speech) -> Iterator[str]:
    yield _headline(event, speech)
    if isinstance(event, Stepped):
        yield _limit(event.limit, event.late_by, speech)
    elif event.limit.due_at is not None:
        yield speech.say("due", **_due(event.limit, event.limit.due_at, speech))
    ids = (event.limit.clock, event.chain) if isinstance(event, Stepped) else (event.limit.clock,)
    basis = speech.basis(*ids)
    if basis:
        yield speech.say("basis", basis=basis)


def _headline(event: Warned | Missed | Stepped, speech: Speech) -> str:
    if isinstance(event, Stepped):
        again = speech.say("again", turn=event.turn) if event.turn else ""
        slots = {"number": event.number, "count": event.count, "chain": speech.name(event.chain)}
        return speech.say("stepped", again=again, **slots)
    clock = speech.name(event.limit.clock)
    if isinstance(event, Missed):
        return speech.say("missed", clock=clock, late=_late(event.late_by, speech))
    left = "" if event.remaining is None else speech.say("left", span=speech.span(event.remaining))
    return speech.say("warned", clock=clock, percent=event.percent, left=left)


def _limit(limit: Limit, late_by: int | None, speech: Speech) -> str:
    clock = speech.name(limit.clock)
    if limit.due_at is None:
        return speech.say("standing", clock=clock)
    return speech.say("limit", clock=clock, late=_late(late_by, speech), **_due(limit, limit.due_at, speech))


def _late(late_by: int | None, speech: Speech) -> str:
    if late_by is None:
        return ""
    if late_by < _NOW:
        return speech.say("just_due")
    return speech.say("late_by", span=speech.span(late_by))


def _due(limit: Limit, due_at: int, speech: Speech) -> dict[str, str]:
    provisional = speech.say("provisional") if limit.is_provisional else ""
    return {"due": speech.at(due_at), "provisional": provisional}


def _withdrawn(event: Withdrawn, notice: Notice, speech: Speech) -> str:
    sealed = notice.ticket is not None and notice.ticket.is_sealed
    named = event.clock is not None and not sealed
    return speech.say(
        "withdrawn",
        message=speech.reference(event.message),
        at=speech.at(event.sent_at),
        clock=speech.say("of_clock", clock=speech.name(event.clock or "")) if named else "",
        why=speech.say("not_due" if sealed else event.why),
        calendar=speech.say("calendar", version=event.calendar) if event.calendar and not sealed else "",
    )


def _about_duty(event: Unfilled | Trial | Unfit, notice: Notice, speech: Speech) -> str:
    slots = {"desk": inert(notice.desk), "role": speech.name(event.role)}
    if isinstance(event, Trial):
        return speech.say("trial", **slots)
    if isinstance(event, Unfit):
        return speech.say("unfit", count=event.count, **slots)
    start = speech.begins(event.start)
    if event.until is None:
        return speech.say("unfilled_open", start=start, **slots)
    return speech.say("unfilled", start=start, until=speech.at(event.until), **slots)


def _remarks(notice: Notice, speech: Speech) -> Iterator[str]:
    if notice.late:
        since = notice.late.since
        told = speech.say("since", at=speech.at(since)) if since is not None else ""
        yield speech.say(f"late_{notice.late.because}", at=speech.at(notice.late.due_at), since=told)
    if notice.unreadable_since is not None:
        yield speech.say("unreadable", at=speech.at(notice.unreadable_since))


def _brief_remarks(notice: Notice, speech: Speech) -> Iterator[str]:
    if notice.late:
        yield speech.say("brief_sent_late", at=speech.at_brief(notice.late.due_at))
    if notice.unreadable_since is not None:
        yield speech.say("brief_unreadable", at=speech.at_brief(notice.unreadable_since))


def _mark(notice: Notice, speech: Speech) -> str:
    return speech.say("repeat" if notice.is_again else "message", message=speech.reference(notice.id))


def _what_in_line(notice: Notice, speech: Speech) -> Iterator[str]:
    event, ticket = notice.event, notice.ticket
    if isinstance(event, Unfilled | Trial | Unfit):
        yield _about_duty(event, notice, speech)
        return
    yield f"{_number(notice)}{kind(notice, speech)}"
    if ticket is None or ticket.is_sealed or isinstance(event, Withdrawn):
        return
    if ticket.level is not None:
        yield speech.name(ticket.level)
    yield _limit(event.limit, event.late_by if not isinstance(event, Warned) else None, speech)


def _number(notice: Notice) -> str:
    return f"{notice.ticket.number} " if notice.ticket else ""


def _late_by(notice: Notice) -> int:
    event = notice.event
    sealed = notice.ticket is not None and notice.ticket.is_sealed
    return 0 if sealed or not isinstance(event, Missed | Stepped) else event.late_by or 0


def _ranked(notice: Notice, speech: Speech) -> Iterator[tuple[int, str]]:
    """(how early it is kept, text) of the parts of a short message, in the order they are read."""
    event, ticket = notice.event, notice.ticket
    timed = isinstance(event, Warned | Missed | Stepped) and ticket is not None and not ticket.is_sealed
    if timed and isinstance(event, Warned | Missed | Stepped):
        yield 5, speech.name(event.limit.clock)
        if event.limit.due_at is not None:
            yield 2, speech.say("brief_due", due=speech.at_brief(event.limit.due_at))
    if isinstance(event, Unfilled | Trial | Unfit):
        yield 1, speech.name(event.role)
    if isinstance(event, Unfilled):
        yield 2, speech.begins(event.start)
    if late := _late_by(notice):
        yield 1, speech.say("brief_late", span=speech.span(late))
    if timed and ticket and ticket.level is not None:
        yield 6, speech.name(ticket.level)
    for remark in _brief_remarks(notice, speech):
        yield 3, remark
    if notice.is_again:
        yield 3, speech.say("brief_repeat")
    yield 4, speech.reference(notice.id)
    if ticket and ticket.link:
        yield 4, inert_link(ticket.link)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
