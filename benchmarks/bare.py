"""The limit: a bare Flask route with one durable insert, in the same server software as Paidan.

``python -m benchmarks.bare DATABASE_URL PORT``: SQLite under waitress, as ``paidan serve``; PostgreSQL under
gunicorn, as ``paidan web``. The store's own driver, one statement, one commit; no SQLAlchemy, no log.
"""

from __future__ import annotations

import sqlite3
import sys
import threading
from collections.abc import Callable

import psycopg
import waitress
from flask import Flask, jsonify, request
from gunicorn.app.base import BaseApplication
from sqlalchemy import make_url

from plugin.settings import Settings

TABLE = "create table if not exists bare (id {number} primary key, body {bytes} not null)"
THREADS: int = Settings.model_fields["web_threads"].default
Insert = Callable[[bytes], None]


def app(insert: Insert) -> Flask:
    """One route."""
    made = Flask("bare", static_folder=None)

    @made.post("/hook")
    def hook() -> object:
        insert(request.get_data())
        return jsonify(ok=True)

    return made


def into_sqlite(path: str) -> Insert:
    """One connection and a lock: no thread finds the database busy."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.execute("pragma journal_mode=wal")
    connection.execute("pragma synchronous=full")
    connection.execute(TABLE.format(number="integer", bytes="blob"))
    lock = threading.Lock()

    def insert(body: bytes) -> None:
        with lock:
            connection.execute("insert into bare (body) values (?)", (body,))

    return insert


def into_postgresql(dsn: str) -> Insert:
    """One connection a thread."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(TABLE.format(number="bigserial", bytes="bytea"))  # type: ignore[arg-type]
    threads = threading.local()

    def insert(body: bytes) -> None:
        if not hasattr(threads, "connection"):
            threads.connection = psycopg.connect(dsn, autocommit=True)
        threads.connection.execute("insert into bare (body) values (%s)", (body,))

    return insert


class _Web(BaseApplication):  # type: ignore[misc]
    def __init__(self, dsn: str, port: int, processes: int) -> None:
        self._dsn, self._port, self._processes = dsn, port, processes
        super().__init__()

    def load_config(self) -> None:
        chosen = {"bind": f"127.0.0.1:{self._port}", "workers": self._processes, "threads": THREADS}
        for name, value in {**chosen, "worker_class": "gthread", "loglevel": "warning"}.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return app(into_postgresql(self._dsn))


def main(database_url: str, port: int, processes: int = 2) -> None:
    """Serve until ended."""
    url = make_url(database_url)
    if url.drivername.startswith("sqlite"):
        waitress.serve(app(into_sqlite(url.database or "")), host="127.0.0.1", port=port, threads=THREADS)
    else:
        dsn = url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute(TABLE.format(number="bigserial", bytes="bytea"))  # type: ignore[arg-type]
        _Web(dsn, port, processes).run()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
