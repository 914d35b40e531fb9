"""The hook's door for tests: the application with a case book and no loop."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from plugin.casebook.database import Database
from plugin.casebook.desks import DeskInUse
from plugin.web.answers import keep_manners
from plugin.web.health import health_pages
from plugin.web.hooks import Hooks, Refusals, hook_pages
from tests.casebook.conftest import TOKEN, standin_desk
from tests.casebook.deciding import desk_map, simple_decide

HOOK = f"/hooks/hall/{TOKEN}"
MOST = 10_000


class Door:
    """The application with a case book and no loop."""

    def __init__(self, where: Path | str) -> None:
        """``where``: a folder for a SQLite case book, or the address of any other."""
        self.database = Database(where if isinstance(where, str) else f"sqlite:///{where}/book.db")
        self.database.prepare()
        self.woken = 0
        self.refusals = Refusals(self.database)
        self.problems: list[Any] = []
        desk = DeskInUse(standin_desk("http://127.0.0.1:9"), desk_map(), simple_decide, "1")
        app = Flask("door", static_folder=None)
        keep_manners(app)
        self.desks = {"hall": desk}
        hooks = Hooks(self.database, lambda: self.desks, self._wake, self.refusals, max_body=MOST)
        app.register_blueprint(hook_pages(hooks))
        app.register_blueprint(
            health_pages(self.database, lambda: {"version": "1", "problems": self.problems}, self.refusals)
        )
        self.client: FlaskClient = app.test_client()

    def _wake(self) -> None:
        self.woken += 1

    def rows(self, table: Any) -> list[Any]:
        with self.database.read() as tx:
            return list(tx.run(select(table)))

    def send(self, body: object = None, path: str = HOOK, **more: Any) -> Any:
        given = {"ticket": 7, "delivery": "d1", "event": "created"} if body is None else body
        data = given if isinstance(given, bytes) else json.dumps(given).encode()
        return self.client.post(path, data=data, **more)
