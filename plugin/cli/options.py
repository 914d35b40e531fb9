"""Options that several commands have."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from plugin.documents.manifest import shipped


def of_setting(name: str) -> Callable[[], str]:
    """What a setting is unless it is given, as the manifest says it."""
    return lambda: shipped()[name].default or ""


class SettingOption(click.Option):
    """An option that stands for a setting of the environment: help and default are the manifest's."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Read only when somebody asks for help."""
        question = shipped().get(str(self.envvar))
        if question is not None:
            self.help, self.default, self.show_default = f"{question.title.en}.", question.default, True
        return super().get_help_record(ctx)


Command = TypeVar("Command", bound=Callable[..., Any])


def language(command: Command) -> Command:
    """``--lang zh|en``: the language of what is printed."""
    return click.option(
        "--lang",
        "--language",
        "language",
        cls=SettingOption,
        type=click.Choice(["zh", "en"]),
        default=of_setting("PAIDAN_LANGUAGE"),
        envvar="PAIDAN_LANGUAGE",
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
        cls=SettingOption,
        type=click.Path(path_type=Path),
        default=of_setting("PAIDAN_CONNECTORS"),
        envvar="PAIDAN_CONNECTORS",
    )(command)


def documents(command: Command) -> Command:
    """``--mappings DIR``: the folder of documents, where the argument is something else."""
    return click.option(
        "--mappings",
        cls=SettingOption,
        type=click.Path(path_type=Path),
        default=of_setting("PAIDAN_MAPPINGS"),
        envvar="PAIDAN_MAPPINGS",
    )(command)


def desk(command: Command) -> Command:
    """``--desk NAME``."""
    return click.option("--desk", help="The desk; needed where there are several.")(command)


def mappings(command: Command) -> Command:
    """The folder of documents, ``mappings`` where none is named."""
    return click.argument(
        "folder",
        type=click.Path(path_type=Path),
        default=of_setting("PAIDAN_MAPPINGS"),
        envvar="PAIDAN_MAPPINGS",
    )(command)
