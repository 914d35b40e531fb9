"""What the commands that run until told to stop have in common: settings, logs, signals, refusals."""

from __future__ import annotations

import faulthandler
import logging
import os
import signal
import sys
from collections.abc import Callable, Iterable
from types import FrameType
from typing import NoReturn

import click
import structlog

from plugin.app.paidan import OneProcess, Paidan, Role
from plugin.app.start_check import NotSound
from plugin.casebook.database import AlreadyServing
from plugin.casebook.moved import Moved
from plugin.casebook.soundness import Finding
from plugin.casebook.soundness_words import RISK, said
from plugin.core.label import Label
from plugin.documents.problems import Problem
from plugin.documents.render import as_text
from plugin.documents.wording import Language
from plugin.errors import DocumentsInvalid, StoreError
from plugin.settings import Settings

TEXTS = {
    "serving": Label(
        "另一个进程正在使用这个案卷库（{detail}）→ 先停止它，或用 PAIDAN_DATABASE_URL 另指一个",
        "Another process serves this case book ({detail}) → stop it first, or name another one in "
        "PAIDAN_DATABASE_URL",
    ),
    "store": Label(
        "案卷库无法打开（{detail}）→ 检查 PAIDAN_DATABASE_URL 和磁盘",
        "The case book cannot be opened ({detail}) → check PAIDAN_DATABASE_URL and the disk",
    ),
    "moved": Label(
        "这个案卷库已经搬到 {detail} → 把 PAIDAN_DATABASE_URL 改成新的地址",
        "This case book was moved to {detail} → name the new one in PAIDAN_DATABASE_URL",
    ),
    "one_process": Label(
        "SQLite 案卷库只由一个进程使用 → 用 paidan serve；"
        "要分多个进程，在 PAIDAN_DATABASE_URL 中指定 PostgreSQL",
        "A SQLite case book is served by one process → use paidan serve; for several processes name a "
        "PostgreSQL in PAIDAN_DATABASE_URL",
    ),
}

STANDARD_ERROR = 2


def write_logs_as_json() -> None:
    """One line of JSON per event on standard error: an event's name and key-values, no ticket's words.

    A process that is aborted tells where it stood, as lines of code; only of the thread that is told, for
    walking those that run can crash it first. Where all stood is told as it stands still (``supervisor``).
    """
    faulthandler.enable(STANDARD_ERROR, all_threads=False)
    logging.getLogger("waitress").setLevel(logging.ERROR)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )


def composed(settings: Settings, language: str, role: Role, *, warns: bool = True) -> Paidan:
    """Paidan, ready to start; ends the program, saying why it cannot run; ``warns`` of what is unsound."""
    try:
        paidan = Paidan(settings, os.environ, role)
    except DocumentsInvalid as error:
        give_up(_shown(error.problems, settings, language), 1)
    except NotSound as error:
        _tell(error.findings, language)
        codes = " ".join(each.code for each in error.findings if each.endangers)
        give_up(RISK.say(language).format(codes=codes), 1)
    except OneProcess:
        give_up(TEXTS["one_process"].say(language), 2)
    except Moved as error:
        give_up(TEXTS["moved"].say(language).format(detail=error.target), 1)
    except AlreadyServing as error:
        give_up(TEXTS["serving"].say(language).format(detail=error), 1)
    except StoreError as error:
        give_up(TEXTS["store"].say(language).format(detail=error), 1)
    if warns:
        click.echo(_shown(paidan.desks.warnings, settings, language), err=True, nl=False)
        _tell(paidan.findings, language)
    return paidan


def _shown(problems: tuple[Problem, ...], settings: Settings, language: str) -> str:
    spoken: Language = "zh" if language == "zh" else "en"
    return as_text(problems, {}, spoken, f"{settings.mappings.name}/")


def _tell(findings: Iterable[Finding], language: str) -> None:
    """What is not as it should be, what endangers a promise first."""
    for each in sorted(findings, key=lambda each: not each.endangers):
        click.echo(said(each, language), err=True)


def give_up(message: str, code: int) -> NoReturn:
    """Say why, and end."""
    click.echo(message, err=True)
    raise SystemExit(code)


def on_signals(paidan: Paidan, stop: Callable[[], None]) -> None:
    """SIGTERM and Ctrl-C end in order, SIGHUP reads the documents again and accepts the clock."""

    def ended(_number: int, _frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)  # a second Ctrl-C is meant
        stop()

    def reload(_number: int, _frame: FrameType | None) -> None:
        paidan.accept_as_is()

    handlers: dict[signal.Signals, Callable[[int, FrameType | None], None]] = {
        signal.SIGTERM: ended,
        signal.SIGINT: ended,
        signal.SIGHUP: reload,
    }
    for number, handler in handlers.items():
        signal.signal(number, handler)
