"""Connecting a helpdesk, step by step: what is found, what is proposed, what is written. No word to a person.

Each step only looks until ``keep``; a step that fails leaves nothing half written.
"""

from __future__ import annotations

import re
import secrets as random_secrets
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

from plugin.core.place import Place
from plugin.desk import probe
from plugin.desk.api_shape import LIST_KINDS, ListKind
from plugin.desk.client import Client
from plugin.desk.descriptor import Descriptor, Setting
from plugin.desk.desk_files import SAFE_SECRET, all_or_nothing, desk_file, write_secret, write_whole
from plugin.desk.desk_text import desk_text
from plugin.desk.installation import Installation
from plugin.desk.lists import Entry, Lists
from plugin.desk.made_record import SECRET, Made, keep_made, made_file, read_made
from plugin.desk.products import Connectors
from plugin.desk.proposal import Proposal, Wanted, propose
from plugin.desk.secret_values import secret_value
from plugin.documents.document_set import DocumentSet
from plugin.documents.load import Loaded, load_with
from plugin.documents.secret_names import is_secret_name
from plugin.errors import AccessDenied, DocumentsInvalid, NotFound, Rejected
from plugin.settings import Settings

CARRIED_BYTES = 24
"""Of a webhook's secret that is made here: 192 bits."""
DESK_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")


@dataclass
class Answers:
    """What is known so far; secrets are names (``env:…``, ``file:…``) or, typed in, values."""

    url: str
    desk: str
    named: dict[str, str] = field(default_factory=dict)
    """secret → its name"""
    typed: dict[str, str] = field(default_factory=dict, repr=False)
    """secret → its value, to be put into a file"""
    settings: dict[str, str] = field(default_factory=dict)
    ca: str | None = None
    proxy: str | None = None
    """Its address, or the name of a secret that holds it"""
    own_network: bool = False
    webhook: bool = True
    """The helpdesk calls Paidan; else it is only asked"""

    def has(self, name: str) -> bool:
        """Whether this secret or setting was given."""
        return name in self.named or name in self.typed or name in self.settings


@dataclass(frozen=True, slots=True)
class Looked:
    """What the helpdesk lists; ``unseen``: lists that could not be read, and why."""

    listed: Mapping[str, tuple[Entry, ...]]
    unseen: Mapping[str, str]


