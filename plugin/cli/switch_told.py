"""What ``paidan act`` and ``paidan observe`` say: the lines that change, and what becomes of open tickets."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass

import click

from plugin.casebook.switching import Switched
from plugin.core.label import Label
from plugin.core.modes import EVERY_OTHER
from plugin.documents.desk_edit import Acting, written
from plugin.documents.wording import Language

TEXTS: Mapping[str, Label] = {
    "which": Label(
        "请写明对哪些组执行：--group 组（可多次），或 --all",
        "say for which groups: --group GROUP (repeatable), or --all",
    ),
    "no-group": Label(
        "接入 {desk} 没有组“{group}” → 可用：{groups}",
        'desk {desk} has no group "{group}" → groups: {groups}',
    ),
    "layout": Label(
        "{path} 的写法无法自动修改，没有写入 → 请手工写：{lines}",
        "the layout of {path} cannot be followed; nothing was written → write by hand: {lines}",
    ),
    "changed": Label(
        "{path} 读取之后被人改过，没有写入 → 再来一次",
        "{path} was changed since it was read; nothing was written → try again",
    ),
    "not-written": Label(
        "{path} 无法写入（{why}）→ 检查权限，或在保存这些文件的地方修改",
        "{path} cannot be written ({why}) → check its permissions, or change it where the files are kept",
    ),
    "same": Label("{path} 已经如此，没有改动", "{path} says so already; nothing changed"),
    "act": Label("此后，{who}主办的工单会被执行。", "From now on tickets led by {who} are acted on."),
    "act-all": Label("此后，所有工单都会被执行。", "From now on every ticket is acted on."),
    "observe": Label(
        "此后，{who}主办的工单只看不做。", "From now on tickets led by {who} are only looked at."
    ),
    "propose": Label(
        "此后，{who}主办的工单只写建议备注。",
        "From now on tickets led by {who} only get a note that proposes.",
    ),
    "observe-all": Label("此后，所有工单只看不做。", "From now on every ticket is only looked at."),
    "writes": Label(
        "马上执行 {starts} 件未结工单，其中 {writes} 件会有写入。",
        "Open tickets acted on at once: {starts}; something is written to {writes} of them.",
    ),
    "starts-none": Label("没有未结工单马上执行。", "No open ticket is acted on at once."),
    "left": Label(
        "另有 {left} 件未结工单此前只看过：留给正在处理的人，级别升高时才执行（--open-too 则一并执行）。",
        "Open tickets that were only looked at so far: {left}. They are left to the people who have them "
        "until they rise; --open-too acts on them as well.",
    ),
    "stops": Label("不再执行的未结工单：{stops} 件。", "Open tickets no longer acted on: {stops}."),
    "uncounted": Label(
        "没有找到案件簿（{where}），未结工单没有统计。",
        "There is no case book at {where}: open tickets were not counted.",
    ),
    "unanswered": Label(
        "案件簿（{where}）没有应答，未结工单没有统计 → 检查数据库是否在运行、能否访问，再用 --dry-run 看一次",
        "The case book at {where} does not answer: open tickets were not counted → see whether its database "
        "runs and can be reached, and look again with --dry-run",
    ),
    "written": Label(
        "已写入 {path}；运行中的派单几秒内生效。",
        "{path} is written; a running Paidan takes it up within seconds.",
    ),
    "dry": Label("没有写入（--dry-run）。", "Nothing was written (--dry-run)."),
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was found and done."""

    desk: str
    path: str
    what: str
    """Of ``TEXTS``: what holds from now on."""
    who: str
    """Names of the groups it is about."""
    wanted: Acting
    difference: tuple[str, ...]
    counts: Switched | None
    """None: the case book could not be asked."""
    case_book: str
    has_case_book: bool
    """There is one, whether it answers or not."""
    is_written: bool


def difference(before: str, after: str) -> Iterator[str]:
    """The lines that go and come, ``- …`` and ``+ …``."""
    for line in difflib.ndiff(before.splitlines(), after.splitlines()):
        if line[:2] in ("- ", "+ "):
            yield line.rstrip()


def by_hand(wanted: Acting) -> str:
    """The keys as they are to stand in the file."""
    lines = [f"mode: {wanted.mode}"]
    lines += [f"act_for: [{', '.join(wanted.act_for)}]"] if wanted.act_for else []
    return "; ".join([*lines, *(f"act_since: {since}" for since in [_since(wanted)] if since)])


def print_outcome(outcome: Outcome, language: Language) -> None:
    """For people."""
    if not outcome.difference:
        click.echo(say("same", language, path=outcome.path))
        return
    click.echo(f"{outcome.path}:")
    for line in outcome.difference:
        click.echo(click.style(f"  {line}", fg="green" if line.startswith("+") else "red"))
    click.echo(say(outcome.what, language, who=outcome.who))
    for line in _counts(outcome, language):
        click.echo(line)
    click.echo(say("written" if outcome.is_written else "dry", language, path=outcome.path))


def _counts(outcome: Outcome, language: Language) -> Iterator[str]:
    counts = outcome.counts
    if counts is None:
        code = "unanswered" if outcome.has_case_book else "uncounted"
        yield say(code, language, where=outcome.case_book)
        return
    if outcome.what in ("act", "act-all"):
        yield say("writes" if counts.starts else "starts-none", language, **asdict(counts))
    for name in ("left", "stops"):
        if getattr(counts, name):
            yield say(name, language, **asdict(counts))


def print_json(outcome: Outcome) -> None:
    """The same as one JSON object."""
    told = {
        "ok": True,
        "desk": outcome.desk,
        "file": outcome.path,
        "mode": outcome.wanted.mode,
        "act_for": list(outcome.wanted.act_for),
        "act_since": _since(outcome.wanted),
        "difference": list(outcome.difference),
        "open": asdict(outcome.counts) if outcome.counts else None,
        "written": outcome.is_written,
    }
    click.echo(json.dumps(told, ensure_ascii=False, indent=1))


def _since(wanted: Acting) -> str | dict[str, str] | None:
    """As it stands in the file."""
    if set(wanted.since) == {EVERY_OTHER}:
        return written(wanted.since[EVERY_OTHER])
    return {group: written(at) for group, at in wanted.since.items()} or None


def say(code: str, language: Language, **slots: object) -> str:
    """One of ``TEXTS``."""
    return TEXTS[code].say(language).format(**slots)
