"""``paidan disconnect``: take away what connect made, keep what must be answered for, touch no ticket."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click

from plugin.app.connecting import client_for
from plugin.casebook.database import Database
from plugin.casebook.export import exported
from plugin.casebook.recall import is_there
from plugin.cli import options
from plugin.cli.asking import documents_of
from plugin.cli.environment import settings_for
from plugin.cli.talk import Talk, talking
from plugin.core.label import Label
from plugin.desk.about_shape import HOLD_DATA, Installable
from plugin.desk.descriptor import Descriptor
from plugin.desk.desk_files import Made, aside_file, desk_file, keep_made, put_aside, read_made, write_whole
from plugin.desk.install import TELLING, known_of, name_of, remove
from plugin.desk.installation import Installation
from plugin.desk.opening import installation
from plugin.desk.products import Connectors, shaped
from plugin.documents.problems import Problems
from plugin.documents.wording import Language
from plugin.errors import HelpdeskError, StoreError
from plugin.settings import Settings

SECRET = "secret"  # noqa: S105 - the word in the record for a file that holds one


@dataclass(frozen=True, slots=True)
class _Leaving:
    """The desk that is taken away, and what was made for it."""

    settings: Settings
    desk: str
    descriptor: Descriptor
    installation: Installation
    made: tuple[Made, ...]

    def shape(self, made: Made) -> Installable | None:
        """How this is taken away; None for a file, or what no connector knows any more."""
        return next((each for each in self.descriptor.about.install if name_of(each) == made.what), None)


@click.command()
@click.argument("desk")
@click.option("--export", "to", type=click.Path(path_type=Path, dir_okay=False), help="File of the export.")
@click.option("--with-fields", is_flag=True, help="Also fields, tags and states that tickets keep values in.")
@click.option("--yes", is_flag=True, help="Agree to everything that would be asked.")
@click.option("--dry-run", is_flag=True, help="Show everything; change nothing.")
@options.documents
@options.connectors
@options.language
def disconnect(
    desk: str,
    to: Path | None,
    with_fields: bool,
    yes: bool,
    dry_run: bool,
    mappings: Path,
    connectors: Path,
    language: Language,
) -> None:
    """Take DESK away: what connect made in the helpdesk, and its desk file. Tickets are not touched."""
    talk = talking(language, agrees=yes)
    settings = settings_for(language).model_copy(update={"mappings": mappings, "connectors": connectors})
    leaving = _leaving(talk, settings, desk)
    file = to or Path(f"{desk}-{datetime.now(UTC):%Y%m%d-%H%M%S}.jsonl")
    going = [each for each in leaving.made if with_fields or not _holds_data(leaving, each)]
    aside = aside_file(mappings, desk)
    _show(talk, leaving, going, file, aside)
    for there in (aside, file):
        if there.exists():
            talk.stop("aside_there", file=there)
    if dry_run:
        talk.tell("dry")
        return
    if not talk.agree("ask_remove", usual=False):
        raise SystemExit(1)
    _export(talk, leaving, file)
    if not _take_away(talk, leaving, going):
        raise SystemExit(1)
    put_aside(mappings, desk)
    talk.tell("will_move", file=desk_file(mappings, desk), to=aside)


def _leaving(talk: Talk, settings: Settings, name: str) -> _Leaving:
    documents = documents_of(settings.mappings, settings.connectors, talk.language)
    desk = documents.desks.get(name)
    if desk is None:
        talk.stop("no_desk", 2, file=desk_file(settings.mappings, name))
    try:
        made = read_made(settings.mappings, name)
    except ValueError as error:
        talk.stop("bad_record", detail=error)
    descriptor = shaped(Connectors(settings.connectors), desk)
    return _Leaving(settings, name, descriptor, installation(descriptor, desk, os.environ, Problems()), made)


def _holds_data(leaving: _Leaving, made: Made) -> bool:
    shape = leaving.shape(made)
    return shape is not None and shape.what in HOLD_DATA


def _show(talk: Talk, leaving: _Leaving, going: list[Made], file: Path, aside: Path) -> None:
    if going:
        talk.tell("will_remove")
        for each in going:
            talk.tell("item", title=each.title, id=each.id)
    else:
        talk.tell("nothing_made")
    for each in leaving.made:
        if each not in going:
            talk.tell("keeps_data", title=each.title)
    has_book = is_there(leaving.settings.database_url)
    talk.tell("will_export" if has_book else "no_case_book", file=file)
    talk.tell("will_move", file=desk_file(leaving.settings.mappings, leaving.desk), to=aside)
    talk.tell("leaves")
    makes_hook = any(each.what in TELLING for each in leaving.descriptor.about.install)
    if leaving.descriptor.receive.checks and not makes_hook:
        talk.tell("by_hand_left")


def _export(talk: Talk, leaving: _Leaving, file: Path) -> None:
    """The desk's part of the case book; one that cannot be written ends the command before anything else."""
    if not is_there(leaving.settings.database_url):
        return
    database = Database(leaving.settings.database_url)
    try:
        lines = list(exported(database, leaving.desk))
        write_whole(file, "".join(f"{line}\n" for line in lines), 0o600)
    except (OSError, StoreError) as error:
        talk.stop("file", detail=error)
    finally:
        database.close()
    talk.tell("exported", n=len(lines), file=file)


def _take_away(talk: Talk, leaving: _Leaving, going: list[Made]) -> bool:
    """Last made, first removed; what could not be removed stays on record. Files of secrets go last."""
    left = list(leaving.made)
    whole = True
    last_first = [made for made in reversed(going) if made.what != SECRET]
    for each in (*last_first, *(made for made in going if made.what == SECRET)):
        if each.what == SECRET and not whole:
            continue  # the token is still needed for another try
        done = _unlinked(each) if each.what == SECRET else _removed(talk, leaving, each)
        whole = whole and done is not None
        if done is not None:
            left.remove(each)
            keep_made(leaving.settings.mappings, leaving.desk, left)
            talk.tell("removed" if done else "gone", title=each.title)
    return whole


def _unlinked(made: Made) -> bool:
    file = Path(made.id)
    there = file.exists()
    file.unlink(missing_ok=True)
    return there


def _removed(talk: Talk, leaving: _Leaving, made: Made) -> bool | None:
    """None where it could not be done."""
    shape = leaving.shape(made)
    if shape is None:
        said = Label("连接器已不认识它", "the connector does not know it any more").say(talk.language)
        talk.warn("not_removed", title=made.title, why=said)
        return None
    desk = leaving.installation
    try:
        known = known_of(leaving.descriptor, desk, "")
        return remove(shape, made.id, known, client_for(shape.needs, leaving.descriptor, desk))
    except HelpdeskError as error:
        talk.warn("not_removed", title=made.title, why=talk.why(error))
        return None
