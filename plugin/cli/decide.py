"""``paidan decide``: a file of tickets in, one decision a line out. Nothing is sent, nothing is stored."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, NoReturn

import click
from rich.console import Console
from rich.progress import track

from plugin.cli import options
from plugin.cli.written import NotATicket, written_ticket
from plugin.core.case import CaseState, DecisionDocuments, Reading, Standing
from plugin.core.decision import decide as decided
from plugin.core.facts import Count, Fact, FactValue
from plugin.core.label import Label
from plugin.core.plan import Plan
from plugin.core.standing import standing
from plugin.desk.products import Connectors
from plugin.documents.load import load_folder
from plugin.documents.render import as_text
from plugin.documents.wording import Language

TEXTS = {
    "no_plan": Label('没有预案 "{name}" → 可用：{names}', 'there is no plan "{name}" → plans: {names}'),
    "no_rules": Label('没有规则 "{name}" → 可用：{names}', 'there are no rules "{name}" → rules: {names}'),
    "unreadable": Label("文件读不了（{detail}）", "the file cannot be read ({detail})"),
    "unwritable": Label("结果写不了（{detail}）", "the result cannot be written ({detail})"),
    "bad_line": Label(
        "{file}:{line}：这一行不是工单，已跳过 → 每行一个 JSON 对象，至少有 body 或 title",
        "{file}:{line}: no ticket, skipped → one JSON object a line, with at least a body or a title",
    ),
    "deciding": Label("正在判定", "deciding"),
    "summary": Label(
        "{tickets} 件工单，{lines} 行判定；跳过 {bad} 行",
        "{tickets} tickets, {lines} decisions; {bad} skipped",
    ),
}
COUNTS = ("people_", "past_people", "hypothetical_people")
"""Facts told as ``[lowest, highest or null]``; other numbers are told as one where both ends meet."""
NOT_TOLD = frozenset({"channel", "region", "rank", "flags", "initial_judgement"})
MOST_BYTES_A_LINE = 4 * 1024 * 1024


@click.command()
@click.option("--plan", "plan_id", required=True, help="The plan that decides: its file's name.")
@click.option("--rules", "rules_id", default="petition", show_default=True, help="The rules that read.")
@click.option("--in", "source", type=click.Path(path_type=Path), required=True, help="tickets.jsonl, or - .")
@click.option("--out", "target", type=click.Path(path_type=Path), help="Where to write; left out: printed.")
@options.documents
@options.connectors
@options.language
def decide(
    plan_id: str,
    rules_id: str,
    source: Path,
    target: Path | None,
    mappings: Path,
    connectors: Path,
    language: Language,
) -> None:
    """Decide every ticket of a file, and every later message of it, each read alone.

    One JSON line a message: `update` is null for the ticket itself, then 0, 1, … in the order of the
    file. `standing` beside it is what the case really has by then, which no message lowers.
    """
    documents = _documents(mappings, connectors, plan_id, rules_id, language)
    lines = _lines(source, language)
    run = Run(documents, source, language, datetime.now(UTC))
    watched = track(
        lines, TEXTS["deciding"].say(language), console=Console(stderr=True), disable=not sys.stderr.isatty()
    )
    if target is None:
        run.write(watched, sys.stdout)
    else:
        _write_file(run, watched, target, language)
    click.echo(run.summary(), err=True)
    raise SystemExit(1 if run.bad else 0)


def _write_file(run: Run, lines: Iterable[bytes], target: Path, language: Language) -> None:
    try:
        with target.open("w", encoding="utf-8", newline="\n") as out:
            run.write(lines, out)
    except OSError as error:
        _stop("unwritable", language, detail=error.strerror)


def _documents(
    mappings: Path, connectors: Path, plan_id: str, rules_id: str, language: Language
) -> DecisionDocuments:
    loaded = load_folder(mappings, Connectors(connectors).products)
    if loaded.documents is None:
        click.echo(as_text(loaded.problems, loaded.sources, language, f"{mappings.name}/"), err=True)
        raise SystemExit(1)
    if plan_id not in loaded.documents.plans:
        _stop("no_plan", language, name=plan_id, names=", ".join(loaded.documents.plans))
    if rules_id not in loaded.documents.rules:
        _stop("no_rules", language, name=rules_id, names=", ".join(loaded.documents.rules))
    return DecisionDocuments(loaded.documents.plans[plan_id], loaded.documents.compiled(rules_id))


def _lines(source: Path, language: Language) -> list[bytes]:
    """The lines of the file, ended by ``\\n`` only: other line ends may stand inside a ticket."""
    try:
        content = sys.stdin.buffer.read() if str(source) == "-" else source.read_bytes()
    except OSError as error:
        _stop("unreadable", language, detail=f"{source}: {error.strerror}")
    return content.removeprefix(b"\xef\xbb\xbf").split(b"\n")


def _stop(text: str, language: Language, **slots: object) -> NoReturn:
    click.echo(TEXTS[text].say(language).format(**slots), err=True)
    raise SystemExit(2)


@dataclass
class Run:
    """One run over a file: what decides, and what has been counted."""

    documents: DecisionDocuments
    source: Path
    language: Language
    now: datetime
    tickets: int = 0
    decisions: int = 0
    bad: int = 0

    def write(self, lines: Iterable[bytes], out: IO[str]) -> None:
        """Decide every line; one that is no ticket is told and skipped."""
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                told = list(self._decided(line))
            except (NotATicket, ValueError, RecursionError):
                self.bad += 1
                text = TEXTS["bad_line"].say(self.language)
                click.echo(text.format(file=self.source, line=number), err=True)
                continue
            self.tickets += 1
            self.decisions += len(told)
            out.writelines(map(_line, told))

    def summary(self) -> str:
        """How much was decided, in words."""
        return (
            TEXTS["summary"]
            .say(self.language)
            .format(tickets=self.tickets, lines=self.decisions, bad=self.bad)
        )

    def _decided(self, line: bytes) -> Iterator[dict[str, Any]]:
        if len(line) > MOST_BYTES_A_LINE:
            raise NotATicket
        document = json.loads(line)
        if not isinstance(document, dict):
            raise NotATicket
        ticket = written_ticket(document, self.now)
        readings = decided(ticket, CaseState(), self.documents, self.now).readings
        by_message = {
            reading.message: (reading, standing(self.documents.plan, CaseState(), readings[: index + 1]))
            for index, reading in enumerate(readings)
        }
        for update in (None, *range(len(document.get("updates") or ()))):
            reading, stands = by_message["opening" if update is None else f"u{update + 1}"]
            yield _told(self.documents.plan, document.get("id"), update, reading, stands)


def _line(told: Mapping[str, Any]) -> str:
    """One line of JSON; an id that holds half a character is told in escapes."""
    line = json.dumps(told, ensure_ascii=False)
    halved = any("\ud800" <= character <= "\udfff" for character in line)
    return (json.dumps(told) if halved else line) + "\n"


def _told(
    plan: Plan, ticket: object, update: int | None, reading: Reading, stands: Standing
) -> dict[str, Any]:
    placed = reading.placement
    return {
        "id": ticket,
        "update": update,
        "facts": _facts(plan, reading.facts),
        "rank": placed.rank,
        "event_type": placed.event_type,
        "level": placed.level,
        "lead": placed.lead,
        "co": list(placed.co),
        "notify": list(placed.notify),
        "activated": placed.activated,
        "severity_hint": placed.severity_hint,
        "clocks": list(placed.clocks),
        "flags": list(placed.flags),
        "missing_report_content": list(placed.missing_report_content),
        "standing": _standing(stands),
    }


def _standing(stands: Standing) -> dict[str, Any]:
    proposal = stands.proposal
    return {
        "level": stands.placement.level,
        "peak": stands.peak,
        "lead": stands.placement.lead,
        "proposal": proposal and {"kind": proposal.kind, "level": proposal.level, "rank": proposal.rank},
    }


def _facts(plan: Plan, facts: Mapping[str, Fact]) -> dict[str, Any]:
    told = {
        name: _value(name, fact.value)
        for name, fact in facts.items()
        if name in plan.facts and name not in NOT_TOLD and not name.startswith("has_")
    }
    return {name: value for name, value in told.items() if value is not False and value not in (None, [], "")}


def _value(name: str, value: FactValue) -> Any:
    """A range as ``[lo, hi]``; a number that is no head count and is known exactly as itself."""
    if isinstance(value, Count):
        exact = value.lo == value.hi and not name.startswith(COUNTS)
        return value.lo if exact else [value.lo, value.hi]
    if isinstance(value, tuple):
        return list(value)
    return value
