"""``paidan web``: take webhooks in several processes under gunicorn; ``paidan worker`` moves the cases.

gunicorn keeps the processes and their socket. Each of them takes requests exactly as ``serve`` does:
gunicorn's own threads wait for slow senders, a handful of which would keep out everybody.
"""

from __future__ import annotations

import logging
import os
import signal
import time
from pathlib import Path
from types import FrameType
from typing import Any

import click
from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.workers.base import Worker

from plugin.app.paidan import Paidan
from plugin.cli.environment import settings_for
from plugin.cli.listening import Listening
from plugin.cli.processes import composed, write_logs_as_json
from plugin.cli.supervisor import Supervisor
from plugin.core.label import Label
from plugin.settings import Settings

TEXTS = {
    "listening": Label(
        "派单已在 {url} 就绪（{count} 个进程只收 webhook；另需 paidan worker）。",
        "Paidan is ready at {url} ({count} processes that take webhooks; paidan worker does the rest).",
    ),
    "stopping": Label("正在停止……", "Stopping …"),
}
GRACE = 20
"""Seconds in which a process answers what it has begun before it ends."""
SILENT = 30
"""Seconds after which a process whose own loop stands still is ended and made anew."""
IN_MEMORY = Path("/dev/shm")  # noqa: S108 - as gunicorn advises: a slow disk is no sign of a process that hangs
"""Where the processes of gunicorn leave their signs of life."""
LOOK = 0.05
"""Seconds between two looks at whether every process serves, until all do."""
AGAIN = 1.0
"""Seconds a process that cannot begin waits before it ends; it is made anew at once."""


@click.command()
@click.option("--lang", type=click.Choice(["zh", "en"]), default=None, help="Language of what is printed.")
def web(lang: str | None) -> None:
    """Take webhooks only; needs PostgreSQL in PAIDAN_DATABASE_URL and a paidan worker somewhere.

    Runs PAIDAN_WEB_WORKERS processes on PAIDAN_HOST and PAIDAN_PORT, or on the socket handed over by
    systemd. SIGTERM and Ctrl-C answer what has begun and end; SIGHUP reads the documents again.
    """
    write_logs_as_json()
    settings = settings_for(lang or "en")
    language = lang or settings.language
    composed(settings, language, "web").database.close()  # what is wrong is told once, not by every process
    _Web(settings, language, Supervisor(os.environ)).run()


class _Web(BaseApplication):  # type: ignore[misc]
    """gunicorn with one Paidan in each of its processes, made after the fork."""

    def __init__(self, settings: Settings, language: str, supervisor: Supervisor) -> None:
        self.settings = settings
        self._language = language
        self._paidan: Paidan | None = None
        self.supervisor = supervisor
        super().__init__()

    def load_config(self) -> None:
        chosen: dict[str, Any] = {
            "bind": f"{self.settings.host}:{self.settings.port}",
            "workers": self.settings.web_workers,
            "worker_class": _Process,
            "timeout": SILENT,
            "graceful_timeout": GRACE,
            "worker_tmp_dir": str(IN_MEMORY) if IN_MEMORY.is_dir() else None,
            "proc_name": "paidan web",
            "loglevel": "warning",
            "accesslog": None,
            "control_socket_disable": True,
            "worker_exit": self._end,
        }
        for name, value in chosen.items():
            self.cfg.set(name, value)

    def run(self) -> None:
        _Parent(self).run()

    def load(self) -> Flask:
        logging.getLogger("gunicorn.error").setLevel(logging.WARNING)
        try:
            self._paidan = composed(self.settings, self._language, "web", warns=False)
        except SystemExit:
            time.sleep(AGAIN)
            raise
        self._paidan.start()
        signal.signal(signal.SIGHUP, self._accept_as_is)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # of a terminal: the parent tells what it means
        return self._paidan.web

    def greet(self, listeners: list[Any]) -> None:
        """Say where webhooks are taken."""
        slots = {"url": ", ".join(map(str, listeners)), "count": self.settings.web_workers}
        click.echo(TEXTS["listening"].say(self._language).format(**slots))
        self.supervisor.ready()

    def take_leave(self) -> None:
        """Say that no more are taken."""
        click.echo(TEXTS["stopping"].say(self._language))
        self.supervisor.stopping()

    def begin_to_stop(self) -> None:
        """This process is not ready from now on."""
        if self._paidan is not None:
            self._paidan.begin_to_stop()

    def _accept_as_is(self, _number: int, _frame: FrameType | None) -> None:
        if self._paidan is not None:
            self._paidan.accept_as_is()

    def _end(self, _arbiter: object, _worker: object) -> None:
        if self._paidan is not None:
            self._paidan.stop()


class _Process(Worker):  # type: ignore[misc]
    """One process of gunicorn's."""

    def run(self) -> None:
        """Serve until told to stop, or until the parent is gone, and answer what has begun."""
        listening = Listening(self.wsgi, self.app.settings, [each.sock for each in self.sockets])

        def look() -> None:
            self.notify()
            if not self.alive or self.ppid != os.getppid():
                self.app.begin_to_stop()
                listening.stop()

        listening.run(look)
        listening.finish()
        listening.close()


class _Parent(Arbiter):  # type: ignore[misc]
    """gunicorn's parent process with the manners of ``serve``.

    It is ready once every process serves, SIGHUP reads the documents again (gunicorn's own meaning would end
    processes that serve for new ones that may not begin), and the first Ctrl-C answers what has begun.
    """

    def __init__(self, app: _Web) -> None:
        self._serving, self._told = os.pipe()
        os.set_blocking(self._serving, False)
        self._missing = app.cfg.workers
        app.cfg.set("post_worker_init", lambda _worker: os.write(self._told, b"."))
        super().__init__(app)

    def wait_for_signals(self, timeout: float = 1.0) -> Any:
        """Called in every turn of the parent's loop."""
        if self._missing > 0:
            self._missing -= self._newly_serving()
            if self._missing <= 0:
                self.app.greet(self.LISTENERS)
        else:
            self.app.supervisor.look(lambda: bool(self.WORKERS))
        return super().wait_for_signals(LOOK if self._missing > 0 else timeout)

    def stop(self, graceful: bool = True) -> None:
        self.app.take_leave()
        super().stop(graceful)

    def handle_hup(self) -> None:
        self.kill_workers(signal.SIGHUP)

    def handle_int(self) -> None:
        self.handle_term()

    def _newly_serving(self) -> int:
        try:
            return len(os.read(self._serving, 100))
        except BlockingIOError:
            return 0
