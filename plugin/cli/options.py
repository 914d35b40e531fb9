"""Options that several commands have."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])


def language(command: Command) -> Command:
    """``--lang zh|en``: the language of what is printed."""
    return click.option(
        "--lang",
        "--language",
        "language",
        type=click.Choice(["zh", "en"]),
        default="en",
        envvar="PAIDAN_LANGUAGE",
        show_default=True,
        help="Language of the output.",
    )(command)


def form(command: Command) -> Command:
    """``--format text|json``."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(["text", "json"]),
        default="text",
        show_default=True,
        help="json for editors and pipelines.",
    )(command)


def by(*, required: bool = True) -> Callable[[Command], Command]:
    """``--by NAME --why TEXT``: who does this, and why; put on record."""

    def added(command: Command) -> Command:
        why = click.option("--why", required=required, help="Why; put on record.")
        who = click.option("--by", "who", required=required, help="Who does this; put on record.")
        return who(why(command))

    return added


def connectors(command: Command) -> Command:
    """``--connectors DIR``: where the descriptors are."""
    return click.option(
        "--connectors",
        type=click.Path(path_type=Path),
        default=Path("connectors"),
        envvar="PAIDAN_CONNECTORS",
        show_default=True,
        help="Folder of connector files.",
    )(command)


def documents(command: Command) -> Command:
    """``--mappings DIR``: the folder of documents, where the argument is something else."""
    return click.option(
        "--mappings",
        type=click.Path(path_type=Path),
        default=Path("mappings"),
        envvar="PAIDAN_MAPPINGS",
        show_default=True,
        help="Folder of documents.",
    )(command)


def desk(command: Command) -> Command:
    """``--desk NAME``."""
    return click.option("--desk", help="The desk; needed where there are several.")(command)


def mappings(command: Command) -> Command:
    """The folder of documents, ``mappings`` where none is named."""
    return click.argument(
        "folder", type=click.Path(path_type=Path), default=Path("mappings"), envvar="PAIDAN_MAPPINGS"
    )(command)
