"""``paidan dead``: what was not done and waits for a person, and the desks that are not asked for now."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import click
from rich.table import Table
from rich.text import Text

from plugin.casebook.clock_holds import ClockHeld, clock_held
from plugin.casebook.dead import DeadLetter, dead_letters
from plugin.casebook.desk_rows import DeskState, desk_states
from plugin.casebook.failing import Failing, failing
from plugin.casebook.interventions import Paused, paused_desks
from plugin.casebook.wording import to_be_done, told, why
from plugin.cli import options
from plugin.cli.casebooks import casebook
from plugin.cli.times import span
from plugin.cli.told import print_table
from plugin.core.label import Label
from plugin.documents.wording import Language

SHOWN = 20
"""Tickets tried in vain that are listed for people."""
TEXTS: Mapping[str, Label] = {
    "id": Label("编号", "id"),
    "ticket": Label("工单", "ticket"),
    "since": Label("自", "since"),
    "what": Label("未做的事", "not done"),
    "why": Label("原因 → 怎么办", "why → what to do"),
    "none": Label("没有未完成的事", "no dead letters"),
    "again": Label(
        "修好原因后：paidan retry 编号 --by 姓名 --why 原因（先加 --dry-run 看看）",
        "Once the cause is mended: paidan retry ID --by NAME --why TEXT (look first with --dry-run)",
    ),
    "paused": Label(
        "{desk} 已被 {who} 暂停（{since} 起：{why}），{waiting} 件等待 → "
        "paidan resume {desk} --by 姓名 --why 原因",
        "{desk} was paused by {who} ({since}: {why}), {waiting} tickets wait → "
        "paidan resume {desk} --by NAME --why TEXT",
    ),
    "busy": Label(
        "{desk} 的工单系统要求稍候，还有 {left} → 会自动继续",
        "{desk}: its helpdesk asks to wait, {left} left → it goes on by itself",
    ),
    "clock": Label(
        "{desk}：时钟偏差 {seconds:.0f} 秒，{since} 起不写入 → 校准时钟（chrony）；"
        "确认无误则对 serve 或 worker 进程 kill -HUP",
        "{desk}: the clock is {seconds:.0f} seconds off and nothing is written since {since} → set it right "
        "(chrony), or send SIGHUP to serve or worker to say that it is right",
    ),
    "failing": Label(
        "{desk} 的工单系统连续失败（{failures} 次），{left}后再试 → 检查它是否在运行",
        "{desk}: its helpdesk failed {failures} times in a row, tried again in {left} → check that it runs",
    ),
    "tried": Label(
        "还在重试，但一直没有成功：",
        "Still tried, without success so far:",
    ),
    "tries": Label("  #{ticket}（已试 {tries} 次）{why}", "  #{ticket} ({tries} tries) {why}"),
}


@click.command()
@click.option("--desk", help="Only of this desk.")
@click.option("--json", "form", flag_value="json", help="The same as --format json.")
@options.form
@options.language
def dead(desk: str | None, form: str, language: Language) -> None:
    """List what was not done, and why; exit 1 where there is any.

    Writes a helpdesk refused, messages nobody got, webhooks no ticket could be told from: they are not tried
    again by themselves. Then tickets that are tried again and again without success. Also shown: desks that
    are paused or held back because of a clock, and helpdesks that are left alone for now.
    """
    with casebook(language) as database:
        letters = dead_letters(database, desk)
        tried = failing(database, desk)
        states = [each for each in desk_states(database) if desk in (None, each.desk)]
        with database.read() as tx:
            now = tx.now
            paused = [each for each in paused_desks(tx) if desk in (None, each.desk)]
            clocks = [each for each in clock_held(tx) if desk in (None, each.desk)]
    if form == "json":
        shown = {
            "dead": [_values(each, language) for each in letters],
            "failing": [_tried(each, language) for each in tried],
            "paused": [{**asdict(each), "since": _at(each.since)} for each in paused],
            "clock_held": [{**asdict(each), "since": _at(each.since)} for each in clocks],
        }
        click.echo(json.dumps(shown, ensure_ascii=False, indent=1))
    else:
        _print_desks(paused, clocks, [e for e in states if e.reason in ("busy", "failing")], now, language)
        _print(letters, language)
        _print_tried(tried, language)
    raise SystemExit(1 if letters or tried else 0)


def _say(code: str, language: Language, /, **slots: object) -> str:
    return TEXTS[code].say(language).format(**slots)


def _print_desks(
    paused: list[Paused], clocks: list[ClockHeld], held: list[DeskState], now: float, language: Language
) -> None:
    for desk in paused:
        said = {**asdict(desk), "since": _at(desk.since), "why": desk.why or "–"}
        click.echo(_say("paused", language, **said))
    for clock in clocks:
        said = {"desk": clock.desk, "seconds": abs(clock.seconds), "since": _at(clock.since)}
        click.echo(_say("clock", language, **said))
    for state in held:
        left = span(max(0, round((state.until or now) - now)))
        click.echo(_say(state.reason, language, desk=state.desk, left=left, failures=state.failures))


def _print(letters: list[DeadLetter], language: Language) -> None:
    if not letters:
        click.echo(_say("none", language))
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in ("id", "ticket", "since", "what", "why"):
        table.add_column(_say(name, language), overflow="fold", no_wrap=name in ("id", "since"))
    for letter in letters:
        ticket = f"{letter.desk} #{letter.ticket}" if letter.ticket else letter.desk
        told = (to_be_done(letter, language), why(letter, language))
        table.add_row(letter.id, Text(ticket), _at(letter.since), *map(Text, told))
    print_table(table)
    click.echo(_say("again", language))


def _print_tried(tried: list[Failing], language: Language) -> None:
    if tried:
        click.echo(_say("tried", language))
    for each in tried[:SHOWN]:
        click.echo(_say("tries", language, **_tried(each, language)))
    if len(tried) > SHOWN:
        click.echo(f"  … {len(tried) - SHOWN}")


def _tried(each: Failing, language: Language) -> dict[str, Any]:
    return {
        "desk": each.desk,
        "ticket": each.ticket,
        "tries": each.tries,
        "code": each.problem.get("code"),
        "why": told(each.problem, each.desk, language),
    }


def _at(instant: float) -> str:
    return datetime.fromtimestamp(instant, UTC).strftime("%Y-%m-%d %H:%M UTC")


def _values(letter: DeadLetter, language: Language) -> dict[str, Any]:
    return {
        "id": letter.id,
        "kind": letter.kind,
        "desk": letter.desk,
        "ticket": letter.ticket,
        "since": _at(letter.since),
        "what": to_be_done(letter, language),
        "code": letter.problem.get("code"),
        "why": why(letter, language),
    }
