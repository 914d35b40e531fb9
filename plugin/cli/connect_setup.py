"""Making in the helpdesk what the API lets us make: shown first, made after a yes, put on record at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from plugin.app.connecting import Answers, Connecting, api_secrets, hears
from plugin.cli.talk import Talk
from plugin.desk import install
from plugin.desk.client import Client
from plugin.desk.descriptor import Descriptor
from plugin.desk.desk_files import Made
from plugin.desk.installation import Installation
from plugin.desk.proposal import FIELD_TITLES, Proposal
from plugin.errors import HelpdeskError


def set_up(
    talk: Talk,
    meeting: Connecting,
    descriptor: Descriptor,
    answers: Answers,
    proposal: Proposal,
    hook_base: str,
    *,
    dry: bool = False,
) -> dict[str, str]:
    """Make what is not there; answers the fields that were made (``write.level`` → its name).

    Raises the ``HelpdeskError`` of the first that failed; what was made before it is on record.
    """
    if not descriptor.about.install:
        return {}
    from plugin.desk.by_hand import hook_url

    desk = meeting.installation(descriptor, answers)
    url = hook_url(descriptor, desk, hook_base)
    client = meeting.client(descriptor, answers)
    wanted, told = wanted_fields(proposal), hears(descriptor, answers)
    steps = list(install.steps(descriptor, desk, url, wanted, client, hears=told))
    new = _shown(talk, steps, answers)
    if dry or not new or not talk.agree("ask_install"):
        return {}
    fields: dict[str, str] = {}
    for step in new:
        title = step.title(talk.language)
        try:
            made = install.make(step, client_for(step.shape.needs, descriptor, desk))
        except HelpdeskError as error:
            talk.warn("not_made", title=title, why=talk.why(error))
            raise
        meeting.record(answers.desk, Made(step.name, title, made))
        talk.tell("made", title=title, id=made)
        if step.shape.target is not None:
            fields[f"write.{step.shape.target}"] = str(step.known["field"])
    return fields


def wanted_fields(proposal: Proposal) -> Mapping[str, str]:
    """Targets there is no field for yet, and what one would be called."""
    lacking = [gap.key.removeprefix("write.") for gap in proposal.gaps if gap.key.startswith("write.")]
    language = proposal.wanted.language
    named = [name for name in (*lacking, *proposal.unset) if name in FIELD_TITLES]
    return {name: FIELD_TITLES[name].say(language) for name in named}


def client_for(needs: str | None, descriptor: Descriptor, desk: Installation) -> Client:
    """Calls with the token something needs: where it is another one, in the place of the usual one."""
    if needs is None:
        return Client(descriptor.api, desk)
    first = api_secrets(descriptor)[0].name
    return Client(descriptor.api, replace(desk, secrets={**desk.secrets, first: desk.secrets[needs]}))


def _shown(talk: Talk, steps: list[install.Step], answers: Answers) -> list[install.Step]:
    """The steps that can be carried out, after showing all."""
    if steps:
        talk.tell("install")
    new = []
    for step in steps:
        title, needs = step.title(talk.language), step.shape.needs
        if step.there is not None:
            talk.tell("install_there", title=title)
        elif needs is not None and not answers.has(needs):
            talk.warn("install_needs", title=title, needs=needs)
        else:
            talk.tell("install_new", title=title)
            new.append(step)
    return new
