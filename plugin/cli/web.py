"""``paidan web``: take webhooks in several processes under gunicorn; ``paidan worker`` moves the cases."""

from __future__ import annotations

import logging
from typing import Any

import click
from flask import Flask
from gunicorn.app.base import BaseApplication

from plugin.app.paidan import Paidan
from plugin.cli.listening import THREADS
from plugin.cli.processes import composed, settings_for, write_logs_as_json
from plugin.core.label import Label
from plugin.settings import Settings

TEXTS = {
    "listening": Label(
        "派单已在 {url} 就绪（{count} 个进程只收 webhook；另需 paidan worker）。",
        "Paidan is ready at {url} ({count} processes that take webhooks; paidan worker does the rest).",
    ),
}
GRACE = 20
"""Seconds in which a process answers what it has begun before it ends."""


@click.command()
@click.option("--lang", type=click.Choice(["zh", "en"]), default=None, help="Language of what is printed.")
def web(lang: str | None) -> None:
    """Take webhooks only; needs PostgreSQL in PAIDAN_DATABASE_URL and a paidan worker somewhere.

    Runs PAIDAN_WEB_WORKERS processes on PAIDAN_HOST and PAIDAN_PORT, or on the socket handed over by
    systemd. SIGTERM answers what has begun and ends; SIGHUP makes every process anew, one after the other.
    """
    write_logs_as_json()
    settings = settings_for(lang or "en")
    language = lang or settings.language
    composed(settings, language, "web").database.close()  # what is wrong is told once, not by every process
    _Web(settings, language).run()


class _Web(BaseApplication):  # type: ignore[misc]
    """gunicorn with one Paidan in each of its processes, made after the fork."""

    def __init__(self, settings: Settings, language: str) -> None:
        self._settings = settings
        self._language = language
        self._paidan: Paidan | None = None
        super().__init__()

    def load_config(self) -> None:
        chosen: dict[str, Any] = {
            "bind": f"{self._settings.host}:{self._settings.port}",
            "workers": self._settings.web_workers,
            "worker_class": "gthread",
            "threads": THREADS,
            "graceful_timeout": GRACE,
            "proc_name": "paidan web",
            "loglevel": "warning",
            "accesslog": None,
            "control_socket_disable": True,
            "when_ready": self._greet,
            "worker_exit": self._end,
        }
        for name, value in chosen.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        logging.getLogger("gunicorn.error").setLevel(logging.WARNING)
        self._paidan = composed(self._settings, self._language, "web")
        self._paidan.start()
        return self._paidan.web

    def _greet(self, arbiter: Any) -> None:
        slots = {"url": ", ".join(map(str, arbiter.LISTENERS)), "count": self._settings.web_workers}
        click.echo(TEXTS["listening"].say(self._language).format(**slots))

    def _end(self, _arbiter: object, _worker: object) -> None:
        if self._paidan is not None:
            self._paidan.stop()
