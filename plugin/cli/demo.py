"""``paidan demo``: a real helpdesk and a real Paidan on this machine, a dozen tickets, then yours."""

from __future__ import annotations

import signal
import sys
from types import FrameType

import click
import requests
from rich.console import Console

from plugin.cli import options
from plugin.demo.organisation import Organisation, organisation
from plugin.demo.paidan import SHIPPED
from plugin.demo.run import Demo, running
from plugin.demo.show import Show
from plugin.demo.site import SiteFailed
from plugin.demo.tickets import samples
from plugin.demo.venv import PrerequisiteMissing
from plugin.demo.wording import say
from plugin.documents.render import as_text
from plugin.errors import DocumentsInvalid
from plugin.servers import ServerFailed
from plugin.settings import Settings


@click.command()
@click.option("--once", is_flag=True, help="End after the dozen tickets; exit 1 if any went wrong.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port of the helpdesk (default: a free one).")
@options.language
def demo(*, once: bool, port: int | None, language: str) -> None:
    """Start django-helpdesk and Paidan here, open a dozen tickets, and show how each is routed.

    Everything listens on 127.0.0.1 and stays in a temporary folder; Ctrl-C ends and removes it.
    """
    for number in (signal.SIGINT, signal.SIGTERM):  # a shell may have switched Ctrl-C off for it
        signal.signal(number, _interrupt)
    console = Console(highlight=False)
    try:
        show = Show(console, language, _organisation(language))
        good = _run(show, once=once, port=port)
    except (PrerequisiteMissing, SiteFailed, ServerFailed, requests.RequestException) as error:
        click.echo(say(language, "failed", why=error), err=True)
        sys.exit(1)
    except KeyboardInterrupt:
        good = True
        console.print(say(language, "ended"))
    sys.exit(0 if good else 1)


def _run(show: Show, *, once: bool, port: int | None) -> bool:
    show.title()
    with running(show, show.organisation, port) as demo:
        demo.open_all(samples())
        good = demo.conclude()
        if not once:
            _stay(demo)
    return good


def _stay(demo: Demo) -> None:
    newest = max(demo.known, default=1)
    site = demo.site.url
    demo.show.line("next", "bold", url=f"{site}/tickets/{newest}/", submit=f"{site}/tickets/submit/")
    settings = " ".join(f"{name}={value}" for name, value in demo.paidan.looked_at.items())
    demo.show.line("commands", settings=settings, ticket=newest)
    try:
        demo.watch()
    except KeyboardInterrupt:
        demo.show.line("ending")
        raise


def _organisation(language: str) -> Organisation:
    folders = {f"PAIDAN_{name.upper()}": str(SHIPPED / name) for name in ("mappings", "connectors")}
    settings = Settings.from_env(folders)
    try:
        return organisation(settings, language)
    except DocumentsInvalid as error:
        click.echo(as_text(error.problems, {}, "zh" if language == "zh" else "en", "mappings/"), err=True)
        sys.exit(1)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
