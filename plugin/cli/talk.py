"""Questions and words at a terminal; without one, what is missing is told instead of asked."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NoReturn

import click

from plugin.cli import connect_words, disconnect_words
from plugin.cli.connect_words import PARTS, REASONS
from plugin.core.label import Label
from plugin.desk.checkup import TOO_MUCH
from plugin.desk.probe import Tried
from plugin.documents.wording import Language
from plugin.errors import AccessDenied, Faulty, HelpdeskError, Unreachable

TEXTS: Mapping[str, Label] = {**connect_words.TEXTS, **disconnect_words.TEXTS}


@dataclass(frozen=True, slots=True)
class Talk:
    """How this command speaks with whoever runs it."""

    language: Language
    has_terminal: bool
    agrees: bool = False
    """Every question whether to go on is answered with yes."""

    def say(self, key: str, **slots: object) -> str:
        """The words."""
        return TEXTS[key].say(self.language).format(**slots)

    def tell(self, key: str, **slots: object) -> None:
        """One line for a person."""
        click.echo(self.say(key, **slots))

    def warn(self, key: str, **slots: object) -> None:
        """One line that a person should not overlook."""
        click.secho(self.say(key, **slots), fg="yellow")

    def stop(self, key: str, exit_code: int = 1, **slots: object) -> NoReturn:
        """Say why, and end the command."""
        click.echo(self.say(key, **slots), err=True)
        raise SystemExit(exit_code)

    def ask(self, key: str, default: str | None = None, *, hidden: bool = False, **slots: object) -> str:
        """A line typed by a person; what is hidden is not echoed. Only with a terminal."""
        answer: str = click.prompt(
            self.say(key, **slots),
            default="" if default is None else default,
            show_default=bool(default),
            hide_input=hidden,
        )
        return answer.strip()

    def choose(self, what: str, choices: Sequence[str], default: str | None = None) -> str:
        """One of these."""
        while True:
            said = self.ask("ask_choice", default, what=self.say(what), choices=", ".join(choices) or "–")
            if said in choices or (not said and default is None):
                return said

    def agree(self, key: str, *, usual: bool = True, **slots: object) -> bool:
        """Whether to go on; without a terminal ``--yes`` has to say so."""
        if self.agrees:
            return True
        if not self.has_terminal:
            self.stop("needs_yes", 2, question=self.say(key, **slots))
        return click.confirm(self.say(key, **slots), default=usual)

    def show_tried(self, tried: Sequence[Tried]) -> None:
        """What was asked at the address, and what came."""
        for each in tried:
            answer = each.reason if each.status is None else str(each.status)
            if each.is_page and each.status is not None:
                answer = self.say("page", status=each.status)
            if each.points_to is not None:
                answer = self.say("points_to", answer=answer, where=each.points_to)
            click.echo(self.say("tried", request=each.request, answer=answer), err=True)

    def tell_rights(self, found: Mapping[str, bool]) -> None:
        """What the token may and may not do."""
        may = [self.say(means) for means, has in found.items() if has]
        too_much = [self.say(means) for means in TOO_MUCH if found.get(means)]
        may_not = [self.say(means) for means, has in found.items() if not has and means not in TOO_MUCH]
        if may:
            self.tell("may", rights=", ".join(may))
        if too_much:
            self.warn("too_much", rights=", ".join(too_much))
        if may_not:
            self.warn("may_not", rights=", ".join(may_not))
        if not found:
            self.tell("no_rights")

    def why(self, error: HelpdeskError) -> str:
        """A failed call in the words of who can mend it."""
        if isinstance(error, Unreachable):
            known = REASONS.get(error.detail) or next(
                (k for w, k in PARTS.items() if w in error.detail), None
            )
            return self.say(known) if known else f"{self.say('no_connection')} ({error.detail})"
        if isinstance(error, AccessDenied) and error.is_signed_out:
            return self.say("token_wrong")
        if isinstance(error, Faulty) and (error.status or 0) < 500 and "JSON" in error.detail:
            return self.say("not_json", request=error.request)
        return self.say("helpdesk", detail=error)


def talking(language: Language, *, agrees: bool) -> Talk:
    """With a terminal where there is one."""
    return Talk(language, sys.stdin.isatty(), agrees)
