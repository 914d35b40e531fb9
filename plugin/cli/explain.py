"""``paidan explain``: why a ticket stands where it stands, and what would be done. Nothing is ever sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click

from plugin.casebook.recall import Recalled, recall
from plugin.casebook.wording import told
from plugin.cli import options
from plugin.cli.asking import desk_of, documents_of, plan_of, read_ticket, the_desk, what_is
from plugin.cli.environment import settings_for
from plugin.cli.given import Payload
from plugin.cli.timed import timing_of
from plugin.cli.told import Explained, print_json, print_told
from plugin.core.case import Decision
from plugin.core.decision import decide
from plugin.core.effects import DeskMap, Effects, Snapshot, effects
from plugin.core.label import Label
from plugin.core.modes import in_mode
from plugin.core.ticket import Ticket
from plugin.core.wording import Voice
from plugin.desk.helpdesk import Seen
from plugin.documents.document_set import DocumentSet
from plugin.documents.wording import Language
from plugin.settings import Settings

DOCUMENTS = Label("{folder}/ {version}，没有错误", "{folder}/ {version}, no problems")


@click.command()
@click.argument("what", default="-")
@options.desk
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
    documents = documents_of(mappings, connectors, language)
    desk = desk_of(documents, desk, language)
    asked = Asked(
        documents,
        desk,
        plan,
        Settings.model_validate({"mappings": mappings, "connectors": connectors}),
        language,
    )
    explained = replace(asked.explained(what_is(what, language), source), full=full)
    print_json(explained) if form == "json" else print_told(explained)


class Asked:
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
        self._plan = plan_of(documents, desk, plan, language)

    def explained(self, what: str | Ticket | Payload, source: str) -> Explained:
        """The decision and what would be done."""
        if isinstance(what, Ticket):
            return self._decided(Seen(what, self._empty()), Recalled())
        desk = the_desk(self._documents, self._desk, self._language)
        seen = read_ticket(what, desk, self._documents, self._settings, source, self._language)
        known = recall(settings_for(self._language).database_url, desk, seen.ticket.id)
        return self._decided(seen, known)

    def _decided(self, seen: Seen, known: Recalled) -> Explained:
        case = known.state
        decision = decide(seen.ticket, case, self._plan, datetime.now(UTC))
        mapped = self._map(known, decision)
        return Explained(
            ticket=seen.ticket.id,
            desk=self._desk,
            documents=self._version(),
            decision=decision,
            effects=self._effects(decision, known, seen, mapped) if mapped else Effects(),
            mode=mapped.mode if mapped else "",
            voice=self._voice(mapped),
            problems=tuple(told(each, self._desk or "", self._language) for each in known.problems),
        )

    def _map(self, known: Recalled, decision: Decision) -> DeskMap | None:
        """With the mode that holds for this one ticket."""
        if self._desk is None:
            return None
        desk = self._documents.desk_map(self._desk)
        return in_mode(desk, known.state, decision.standing.placement, known.first_at)

    def _effects(self, decision: Decision, known: Recalled, seen: Seen, mapped: DeskMap) -> Effects:
        acting = replace(mapped, mode="act") if mapped.mode == "observe" else mapped
        plan, count = self._plan.plan.id, seen.ticket.unread_attachments
        timing = timing_of(self._documents, self._desk or "", plan, seen.ticket, known, self._language)
        return effects(decision, known.state, seen.snapshot, acting, timing, unread_attachments=count)

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
        return DOCUMENTS.say(self._language).format(**slots)
