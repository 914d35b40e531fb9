"""``paidan connect``, third part: which of the helpdesk's names stands for which of the plan's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import click

from plugin.app.connecting import Answers, Connecting, Looked
from plugin.cli.talk import Talk
from plugin.desk.descriptor import Descriptor
from plugin.desk.gap import NOWHERE
from plugin.desk.lists import Entry
from plugin.desk.proposal import Proposal, by_number
from plugin.documents.checks import reachable_groups

SECTIONS = ("groups", "write", "fields")
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
            if gap.key not in made_here and (said := self._asked(proposal, gap.key, gap.near)):
                mapped[gap.key] = said
        return self._proposed(mapped), mapped

    def tell_gaps(self, proposal: Proposal) -> None:
        """What is left open, what there is to choose from, and how to answer."""
        talk, gaps = self._talk, [gap.key for gap in proposal.gaps]
        if not gaps:
            return
        talk.warn("gaps", n=len(gaps))
        if self._groups and any(key.startswith("groups.") for key in gaps):
            talk.tell("groups", names=_names(self._groups))
        if self._fields and any(key.startswith("write.") for key in gaps):
            talk.tell("fields", names=_names(self._fields))
        nowhere = next((key for key in gaps if key == "write.level"), None)
        talk.tell("gaps_how", gap=gaps[0])
        if nowhere is not None:
            talk.tell("gaps_nowhere", gap=nowhere)

    def _proposed(self, mapped: Mapping[str, str]) -> Proposal:
        return self._meeting.proposal(self._descriptor, self._answers, self._looked, self._chosen, mapped)

    def _asked(self, proposal: Proposal, key: str, near: Sequence[str]) -> str:
        """What somebody types, until it is a name there is, or nothing."""
        talk = self._talk
        hint = talk.say("near", names=" · ".join(near)) if near else ""
        question = "ask_gap_or_none" if key == "write.level" else "ask_gap"
        while True:
            said = talk.ask(question, label=self._label(proposal, key), id=key, near=hint)
            if not said or not key.startswith("groups.") or not self._groups:
                return said
            if (name := _meant(said, self._groups)) is not None:
                return name
            talk.warn("unknown", what=key, given=said, choices=_names(self._groups, ", "))

    def _checked(self, given: Mapping[str, str]) -> dict[str, str]:
        """What ``--map`` names must be there: a slip would send tickets to nobody. All are told at once."""
        talk, plan = self._talk, self._meeting.documents.plans[self._chosen["plan"] or ""]
        known, mapped, wrong = [f"groups.{each}" for each in reachable_groups(plan)], dict(given), []
        for key, name in given.items():
            section = key.partition(".")[0]
            if section not in SECTIONS or (section == "groups" and key not in known):
                choices = ", ".join((*known, "write.…", "fields.…"))
                wrong.append(talk.say("unknown", what="--map", given=key, choices=choices))
            elif section == "groups" and self._groups:
                meant = _meant(name, self._groups)
                mapped[key] = meant or name
                if meant is None:
                    wrong.append(
                        talk.say("unknown", what=key, given=name, choices=_names(self._groups, ", "))
                    )
            elif (
                section == "groups"
                and by_number(self._descriptor.targets.get("group"))
                and not name.isdigit()
            ):
                wrong.append(talk.say("number_needed", what=key, given=name, product=self._descriptor.title))
        if wrong:
            click.echo("\n".join(wrong), err=True)
            raise SystemExit(2)
        self._warn_of_fields(mapped)
        return mapped

    def _warn_of_fields(self, mapped: Mapping[str, str]) -> None:
        """A list of fields may leave some out: what is not in it is told, and taken all the same."""
        for key, name in mapped.items():
            is_field = key.startswith("write.") and key.count(".") == 1 and name != NOWHERE
            if is_field and self._fields and _meant(name, self._fields) is None:
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
    """The name that was typed, in whichever case, or whose number was; None where there is none such."""
    exact = [e.name for e in entries if said in (e.name, e.id)]
    alike = [e.name for e in entries if e.name.casefold() == said.casefold()]
    return exact[0] if exact else alike[0] if len(alike) == 1 else None
