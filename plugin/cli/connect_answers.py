"""``paidan connect``, third part: which of the helpdesk's names stands for which of the plan's."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import click

from plugin.app.connecting import Answers, Connecting, Looked
from plugin.cli.talk import Talk
from plugin.core.plan import Plan
from plugin.core.rules import RuleSet
from plugin.desk.answerable import answerable, leads_somewhere
from plugin.desk.descriptor import Descriptor
from plugin.desk.gap import NOWHERE
from plugin.desk.lists import Entry
from plugin.desk.proposal import Proposal, by_number
from plugin.desk.propose_priority import ORDER_KEY, in_order

LEVEL_KEY = "write.level."
MOST_TOLD = 30
"""Names of the helpdesk shown in one line."""


class Answering:
    """What ``--map`` and the person at the terminal answer, checked against the helpdesk's lists."""

    def __init__(
        self,
        talk: Talk,
        meeting: Connecting,
        descriptor: Descriptor,
        answers: Answers,
        looked: Looked,
        chosen: Mapping[str, str | None],
    ) -> None:
        self._talk = talk
        self._meeting = meeting
        self._descriptor = descriptor
        self._answers = answers
        self._looked = looked
        self._chosen = chosen
        self._groups = looked.listed.get("groups", ())
        self._fields = looked.listed.get("fields", ())

    def proposal(self, given: Mapping[str, str]) -> tuple[Proposal, dict[str, str]]:
        """The desk file and the answers in it; an empty answer leaves open what is not sure."""
        talk, mapped = self._talk, self._checked(given)
        proposal = self._proposed(mapped)
        if not talk.has_terminal or talk.agrees or not proposal.gaps:
            return proposal, mapped
        if self._groups and any(gap.key.startswith("groups.") for gap in proposal.gaps):
            talk.tell("groups", names=_names(self._groups))
        made_here = {f"write.{each.target}" for each in self._descriptor.about.install if each.target}
        for gap in proposal.gaps:
            is_settled = gap.key.startswith(LEVEL_KEY) and mapped.get("write.level") == NOWHERE
            if is_settled or gap.key in made_here:
                continue
            if said := self._asked(proposal, gap.key, gap.near):
                nowhere = said == NOWHERE and gap.key.startswith(LEVEL_KEY)
                mapped["write.level" if nowhere else gap.key] = said
        return self._proposed(mapped), mapped

    def tell_gaps(self, proposal: Proposal) -> None:
        """What is left open, what there is to choose from, and how to answer."""
        talk, gaps = self._talk, [gap.key for gap in proposal.gaps]
        for misfit in proposal.misfits:
            words = {"target": misfit.target, "field": misfit.field, "lacking": ", ".join(misfit.lacking)}
            talk.warn("misfit_some" if misfit.lacking else "misfit", **words)
        if not gaps:
            return
        talk.warn("gaps", n=len(gaps))
        if self._groups and any(key.startswith("groups.") for key in gaps):
            talk.tell("groups", names=_names(self._groups))
        if self._fields and any(key.startswith("write.") for key in gaps):
            talk.tell("fields", names=_names(self._fields))
        talk.tell("gaps_how", gap=gaps[0])
        if any(key == "write.level" or key.startswith(LEVEL_KEY) for key in gaps):
            talk.tell("gaps_nowhere", gap="write.level")
        if any(key.startswith("write.priority.") for key in gaps):
            talk.tell("gaps_order", gap=ORDER_KEY)

    def _proposed(self, mapped: Mapping[str, str]) -> Proposal:
        return self._meeting.proposal(self._descriptor, self._answers, self._looked, self._chosen, mapped)

    def _asked(self, proposal: Proposal, key: str, near: Sequence[str]) -> str:
        """What somebody types, until it is a name there is, or nothing."""
        talk = self._talk
        hint = talk.say("near", names=" · ".join(near)) if near else ""
        may_say_none = key == "write.level" or key.startswith(LEVEL_KEY)
        question = "ask_gap_or_none" if may_say_none else "ask_gap"
        choices = self._choices(key, proposal)
        while True:
            said = talk.ask(question, label=self._label(proposal, key), id=key, near=hint)
            if not said or not choices or (said == NOWHERE and may_say_none):
                return said
            if (name := _meant(said, choices)) is not None:
                return name
            talk.warn("unknown", what=key, given=said, choices=_names(choices, ", "))

    def _choices(self, key: str, proposal: Proposal) -> Sequence[Entry]:
        """What an answer must be one of; none where the helpdesk does not list it, or may leave some out."""
        if key.startswith("groups."):
            return self._groups
        if key.startswith("write.priority"):
            return self._looked.listed.get("priorities", ())
        if key.startswith(LEVEL_KEY):
            field = proposal.targets.get("level")
            offered = next((each.choices for each in self._fields if each.name == field), ())
            return [Entry(choice, choice) for choice in offered]
        return ()

    def _checked(self, given: Mapping[str, str]) -> dict[str, str]:
        """What ``--map`` names must be there: a slip would send tickets to nobody. All are told at once."""
        plan, rules = self._documents
        product = self._descriptor
        unknown = [key for key in given if not leads_somewhere(key, given[key], product, plan, rules)]
        choices = ", ".join(answerable(product, plan, rules))
        wrong = [self._talk.say("unknown", what="--map", given=key, choices=choices) for key in unknown]
        mapped = {key: self._spelled(key, name) for key, name in given.items() if key not in unknown}
        proposal = self._proposed(mapped)
        for key, name in mapped.items():
            said = self._in_list(key, name, proposal)
            mapped[key] = said.name
            wrong += [said.wrong] if said.wrong else []
        if wrong:
            click.echo("\n".join(wrong), err=True)
            raise SystemExit(2)
        self._warn_of_fields(mapped)
        return mapped

    def _spelled(self, key: str, name: str) -> str:
        """A field as the helpdesk writes it."""
        is_field = key.startswith("fields.") or (key.startswith("write.") and key.count(".") == 1)
        return (_meant(name, self._fields) if is_field and name != NOWHERE else None) or name

    def _in_list(self, key: str, name: str, proposal: Proposal) -> _Said:
        """An answer as the helpdesk writes it, or what is wrong with it."""
        talk, choices = self._talk, self._choices(key, proposal)
        if key == ORDER_KEY and choices:
            names = [(each, _meant(each, choices)) for each in in_order(name)]
            lost = [each for each, meant in names if meant is None]
            name, known = ", ".join(meant or each for each, meant in names), not lost
        else:
            lost, known = [name], not choices or (name == NOWHERE and key.startswith("write.priority."))
            meant = _meant(name, choices)
            name, known = meant or name, known or meant is not None
        if not known:
            told = talk.say("unknown", what=key, given=", ".join(lost), choices=_names(choices, ", "))
            return _Said(name, told)
        by_number_only = key.startswith("groups.") and by_number(self._descriptor.targets.get("group"))
        if not choices and by_number_only and not name.isdigit():
            product = self._descriptor.title
            return _Said(name, talk.say("number_needed", what=key, given=name, product=product))
        return _Said(name)

    @property
    def _documents(self) -> tuple[Plan, RuleSet]:
        documents = self._meeting.documents
        return documents.plans[self._chosen["plan"] or ""], documents.rules[self._chosen["rules"] or ""]

    def _warn_of_fields(self, mapped: Mapping[str, str]) -> None:
        """A list of fields may leave some out: what is not in it is told, and taken all the same."""
        for key, name in mapped.items():
            is_field = key.startswith("write.") and key.count(".") == 1 and key != ORDER_KEY
            is_field = is_field or key.startswith("fields.")
            if is_field and name != NOWHERE and self._fields and _meant(name, self._fields) is None:
                self._talk.warn("unknown", what=key, given=name, choices=_names(self._fields, ", "))

    def _label(self, proposal: Proposal, key: str) -> str:
        if key == "write.level":
            return self._talk.say("level_field")
        plan, last = proposal.wanted.plan, key.rpartition(".")[2]
        named = [*plan.groups, *plan.levels.items]
        found = next((each.label for each in named if each.id == last), None)
        return found.say(self._talk.language) if found else last


def _names(entries: Sequence[Entry], between: str = " · ") -> str:
    more = " …" if len(entries) > MOST_TOLD else ""
    return between.join(entry.name for entry in entries[:MOST_TOLD]) + more


def _meant(said: str, entries: Sequence[Entry]) -> str | None:
    """The helpdesk's own spelling of a name that was typed, in whichever case, width or with whichever blanks
    around it, or whose number was; None where there is none such, or more than one.
    """
    exact = [e.name for e in entries if said in (e.name, e.id)]
    alike = [e.name for e in entries if _plain(e.name) == _plain(said)]
    return exact[0] if exact else alike[0] if len(alike) == 1 else None


def _plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


class _Said(NamedTuple):
    """An answer as it is taken, and what is wrong with it."""

    name: str
    wrong: str = ""