class Connecting:
    """One helpdesk on its way to become a desk."""

    def __init__(self, settings: Settings, environ: Mapping[str, str], documents: DocumentSet) -> None:
        self.settings = settings
        self.documents = documents
        self._connectors = Connectors(settings.connectors)
        self.descriptors = dict(_sound(self._connectors))
        """The products that can be connected; a broken file is told by ``paidan check``."""
        self._environ = environ

    def identify(self, answers: Answers, *, signed: bool = False) -> probe.Identified:
        """The product at the address; raises ``Unreachable``."""

        def given(descriptor: Descriptor) -> dict[str, tuple[str, ...]]:
            """A token is no password: it goes to no log-in of a product that wants other secrets."""
            wanted = api_secrets(descriptor)
            values = {each.name: self.value(answers, each.name) for each in wanted}
            if not all(values[each.name] for each in wanted if each.required):
                return {}
            return {name: (value,) for name, value in values.items() if value}

        return probe.identify(
            self.descriptors.values(), self.installation(None, answers), given if signed else None
        )

    def value(self, answers: Answers, name: str) -> str:
        """A secret's value; empty where there is none."""
        if name in answers.typed:
            return answers.typed[name]
        return secret_value(answers.named[name], self._environ) if name in answers.named else ""

    def shaped(self, descriptor: Descriptor, answers: Answers) -> Descriptor:
        """The product as the settings given so far shape it; raises ``DocumentsInvalid``."""

        def at(setting: str) -> Place:
            return Place(f"--set {setting}", 1, 1)

        return self._connectors.shaped(descriptor.name, answers.settings, at)

    def installation(self, descriptor: Descriptor | None, answers: Answers) -> Installation:
        """The desk as it can be asked now."""
        defaults = {
            each.name: each.default
            for each in (descriptor.settings if descriptor else ())
            if each.default is not None
        }
        held = {name: (self.value(answers, name),) for name in answers_of(answers)}
        return Installation(
            desk=answers.desk,
            url=answers.url.rstrip("/"),
            secrets=held,
            settings={**defaults, **answers.settings},
            ca=answers.ca,
            proxy=self._proxy(answers),
            own_network=answers.own_network,
        )

    def _proxy(self, answers: Answers) -> str | None:
        given = answers.proxy
        if given is None or not is_secret_name(given):
            return given
        return secret_value(given, self._environ) or None

    def client(self, descriptor: Descriptor, answers: Answers) -> Client:
        """Calls with what was given so far."""
        return Client(descriptor.api, self.installation(descriptor, answers))

    def version(self, descriptor: Descriptor, answers: Answers) -> str | None:
        """The version as it is told to those who signed in. Raises a ``HelpdeskError``."""
        desk = self.installation(descriptor, answers)
        return probe.version(descriptor, Client(descriptor.api, desk), desk)

    def account(self, descriptor: Descriptor, answers: Answers) -> probe.Account | None:
        """Whose token it is; None where the product cannot say. Raises a ``HelpdeskError``."""
        desk = self.installation(descriptor, answers)
        return probe.whoami(descriptor, Client(descriptor.api, desk), desk)

    def rights(self, descriptor: Descriptor, answers: Answers, ticket: str | None = None) -> dict[str, bool]:
        """What the token may do, as far as it can be told. Raises a ``HelpdeskError``."""
        desk = self.installation(descriptor, answers)
        found = probe.rights(descriptor, Client(descriptor.api, desk), desk, ticket)
        return {str(means): may for means, may in found.items()}

    def look(self, descriptor: Descriptor, answers: Answers) -> Looked:
        """Every list the product has, as far as the token may see it; raises ``Unreachable`` and the like."""
        desk = self.installation(descriptor, answers)
        listed: dict[str, tuple[Entry, ...]] = {}
        unseen: dict[ListKind, str] = {}
        for token in self._tokens(descriptor, answers):
            lists = Lists(client_for(token, descriptor, desk), descriptor, desk)
            for kind in LIST_KINDS if token is None else tuple(unseen):
                try:
                    listed[kind] = lists.entries(kind)
                    unseen.pop(kind, None)
                except (AccessDenied, NotFound, Rejected) as error:
                    if isinstance(error, AccessDenied) and error.is_signed_out and token is None:
                        raise
                    unseen[kind] = error.detail
        return Looked(listed, {str(kind): why for kind, why in unseen.items()})

    def _tokens(self, descriptor: Descriptor, answers: Answers) -> tuple[str | None, ...]:
        """The usual token, then those given to set things up: an administrator's sees what others may not."""
        further = dict.fromkeys(each.needs for each in descriptor.about.install if each.needs)
        return (None, *(name for name in further if answers.has(name)))

    def proposal(
        self,
        descriptor: Descriptor,
        answers: Answers,
        looked: Looked,
        chosen: Mapping[str, str | None],
        mapped: Mapping[str, str],
    ) -> Proposal:
        """The desk file as far as it is sure; ``chosen``: plan, rules, calendar, language."""
        wanted = Wanted(
            desk=answers.desk,
            url=answers.url.rstrip("/"),
            plan=self.documents.plans[chosen["plan"] or ""],
            rules=self.documents.rules[chosen["rules"] or ""],
            calendar=chosen["calendar"],
            language=chosen["language"] or "en",
            secrets=self.secret_names(answers),
            settings=answers.settings,
            ca=answers.ca,
            proxy=answers.proxy,
            own_network=answers.own_network,
            webhook=answers.webhook or not descriptor.receive.checks,
            answers=mapped,
        )
        return propose(descriptor, looked.listed, wanted)

    def secret_names(self, answers: Answers) -> dict[str, str]:
        """What the desk file says of each secret."""
        files = {name: f"file:{self._secret_file(answers.desk, name)}" for name in answers.typed}
        return {**answers.named, **files}

    def _secret_file(self, desk: str, name: str) -> Path:
        return (self.secret_folder / f"{desk}-{name}").absolute()

    @property
    def secret_folder(self) -> Path:
        """Beside the documents, never among them: those are copied, shown and kept in versions."""
        return self.settings.mappings.absolute().parent / "secrets"

    def checked(self, desk: str, text: str) -> Loaded:
        """The documents as they would be with this desk file; nothing of them is changed."""
        mappings = self.settings.mappings
        return load_with(mappings, desk_file(mappings, desk), text, self._connectors.products)

    def made(self, desk: str) -> tuple[Made, ...]:
        """What is on record as made for this desk; raises ``RecordUnreadable``."""
        return read_made(self.settings.mappings, desk)

    def keep(self, answers: Answers, text: str) -> Path:
        """Write the secrets that were typed, then the desk file.

        Raises ``RecordUnreadable`` before anything is written, and ``OSError``: then everything is put back
        as it was, as far as the disk lets it.
        """
        mappings, record = self.settings.mappings, list(self.made(answers.desk))
        new = {name: self._secret_file(answers.desk, name) for name in answers.typed}
        made = [Made(SECRET, file.name, str(file)) for file in new.values()]
        file = desk_file(mappings, answers.desk)
        with all_or_nothing(*new.values(), made_file(mappings, answers.desk), file):
            for name, value in answers.typed.items():
                write_secret(self.secret_folder, answers.desk, name, value)
            # a secret's file that is not named any more stays on record: it is still to be taken away
            keep_made(mappings, answers.desk, [*record, *(each for each in made if each not in record)])
            write_whole(file, text)
        return file

    def keep_secret(self, answers: Answers, name: str, value: str) -> None:
        """A secret the product made itself takes the place of the one made here.

        Raises ``OSError`` or ``RecordUnreadable``.
        """
        if name not in answers.named:
            answers.typed[name] = value
            file = write_secret(self.secret_folder, answers.desk, name, value)
            self.record(answers.desk, Made(SECRET, file.name, str(file)))

    def record(self, desk: str, made: Made) -> None:
        """Put on record what was just made in the helpdesk, before anything more is made.

        Raises ``OSError`` or ``RecordUnreadable``.
        """
        there = list(self.made(desk))
        known = [at for at, each in enumerate(there) if each.is_same(made)]
        for at in known[:1]:
            there[at] = made
        keep_made(self.settings.mappings, desk, there if known else [*there, made])


