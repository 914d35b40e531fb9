"""``paidan act`` and ``paidan observe``: what a desk acts on, changed in its file, and what that means."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from math import ceil
from pathlib import Path
from typing import NoReturn, TypeVar

import click
from sqlalchemy import make_url

from plugin.casebook.database import Database
from plugin.casebook.recall import is_there
from plugin.casebook.switching import Switched, switched
from plugin.cli import options
from plugin.cli.asking import desk_of, documents_of, give_up
from plugin.cli.environment import settings_for
from plugin.cli.rewriting import ChangedMeanwhile, rewrite, text_of
from plugin.cli.switch_told import Outcome, by_hand, difference, print_json, print_outcome, say
from plugin.core.effects import DeskMap
from plugin.desk.desk_files import desk_file
from plugin.desk.products import Connectors
from plugin.documents.desk_edit import Acting, acting_less, acting_more, revised_text
from plugin.documents.desk_words import desk_map
from plugin.documents.desks import Desk
from plugin.documents.document_set import DocumentSet
from plugin.documents.load import load_with
from plugin.documents.render import as_text
from plugin.documents.wording import Language
from plugin.errors import StoreError

T = TypeVar("T")
GROUP = click.option("--group", "groups", multiple=True, metavar="GROUP", help="A plan group; repeatable.")
DRY_RUN = click.option("--dry-run", is_flag=True, help="Show what would change; write nothing.")


@click.command()
@click.argument("desk")
@GROUP
@click.option("--all", "every", is_flag=True, help="All groups: mode: act.")
@click.option("--open-too", is_flag=True, help="Also open tickets that were only looked at so far.")
@DRY_RUN
@options.documents
@options.connectors
@options.language
@options.form
def act(
    desk: str,
    groups: tuple[str, ...],
    every: bool,
    open_too: bool,
    dry_run: bool,
    mappings: Path,
    connectors: Path,
    language: Language,
    form: str,
) -> None:
    """Act on the tickets of DESK that these groups lead; changes mode, act_for and act_since of its file.

    Open tickets that were only looked at so far are left to the people who have them until they rise.
    """
    switch = _Switch(desk, mappings, connectors, language, form)
    if bool(groups) == every:
        switch.stop("which", 2)
    switch.known(groups)
    wanted = acting_more(switch.desk, groups, switch.now, open_too=open_too)
    switch(wanted, "act" if groups else "act-all", groups, dry_run)


@click.command()
@click.argument("desk")
@GROUP
@DRY_RUN
@options.documents
@options.connectors
@options.language
@options.form
def observe(
    desk: str,
    groups: tuple[str, ...],
    dry_run: bool,
    mappings: Path,
    connectors: Path,
    language: Language,
    form: str,
) -> None:
    """Only look at the tickets of DESK again, or at those that these groups lead.

    What was written stays. Tickets acted on for such a group are left alone from then on.
    """
    switch = _Switch(desk, mappings, connectors, language, form)
    switch.known(groups)
    wanted = acting_less(switch.desk, groups)
    switch(wanted, wanted.mode if groups else "observe-all", groups, dry_run)


class _Switch:
    """One desk file, sound as it is, about to say something else."""

    def __init__(self, name: str, mappings: Path, connectors: Path, language: Language, form: str) -> None:
        self._mappings, self._connectors, self._language, self._form = mappings, connectors, language, form
        self._documents = self._sound()
        desk_of(self._documents, name, language)
        self._name = name
        self.desk = self._documents.desks[name]
        self._path = desk_file(mappings, name)
        self._raw = self._path.read_bytes()
        self._url = settings_for(language).database_url

    @property
    def now(self) -> float:
        """Whole seconds by the case book's clock, or by this machine's where it does not answer."""
        return float(ceil(self._asked(_now) or time.time()))

    def known(self, groups: tuple[str, ...]) -> None:
        """End where one of them is no group of the desk."""
        for group in groups:
            if group not in self.desk.groups:
                self.stop("no-group", 2, desk=self._name, group=group, groups=", ".join(self.desk.groups))

    def __call__(self, wanted: Acting, what: str, groups: tuple[str, ...], dry_run: bool) -> None:
        before = text_of(self._raw)
        text = revised_text(before, self._name, wanted)
        if text is None:
            self.stop("layout", 1, path=self._path, lines=by_hand(wanted))
        self._check(text)
        is_news = text != before
        outcome = Outcome(
            desk=self._name,
            path=self._path.as_posix(),
            what=what,
            who=self._who(groups),
            wanted=wanted,
            difference=tuple(difference(before, text)),
            counts=self._counted(wanted) if is_news else Switched(),
            case_book=make_url(self._url).render_as_string(),
            has_case_book=is_there(self._url),
            is_written=is_news and not dry_run,
        )
        if outcome.is_written:
            self._write(text)
        print_json(outcome) if self._form == "json" else print_outcome(outcome, self._language)

    def stop(self, code: str, status: int, **slots: object) -> NoReturn:
        """End with words of ``switch_told``."""
        click.echo(say(code, self._language, **slots), err=True)
        raise SystemExit(status)

    def _sound(self) -> DocumentSet:
        """The documents, as ``paidan check`` passes them; what it does not pass ends the command."""
        found = Connectors(self._connectors)
        found.read_all()
        if found.problems:
            give_up(as_text(found.problems, found.sources, self._language))
        return documents_of(self._mappings, self._connectors, self._language)

    def _check(self, text: str) -> None:
        """End where the folder with the new text in it would not pass."""
        loaded = load_with(self._mappings, self._path, text, Connectors(self._connectors).products)
        if loaded.documents is None:
            give_up(as_text(loaded.problems, loaded.sources, self._language, f"{self._mappings.name}/"))

    def _counted(self, wanted: Acting) -> Switched | None:
        changed = replace(self.desk, mode=wanted.mode, act_for=wanted.act_for, act_since=dict(wanted.since))
        before, after = self._map(self.desk), self._map(changed)
        return self._asked(lambda database: switched(database, self._name, before, after))

    def _map(self, desk: Desk) -> DeskMap:
        return desk_map(desk, self._documents.plans[desk.plan], self._documents.products[desk.connector])

    def _asked(self, ask: Callable[[Database], T]) -> T | None:
        """What the case book answers; None where there is none, or none that answers."""
        if not is_there(self._url):
            return None
        database = Database(self._url)
        try:
            return ask(database)
        except StoreError:
            return None
        finally:
            database.close()

    def _write(self, text: str) -> None:
        try:
            rewrite(self._path, self._raw, text)
        except ChangedMeanwhile:
            self.stop("changed", 1, path=self._path)
        except OSError as error:
            self.stop("not-written", 1, path=self._path, why=error.strerror)

    def _who(self, groups: tuple[str, ...]) -> str:
        plan = self._documents.plans[self.desk.plan]
        names = {group.id: group.label.say(self._language) for group in plan.groups}
        return ("、" if self._language == "zh" else ", ").join(names.get(group, group) for group in groups)


def _now(database: Database) -> float:
    with database.read() as tx:
        return tx.now
