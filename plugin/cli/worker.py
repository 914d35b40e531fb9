"""``paidan worker``: move cases, until told to stop; others take the webhooks."""

from __future__ import annotations

import os
import threading

import click
import waitress

from plugin.app.paidan import Paidan, watch_app
from plugin.cli.environment import settings_for
from plugin.cli.processes import TEXTS as COMMON
from plugin.cli.processes import composed, give_up, on_signals, write_logs_as_json
from plugin.cli.supervisor import Supervisor
from plugin.core.label import Label
from plugin.errors import StoreError
from plugin.settings import Settings

TEXTS = {
    "working": Label("派单工作进程已就绪（{node}）。", "This worker of Paidan is ready ({node})."),
    "port": Label(
        "监控端口 {port} 无法使用（{detail}）→ 换一个 PAIDAN_METRICS_PORT",
        "The health page's port {port} cannot be had ({detail}) → choose another PAIDAN_METRICS_PORT",
    ),
    "stopping": Label("正在停止……", "Stopping …"),
}

LOOK = 0.5
"""Seconds between two looks at whether this process still moves."""


def show_health(paidan: Paidan, settings: Settings) -> None:
    """The worker's own page; raises ``OSError`` where its port is taken."""
    server = waitress.create_server(
        watch_app(paidan), host=settings.host, port=settings.metrics_port, threads=2, ident=None
    )
    threading.Thread(target=server.run, name="health", daemon=True).start()


@click.command()
@click.option("--lang", type=click.Choice(["zh", "en"]), default=None, help="Language of what is printed.")
def worker(lang: str | None) -> None:
    """Move cases and send messages until interrupted; needs PostgreSQL in PAIDAN_DATABASE_URL.

    Any number of them may run, on any number of hosts; see also paidan web. SIGHUP reads the documents
    again and accepts the clock as it is.
    """
    write_logs_as_json()
    settings = settings_for(lang or "en")
    language = lang or settings.language
    paidan = composed(settings, language, "worker")
    supervisor, stopping = Supervisor(os.environ), threading.Event()
    on_signals(paidan, stopping.set)
    try:
        paidan.start()
        if settings.metrics_port:
            show_health(paidan, settings)
        click.echo(TEXTS["working"].say(language).format(node=paidan.database.holder))
        supervisor.ready()
        while not stopping.wait(LOOK):
            supervisor.look(paidan.is_moving)
        supervisor.stopping()
        click.echo(TEXTS["stopping"].say(language))
    except OSError as error:
        slots = {"port": settings.metrics_port, "detail": error.strerror}
        give_up(TEXTS["port"].say(language).format(**slots), 2)
    except StoreError as error:
        give_up(COMMON["store"].say(language).format(detail=error), 1)
    finally:
        paidan.stop()
