"""``paidan notify test``: the contacts of a desk, and a test message to one of them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from secrets import token_hex
from typing import NoReturn

import click
from rich.table import Table
from rich.text import Text

from plugin.cli import options
from plugin.cli.asking import desk_of, documents_of
from plugin.cli.timed import words_for
from plugin.cli.told import print_table
from plugin.core.clock_words import ClockWords
from plugin.core.label import Label
from plugin.desk.secret_values import secret_value
from plugin.documents.document_set import DocumentSet
from plugin.documents.wording import Language
from plugin.notify.messages import Notice, Trial
from plugin.notify.reasons import told
from plugin.notify.send import Courier, channels, valid

TEXTS: Mapping[str, Label] = {
    "who": Label("联系人", "contact"),
    "secret": Label("密钥名", "secret"),
    "channel": Label("渠道", "service"),
    "state": Label("状态", "state"),
    "ready": Label("可用", "ready"),
    "unusable": Label("不可用", "cannot be used"),
    "not_sent": Label(
        "没有发送任何消息 → 试发：paidan notify test {desk} {who}",
        "nothing was sent → send a test message: paidan notify test {desk} {who}",
    ),
    "no_contacts": Label(
        "desk {desk} 没有联系人 → 在 desk 文件的 notify: 中写 角色: env:密钥名，或指定值班表；"
        "见 docs/notify.md",
        "the desk {desk} has no contacts → write role: env:NAME under notify: of the desk file, or give it a "
        "roster; see docs/notify.md",
    ),
    "no_such": Label(
        "desk {desk} 没有联系人“{who}” → 可用：{contacts}",
        'the desk {desk} has no contact "{who}" → there are: {contacts}',
    ),
    "message": Label("（消息编号 {message}）", " (message {message})"),
}


@click.group()
def notify() -> None:
    """Messages to people outside the helpdesk."""


@notify.command()
@click.argument("desk")
@click.argument("who", required=False)
@options.documents
@options.connectors
@options.language
def test(desk: str, who: str | None, mappings: Path, connectors: Path, language: Language) -> None:
    """Show the contacts of DESK; send one, WHO, a test message and say what came of it.

    A contact is a role or group of the desk file's notify:, or a seat of the desk's roster.
    """
    documents = documents_of(mappings, connectors, language)
    desk_of(documents, desk, language)
    found = contacts(documents, desk)
    if not found:
        _stop("no_contacts", language, 1, desk=desk)
    if who is None:
        _show(desk, found, language)
    elif who not in found:
        _stop("no_such", language, 2, desk=desk, who=who, contacts=", ".join(found))
    else:
        _try(documents, desk, who, found[who], language)


def contacts(documents: DocumentSet, desk: str) -> dict[str, str]:
    """Role, group or seat → the name of the secret with the address."""
    roster = documents.roster(desk)
    seats = {seat.id: seat.contact for seat in roster.people.values()} if roster else {}
    return {**documents.desks[desk].notify, **seats}


def _show(desk: str, found: Mapping[str, str], language: Language) -> None:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in ("who", "secret", "channel", "state"):
        table.add_column(_say(name, language), overflow="fold")
    problems = {name: valid(secret_value(name, os.environ)) for name in found.values()}
    for who, name in found.items():
        state = Text(_say("unusable", language), "red") if problems[name] else _say("ready", language)
        table.add_row(who, name, _channels(name), state)
    print_table(table)
    for name, problem in problems.items():
        if problem:
            click.echo(told(problem, name, language))
    click.echo(_say("not_sent", language, desk=desk, who=next(iter(found))))
    raise SystemExit(1 if any(problems.values()) else 0)


def _channels(name: str) -> str:
    return ", ".join(channels(secret_value(name, os.environ))) or "–"


def _try(documents: DocumentSet, desk: str, who: str, name: str, language: Language) -> None:
    value, notice = secret_value(name, os.environ), Notice(token_hex(8), desk, Trial(who))
    outcome = valid(value) or Courier().send(value, [notice], _words(documents, desk))
    sent = outcome.state == "delivered"
    message = _say("message", language, message=notice.id[:8]) if sent else ""
    click.echo(
        click.style(told(outcome, name, language, again=False), fg="green" if sent else "red") + message
    )
    raise SystemExit(0 if sent else 1)


def _words(documents: DocumentSet, desk: str) -> ClockWords:
    """The plan's labels and those of the roster's seats, in the desk's language."""
    speaks = documents.desks[desk].language
    words, roster = words_for(documents, desk, speaks), documents.roster(desk)
    seats = {seat.id: seat.label.say(speaks) for seat in roster.people.values()} if roster else {}
    return replace(words, names={**words.names, **seats})


def _say(code: str, language: Language, **slots: object) -> str:
    return TEXTS[code].say(language).format(**slots)


def _stop(code: str, language: Language, exit_code: int, **slots: object) -> NoReturn:
    click.echo(_say(code, language, **slots), err=True)
    raise SystemExit(exit_code)
