"""``paidan pause`` and ``paidan resume``: leave a helpdesk alone for as long as a person wants."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import click

from plugin.casebook import interventions
from plugin.casebook.database import Database
from plugin.casebook.interventions import By, NoSuchDesk
from plugin.cli import options
from plugin.cli.asking import stop
from plugin.cli.casebooks import casebook
from plugin.core.label import Label
from plugin.documents.wording import Language

TEXTS: Mapping[str, Label] = {
    "pause": Label(
        "{desk} 已暂停：不再访问它的工单系统；回调照收，时限照算，到期照样告知。"
        "恢复：paidan resume {desk} --by 姓名 --why 原因",
        "{desk} is paused: its helpdesk is not called; webhooks are taken, limits run, people are told. "
        "Go on: paidan resume {desk} --by NAME --why TEXT",
    ),
    "pause-already": Label("{desk} 本已暂停", "{desk} was paused already"),
    "resume": Label("{desk} 已恢复：先处理最严重的工单", "{desk} goes on, the gravest tickets first"),
    "resume-already": Label("{desk} 并未暂停", "{desk} was not paused"),
}


@click.command()
@click.argument("desk")
@options.by()
@options.language
def pause(desk: str, who: str, why: str, language: Language) -> None:
    """Ask nothing of DESK's helpdesk, from any node, until it is resumed.

    Webhooks are accepted, clocks run and people are told; a call that has left ends, none leaves after it.
    """
    _do("pause", interventions.pause, desk, By(who, why), language)


@click.command()
@click.argument("desk")
@options.by()
@options.language
def resume(desk: str, who: str, why: str, language: Language) -> None:
    """Go on with DESK, the gravest tickets first."""
    _do("resume", interventions.resume, desk, By(who, why), language)


def _do(what: str, act: Callable[[Database, str, By], bool], desk: str, by: By, language: Language) -> None:
    with casebook(language) as database:
        try:
            done = act(database, desk, by)
        except NoSuchDesk as error:
            stop("no_desk", language, desk=desk, desks=", ".join(error.known) or "–")
    click.echo(TEXTS[what if done else f"{what}-already"].say(language).format(desk=desk))
