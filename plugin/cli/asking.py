"""What several commands ask first: the documents, which desk, and the ticket as it is read or written."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

import click
import structlog

from plugin.cli.given import Payload, given, ticket_of, words_of
from plugin.cli.written import NotATicket
from plugin.core.case import DecisionDocuments
from plugin.core.label import Label
from plugin.core.ticket import Ticket
from plugin.desk.connector import Connector
from plugin.desk.helpdesk import Seen
from plugin.desk.opening import open_desk
from plugin.desk.products import Connectors, shaped
from plugin.documents.document_set import DocumentSet
from plugin.documents.load import load_folder
from plugin.documents.render import as_text
from plugin.documents.wording import Language
from plugin.errors import DeliveryUnreadable, DocumentsInvalid, HelpdeskError
from plugin.settings import Settings

TEXTS: Mapping[str, Label] = {
    "no_desk": Label('没有 desk "{desk}" → 可用：{desks}', 'there is no desk "{desk}" → desks: {desks}'),
    "which_desk": Label("请用 --desk 指明是哪个 desk：{desks}", "say which desk with --desk: {desks}"),
    "no_plan": Label('没有预案 "{plan}" → 可用：{plans}', 'there is no plan "{plan}" → plans: {plans}'),
    "not_a_ticket": Label(
        "无法读懂给出的内容 → 给工单号、录下的 webhook 文件、tickets.jsonl 的一行，或直接写文字",
        "this is no ticket → give its number, a recorded webhook, a line of tickets.jsonl, or plain words",
    ),
    "unreadable": Label(
        "从这个 webhook 读不出工单号（{code}）→ 检查 connectors/{connector}.yaml 的 ticket_id",
        "no ticket can be read from this webhook ({code}) → check ticket_id in connectors/{connector}.yaml",
    ),
    "helpdesk": Label("工单读不到：{detail}", "the ticket cannot be read: {detail}"),
    "no_case": Label(
        "案件簿里没有 {desk} 的工单 {ticket} → 检查工单号，或等派单收到它；案件簿：{where}",
        "the case book has no ticket {ticket} of {desk} → check the number, or wait until Paidan has heard "
        "of it; the case book is {where}",
    ),
    "not_an_instant": Label(
        "看不懂时间“{given}” → 写 4h、3d，或 2026-12-01、2026-12-01T09:00",
        '"{given}" is no time → write 4h, 3d, or 2026-12-01, 2026-12-01T09:00',
    ),
    "no_roster": Label(
        '没有值班表 "{roster}" → 可用：{rosters}', 'there is no roster "{roster}" → rosters: {rosters}'
    ),
    "which_roster": Label("请写明是哪个值班表：{rosters}", "say which roster: {rosters}"),
    "store": Label("案件簿打不开：{detail}", "the case book cannot be opened: {detail}"),
}


def what_is(what: str, language: Language) -> str | Ticket | Payload:
    """A ticket's number stays text; a file's or standard input's (``-``) words are read."""
    now = datetime.now(UTC)
    try:
        if what == "-":
            return given(sys.stdin.read(), now)
        path = Path(what)
        return given(words_of(path), now) if path.is_file() else what
    except NotATicket:
        stop("not_a_ticket", language)


def read_ticket(
    what: str | Payload,
    desk: str,
    documents: DocumentSet,
    settings: Settings,
    source: str,
    language: Language,
) -> Seen:
    """The ticket as its helpdesk has it now."""
    helpdesk = _helpdesk(documents, desk, settings, language)
    ticket = what if isinstance(what, str) else _ticket_of(what, helpdesk, source, language)
    try:
        return helpdesk.read(ticket)
    except HelpdeskError as error:
        stop("helpdesk", language, 1, detail=error)


def _helpdesk(documents: DocumentSet, name: str, settings: Settings, language: Language) -> Connector:
    desk = documents.desks[name]
    structlog.configure(logger_factory=lambda *_: structlog.PrintLogger(sys.stderr))  # not among the answer
    try:
        return open_desk(shaped(Connectors(settings.connectors), desk), desk, os.environ)
    except DocumentsInvalid as error:
        give_up(as_text(error.problems, {}, language, "mappings/"))


def _ticket_of(payload: Payload, helpdesk: Connector, source: str, language: Language) -> str:
    try:
        return ticket_of(payload, helpdesk, source)
    except DeliveryUnreadable as error:
        stop("unreadable", language, 1, code=error.code, connector=helpdesk.descriptor.name)


def documents_of(mappings: Path, connectors: Path, language: Language) -> DocumentSet:
    """The folder's documents; what is wrong with them ends the command."""
    loaded = load_folder(mappings, Connectors(connectors).products)
    if loaded.documents is None:
        give_up(as_text(loaded.problems, loaded.sources, language, f"{mappings.name}/"))
    return loaded.documents


def typed_id(ticket: str, desk: str, documents: DocumentSet, connectors: Path) -> str:
    """The ticket's id as its case is kept, from what a person typed; as typed where it can be none."""
    product = shaped(Connectors(connectors), documents.desks[desk])
    return product.receive.ids.canonical(ticket) or ticket


def desk_of(documents: DocumentSet, wanted: str | None, language: Language) -> str | None:
    """The desk asked for; the only one where none is; None where there are none or several."""
    if wanted is None:
        return next(iter(documents.desks)) if len(documents.desks) == 1 else None
    if wanted not in documents.desks:
        stop("no_desk", language, desk=wanted, desks=", ".join(documents.desks) or "–")
    return wanted


def the_desk(documents: DocumentSet, wanted: str | None, language: Language) -> str:
    """The desk asked for, or the only one; one has to be."""
    desk = desk_of(documents, wanted, language)
    if desk is None:
        stop("which_desk", language, desks=", ".join(documents.desks) or "–")
    return desk


def plan_of(
    documents: DocumentSet, desk: str | None, wanted: str | None, language: Language
) -> DecisionDocuments:
    """The plan asked for, else the desk's, else the first."""
    name = wanted or (documents.desks[desk].plan if desk else next(iter(documents.plans)))
    if name not in documents.plans:
        stop("no_plan", language, plan=name, plans=", ".join(documents.plans))
    rules = documents.desks[desk].rules if desk else next(iter(documents.rules))
    return DecisionDocuments(documents.plans[name], documents.compiled(rules))


def stop(text: str, language: Language, exit_code: int = 2, **slots: object) -> NoReturn:
    """Say why, and end the command."""
    click.echo(TEXTS[text].say(language).format(**slots), err=True)
    raise SystemExit(exit_code)


def give_up(problems: str) -> NoReturn:
    """Show problems, and end the command."""
    click.echo(problems, err=True)
    raise SystemExit(1)
