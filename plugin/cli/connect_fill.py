"""``paidan connect``, second part: what the product needs, whose token it is, what it may do and see."""

from __future__ import annotations

import os
from collections.abc import Mapping

from plugin.app import connecting
from plugin.app.connecting import Answers, Connecting, Looked
from plugin.cli.asking import give_up
from plugin.cli.connect_given import Given, missing, open_documents, secret_name
from plugin.cli.talk import Talk
from plugin.desk.descriptor import Descriptor, Setting
from plugin.desk.secret_values import secret_value
from plugin.documents.desks import Desk
from plugin.documents.manifest import questions
from plugin.documents.render import as_text
from plugin.errors import DocumentsInvalid


class Fill:
    """The settings of one desk."""

    def __init__(self, talk: Talk, given: Given, meeting: Connecting, version: str | None) -> None:
        self.talk = talk
        self.given = given
        self.meeting = meeting
        self.version = version

    def fill(self, descriptor: Descriptor, answers: Answers) -> Descriptor:
        """Everything the product needs: given, asked for, found out, made here; the product as it is then."""
        self._take_sets(descriptor, answers)
        lacking = connecting.needed(descriptor, answers)
        if not self.talk.has_terminal:
            lines = [(_option(each.name, descriptor), self._help(each)) for each in lacking]
            documents = open_documents(self.talk, self.meeting, self.given)
            lines += [(f"--{what}", ", ".join(names)) for what, names in documents.items()]
            if lines:
                missing(self.talk, lines)
        for each in questions(lacking):
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
        descriptor = self._shaped(descriptor, answers)
        self._tell_product(descriptor, answers)
        self._tell_account(descriptor, answers)
        return descriptor

    def _shaped(self, descriptor: Descriptor, answers: Answers) -> Descriptor:
        try:
            return self.meeting.shaped(descriptor, answers)
        except DocumentsInvalid as invalid:
            give_up(as_text(invalid.problems, {}, self.talk.language))

    def _take_sets(self, descriptor: Descriptor, answers: Answers) -> None:
        for name, value in self.given.set.items():
            setting = descriptor.setting(name)
            if setting is None:
                choices = ", ".join(each.name for each in descriptor.settings)
                self.talk.stop("unknown_set", 2, product=descriptor.title, given=name, choices=choices)
            if setting.secret:
                answers.named[name] = secret_name(self.talk, name, value)
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

    # --- what it shows ------------------------------------------------------------------------

    def _tell_product(self, descriptor: Descriptor, answers: Answers) -> None:
        talk = self.talk
        version = self.version or self.meeting.version(descriptor, answers)
        talk.tell("product", title=descriptor.title, version=version or talk.say("no_version"))
        maturity = descriptor.maturity
        if maturity.level == "documented":
            talk.warn("documented")
        elif version is not None and not maturity.covers(version):
            talk.warn("unverified", versions=", ".join(maturity.versions), version=version)

    def _tell_account(self, descriptor: Descriptor, answers: Answers) -> None:
        talk, setting = self.talk, descriptor.setting("account")
        rights = self.meeting.rights(descriptor, answers)
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
        self._tell_rights(rights)

    def _tell_rights(self, found: Mapping[str, bool]) -> None:
        if found.get("read") is False:
            self.talk.stop("no_read")
        self.talk.tell_rights(found)

    def look(self, descriptor: Descriptor, answers: Answers) -> Looked:
        looked = self.meeting.look(descriptor, answers)
        counts = [self.talk.say(f"list_{kind}", n=len(e)) for kind, e in looked.listed.items() if e]
        if counts:
            self.talk.tell("lists", counts=", ".join(counts))
        for kind, why in looked.unseen.items():
            self.talk.warn("unseen_why" if why else "unseen", what=kind, why=why)
        groups = looked.listed.get("groups", ())
        if not groups and "groups" in descriptor.lists and not _maps_groups(self.given.map):
            first = next(iter(self.meeting.documents.plans.values())).ordinary.lead
            self.talk.stop("no_groups", group=first)
        if "groups" not in descriptor.lists and "list_groups" in descriptor.cannot:
            self.talk.tell("cannot_list", why=descriptor.cannot["list_groups"].say(self.talk.language))
        return looked


def _option(name: str, descriptor: Descriptor) -> str:
    first = next(iter(connecting.api_secrets(descriptor)), None)
    setting = descriptor.setting(name)
    if first is not None and first.name == name:
        return "--token env:NAME|file:/path"
    return f"--set {name}={'env:NAME|file:/path' if setting and setting.secret else '…'}"


def _maps_groups(mapped: Mapping[str, str]) -> bool:
    return any(key.startswith("groups.") for key in mapped)
