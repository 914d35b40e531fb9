"""The demo from beginning to end: a real helpdesk, a real Paidan, a dozen tickets, then yours."""

from __future__ import annotations

import secrets
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import requests

from plugin.demo.api import HelpdeskApi, Shown
from plugin.demo.desk import desk_file, with_password
from plugin.demo.desk import secrets as desk_secrets
from plugin.demo.organisation import PLAN, RULES, Organisation
from plugin.demo.paidan import PaidanServer
from plugin.demo.show import Show
from plugin.demo.site import Seed, Site
from plugin.demo.tickets import Place, Sample
from plugin.demo.venv import home, is_ready, prepare
from plugin.servers import free_port

PATIENCE = 15.0
"""Seconds to wait for one ticket before it counts as not routed."""
LOOK_EVERY = 0.1
WATCH_EVERY = 0.5


@dataclass
class Demo:
    """A running helpdesk with Paidan beside it."""

    site: Site
    paidan: PaidanServer
    api: HelpdeskApi
    show: Show
    known: dict[int, Shown] = field(default_factory=dict)
    """Each ticket as it was shown last."""
    problems: list[str] = field(default_factory=list)
    slowest: float = 0.0

    def open_all(self, tickets: tuple[Sample, ...]) -> None:
        """Open the tickets one after the other and show each as it is routed."""
        for n, sample in enumerate(tickets, 1):
            with self.show.busy("opening", n=n, all=len(tickets), title=sample.title):
                number = self.api.open(sample.title, sample.body, sample.channel, sample.region)
                if not self._expect(number, sample.expect, ""):
                    return
            for update in sample.updates:
                with self.show.busy("update", text=update.body):
                    self.api.say(number, update.body)
                    self._expect(number, update.expect, self.show.say("update", text=update.body))

    def conclude(self) -> bool:
        """The summary line; True if every ticket stands where it should."""
        if self.problems:
            self.show.problems(self.problems, self.paidan.tail())
            return False
        self.show.line("summary", "bold green", good=len(self.known), slowest=self.slowest)
        return True

    def watch(self) -> None:
        """Show every ticket routed from now on, until interrupted."""
        while True:
            time.sleep(WATCH_EVERY)
            for shown in self._everything():
                before = self.known.get(shown.number)
                if shown.is_answered and (before is None or len(shown.notes) > len(before.notes)):
                    self._show(shown, self.show.say("by_hand") if before is None else "")

    def _everything(self) -> list[Shown]:
        """All tickets; none where the helpdesk does not answer just now: the next look will see them."""
        try:
            return list(self.api.all())
        except requests.RequestException:
            return []

    def _expect(self, number: int, place: Place, source: str) -> bool:
        """False where nothing came of it: what follows would only be late too."""
        shown = self._wait(number)
        if not shown.is_answered:
            self.problems.append(self.show.say("late", number=number, seconds=PATIENCE))
            return False
        self._show(shown, source)
        self.slowest = max(self.slowest, shown.seconds)
        level = self.show.organisation.level_id(shown.level)
        if (level, shown.queue) != (place.level, place.lead):
            wanted, found = f"{place.level} → {place.lead}", f"{level} → {shown.queue}"
            self.problems.append(self.show.say("differs", number=number, wanted=wanted, found=found))
        if shown.public:
            self.problems.append(self.show.say("told_public", number=number))
        return True

    def _wait(self, number: int) -> Shown:
        deadline = time.monotonic() + PATIENCE
        shown = self.api.one(number)
        while not shown.is_answered and time.monotonic() < deadline:
            time.sleep(LOOK_EVERY)
            shown = self.api.one(number)
        return shown

    def _show(self, shown: Shown, source: str) -> None:
        self.show.routed(shown, self.known.get(shown.number), source)
        self.known[shown.number] = shown


@contextmanager
def running(show: Show, organisation: Organisation, port: int | None = None) -> Iterator[Demo]:
    """Start everything in a temporary folder, and leave nothing behind.

    Raises ``venv.PrerequisiteMissing``, ``site.SiteFailed`` or ``process.ServerFailed``.
    """
    venv = home() / "helpdesk"
    if not is_ready(venv):
        with show.busy("installing"):
            prepare(venv)
    stack = ExitStack()
    try:
        folder = Path(tempfile.mkdtemp(prefix="paidan-demo-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        seed = Seed(organisation.groups, tuple(organisation.levels.values()), organisation.language)
        site = Site(folder / "helpdesk", venv, seed, port or free_port())
        password = secrets.token_urlsafe(24)
        desk = desk_file(site, site.url, organisation.levels, plan=PLAN, rules=RULES)
        paidan = PaidanServer(folder / "paidan", "demo", desk, desk_secrets(site, password), show.language)
        with show.busy("starting"):
            _start(site, paidan, password, stack)
        show.ready(site)
        yield Demo(site, paidan, HelpdeskApi(site), show)
    finally:
        with undisturbed():
            stack.close()


@contextmanager
def undisturbed() -> Iterator[None]:
    """A second Ctrl-C does not interrupt the cleaning up after the first."""
    before = {number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _start(site: Site, paidan: PaidanServer, password: str, stack: ExitStack) -> None:
    """Paidan first: the helpdesk calls its webhooks inside the user's own request."""
    with ThreadPoolExecutor(1) as pool:
        made = pool.submit(site.create)
        stack.callback(paidan.stop)
        paidan.start()
        made.result()
    hook = with_password(paidan.hook(), password)
    helpdesk = site.server(f"{hook}/new", f"{hook}/followup")
    stack.callback(helpdesk.stop)
    helpdesk.start()
