"""``paidan disconnect``: take away what connect made, keep what must be answered for, touch no ticket."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import click

from plugin.app.disconnecting import Leaving, Standing, readers_of
from plugin.casebook.database import Database
from plugin.casebook.export import exported
from plugin.casebook.recall import is_there
from plugin.cli import options
from plugin.cli.asking import documents_of
from plugin.cli.environment import settings_for
from plugin.cli.talk import Talk, talking
from plugin.desk.desk_files import aside_file, desk_file, put_aside, write_whole
from plugin.desk.install import TELLING
from plugin.desk.made_record import SECRET, Made, RecordUnreadable, made_file, read_made
from plugin.desk.opening import installation
from plugin.desk.products import Connectors, shaped
from plugin.documents.problems import Problems
from plugin.documents.wording import Language
from plugin.errors import HelpdeskError, StoreError
from plugin.settings import Settings

DONE = ("ours", "gone")
"""What is taken off the record."""
GOING = (*DONE, None)
"""Also what cannot be seen now: removing it is tried, and looks first."""


@click.command()
@click.argument("desk")
@click.option("--export", "to", type=click.Path(path_type=Path, dir_okay=False), help="File of the export.")
@click.option("--with-fields", is_flag=True, help="Also fields, tags and states that tickets keep values in.")
@click.option("--hook-base", help="Where the helpdesk reached Paidan, if connect was told so.")
@click.option("--yes", is_flag=True, help="Agree to everything that would be asked.")
@click.option("--dry-run", is_flag=True, help="Show everything; change nothing.")
@options.documents
@options.connectors
@options.language
def disconnect(
    desk: str,
    to: Path | None,
    with_fields: bool,
    hook_base: str | None,
    yes: bool,
    dry_run: bool,
    mappings: Path,
    connectors: Path,
    language: Language,
) -> None:
    """Take DESK away: what connect made in the helpdesk, and its desk file. Tickets are not touched."""
    talk = talking(language, agrees=yes)
    settings = settings_for(language).model_copy(update={"mappings": mappings, "connectors": connectors})
    leaving = _leaving(talk, settings, desk, hook_base)
    file = to or Path(f"{desk}-{datetime.now(UTC):%Y%m%d-%H%M%S}.jsonl")
    fates = [(each, _fate(leaving, each, with_fields)) for each in leaving.made]
    going = [each for each, fate in fates if fate in GOING]
    aside = aside_file(mappings, desk)
    _show_going(talk, going)
    for each, fate in fates:
        if fate is not None and fate not in GOING:
            _tell_left(talk, leaving, each, fate)
    _show_files(talk, leaving, file, aside)
    for there in (aside, file):
        if there.exists():
            talk.stop("aside_there", file=there)
    if dry_run:
        talk.tell("dry")
        return
    if not talk.agree("ask_remove", usual=False):
        raise SystemExit(1)
    _export(talk, leaving, file)
    try:
        if not _take_away(talk, leaving, going):
            raise SystemExit(1)
        put_aside(mappings, desk)
    except OSError as error:
        talk.stop("file_disconnect", detail=error)
    talk.tell("will_move", file=desk_file(mappings, desk), to=aside)
    if made_file(mappings, desk).exists():
        talk.tell("left_record", file=made_file(mappings, desk))


def _leaving(talk: Talk, settings: Settings, name: str, hook_base: str | None) -> Leaving:
    documents = documents_of(settings.mappings, settings.connectors, talk.language)
    desk = documents.desks.get(name)
    if desk is None:
        talk.stop("no_desk", 2, file=desk_file(settings.mappings, name))
    try:
        made = read_made(settings.mappings, name)
    except RecordUnreadable as error:
        talk.stop("bad_record", detail=error)
    descriptor = shaped(Connectors(settings.connectors), desk)
    return Leaving(
        settings,
        name,
        descriptor,
        installation(descriptor, desk, os.environ, Problems()),
        made,
        hook_base or f"http://{settings.host}:{settings.port}",
        readers_of(each for each in documents.desks.values() if each.id != name),
    )


def _fate(leaving: Leaving, made: Made, with_fields: bool) -> Standing | Literal["keeps_data"] | None:
    """None where it cannot be seen now: it is tried all the same, and nothing is removed unseen."""
    if leaving.holds_data(made) and not with_fields:
        return "keeps_data"
    try:
        return leaving.standing(made)
    except HelpdeskError:
        return None


def _show_going(talk: Talk, going: list[Made]) -> None:
    if not going:
        talk.tell("nothing_made")
        return
    talk.tell("will_remove")
    for each in going:
        talk.tell("item", title=each.title, id=each.id)


def _tell_left(talk: Talk, leaving: Leaving, made: Made, why: str) -> None:
    """What stays where it is, where that is, and what to do about it."""
    here = leaving.installation.url
    readers = ", ".join(leaving.readers.get(os.path.realpath(made.id), ()))
    if why == "keeps_data":
        talk.tell(why, title=made.title)
    else:
        slots = {"url": f"{made.url or here}{made.place}", "now": here, "desks": readers}
        talk.warn(why, title=made.title, id=made.id, **slots)


def _show_files(talk: Talk, leaving: Leaving, file: Path, aside: Path) -> None:
    has_book = is_there(leaving.settings.database_url)
    talk.tell("will_export" if has_book else "no_case_book", file=file)
    talk.tell("will_move", file=desk_file(leaving.settings.mappings, leaving.desk), to=aside)
    talk.tell("leaves")
    makes_hook = any(each.what in TELLING for each in leaving.descriptor.about.install)
    if leaving.descriptor.receive.checks and not makes_hook:
        talk.tell("by_hand_left")


def _export(talk: Talk, leaving: Leaving, file: Path) -> None:
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


def _take_away(talk: Talk, leaving: Leaving, going: list[Made]) -> bool:
    """Last made, first removed; what could not be removed stays on record. Files of secrets go last.

    Raises ``OSError`` where the record cannot be written.
    """
    left = list(leaving.made)
    whole = True
    for each in leaving.in_order(going):
        if each.what == SECRET and not whole:
            continue  # the token is still needed for another try
        found = _removed(talk, leaving, each)
        whole = whole and found is not None
        if found in DONE:
            left.remove(each)
            leaving.record(left)
            talk.tell("removed" if found == "ours" else "gone", title=each.title)
        elif found is not None:
            _tell_left(talk, leaving, each, found)
    return whole


def _removed(talk: Talk, leaving: Leaving, made: Made) -> Standing | None:
    """None where it could not be done."""
    try:
        return leaving.unlink(made) if made.what == SECRET else leaving.remove(made)
    except HelpdeskError as error:
        why = talk.why(error)
    except OSError as error:
        why = str(error)
    talk.warn("not_removed", title=made.title, why=why)
    return None
