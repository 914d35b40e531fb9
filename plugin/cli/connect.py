"""``paidan connect``: from an address and a token to a desk that observes, and a ticket that came through."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NoReturn

import click

from plugin.app import connecting
from plugin.app.connecting import Answers, Connecting, Looked
from plugin.cli import options
from plugin.cli.asking import documents_of
from plugin.cli.connect_answers import Answering
from plugin.cli.connect_fill import Fill
from plugin.cli.connect_given import Given, open_documents
from plugin.cli.connect_meet import Meet
from plugin.cli.connect_setup import set_up
from plugin.cli.connect_trial import Trial
from plugin.cli.environment import settings_for
from plugin.cli.talk import Talk, talking
from plugin.desk.descriptor import Descriptor
from plugin.desk.desk_files import desk_file
from plugin.desk.made_record import Made, RecordUnreadable, same_address
from plugin.documents.render import as_text
from plugin.documents.wording import Language
from plugin.errors import AccessDenied, HelpdeskError, NotFound, Unreachable


@click.command()
@click.argument("address", required=False)
@click.option("--product", help="The connector to use, instead of looking which fits.")
@click.option("--desk", help="Name of the desk, and of its file.")
@click.option("--token", help="Where the API token is: env:NAME or file:/path.")
@click.option(
    "--set", "sets", multiple=True, metavar="NAME=VALUE", help="A setting; a secret as env: or file:."
)
@click.option("--map", "maps", multiple=True, metavar="KEY=NAME", help="Such as groups.onsite=Field Team.")
@click.option("--plan", help="The response plan to use.")
@click.option("--rules", help="The rules that read tickets.")
@click.option("--calendar", help="The calendar its clocks count by.")
@click.option("--hook-base", help="Where the helpdesk reaches Paidan, such as https://paidan.example.")
@click.option(
    "--ca",
    type=click.Path(exists=True, dir_okay=False, resolve_path=True),
    help="File with the helpdesk's own CA.",
)
@click.option("--proxy", help="Proxy for calls to the helpdesk.")
@click.option(
    "--no-webhook", is_flag=True, help="The helpdesk cannot call Paidan: ask it for changes instead."
)
@click.option("--own-network", is_flag=True, help="The helpdesk's name leads into your own, private network.")
@click.option("--yes", is_flag=True, help="Agree to everything that would be asked.")
@click.option("--overwrite", is_flag=True, help="Replace a desk file that is there.")
@click.option("--dry-run", is_flag=True, help="Show everything; write and make nothing.")
@click.option("--without-test-ticket", is_flag=True, help="Do not send a ticket through.")
@click.option("--wait", default=600, show_default=True, help="Seconds to wait for the first webhook.")
@options.documents
@options.connectors
@options.language
def connect(
    address: str | None,
    product: str | None,
    desk: str | None,
    token: str | None,
    sets: tuple[str, ...],
    maps: tuple[str, ...],
    plan: str | None,
    rules: str | None,
    calendar: str | None,
    hook_base: str | None,
    ca: str | None,
    proxy: str | None,
    no_webhook: bool,
    own_network: bool,
    yes: bool,
    overwrite: bool,
    dry_run: bool,
    without_test_ticket: bool,
    wait: int,
    mappings: Path,
    connectors: Path,
    language: Language,
) -> None:
    """Connect the helpdesk at ADDRESS: see what it is, propose its desk file, set it up and try it."""
    talk = talking(language, agrees=yes)
    chosen = {"plan": plan, "rules": rules, "calendar": calendar, "language": language}
    given = Given(
        address,
        product,
        desk,
        token,
        _pairs(talk, sets),
        _pairs(talk, maps),
        chosen,
        hook_base,
        overwrite,
        dry_run,
        not without_test_ticket,
        wait,
        ca,
        proxy,
        own_network,
        not no_webhook,
    )
    documents = documents_of(mappings, connectors, language)
    settings = settings_for(language).model_copy(update={"mappings": mappings, "connectors": connectors})
    _Run(talk, given, Connecting(settings, os.environ, documents)).run()


def _pairs(talk: Talk, given: tuple[str, ...]) -> dict[str, str]:
    for each in given:
        if not each.partition("=")[2]:
            talk.stop("bad_set", 2, given=each)
    return {key.strip(): value.strip() for key, _, value in (each.partition("=") for each in given)}


class _Run:
    """One connecting, from the first question to the last."""

    def __init__(self, talk: Talk, given: Given, meeting: Connecting) -> None:
        self.talk = talk
        self.given = given
        self.meeting = meeting
        self.scopes: list[str] = []
        """Rights the product's token needs"""

    def run(self) -> None:
        """Everything, in order; until the desk file is agreed to, nothing is written."""
        meet = Meet(self.talk, self.given, self.meeting)
        answers = meet.address()
        self._made(answers.desk)
        try:
            descriptor, looked = self._met(meet, answers)
            chosen = self._chosen_documents()
            answering = Answering(self.talk, self.meeting, descriptor, answers, looked, chosen)
            proposal, mapped = answering.proposal(self.given.map)
        except HelpdeskError as error:
            self._cannot(error, answers)
        text = connecting.text_of(proposal, descriptor)
        file = desk_file(self.meeting.settings.mappings, answers.desk)
        self.talk.tell("proposed", file=file)
        click.echo(text)
        self._check(answers.desk, text)
        answering.tell_gaps(proposal)
        trial = Trial(self.talk, self.meeting, descriptor, answers, self.given.hook_base)
        if self.given.dry_run:
            try:
                made = set_up(
                    self.talk, self.meeting, descriptor, answers, proposal, trial.hook_base, dry=True
                )
            except HelpdeskError as error:
                self._cannot(error, answers)
            trial.is_set_up = made.is_whole
            trial.show_by_hand(dry=True)
            self.talk.tell("dry")
            return
        self._write(answers, file, text)
        try:
            made = set_up(self.talk, self.meeting, descriptor, answers, proposal, trial.hook_base)
            trial.is_set_up = made.is_whole
            if made.fields:
                again = self.meeting.look(descriptor, answers)
                proposal = self.meeting.proposal(
                    descriptor, answers, again, chosen, {**mapped, **made.fields}
                )
                self.meeting.keep(answers, connecting.text_of(proposal, descriptor))
        except HelpdeskError as error:
            self.talk.stop("cut_later", why=self.talk.why(error))
        except RecordUnreadable as error:
            self.talk.stop("bad_record", detail=error)
        except OSError as error:
            self.talk.stop("file_later", detail=error)
        trial.run(proposal, wait=self.given.wait, with_ticket=self.given.with_test_ticket)

    def _met(self, meet: Meet, answers: Answers) -> tuple[Descriptor, Looked]:
        """The product and what it lists. Some show at every path, but answer who signs in at one only."""
        while True:
            descriptor = meet.product(answers)
            self.scopes = [scope for each in descriptor.settings for scope in each.scopes]
            fill = Fill(self.talk, self.given, self.meeting, meet.version)
            try:
                descriptor = fill.fill(descriptor, answers)
                return descriptor, fill.look(descriptor, answers)
            except NotFound:
                if not meet.climbs(answers):
                    raise

    # --- the desk file ------------------------------------------------------------------------

    def _chosen_documents(self) -> dict[str, str | None]:
        """The plan, rules and calendar: named, the only one there is, or asked for."""
        documents, chosen = self.meeting.documents, dict(self.given.chosen)
        for what, names in open_documents(self.talk, self.meeting, self.given).items():
            chosen[what] = self.talk.choose(what, names, names[0])
        chosen["plan"] = chosen["plan"] or next(iter(documents.plans))
        chosen["rules"] = chosen["rules"] or next(iter(documents.rules))
        if chosen["calendar"] is None and self.talk.has_terminal and not self.talk.agrees:
            chosen["calendar"] = self.talk.choose("calendar", sorted(documents.calendar_files)) or None
        return chosen

    def _check(self, desk: str, text: str) -> None:
        """The file among the others; what keeps it from being used ends the command."""
        loaded = self.meeting.checked(desk, text)
        if loaded.documents is None:
            self.talk.tell("bad_documents")
            click.echo(as_text(loaded.problems, loaded.sources, self.talk.language, "mappings/"), err=True)
            raise SystemExit(1)

    def _write(self, answers: Answers, file: Path, text: str) -> None:
        talk = self.talk
        if file.exists():
            if not talk.has_terminal and not self.given.overwrite:
                talk.stop("needs_overwrite", 2, file=file)
            if not self.given.overwrite and not click.confirm(talk.say("ask_overwrite", file=file)):
                raise SystemExit(1)
        elif not talk.agree("ask_write", file=file):
            raise SystemExit(1)
        try:
            self.meeting.keep(answers, text)
        except RecordUnreadable as error:
            talk.stop("bad_record", detail=error)
        except OSError as error:
            talk.stop("file", detail=error)
        talk.tell("written", file=file)
        self._tell_elsewhere(answers)
        for name in answers.typed:
            where = self.meeting.secret_names(answers)[name].removeprefix("file:")
            talk.tell("secret_written", file=where)

    def _made(self, desk: str) -> tuple[Made, ...]:
        """What is on record for the desk; one that cannot be read ends the command."""
        try:
            return self.meeting.made(desk)
        except RecordUnreadable as error:
            self.talk.stop("bad_record", detail=error)

    def _tell_elsewhere(self, answers: Answers) -> None:
        """What was made at the address the desk had before stays there; somebody has to know."""
        for each in self._made(answers.desk):
            if each.url and not same_address(each.url, answers.url):
                slots = {"url": f"{each.url}{each.place}", "now": answers.url}
                self.talk.warn("left_elsewhere", title=each.title, id=each.id, **slots)

    def _cannot(self, error: HelpdeskError, answers: Answers) -> NoReturn:
        """Nothing was written so far: say what is wrong, and end."""
        if isinstance(error, Unreachable):
            self.talk.stop("unreachable", url=answers.url, why=self.talk.why(error))
        if isinstance(error, AccessDenied) and not error.is_signed_out:
            self.talk.stop("token_may_not", request=error.request, scopes=", ".join(self.scopes) or "–")
        self.talk.stop("cut", why=self.talk.why(error))
