"""Making in the helpdesk what the API lets us make: shown first, made after a yes, put on record at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from plugin.app.connecting import Answers, Connecting, client_for, hears
from plugin.cli.talk import Talk
from plugin.desk import install
from plugin.desk.by_hand import hook_url
from plugin.desk.descriptor import Descriptor
from plugin.desk.made_record import Made
from plugin.desk.proposal import FIELD_TITLES, Proposal
from plugin.documents.wording import Language
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

    Raises the ``HelpdeskError`` of the first that failed; what was made before it is on record. Raises
    ``OSError`` where that record cannot be written.
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
    record = _Recorder(meeting, answers.desk, desk.url, hook_base, talk.language)
    for step in steps:
        if step.found is not None and install.is_telling_mark(step.shape):
            record(step, step.found)  # it leads to us: made by a run that was cut off before it could say so
        if step.there is not None:
            _take_secret(meeting, descriptor, answers, step, step.there)
    if not new or not talk.agree("ask_install"):
        return SetUp({}, is_whole=able and not new)
    fields: dict[str, str] = {}
    before = {str(step.shape.what): step.found for step in steps if step.found is not None}
    for step in (each.beside(before) for each in new):
        title = step.title(talk.language)
        try:
            made = install.make(step, client_for(step.shape.needs, descriptor, desk))
        except HelpdeskError as error:
            talk.warn("not_made", title=title, why=talk.why(error))
            raise
        record(step, made)
        before[step.shape.what] = made
        talk.tell("made", title=title, id=made)
        _take_secret(meeting, descriptor, answers, step, made)
        if step.shape.target is not None:
            fields[f"write.{step.shape.target}"] = str(step.known["field"])
    return SetUp(fields, able)


@dataclass(frozen=True, slots=True)
class _Recorder:
    """Puts on record what is there for this desk; raises ``OSError`` or ``RecordUnreadable``."""

    meeting: Connecting
    desk: str
    url: str
    hook_base: str
    language: Language

    def __call__(self, step: install.Step, made: str) -> None:
        entry = Made(
            step.name,
            step.title(self.language),
            made,
            url=self.url,
            place=step.place,
            # a login in an address is a secret, and a record holds none
            hook_base="" if "@" in urlsplit(self.hook_base).netloc else self.hook_base,
            field_title=str(step.known.get("field", "")),
            beside=dict(step.known["made"]),
        )
        self.meeting.record(self.desk, entry)


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
        elif step.idle is not None:
            talk.warn("install_idle", title=title, id=step.idle)
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
