"""``paidan ack`` and ``paidan tell``: a person answers, or says what happened, and why."""

from __future__ import annotations

import getpass
from collections.abc import Mapping
from datetime import UTC
from pathlib import Path
from typing import Any, NoReturn

import click
from sqlalchemy import make_url

from plugin.casebook.recall import is_there
from plugin.casebook.telling import ACK, NoSuchCase, Refused, Word, tell
from plugin.cli import options
from plugin.cli.asking import documents_of, stop, the_desk, typed_id
from plugin.cli.casebooks import casebook
from plugin.cli.environment import settings_for
from plugin.cli.timed import remembered
from plugin.cli.times import local_of
from plugin.core.label import Label
from plugin.core.plan import Plan
from plugin.core.timekeeping import evaluate
from plugin.documents.document_set import DocumentSet
from plugin.documents.plan_checks import plan_events
from plugin.documents.wording import Language

EXTEND = "extend"
BY_ITSELF = frozenset({"opened", "level", "activated", "raised", "lowered", "closed", "reopened"})
"""Events the helpdesk and the decision produce; nobody tells them."""
TEXTS: Mapping[str, Label] = {
    "told": Label("已记录：{desk} #{ticket} {event}", "on record: {desk} #{ticket} {event}"),
    "unknown_event": Label(
        "预案没有事件“{event}” → 可用：{events}", 'the plan has no event "{event}" → there are: {events}'
    ),
    "reason": Label("“{event}”必须写明理由 → --reason", '"{event}" needs a reason → --reason'),
    "extended": Label("该时限已经延长过一次", "this limit was extended once before"),
    "no_extension": Label(
        "时限“{clock}”不可延长 → 可延长：{clocks}", '"{clock}" cannot be extended → these can: {clocks}'
    ),
    "too_long": Label("最多可延长 {days} 天", "it can be extended by {days} days at most"),
    "no_time": Label(
        "看不懂时间“{given}” → 写 2026-12-01T09:00 或 2026-12-01（当天 24:00）",
        '"{given}" is no time → write 2026-12-01T09:00, or 2026-12-01 for its end',
    ),
    "breached": Label(
        "时限“{clock}”没有在计时，或已经超时，不能延长",
        '"{clock}" does not run, or is missed already: it cannot be extended',
    ),
}


@click.command()
@click.argument("ticket")
@click.option("--who", help="Who answers; your account's name where left out.")
@options.desk
@options.documents
@options.connectors
@options.language
def ack(
    ticket: str, who: str | None, desk: str | None, mappings: Path, connectors: Path, language: Language
) -> None:
    """Answer for TICKET: whoever is told step by step is told no further."""
    documents = documents_of(mappings, connectors, language)
    where = the_desk(documents, desk, language)
    ticket = typed_id(ticket, where, documents, connectors)
    _tell(where, ticket, Word(ACK, who or getpass.getuser()), language)


@click.command()
@click.argument("ticket")
@click.argument("event")
@click.option("--reason", default="", help="Why; needed for an extension and an end.")
@click.option("--who", help="Who says so; your account's name where left out.")
@click.option("--at", help="When it happened (local time), if not now.")
@click.option("--clock", help="extend: which limit.")
@click.option("--days", type=click.IntRange(1), help="extend: by how many days.")
@options.desk
@options.documents
@options.connectors
@options.language
def tell_event(
    ticket: str,
    event: str,
    reason: str,
    who: str | None,
    at: str | None,
    clock: str | None,
    days: int | None,
    desk: str | None,
    mappings: Path,
    connectors: Path,
    language: Language,
) -> None:
    """Record that EVENT happened to TICKET: an event of the plan, or ``extend`` with --clock and --days."""
    documents = documents_of(mappings, connectors, language)
    where = the_desk(documents, desk, language)
    ticket = typed_id(ticket, where, documents, connectors)
    plan = documents.plans[documents.desks[where].plan]
    facts: dict[str, Any] = {}
    if event == EXTEND:
        _check_extension(plan, clock, days, language)
        _check_runs(documents, where, ticket, clock or "", language)
        facts = {"clock": clock, "days": days}
    elif event not in _events(plan):
        _no("unknown_event", language, event=event, events=", ".join((*_events(plan), EXTEND)))
    when = _at(at, documents, where, language)
    _tell(where, ticket, Word(event, who or getpass.getuser(), reason, facts, when), language)


def _events(plan: Plan) -> tuple[str, ...]:
    return tuple(event for event in plan_events(plan) if event not in BY_ITSELF)


def _check_extension(plan: Plan, clock: str | None, days: int | None, language: Language) -> None:
    """Only as the plan allows, and by no more."""
    allowed = {each.id: each.extension_days for each in plan.clocks if each.extension_days}
    most = allowed.get(clock or "")
    if most is None:
        _no("no_extension", language, clock=clock or "–", clocks=", ".join(allowed) or "–")
    if days is None or days > most:
        _no("too_long", language, days=most)


def _check_runs(documents: DocumentSet, desk: str, ticket: str, clock: str, language: Language) -> None:
    """What is missed stays missed: an extension comes before the end or not at all."""
    known = remembered(documents, desk, ticket, language)
    found = evaluate(known.history.policy, known.history.calendars, known.history.events, known.now)
    running = (c for c in found.cycles if c.clock.id == clock and not c.is_done and c.breached_at is None)
    if next(running, None) is None:
        _no("breached", language, clock=clock)


def _at(at: str | None, documents: DocumentSet, desk: str, language: Language) -> float | None:
    if at is None:
        return None
    calendar = documents.calendar(desk)
    found = local_of(at, calendar.zone if calendar else UTC)
    if found is None:
        _no("no_time", language, given=at)
    return float(found)


def _tell(desk: str, ticket: str, word: Word, language: Language) -> None:
    url = settings_for(language).database_url
    if not is_there(url):
        stop("no_case", language, 1, desk=desk, ticket=ticket, where=make_url(url).render_as_string())
    with casebook(language) as database:
        try:
            tell(database, desk, ticket, word)
        except NoSuchCase:
            where = make_url(url).render_as_string()
            stop("no_case", language, 1, desk=desk, ticket=ticket, where=where)
        except Refused as refused:
            _no(refused.code, language, event=word.event)
    click.echo(TEXTS["told"].say(language).format(desk=desk, ticket=ticket, event=word.event))


def _no(code: str, language: Language, **slots: object) -> NoReturn:
    click.echo(TEXTS[code].say(language).format(**slots), err=True)
    raise SystemExit(1)
