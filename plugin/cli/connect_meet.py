"""``paidan connect``, first part: where the helpdesk is, and which product it is."""

from __future__ import annotations

from dataclasses import replace

import click

from plugin.app import connecting
from plugin.app.connecting import Answers, Connecting
from plugin.cli.connect_given import Given, missing, secret_name
from plugin.cli.talk import Talk
from plugin.core.place import Place
from plugin.desk import probe
from plugin.desk.descriptor import Descriptor
from plugin.documents.addresses import above, fault_of, fault_of_open_proxy, host_of
from plugin.documents.problems import Problems
from plugin.documents.render import said
from plugin.documents.secret_names import is_secret_name
from plugin.errors import NotSent, Unreachable


class Meet:
    """The address and what answers there."""

    def __init__(self, talk: Talk, given: Given, meeting: Connecting) -> None:
        self.talk = talk
        self.given = given
        self.meeting = meeting
        self.version: str | None = None
        """Where it was told without signing in"""

    def address(self) -> Answers:
        given, talk = self.given, self.talk
        url = given.address or (talk.ask("ask_address") if talk.has_terminal else "")
        if not url:
            missing(self.talk, [("ADDRESS", talk.say("ask_address"))])
        self._check("ADDRESS", fault_of(url))
        if given.proxy is not None and not is_secret_name(given.proxy):
            self._check("--proxy", fault_of_open_proxy(given.proxy))
        desk = given.desk or connecting.desk_name(url)
        if given.desk is None and talk.has_terminal and not talk.agrees:
            desk = talk.ask("ask_desk", desk)
        if not connecting.DESK_NAME.fullmatch(desk):
            talk.stop("bad_desk", 2, given=desk)
        answers = Answers(url, desk, ca=given.ca, proxy=given.proxy, own_network=given.own_network)
        answers.webhook = given.webhook
        if given.token is not None:
            answers.named["token"] = secret_name(self.talk, "--token", given.token)
        return answers

    def _check(self, what: str, fault: tuple[str, str] | None) -> None:
        """End where an address is none; it is not repeated, as it may hold a password."""
        if fault is not None:
            problems = Problems()
            problems.add(fault[0], Place(what, 1, 1), usual=fault[1])
            told = said(next(iter(problems)), self.talk.language)
            self.talk.stop("bad_address", 2, what=what, why=told.message, advice=told.fix)

    def product(self, answers: Answers) -> Descriptor:
        wanted = self.given.product
        if wanted is not None and wanted not in self.meeting.descriptors:
            self.talk.stop(
                "unknown", 2, what="--product", given=wanted, choices=", ".join(self.meeting.descriptors)
            )
        seen = self._first_look(answers)
        if seen.moved_to is not None and not seen.found:
            seen = self._follow(answers, seen)
        if not seen.found:
            seen = self._above(answers) or seen
        if not seen.found and wanted is None:
            seen = self._with_token(answers, seen)
        fits = [each for each in seen.found if wanted in (None, each.descriptor.name)]
        if not fits:
            return self._unfit(answers, seen)
        if not self.given.webhook:  # of several ways into a product, those that need none
            fits = [each for each in fits if not each.descriptor.receive.checks] or fits
        able = [each for each in fits if all(each.descriptor.setting(name) for name in self.given.set)]
        fits = able or fits  # what --set names, one of them has and another has not
        found = fits[0] if len(fits) == 1 else self._one_of(fits, answers)
        self.version = found.version
        if found.lacks is not None:
            self.talk.warn("lacks", why=found.lacks.say(self.talk.language))
            if not self.talk.agree("ask_go_on"):
                raise SystemExit(1)
        self._rename_token(found.descriptor, answers)
        return found.descriptor

    def _first_look(self, answers: Answers) -> probe.Identified:
        """Somebody must say that a name may lead into a private network: others may control the name."""
        try:
            return self.meeting.identify(answers)
        except NotSent as error:
            if "own_network" not in error.detail:
                raise
        if not self.talk.has_terminal or self.talk.agrees:
            self.talk.stop("private", url=answers.url)
        if not self.talk.agree("ask_private", usual=False, url=answers.url):
            raise SystemExit(1)
        answers.own_network = True
        return self.meeting.identify(answers)

    def _follow(self, answers: Answers, seen: probe.Identified) -> probe.Identified:
        """Somebody must say that another address is meant: a token is sent there."""
        asks = self.talk.has_terminal and not self.talk.agrees
        is_same = host_of(seen.moved_to or "") == host_of(answers.url)  # else Enter alone will not do
        if not asks or not self.talk.agree("ask_moved", usual=is_same, url=seen.moved_to):
            self.talk.stop("moved", url=seen.moved_to)
        answers.url = seen.moved_to or answers.url
        return self.meeting.identify(answers)

    def climbs(self, answers: Answers) -> bool:
        """Whether the product shows above an address whose questions lead nowhere; then that one is meant."""
        return self._above(answers) is not None

    def _above(self, answers: Answers) -> probe.Identified | None:
        """What shows openly above an address that was copied from one of the helpdesk's pages.

        Nobody signs in on the way up: the token goes only where the product shows, and somebody agrees.
        """
        wanted = self.given.product
        for url in above(answers.url):
            try:
                seen = self.meeting.identify(replace(answers, url=url))
            except (NotSent, Unreachable):
                continue
            if any(wanted in (None, each.descriptor.name) for each in seen.found):
                return seen if self._takes(answers, url) else None
        return None

    def _takes(self, answers: Answers, url: str) -> bool:
        asks = self.talk.has_terminal and not self.talk.agrees
        if asks and not self.talk.agree("ask_above", given=answers.url, url=url):
            return False
        if not asks:
            self.talk.tell("above", given=answers.url, url=url)
        answers.url = url
        return True

    def _with_token(self, answers: Answers, seen: probe.Identified) -> probe.Identified:
        looks = [look for each in self.meeting.descriptors.values() for look in each.about.identify]
        if not any(not look.open for look in looks):
            return seen
        if not answers.has("token") and self.talk.has_terminal:
            self.talk.show_tried(seen.tried)
            typed = self.talk.ask("ask_secret", hidden=True, title="API token")
            answers.typed |= {"token": typed} if typed else {}
        for name, value in self.given.set.items():  # a product may want two, such as an application's
            if is_secret_name(value):
                answers.named[name] = secret_name(self.talk, name, value)
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

    def _one_of(self, fits: list[probe.Found], answers: Answers) -> probe.Found:
        """The way into the product that is meant; agreed to beforehand, the plainest that lacks least."""
        names = [each.descriptor.name for each in fits]
        if self.talk.agrees:
            found = min(fits, key=lambda each: _plainness(each.descriptor, answers))
            others = ", ".join(name for name in names if name != found.descriptor.name)
            self.talk.tell("took", product=found.descriptor.name, others=others)
            return found
        if not self.talk.has_terminal:
            titles = [(f"--product {each.descriptor.name}", each.descriptor.title) for each in fits]
            missing(self.talk, titles, "several")
        self.talk.tell("several")
        for each in fits:
            self.talk.tell("missing_option", option=each.descriptor.name, title=each.descriptor.title)
        said = ""
        while said not in names:
            said = self.talk.ask("ask_product", choices=", ".join(names))
        return fits[names.index(said)]

    def _rename_token(self, descriptor: Descriptor, answers: Answers) -> None:
        """``--token`` is the first secret the product signs in with, whatever it calls it."""
        names = [each.name for each in connecting.api_secrets(descriptor)]
        for held in (answers.named, answers.typed):
            if "token" in held and "token" not in names and names:
                held[names[0]] = held.pop("token")


def _plainness(descriptor: Descriptor, answers: Answers) -> tuple[int, bool, int, str]:
    is_unproved = descriptor.maturity.level != "verified"
    return len(connecting.needed(descriptor, answers)), is_unproved, len(descriptor.name), descriptor.name
