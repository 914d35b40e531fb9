"""The settings of the environment, for every command that needs them."""

from __future__ import annotations

import os

import click
from pydantic import ValidationError

from plugin.core.label import Label
from plugin.documents.manifest import shipped
from plugin.settings import Settings

CANNOT_BE_USED = Label(
    "环境变量 {name} 的值不能用 → {help}",
    "The environment variable {name} has a value that cannot be used → {help}",
)


def meaning(name: str, language: str) -> str:
    """What a setting is, and what to know about it, as the manifest says it."""
    question = shipped().get(name)
    told = [question.title, question.help] if question else []
    return ("：" if language == "zh" else ": ").join(each.say(language) for each in told if each)


def settings_for(language: str) -> Settings:
    """The settings of the environment; ends the program, saying which cannot be used."""
    try:
        return Settings.from_env(os.environ)
    except ValidationError as error:
        for each in error.errors():
            name = str(each["loc"][0])
            told = f"PAIDAN_{name.upper()}"
            click.echo(CANNOT_BE_USED.say(language).format(name=told, help=meaning(told, language)), err=True)
        raise SystemExit(2) from None
