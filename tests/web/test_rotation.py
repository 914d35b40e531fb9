"""Secrets are replaced while `paidan serve` runs: none is refused in between, the old one afterwards."""

from __future__ import annotations

import hmac
import itertools
import json
import time
from collections.abc import Callable
from http.client import HTTPException
from typing import Any

import pytest
import yaml

from tests.casebook.standin import StandIn
from tests.web.conftest import DESK, ROOT, Installed
from tests.web.processes import Line, Processes, Senders, assert_all_taken_once, processes, until

HEADER = "X-Signature"


class Signer(Line):
    """A sender that signs every delivery with the secret it is told to use just then."""

    def __init__(self, port: int, secret: Callable[[], str]) -> None:
        super().__init__(port)
        self._secret = secret

    def post(self, ticket: int, key: str) -> int:
        body = json.dumps({"ticket": ticket, "delivery": key, "event": "updated"})
        signature = hmac.new(self._secret().encode(), body.encode(), "sha256").hexdigest()
        return self.ask("POST", "/hooks/hall", body, **{HEADER: signature}).status


class Signers(Senders):
    """Senders that use these secrets in turn; ``use`` has them switch in the middle of the stream."""

    def __init__(self, port: int, helpdesk: StandIn, *secrets: str) -> None:
        self._port = port
        self.use(*secrets)
        super().__init__(port, helpdesk, keep_alive=True)

    def use(self, *secrets: str) -> None:
        self._turns = itertools.cycle(secrets)

    def line(self) -> Line:
        return Signer(self._port, lambda: next(self._turns))


class Site:
    """An installation whose webhooks are signed, with the secrets in files of their own."""

    def __init__(self, installed: Installed) -> None:
        self.installed = installed
        self.folder = installed.folder / "secrets"
        self.folder.mkdir(mode=0o700)
        product = yaml.safe_load((ROOT / "tests/casebook/standin.yaml").read_text("utf-8"))
        product["settings"]["hook"] = product["settings"].pop("url_token")
        product["receive"]["verify"] = [{"kind": "hmac", "header": HEADER, "secret": "hook"}]
        (installed.connectors / "signed.yaml").write_text(
            yaml.safe_dump(product, allow_unicode=True), "utf-8"
        )

    def file(self, name: str, value: str) -> str:
        """The name of a secret whose file holds a value now; it takes its place in one step."""
        path = self.folder / name
        new = path.with_suffix(".new")
        new.write_text(value + "\n", "utf-8")
        new.replace(path)
        return f"file:{path}"

    def write(self, *hooks: str, url: str) -> None:
        text = DESK.format(url=url).replace("connector: standin", "connector: signed")
        secrets = f"secrets: {{token: env:HALL_TOKEN, hook: [{', '.join(hooks)}]}}"
        self.installed.desk.write_text(text.replace(_secrets_line(text), secrets), "utf-8")


def _secrets_line(text: str) -> str:
    return next(line for line in text.splitlines() if line.startswith("secrets:"))


@pytest.fixture
def site(installed: Installed) -> Site:
    return Site(installed)


def taken_up(run: Processes, event: str, times: int) -> None:
    """Wait until a change of the files was taken up so often."""
    until(lambda: run.log("serve").count(f'"event": "{event}"') >= times, lambda: run.log("serve")[-2000:])


def test_a_webhooks_secret_is_replaced_without_a_lost_delivery(site: Site, helpdesk: StandIn) -> None:
    old, new = site.file("old", "the old secret"), site.file("new", "the new secret")
    site.write(old, url=helpdesk.url)
    url = f"sqlite:///{site.installed.folder}/paidan.db"
    with processes(site.installed, url) as run:
        run.start("serve")
        run.ready("serve")
        with Signers(run.port, helpdesk, "the old secret") as senders:
            time.sleep(0.5)
            site.write(old, new, url=helpdesk.url)
            taken_up(run, "documents_loaded", 1)
            senders.use("the old secret", "the new secret")
            time.sleep(0.5)
            senders.use("the new secret")
            time.sleep(0.5)
            site.write(new, url=helpdesk.url)
            taken_up(run, "documents_loaded", 2)
            time.sleep(0.5)
            assert _status(run, "the old secret") == 401
        assert len(senders.tickets) > 50
        assert_all_taken_once(senders, helpdesk, url)
        for secret in ("the old secret", "the new secret"):
            assert secret not in run.log("serve")


def test_a_secret_file_that_changes_is_taken_up_by_itself(site: Site, helpdesk: StandIn) -> None:
    one, two = site.file("one", "first"), site.file("two", "second")
    site.write(one, two, url=helpdesk.url)
    with processes(site.installed, f"sqlite:///{site.installed.folder}/paidan.db") as run:
        run.start("serve")
        run.ready("serve")
        with Signers(run.port, helpdesk, "second") as senders:
            site.file("one", "third")
            taken_up(run, "secrets_loaded", 1)
            senders.use("second", "third")
            time.sleep(0.3)
        assert set(senders.outcomes) == {"200"}, senders.outcomes
        assert _status(run, "first") == 401
        (site.folder / "one").unlink()
        taken_up(run, "desk_not_opened", 1)
        assert _status(run, "third") == 200, "what runs is never replaced by worse"
        health = Line(run.port).ask("GET", "/healthz")
        told = json.loads(health.text)["documents"]["problems"]  # type: ignore[attr-defined]
        assert [each["code"] for each in told if each["severity"] == "error"] == ["secret-unset"]
        site.file("one", "fourth")
        taken_up(run, "secrets_loaded", 2)
        assert [_status(run, secret) for secret in ("third", "fourth")] == [401, 200]


def _status(run: Processes, secret: str) -> Any:
    try:
        return Signer(run.port, lambda: secret).post(1, f"by-hand-{secret}")
    except (OSError, HTTPException) as error:
        return type(error).__name__
