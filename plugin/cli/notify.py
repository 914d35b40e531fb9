"""``paidan notify test``: the contacts of a desk, and a test message to one of them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from secrets import token_hex

import click
from rich.table import Table
from rich.text import Text

from plugin.cli import options
from plugin.cli.asking import desk_of, documents_of
from plugin.cli.timed import words_for
from plugin.cli.told import print_table
from plugin.core.label import Label
from plugin.desk.opening import secret_value
from plugin.documents.desks import Desk
from plugin.documents.document_set import DocumentSet
from plugin.documents.wording import Language
from plugin.notify.messages import Notice, Trial
from plugin.notify.reasons import told
from plugin.notify.send import Courier, channels, valid

TEXTS: Mapping[str, Label] = {
    "role": Label("角色", "role"),
    "secret": Label("密钥名", "secret"),
    "channel": Label("渠道", "service"),
    "state": Label("状态", "state"),
    "ready": Label("可用", "ready"),
    "unusable": Label("不可用", "cannot be used"),
    "not_sent": Label(
        "没有发送任何消息 → 试发：paidan notify test {desk} {role}",
        "nothing was sent → send a test message: paidan notify test {desk} {role}",
    ),
    "no_contacts": Label(
        "desk {desk} 没有联系方式 → 在 desk 文件的 notify: 中写 角色: env:密钥名，见 docs/notify.md",
        "the desk {desk} has no contacts → write role: env:NAME under notify: of the desk file, see "
        "docs/notify.md",
    ),
    "no_role": Label(
        "desk {desk} 没有角色“{role}”的联系方式 → 可用：{roles}",
        'the desk {desk} has no contact for "{role}" → there are: {roles}',
    ),
    "message": Label("（消息编号 {message}）", " (message {message})"),
}


@click.group()
def notify() -> None:
    """Messages to people outside the helpdesk."""


@notify.command()
@click.argument("desk")
@click.argument("role", required=False)
@options.documents
@options.connectors
@options.language
def test(desk: str, role: str | None, mappings: Path, connectors: Path, language: Language) -> None:
    """Show the contacts of DESK; with a ROLE, send it a test message and say what came of it."""
    documents = documents_of(mappings, connectors, language)
    desk_of(documents, desk, language)
    found = documents.desks[desk]
    if not found.notify:
        _stop("no_contacts", language, 1, desk=desk)
    if role is None:
        _show(found, language)
    elif role not in found.notify:
        _stop("no_role", language, 2, desk=desk, role=role, roles=", ".join(found.notify))
    else:
        _try(documents, found, role, language)


def _show(desk: Desk, language: Language) -> None:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in ("role", "secret", "channel", "state"):
        table.add_column(_say(name, language), overflow="fold")
    problems = {name: valid(secret_value(name, os.environ)) for name in desk.notify.values()}
    for role, name in desk.notify.items():
        state = Text(_say("unusable", language), "red") if problems[name] else _say("ready", language)
        table.add_row(role, name, _channels(name), state)
    print_table(table)
    for name, problem in problems.items():
        if problem:
            click.echo(told(problem, name, language))
    click.echo(_say("not_sent", language, desk=desk.id, role=next(iter(desk.notify))))
    raise SystemExit(1 if any(problems.values()) else 0)


def _channels(name: str) -> str:
    return ", ".join(channels(secret_value(name, os.environ))) or "–"


def _try(documents: DocumentSet, desk: Desk, role: str, language: Language) -> None:
    name, notice = desk.notify[role], Notice(token_hex(8), desk.id, Trial(role))
    value = secret_value(name, os.environ)
    outcome = valid(value) or Courier().send(value, [notice], words_for(documents, desk.id, desk.language))
    sent = outcome.state == "delivered"
    message = _say("message", language, message=notice.id[:8]) if sent else ""
    click.echo(
        click.style(told(outcome, name, language, again=False), fg="green" if sent else "red") + message
    )
    raise SystemExit(0 if sent else 1)


def _say(code: str, language: Language, **slots: object) -> str:
    return TEXTS[code].say(language).format(**slots)


def _stop(code: str, language: Language, exit_code: int, **slots: object) -> None:
    click.echo(_say(code, language, **slots), err=True)
    raise SystemExit(exit_code)
