"""``paidan connect``: from an address and a token to a desk that observes, and a ticket that came through."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import click

from plugin.app import connecting
from plugin.app.connecting import Answers, Connecting, Looked
from plugin.cli import options
from plugin.cli.asking import documents_of
from plugin.cli.connect_setup import set_up
from plugin.cli.connect_trial import Trial
from plugin.cli.environment import settings_for
from plugin.cli.talk import Talk, talking
from plugin.desk import probe
from plugin.desk.descriptor import Descriptor, Setting
from plugin.desk.desk_files import desk_file
from plugin.desk.opening import secret_value
from plugin.desk.proposal import Proposal
from plugin.documents.desks import Desk
from plugin.documents.render import as_text
from plugin.documents.wording import Language
from plugin.errors import AccessDenied, DocumentsInvalid, HelpdeskError, Unreachable


@dataclass(frozen=True, slots=True)
class Given:
    """What the command line said."""

    address: str | None
    product: str | None
    desk: str | None
    token: str | None
    set: Mapping[str, str]
    map: Mapping[str, str]
    chosen: Mapping[str, str | None]
    hook_base: str | None
    overwrite: bool
    dry_run: bool
    with_test_ticket: bool
    wait: int
    ca: str | None
    proxy: str | None


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
@click.option("--ca", type=click.Path(exists=True, dir_okay=False), help="File with the helpdesk's own CA.")
@click.option("--proxy", help="Proxy for calls to the helpdesk.")
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
    )
    documents = documents_of(mappings, connectors, language)
    settings = settings_for(language).model_copy(update={"mappings": mappings, "connectors": connectors})
    try:
        _Run(talk, given, Connecting(settings, os.environ, documents)).run()
    except DocumentsInvalid as error:
        click.echo(as_text(error.problems, {}, language), err=True)
        raise SystemExit(1) from None


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

    def run(self) -> None:
        """Everything, in order; until the desk file is agreed to, nothing is written."""
        answers = self._address()
        try:
            descriptor = self._product(answers)
            self._fill(descriptor, answers)
            looked = self._look(descriptor, answers)
            chosen = self._chosen_documents()
            mapped = dict(self.given.map)
            proposal = self._proposal(descriptor, answers, looked, chosen, mapped)
        except HelpdeskError as error:
            self._cannot(error, answers)
        text = connecting.text_of(proposal, descriptor)
        file = desk_file(self.meeting.settings.mappings, answers.desk)
        self.talk.tell("proposed", file=file)
        click.echo(text)
        self._check(answers.desk, text)
        if proposal.gaps:
            self.talk.warn("gaps", n=len(proposal.gaps))
        trial = Trial(self.talk, self.meeting, descriptor, answers, looked, self.given.hook_base)
        if self.given.dry_run:
            set_up(self.talk, self.meeting, descriptor, answers, proposal, trial.hook_base, dry=True)
            trial.show_by_hand(dry=True)
            self.talk.tell("dry")
            return
        self._write(answers, file, text)
        try:
            made_fields = set_up(self.talk, self.meeting, descriptor, answers, proposal, trial.hook_base)
            if made_fields:
                again = self.meeting.look(descriptor, answers)
                proposal = self.meeting.proposal(
                    descriptor, answers, again, chosen, {**mapped, **made_fields}
                )
                self.meeting.keep(answers, connecting.text_of(proposal, descriptor))
        except HelpdeskError as error:
            self.talk.stop("cut_later", why=self.talk.why(error))
        trial.run(proposal, wait=self.given.wait, with_ticket=self.given.with_test_ticket)

    # --- where it is, and what it is ----------------------------------------------------------

    def _address(self) -> Answers:
        given, talk = self.given, self.talk
        url = given.address or (talk.ask("ask_address") if talk.has_terminal else "")
        if not url:
            self._missing([("ADDRESS", talk.say("ask_address"))])
        if not connecting.URL.match(url):
            talk.stop("bad_address", 2, given=url)
        desk = given.desk or connecting.desk_name(url)
        if given.desk is None and talk.has_terminal and not talk.agrees:
            desk = talk.ask("ask_desk", desk)
        if not connecting.DESK_NAME.fullmatch(desk):
            talk.stop("bad_desk", 2, given=desk)
        answers = Answers(url, desk, ca=given.ca, proxy=given.proxy)
        if given.token is not None:
            answers.named["token"] = self._secret_name("--token", given.token)
        return answers

    def _secret_name(self, name: str, written: str) -> str:
        if not written.startswith(("env:", "file:/")):
            self.talk.stop("literal", 2, name=name)
        if not secret_value(written, os.environ):
            self.talk.stop("empty_secret", 2, name=name, where=written)
        return written

    def _product(self, answers: Answers) -> Descriptor:
        wanted = self.given.product
        if wanted is not None and wanted not in self.meeting.descriptors:
            self.talk.stop(
                "unknown", 2, what="--product", given=wanted, choices=", ".join(self.meeting.descriptors)
            )
        seen = self.meeting.identify(answers)
        if seen.moved_to is not None and not seen.found:
            seen = self._follow(answers, seen)
        if not seen.found and wanted is None:
            seen = self._with_token(answers, seen)
        fits = [each for each in seen.found if wanted in (None, each.descriptor.name)]
        if not fits:
            return self._unfit(answers, seen)
        found = fits[0] if len(fits) == 1 else self._one_of(fits)
        self.version = found.version
        self._rename_token(found.descriptor, answers)
        return found.descriptor

    def _follow(self, answers: Answers, seen: probe.Identified) -> probe.Identified:
        """Somebody must say that another address is meant: a token is sent there."""
        asks = self.talk.has_terminal and not self.talk.agrees
        if not asks or not self.talk.agree("ask_moved", url=seen.moved_to):
            self.talk.stop("moved", url=seen.moved_to)
        answers.url = seen.moved_to or answers.url
        return self.meeting.identify(answers)

    def _with_token(self, answers: Answers, seen: probe.Identified) -> probe.Identified:
        looks = [look for each in self.meeting.descriptors.values() for look in each.about.identify]
        if not any(not look.open for look in looks):
            return seen
        if not answers.has("token") and self.talk.has_terminal:
            self.talk.show_tried(seen.tried)
            typed = self.talk.ask("ask_secret", hidden=True, title="API token")
            answers.typed |= {"token": typed} if typed else {}
        return self.meeting.identify(answers, signed=True) if answers.has("token") else seen

    def _unfit(self, answers: Answers, seen: probe.Identified) -> Descriptor:
        """The product somebody named, though the address does not look like it; else the end."""
        wanted, talk = self.given.product, self.talk
        if wanted is None:
            click.echo(talk.say("not_found", url=answers.url), err=True)
            talk.show_tried(seen.tried)
            talk.stop("generic")
        descriptor = self.meeting.descriptors[wanted]
        self.version = None
        if any(look.open for look in descriptor.about.identify):
            talk.show_tried(seen.tried)
            talk.warn("does_not_fit", url=answers.url, product=descriptor.title)
            if not talk.agree("ask_go_on"):
                raise SystemExit(1)
        self._rename_token(descriptor, answers)
        return descriptor

    def _one_of(self, fits: list[probe.Found]) -> probe.Found:
        names = [each.descriptor.name for each in fits]
        if not self.talk.has_terminal:
            self._missing([("--product", self.talk.say("ask_product", choices=", ".join(names)))])
        said = ""
        while said not in names:
            said = self.talk.ask("ask_product", names[0], choices=", ".join(names))
        return fits[names.index(said)]

    def _rename_token(self, descriptor: Descriptor, answers: Answers) -> None:
        """``--token`` is the first secret the product signs in with, whatever it calls it."""
        names = [each.name for each in connecting.api_secrets(descriptor)]
        for held in (answers.named, answers.typed):
            if "token" in held and "token" not in names and names:
                held[names[0]] = held.pop("token")

    # --- what is needed -----------------------------------------------------------------------

    def _fill(self, descriptor: Descriptor, answers: Answers) -> None:
        """Everything the product needs: given, asked for, found out, or made here."""
        self._take_sets(descriptor, answers)
        lacking = connecting.needed(descriptor, answers)
        if not self.talk.has_terminal:
            missing = [(_option(each.name, descriptor), self._help(each)) for each in lacking]
            missing += [(f"--{what}", ", ".join(names)) for what, names in self._open_documents().items()]
            if missing:
                self._missing(missing)
        for each in lacking:
            if each.help is not None:
                self.talk.tell("help", text=each.help.say(self.talk.language).strip())
            title = each.title.say(self.talk.language)
            held = answers.typed if each.secret else answers.settings
            while not held.get(each.name):
                key = "ask_secret" if each.secret else "ask_setting"
                held[each.name] = self.talk.ask(key, hidden=each.secret, title=title)
        self._take_up_old(descriptor, answers)
        connecting.new_hook_secret(descriptor, answers)
        for name in connecting.carried(descriptor):
            if answers.has(name) and connecting.unsafe_secret(self.meeting.value(answers, name)):
                self.talk.stop("unsafe", name=name)
        self._tell_product(descriptor, answers)
        self._tell_account(descriptor, answers)

    def _take_sets(self, descriptor: Descriptor, answers: Answers) -> None:
        for name, value in self.given.set.items():
            setting = descriptor.setting(name)
            if setting is None:
                choices = ", ".join(each.name for each in descriptor.settings)
                self.talk.stop("unknown_set", 2, product=descriptor.title, given=name, choices=choices)
            if setting.secret:
                answers.named[name] = self._secret_name(name, value)
            else:
                answers.settings[name] = value

    def _help(self, setting: Setting) -> str:
        said = setting.title.say(self.talk.language)
        return f"{said}: {setting.help.say(self.talk.language).strip()}" if setting.help else said

    def _take_up_old(self, descriptor: Descriptor, answers: Answers) -> None:
        """A desk that is connected again keeps its webhook's secret: the helpdesk has it."""
        old = self._old(answers.desk)
        if old is None or old.connector != descriptor.name:
            return
        for name in connecting.carried(descriptor):
            names = old.secrets.get(name, ())
            if names and not answers.has(name) and secret_value(names[0], os.environ):
                answers.named[name] = names[0]

    def _old(self, desk: str) -> Desk | None:
        return self.meeting.documents.desks.get(desk)

    def _missing(self, what: list[tuple[str, str]]) -> NoReturn:
        lines = [self.talk.say("missing")]
        lines += [self.talk.say("missing_option", option=option, title=title) for option, title in what]
        click.echo("\n".join(lines), err=True)
        raise SystemExit(2)

    # --- what it shows ------------------------------------------------------------------------

    def _tell_product(self, descriptor: Descriptor, answers: Answers) -> None:
        talk = self.talk
        version = self.version or self.meeting.version(descriptor, answers)
        talk.tell("product", title=descriptor.title, version=version or talk.say("no_version"))
        maturity = descriptor.maturity
        if maturity.level == "documented":
            talk.warn("documented")
        elif version is not None and not any(_same_line(version, each) for each in maturity.versions):
            talk.warn("unverified", versions=", ".join(maturity.versions), version=version)

    def _tell_account(self, descriptor: Descriptor, answers: Answers) -> None:
        talk, setting = self.talk, descriptor.setting("account")
        found = self.meeting.account(descriptor, answers)
        if found is not None:
            talk.tell("account", name=found.name, account=found.account)
            if setting is not None:
                answers.settings.setdefault("account", found.account)
        elif setting is not None and not answers.has("account"):
            if talk.has_terminal:
                if setting.help is not None:
                    talk.tell("help", text=setting.help.say(talk.language).strip())
                said = talk.ask("ask_setting", title=setting.title.say(talk.language))
                answers.settings |= {"account": said} if said else {}
            if not answers.has("account"):
                talk.warn("no_account")
        self._tell_rights(self.meeting.rights(descriptor, answers))

    def _tell_rights(self, found: Mapping[str, bool]) -> None:
        if found.get("read") is False:
            self.talk.stop("no_read")
        self.talk.tell_rights(found)

    def _look(self, descriptor: Descriptor, answers: Answers) -> Looked:
        looked = self.meeting.look(descriptor, answers)
        counts = [self.talk.say(f"list_{kind}", n=len(e)) for kind, e in looked.listed.items() if e]
        if counts:
            self.talk.tell("lists", counts=", ".join(counts))
        for kind in looked.unseen:
            self.talk.warn("unseen", what=kind)
        groups = looked.listed.get("groups", ())
        if not groups and "groups" in descriptor.lists and not _maps_groups(self.given.map):
            first = next(iter(self.meeting.documents.plans.values())).ordinary.lead
            self.talk.stop("no_groups", group=first)
        if "groups" not in descriptor.lists and "list_groups" in descriptor.cannot:
            self.talk.tell("cannot_list", why=descriptor.cannot["list_groups"].say(self.talk.language))
        return looked

    # --- the desk file ------------------------------------------------------------------------

    def _open_documents(self) -> dict[str, list[str]]:
        """Of plan and rules those that were not named though there are several; raises for unknown names."""
        documents = self.meeting.documents
        known = {
            "plan": list(documents.plans),
            "rules": list(documents.rules),
            "calendar": sorted(documents.calendar_files),
        }
        for what, names in known.items():
            wanted = self.given.chosen[what]
            if wanted is not None and wanted not in names:
                choices = ", ".join(names)
                self.talk.stop("unknown", 2, what=self.talk.say(what), given=wanted, choices=choices)
        needed = {what: names for what, names in known.items() if what != "calendar" and len(names) > 1}
        return {what: names for what, names in needed.items() if self.given.chosen[what] is None}

    def _chosen_documents(self) -> dict[str, str | None]:
        """The plan, rules and calendar: named, the only one there is, or asked for."""
        documents, chosen = self.meeting.documents, dict(self.given.chosen)
        for what, names in self._open_documents().items():
            chosen[what] = self.talk.choose(what, names, names[0])
        chosen["plan"] = chosen["plan"] or next(iter(documents.plans))
        chosen["rules"] = chosen["rules"] or next(iter(documents.rules))
        if chosen["calendar"] is None and self.talk.has_terminal and not self.talk.agrees:
            chosen["calendar"] = self.talk.choose("calendar", sorted(documents.calendar_files)) or None
        return chosen

    def _proposal(
        self,
        descriptor: Descriptor,
        answers: Answers,
        looked: Looked,
        chosen: Mapping[str, str | None],
        mapped: dict[str, str],
    ) -> Proposal:
        """Where somebody is there to answer, what is not sure is asked; an empty answer leaves it open."""
        proposal = self.meeting.proposal(descriptor, answers, looked, chosen, mapped)
        if not self.talk.has_terminal or self.talk.agrees or not proposal.gaps:
            return proposal
        names = [entry.name for entry in looked.listed.get("groups", ())]
        if names:
            self.talk.tell("groups", names=" · ".join(names))
        for gap in proposal.gaps:
            near = self.talk.say("near", names=" · ".join(gap.near)) if gap.near else ""
            said = self.talk.ask("ask_gap", label=self._label(proposal, gap.key), id=gap.key, near=near)
            if said:
                mapped[gap.key] = said
        return self.meeting.proposal(descriptor, answers, looked, chosen, mapped)

    def _label(self, proposal: Proposal, key: str) -> str:
        plan, last = proposal.wanted.plan, key.rpartition(".")[2]
        named = [*plan.groups, *plan.levels.items]
        found = next((each.label for each in named if each.id == last), None)
        return found.say(self.talk.language) if found else last

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
        except OSError as error:
            talk.stop("file", detail=error)
        talk.tell("written", file=file)
        for name in answers.typed:
            where = self.meeting.secret_names(answers)[name].removeprefix("file:")
            talk.tell("secret_written", file=where)

    def _cannot(self, error: HelpdeskError, answers: Answers) -> NoReturn:
        """Nothing was written so far: say what is wrong, and end."""
        if isinstance(error, Unreachable):
            self.talk.stop("unreachable", url=answers.url, why=self.talk.why(error))
        if isinstance(error, AccessDenied) and not error.is_signed_out:
            self.talk.stop("token_may_not", request=error.request, scopes="–")
        self.talk.stop("cut", why=self.talk.why(error))


def _option(name: str, descriptor: Descriptor) -> str:
    first = next(iter(connecting.api_secrets(descriptor)), None)
    setting = descriptor.setting(name)
    if first is not None and first.name == name:
        return "--token env:NAME|file:/path"
    return f"--set {name}={'env:NAME|file:/path' if setting and setting.secret else '…'}"


def _same_line(version: str, verified: str) -> bool:
    """The same release line: 5.0.3 and 5.0.5 are, 5.0 and 6.0 are not."""
    return version.split(".")[:2] == verified.split(".")[:2]


def _maps_groups(mapped: Mapping[str, str]) -> bool:
    return any(key.startswith("groups.") for key in mapped)
