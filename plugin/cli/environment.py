"""The settings of the environment, for every command that needs them."""

from __future__ import annotations

import os

import click
from pydantic import ValidationError

from plugin.core.label import Label
from plugin.settings import Settings

CANNOT_BE_USED = Label(
    "环境变量 {name} 的值不能用 → {help}",
    "The environment variable {name} has a value that cannot be used → {help}",
)


def settings_for(language: str) -> Settings:
    """The settings of the environment; ends the program, saying which cannot be used."""
    try:
        return Settings.from_env(os.environ)
    except ValidationError as error:
        for each in error.errors():
            name = str(each["loc"][0])
            meaning = Settings.model_fields[name].description or ""
            click.echo(
                CANNOT_BE_USED.say(language).format(name=f"PAIDAN_{name.upper()}", help=meaning), err=True
            )
        raise SystemExit(2) from None
