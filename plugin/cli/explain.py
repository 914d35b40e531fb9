"""``paidan explain``: why a ticket stands where it stands, and what would be done. Nothing is ever sent."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

import click

from plugin.app import descriptors
from plugin.casebook.recall import Recalled, recall
from plugin.casebook.wording import told
from plugin.cli import options
from plugin.cli.given import Payload, given, ticket_of, words_of
from plugin.cli.told import Explained, print_json, print_told
from plugin.cli.written import NotATicket
from plugin.core.case import CaseState, DecisionDocuments
from plugin.core.decision import decide
from plugin.core.effects import DeskMap, Effects, Snapshot, effects
from plugin.core.label import Label
from plugin.core.ticket import Ticket
from plugin.core.wording import Voice
from plugin.desk.connector import Connector
from plugin.desk.helpdesk import Seen
from plugin.desk.opening import open_desk
from plugin.desk.products import products
from plugin.documents.document_set import DocumentSet
from plugin.documents.load import load_folder
from plugin.documents.render import as_text
from plugin.documents.wording import Language
from plugin.errors import DeliveryUnreadable, DocumentsInvalid, HelpdeskError
from plugin.settings import Settings

TEXTS = {
    "documents": Label("{folder}/ {version}，没有错误", "{folder}/ {version}, no problems"),
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
}


@click.command()
@click.argument("what", default="-")
@click.option("--desk", help="The desk whose documents decide; needed where there are several.")
@click.option("--plan", help="Another plan than the desk's.")
@click.option("--source", default="", help="The last part of the hook's address a recorded webhook came by.")
@click.option("--full", is_flag=True, help="Also what did not hold, in full.")
@options.documents
@options.connectors
@options.language
@options.form
def explain(
    what: str,
    desk: str | None,
    plan: str | None,
    source: str,
    full: bool,
    mappings: Path,
    connectors: Path,
    language: Language,
    form: str,
) -> None:
    """Explain WHAT: a ticket's number at a desk, a file with a webhook or a ticket, or - for words."""
    documents = _documents(mappings, connectors, language)
    desk = _desk(documents, desk, language)
    asked = _Asked(
        documents,
        desk,
        plan,
        Settings.model_validate({"mappings": mappings, "connectors": connectors}),
        language,
    )
    explained = replace(asked.explained(_what(what, language), source), full=full)
    print_json(explained) if form == "json" else print_told(explained)


def _what(what: str, language: Language) -> str | Ticket | Payload:
    """A ticket's number stays text; anything else is read."""
    now = datetime.now(UTC)
    try:
        if what == "-":
            return given(sys.stdin.read(), now)
        path = Path(what)
        return given(words_of(path), now) if path.is_file() else what
    except NotATicket:
        _stop("not_a_ticket", language)


class _Asked:
    """One question, with everything it needs."""

    def __init__(
        self,
        documents: DocumentSet,
        desk: str | None,
        plan: str | None,
        settings: Settings,
        language: Language,
    ) -> None:
        self._documents = documents
        self._desk = desk
        self._settings = settings
        self._language = language
        self._plan = _plan(documents, desk, plan, language)

    def explained(self, what: str | Ticket | Payload, source: str) -> Explained:
        """The decision and what would be done."""
        if isinstance(what, Ticket):
            return self._decided(Seen(what, self._empty()), Recalled())
        if self._desk is None:
            _stop("which_desk", self._language, desks=", ".join(self._documents.desks) or "–")
        helpdesk = self._helpdesk(self._desk)
        ticket = what if isinstance(what, str) else self._ticket_of(what, helpdesk, source)
        try:
            seen = helpdesk.read(ticket)
        except HelpdeskError as error:
            _stop("helpdesk", self._language, 1, detail=error)
        known = recall(Settings.from_env(os.environ).database_url, self._desk, ticket)
        return self._decided(seen, known)

    def _decided(self, seen: Seen, known: Recalled) -> Explained:
        case = known.state
        decision = decide(seen.ticket, case, self._plan, datetime.now(UTC))
        mapped = self._documents.desk_map(self._desk) if self._desk else None
        return Explained(
            ticket=seen.ticket.id,
            desk=self._desk,
            documents=self._version(),
            decision=decision,
            effects=self._effects(decision, case, seen, mapped) if mapped else Effects(),
            mode=mapped.mode if mapped else "",
            voice=self._voice(mapped),
            problems=tuple(told(each, self._desk or "", self._language) for each in known.problems),
        )

    def _effects(self, decision: object, case: CaseState, seen: Seen, mapped: DeskMap) -> Effects:
        acting = replace(mapped, mode="act") if mapped.mode == "observe" else mapped
        count = seen.ticket.unread_attachments
        return effects(decision, case, seen.snapshot, acting, unread_attachments=count)  # type: ignore[arg-type]

    def _empty(self) -> Snapshot:
        """The state of a ticket that is in no helpdesk: nothing set."""
        targets = self._documents.desks[self._desk].targets if self._desk else {}
        return Snapshot(dict.fromkeys(targets), None)

    def _voice(self, mapped: DeskMap | None) -> Voice:
        plan = self._plan.plan
        named = [*plan.event_types, *plan.levels.items, *plan.groups, *plan.clocks]
        names = {entry.id: entry.label.say(self._language) for entry in named}
        names |= {name: spec.label.say(self._language) for name, spec in plan.facts.items()}
        return Voice(self._language, names, mapped.clauses if mapped else {})

    def _version(self) -> str:
        slots = {"folder": self._settings.mappings, "version": self._documents.digest[:7]}
        return TEXTS["documents"].say(self._language).format(**slots)

    def _helpdesk(self, name: str) -> Connector:
        desk = self._documents.desks[name]
        try:
            return open_desk(descriptors(self._settings)[desk.connector], desk, os.environ)
        except DocumentsInvalid as error:
            _give_up(as_text(error.problems, {}, self._language, "mappings/"))

    def _ticket_of(self, payload: Payload, helpdesk: Connector, source: str) -> str:
        try:
            return ticket_of(payload, helpdesk, source)
        except DeliveryUnreadable as error:
            _stop("unreadable", self._language, 1, code=error.code, connector=helpdesk.descriptor.name)


def _documents(mappings: Path, connectors: Path, language: Language) -> DocumentSet:
    loaded = load_folder(mappings, products(connectors).products)
    if loaded.documents is None:
        _give_up(as_text(loaded.problems, loaded.sources, language, f"{mappings.name}/"))
    return loaded.documents


def _desk(documents: DocumentSet, wanted: str | None, language: Language) -> str | None:
    """The desk asked for; the only one where none is; None where there are none or several."""
    if wanted is None:
        return next(iter(documents.desks)) if len(documents.desks) == 1 else None
    if wanted not in documents.desks:
        _stop("no_desk", language, desk=wanted, desks=", ".join(documents.desks) or "–")
    return wanted


def _plan(
    documents: DocumentSet, desk: str | None, wanted: str | None, language: Language
) -> DecisionDocuments:
    name = wanted or (documents.desks[desk].plan if desk else next(iter(documents.plans)))
    if name not in documents.plans:
        _stop("no_plan", language, plan=name, plans=", ".join(documents.plans))
    rules = documents.desks[desk].rules if desk else next(iter(documents.rules))
    return DecisionDocuments(documents.plans[name], documents.compiled(rules))


def _stop(text: str, language: Language, exit_code: int = 2, **slots: object) -> NoReturn:
    click.echo(TEXTS[text].say(language).format(**slots), err=True)
    raise SystemExit(exit_code)


def _give_up(problems: str) -> NoReturn:
    click.echo(problems, err=True)
    raise SystemExit(1)
