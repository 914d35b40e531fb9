"""Making in the helpdesk what the API lets us make: shown first, made after a yes, put on record at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from plugin.app.connecting import Answers, Connecting, client_for, hears
from plugin.cli.talk import Talk
from plugin.desk import install
from plugin.desk.by_hand import hook_url
from plugin.desk.descriptor import Descriptor
from plugin.desk.desk_files import Made
from plugin.desk.proposal import FIELD_TITLES, Proposal
from plugin.errors import HelpdeskError


@dataclass(frozen=True, slots=True)
class SetUp:
    """``fields``: those made (``write.level`` → its name). ``is_whole``: nothing is left to a person."""

    fields: Mapping[str, str]
    is_whole: bool


def set_up(
    talk: Talk,
    meeting: Connecting,
    descriptor: Descriptor,
    answers: Answers,
    proposal: Proposal,
    hook_base: str,
    *,
    dry: bool = False,
) -> SetUp:
    """Make what is not there.

    Raises the ``HelpdeskError`` of the first that failed; what was made before it is on record.
    """
    if not descriptor.about.install:
        return SetUp({}, is_whole=True)
    desk = meeting.installation(descriptor, answers)
    url = hook_url(descriptor, desk, hook_base)
    client = meeting.client(descriptor, answers)
    wanted, told = wanted_fields(proposal), hears(descriptor, answers)
    needs = {each.needs for each in descriptor.about.install if each.needs and answers.has(each.needs)}
    others = {name: client_for(name, descriptor, desk) for name in needs}
    steps = list(install.steps(descriptor, desk, url, wanted, client, others, hears=told))
    new = _shown(talk, steps, answers)
    able = all(step in new or step.there is not None for step in steps)
    if dry:
        return SetUp({}, is_whole=able)
    for step in steps:
        if step.there is not None:
            _take_secret(meeting, descriptor, answers, step, step.there)
    if not new or not talk.agree("ask_install"):
        return SetUp({}, is_whole=able and not new)
    fields: dict[str, str] = {}
    before = {str(step.shape.what): step.there for step in steps if step.there is not None}
    for step in new:
        title = step.title(talk.language)
        try:
            made = install.make(step, client_for(step.shape.needs, descriptor, desk), before)
        except HelpdeskError as error:
            talk.warn("not_made", title=title, why=talk.why(error))
            raise
        meeting.record(answers.desk, Made(step.name, title, made))
        before[step.shape.what] = made
        talk.tell("made", title=title, id=made)
        _take_secret(meeting, descriptor, answers, step, made)
        if step.shape.target is not None:
            fields[f"write.{step.shape.target}"] = str(step.known["field"])
    return SetUp(fields, able)


def _take_secret(
    meeting: Connecting, descriptor: Descriptor, answers: Answers, step: install.Step, made: str
) -> None:
    """Where the product itself makes the webhook's secret, it is the one to check by."""
    client = client_for(step.shape.needs, descriptor, meeting.installation(descriptor, answers))
    value = install.own_secret(step, made, client)
    if value is not None and step.shape.secret is not None:
        meeting.keep_secret(answers, step.shape.secret.name, value)


def wanted_fields(proposal: Proposal) -> Mapping[str, str]:
    """Targets there is no field for yet, and what one would be called."""
    lacking = [gap.key.removeprefix("write.") for gap in proposal.gaps if gap.key.startswith("write.")]
    language = proposal.wanted.language
    named = [name for name in (*lacking, *proposal.unset) if name in FIELD_TITLES]
    return {name: FIELD_TITLES[name].say(language) for name in named}


def _shown(talk: Talk, steps: list[install.Step], answers: Answers) -> list[install.Step]:
    """The steps that can be carried out, after showing all."""
    if steps:
        talk.tell("install")
    new = []
    for step in steps:
        title, needs = step.title(talk.language), step.shape.needs
        if step.there is not None:
            talk.tell("install_there", title=title)
        elif not step.may_look and needs is not None and not answers.has(needs):
            talk.warn("install_needs", title=title, needs=needs)
        elif not step.is_listed:
            talk.warn("install_unlisted", title=title)
        elif not step.may_look:
            talk.warn("install_denied", title=title)
        else:
            talk.tell("install_new", title=title)
            new.append(step)
    return new