def _sound(connectors: Connectors) -> Iterator[tuple[str, Descriptor]]:
    for name in connectors:
        with suppress(DocumentsInvalid):
            yield name, connectors[name]


def text_of(proposal: Proposal, descriptor: Descriptor) -> str:
    """The desk file's text."""
    return desk_text(proposal, descriptor.title)


def answers_of(answers: Answers) -> tuple[str, ...]:
    """The secrets that were given."""
    return (*answers.named, *answers.typed)


def carried(descriptor: Descriptor) -> tuple[str, ...]:
    """The secrets that come with a webhook."""
    return tuple(dict.fromkeys(check.secret for check in descriptor.receive.secret_checks))


def api_secrets(descriptor: Descriptor) -> tuple[Setting, ...]:
    """The secrets Paidan signs in with, needed ones first; no others than those of other tokens."""
    others = {*carried(descriptor), *(each.needs for each in descriptor.about.install)}
    found = [each for each in descriptor.settings if each.secret and each.name not in others]
    return tuple(sorted(found, key=lambda each: not each.required))


def hears(descriptor: Descriptor, answers: Answers) -> bool:
    """Whether webhooks tell of tickets: the product sends some, and somebody lets them in."""
    return answers.webhook and bool(descriptor.receive.checks)


def client_for(needs: str | None, descriptor: Descriptor, desk: Installation) -> Client:
    """Calls with the token something needs: where another one is given, in the place of the usual one."""
    if needs is None or not desk.secrets.get(needs):
        return Client(descriptor.api, desk)
    first = api_secrets(descriptor)[0].name
    return Client(descriptor.api, replace(desk, secrets={**desk.secrets, first: desk.secrets[needs]}))


def needed(descriptor: Descriptor, answers: Answers) -> tuple[Setting, ...]:
    """Settings and secrets that must be given and are not; a webhook's secret is made here."""
    made_here = carried(descriptor)
    return tuple(
        each
        for each in descriptor.settings
        if each.required
        and each.name not in made_here
        and each.default is None
        and not answers.has(each.name)
    )


def new_hook_secret(descriptor: Descriptor, answers: Answers) -> None:
    """A random secret for the webhook, where none was given and one is needed."""
    checks = carried(descriptor) if hears(descriptor, answers) else ()
    wanted = [name for name in checks if name not in descriptor.receive.optional] or list(checks[:1])
    for name in wanted:
        if not answers.has(name):
            answers.typed[name] = random_secrets.token_urlsafe(CARRIED_BYTES)


def unsafe_secret(value: str) -> bool:
    """Whether a webhook's secret holds characters that mean something where it is pasted in."""
    return SAFE_SECRET.fullmatch(value) is None


def desk_name(url: str) -> str:
    """A name for the desk, from the helpdesk's address."""
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    first = re.sub(r"[^a-z0-9-]+", "-", host.split(".")[0].lower()).strip("-")
    return first if DESK_NAME.fullmatch(first) else "helpdesk"
