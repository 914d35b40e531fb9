"""``paidan serve``: take webhooks, move cases, until told to stop."""

from __future__ import annotations

import logging
import os
import signal
import sys
from collections.abc import Callable
from types import FrameType
from typing import NoReturn

import click
import structlog
import waitress
from pydantic import ValidationError

from plugin.app import Paidan
from plugin.casebook.database import AlreadyServing
from plugin.core.label import Label
from plugin.documents.render import as_text
from plugin.documents.wording import Language
from plugin.errors import DocumentsInvalid, StoreError
from plugin.settings import Settings

THREADS = 8
"""Requests taken at the same time; each is one insert."""
SPARE = 64 * 1024
"""Bytes above the accepted body that are still read, so that the answer is ours."""

TEXTS = {
    "listening": Label("派单已在 {url} 就绪。", "Paidan is ready at {url}."),
    "hook": Label(
        "  {desk}（{mode}）：webhook 地址 {url}/…（按 connectors/{connector}.yaml 的 setup 填写）",
        "  {desk} ({mode}): send webhooks to {url}/… (see setup in connectors/{connector}.yaml)",
    ),
    "no_desk": Label(
        "  还没有 desk 文件：在 {folder}/desks/ 中新建一个，保存后自动生效。",
        "  No desk file yet: write one in {folder}/desks/; it is taken up by itself.",
    ),
    "stopping": Label("正在停止……", "Stopping …"),
    "serving": Label(
        "另一个进程正在使用这个案卷库（{detail}）→ 先停止它，或用 PAIDAN_DATABASE_URL 另指一个",
        "Another process serves this case book ({detail}) → stop it first, or name another one in "
        "PAIDAN_DATABASE_URL",
    ),
    "store": Label(
        "案卷库无法打开（{detail}）→ 检查 PAIDAN_DATABASE_URL 和磁盘",
        "The case book cannot be opened ({detail}) → check PAIDAN_DATABASE_URL and the disk",
    ),
    "setting": Label(
        "环境变量 {name} 的值不能用 → {help}",
        "The environment variable {name} has a value that cannot be used → {help}",
    ),
    "port": Label(
        "无法在 {host}:{port} 监听（{detail}）→ 用 PAIDAN_PORT 换一个端口",
        "Cannot listen at {host}:{port} ({detail}) → choose another port in PAIDAN_PORT",
    ),
}


@click.command()
@click.option("--lang", type=click.Choice(["zh", "en"]), default=None, help="Language of what is printed.")
def serve(lang: str | None) -> None:
    """Take webhooks and move cases until interrupted.

    Everything is set in the environment: PAIDAN_MAPPINGS, PAIDAN_CONNECTORS, PAIDAN_DATABASE_URL,
    PAIDAN_HOST, PAIDAN_PORT, PAIDAN_LANGUAGE. SIGHUP reads the documents again and
    accepts the clock as it is.
    """
    write_logs_as_json()
    settings = _settings(lang or "en")
    language = lang or settings.language
    paidan = _composed(settings, language)
    try:
        server = waitress.create_server(
            paidan.web,
            host=settings.host,
            port=settings.port,
            threads=THREADS,
            max_request_body_size=settings.max_body + SPARE,
            ident=None,
            clear_untrusted_proxy_headers=True,
        )
    except OSError as error:
        paidan.database.close()
        slots = {"host": settings.host, "port": settings.port, "detail": error.strerror}
        _give_up(TEXTS["port"].say(language).format(**slots), 2)
    _on_signals(paidan)
    paidan.start()
    _greet(paidan, settings, f"http://{settings.host}:{server.effective_port}", language)
    try:
        server.run()
    except (KeyboardInterrupt, SystemExit):
        click.echo(TEXTS["stopping"].say(language))
    finally:
        server.close()
        paidan.stop()


def write_logs_as_json() -> None:
    """One line of JSON per event on standard error: an event's name and key-values, no ticket's words."""
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


def _settings(language: str) -> Settings:
    try:
        return Settings.from_env(os.environ)
    except ValidationError as error:
        for each in error.errors():
            name = str(each["loc"][0])
            meaning = Settings.model_fields[name].description or ""
            click.echo(
                TEXTS["setting"].say(language).format(name=f"PAIDAN_{name.upper()}", help=meaning), err=True
            )
        raise SystemExit(2) from None


def _composed(settings: Settings, language: str) -> Paidan:
    try:
        return Paidan(settings, os.environ)
    except DocumentsInvalid as error:
        spoken: Language = "zh" if language == "zh" else "en"
        _give_up(as_text(error.problems, {}, spoken, f"{settings.mappings.name}/"), 1)
    except AlreadyServing as error:
        _give_up(TEXTS["serving"].say(language).format(detail=error), 1)
    except StoreError as error:
        _give_up(TEXTS["store"].say(language).format(detail=error), 1)


def _give_up(message: str, code: int) -> NoReturn:
    click.echo(message, err=True)
    raise SystemExit(code)


def _on_signals(paidan: Paidan) -> None:
    def stop(_number: int, _frame: FrameType | None) -> None:
        raise SystemExit

    def reload(_number: int, _frame: FrameType | None) -> None:
        paidan.accept_as_is()

    handlers: dict[signal.Signals, Callable[[int, FrameType | None], None]] = {
        signal.SIGTERM: stop,
        signal.SIGHUP: reload,
    }
    for number, handler in handlers.items():
        signal.signal(number, handler)


def _greet(paidan: Paidan, settings: Settings, url: str, language: str) -> None:
    """Where the hooks are; a token that belongs into an address is never shown."""
    click.echo(TEXTS["listening"].say(language).format(url=url))
    desks = paidan.desks.documents.documents.desks
    for name, desk in desks.items():
        slots = {"desk": name, "mode": desk.mode, "url": f"{url}/hooks/{name}", "connector": desk.connector}
        click.echo(TEXTS["hook"].say(language).format(**slots))
    if not desks:
        click.echo(TEXTS["no_desk"].say(language).format(folder=settings.mappings))
