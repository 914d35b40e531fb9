"""Paidan as a process of its own, to be killed: ``served.py FOLDER HELPDESK PORT``."""

from __future__ import annotations

import sys

import waitress
from flask import Flask

from plugin.casebook.advance import Advance, Pace
from plugin.casebook.database import Database
from plugin.casebook.desks import DeskInUse
from plugin.casebook.holds import Holds
from plugin.casebook.loop import Loop
from plugin.casebook.store import void_leases
from plugin.web.answers import keep_manners
from plugin.web.hooks import Hooks, Refusals, hook_pages
from tests.casebook.conftest import standin_desk
from tests.casebook.deciding import desk_map, simple_decide


def main(folder: str, helpdesk: str, port: int) -> None:
    database = Database(f"sqlite:///{folder}/book.db")
    database.take_lock()
    database.prepare()
    void_leases(database)
    desk = DeskInUse(standin_desk(helpdesk), desk_map(), simple_decide, "1")
    advance = Advance(database, lambda: {"hall": desk}, Holds(database), Pace(grace=0.5))
    loop = Loop(database, advance, lease=30.0)
    app = Flask("served", static_folder=None)
    keep_manners(app)
    hooks = Hooks(database, lambda: {"hall": desk}, loop.wake, Refusals(database), max_body=100_000)
    app.register_blueprint(hook_pages(hooks))
    loop.start()
    waitress.serve(app, host="127.0.0.1", port=port, threads=4, _quiet=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
