"""``paidan check`` and ``paidan test``: everything wrong with the documents, or what their own tests say."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from plugin.cli import options
from plugin.desk.products import Connectors
from plugin.documents import render
from plugin.documents.checks import check_coverage
from plugin.documents.document_set import polled
from plugin.documents.duty_checks import check_duty
from plugin.documents.load import Loaded, load_folder
from plugin.documents.problems import Problem, Problems
from plugin.documents.rule_tests import TestReport, run_tests
from plugin.documents.source import Source
from plugin.documents.wording import PHRASES, Language


@click.command()
@options.mappings
@options.connectors
@options.language
@options.form
@click.option("--case-book", is_flag=True, help="Also whether the case book can keep what is promised.")
@click.option("--all-connectors", is_flag=True, help="Also the connectors no desk uses.")
def check(
    folder: Path, connectors: Path, language: Language, form: str, case_book: bool, all_connectors: bool
) -> None:
    """Check the documents in FOLDER and the connectors they use: all problems of all files at once."""
    found, loaded = _loaded(folder, connectors, thorough=True)
    if all_connectors:
        found.read_all()
    loaded = _with_coverage(loaded, datetime.now(UTC))
    good = loaded.documents is not None and not found.problems
    lines, begins = _case_book(loaded, language) if case_book else ([], True)
    if form == "json":
        more: dict[str, Any] = {"casebook": [click.unstyle(line) for line in lines]} if case_book else {}
        more["polled"] = polled(loaded.documents) if loaded.documents else {}
        _print_json(_values(found, loaded, folder, language), good and begins, **more)
    else:
        lines = [*_polled(loaded, language), *lines]
        text = _connector_text(found, language)
        text += render.as_text(loaded.problems, loaded.sources, language, _prefix(folder))
        click.echo("\n".join([_coloured(text) + _summary(found, loaded, folder, language), *lines]))
    sys.exit(0 if good and begins else 1)


def _polled(loaded: Loaded, language: Language) -> list[str]:
    """A line for each desk that is asked and tells nothing."""
    found = polled(loaded.documents) if loaded.documents else {}
    text = PHRASES["polled"][language == "zh"]
    return [text.format(desk=name, every=every) for name, every in found.items()]


def _case_book(loaded: Loaded, language: Language) -> tuple[list[str], bool]:
    from plugin.cli.sound import look_at_case_book  # a database's driver, for this option only

    rosters = loaded.documents.rosters.values() if loaded.documents else ()
    return look_at_case_book(language, has_feeds=any(each.feeds for each in rosters))


@click.command()
@options.mappings
@options.connectors
@options.language
@options.form
def test(folder: Path, connectors: Path, language: Language, form: str) -> None:
    """Run the tests written in the rules files of FOLDER, and say what they do not cover."""
    found, loaded = _loaded(folder, connectors)
    documents = loaded.documents
    if documents is None:
        if form == "json":
            _print_json(_values(found, loaded, folder, language), ok=False)
        else:
            text = render.as_text(loaded.problems, loaded.sources, language, _prefix(folder))
            click.echo(_coloured(text) + PHRASES["not-tested"][language == "zh"])
        sys.exit(1)
    reports = [run_tests(rules, documents.compiled(name)) for name, rules in documents.rules.items()]
    if form == "json":
        _print_reports(reports, folder, language)
    else:
        for report in reports:
            click.echo(_report(report, loaded.sources, folder, language))
    sys.exit(1 if any(report.problems for report in reports) else 0)


def _loaded(folder: Path, connectors: Path, *, thorough: bool = False) -> tuple[Connectors, Loaded]:
    if not folder.is_dir():
        raise click.BadParameter(f'there is no folder "{folder}"', param_hint="FOLDER")
    found = Connectors(connectors)
    return found, load_folder(folder, found.products, thorough=thorough)


def _with_coverage(loaded: Loaded, now: datetime) -> Loaded:
    """What depends on when a person looks: no document becomes wrong by it."""
    problems = Problems()
    problems.extend(loaded.problems)
    if loaded.documents is not None:
        check_coverage(loaded.documents, now.date(), problems)
        check_duty(loaded.documents, int(now.timestamp()), problems)
    return loaded._replace(problems=tuple(problems))


def _prefix(folder: Path) -> str:
    written = folder.as_posix().rstrip("/")
    return "" if written in ("", ".") else f"{written}/"


def _connector_text(found: Connectors, language: Language) -> str:
    text = render.as_text(found.problems, found.sources, language)
    return f"{text}\n" if text else ""


def _values(
    found: Connectors, loaded: Loaded, folder: Path, language: Language
) -> list[dict[str, str | int]]:
    return [
        *render.as_values(found.problems, language),
        *render.as_values(loaded.problems, language, _prefix(folder)),
    ]


def _print_json(problems: list[dict[str, str | int]], ok: bool, **more: Any) -> None:
    click.echo(json.dumps({"ok": ok, "problems": problems, **more}, ensure_ascii=False, indent=1))


def _summary(found: Connectors, loaded: Loaded, folder: Path, language: Language) -> str:
    """``mappings: 3 plans, 1 rules file, 2 desks; 1 error, 0 warnings``"""
    zh = language == "zh"
    problems = [*found.problems, *loaded.problems]
    errors = sum(problem.severity == "error" for problem in problems)
    slots = {
        "folder": folder.as_posix(),
        "files": len(loaded.sources),
        "errors": errors,
        "warnings": len(problems) - errors,
        **loaded.counts(),
    }
    name = "summary-bad" if errors else "summary-warned" if problems else "summary-good"
    line = PHRASES[name][zh].format_map(slots)
    return ("\n" if problems else "") + click.style(line, fg="red" if errors else "green", bold=True)


def _report(report: TestReport, sources: Mapping[str, Source], folder: Path, language: Language) -> str:
    zh = language == "zh"
    text = render.as_text(report.problems, sources, language, _prefix(folder))
    lines = [_coloured(text)] if text else []
    for cover in ("beaten", "never held"):
        missed = [each for each in report.coverage if each.cover == cover]
        if missed:
            lines.append(PHRASES[cover][zh])
            lines += [f"  {_prefix(folder)}{each.place}  {each.step} / {each.entry}" for each in missed]
    line = PHRASES["tests-failed" if report.failed or report.problems else "tests-passed"][zh].format(
        rules=report.rules,
        passed=report.passed,
        failed=report.failed,
        covered=report.count("covered"),
        entries=len(report.coverage),
    )
    lines.append(click.style(line, fg="red" if report.problems else "green", bold=True))
    return "\n".join(lines)


def _print_reports(reports: Iterable[TestReport], folder: Path, language: Language) -> None:
    reports = list(reports)
    problems: list[Problem] = [problem for report in reports for problem in report.problems]
    told = [
        {
            "rules": report.rules,
            "passed": report.passed,
            "failed": report.failed,
            "coverage": [
                {"step": each.step, "entry": each.entry, "cover": each.cover, "line": each.place.line}
                for each in report.coverage
            ],
        }
        for report in reports
    ]
    _print_json(render.as_values(problems, language, _prefix(folder)), not problems, reports=told)


_HEAD = re.compile(r"^(?P<place>\S+:\d+:\d+:)(?P<said> .*?)(?P<code> \[[a-z-]+\])$", re.M)
_CARET = re.compile(r"^(      \| +)(\^~*)$", re.M)
_FIX = re.compile(r"^(      → )(.*)$", re.M)


def _coloured(text: str) -> str:
    """Colours say nothing the words do not; click takes them away where the output is no terminal."""
    text = _HEAD.sub(
        lambda m: click.style(m["place"], bold=True) + m["said"] + click.style(m["code"], dim=True), text
    )
    text = _CARET.sub(lambda m: m[1] + click.style(m[2], fg="red", bold=True), text)
    return _FIX.sub(lambda m: m[1] + click.style(m[2], fg="cyan"), text)
