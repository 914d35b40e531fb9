"""Secrets with a planted word go wherever secrets go; the word is searched for wherever things are shown."""

from __future__ import annotations

import gc
import json
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from plugin.app.paidan import Paidan
from plugin.cli import COMMANDS, main
from plugin.desk.outbound import Call
from plugin.errors import PaidanError
from tests.casebook.standin import Fault, StandIn
from tests.guards.test_markers import files_with, rows_with
from tests.web.conftest import DESK, ROOT, Installed
from tests.web.test_app import WORDS, until

PLANTED = "Qz7Planted"
ENVIRON = {
    "HALL_TOKEN": f"{PLANTED}-api-token",
    "HALL_PATH": f"{PLANTED}-path-token-of-enough-characters",
    "DUTY": f"json://duty:{PLANTED}@127.0.0.1:9/{PLANTED}",
}
HOOK = f"/hooks/hall/{ENVIRON['HALL_PATH']}"
NO_STORE = f"postgresql://paidan:{PLANTED}@127.0.0.1:9/none"
NOT_RUN_TWICE = {"serve", "web", "worker", "demo"}
"""What runs until told to stop; ``serve`` is what is running here."""


@pytest.fixture
def helpdesk() -> Iterator[StandIn]:
    with StandIn().running() as standin:
        yield standin


@pytest.fixture
def environ(helpdesk: StandIn) -> dict[str, str]:
    return {**ENVIRON, "HALL_PROXY": helpdesk.url.replace("//", f"//paidan:{PLANTED}@")}


@pytest.fixture
def installed(tmp_path: Path) -> Installed:
    """Its helpdesk is reached through a proxy that wants a login: the helpdesk itself, which takes any."""
    made = (
        Installed(tmp_path / "site", "http://desk.example") if (tmp_path / "site").mkdir() is None else None
    )
    assert made
    secrets = tmp_path / "secrets"
    secrets.mkdir(0o700)
    (secrets / "token").write_text(f"\ufeff{PLANTED}-second-token\r\n", "utf-8")
    text = DESK.format(url="http://desk.example").replace(
        "token: env:HALL_TOKEN", f"token: [env:HALL_TOKEN, 'file:{secrets}/token']"
    )
    more = "proxy: env:HALL_PROXY\nnotify: {hq: env:DUTY, onsite: env:DUTY}\n"
    made.desk.write_text(text + more, "utf-8")
    return made


@pytest.fixture
def paidan(installed: Installed, environ: dict[str, str]) -> Iterator[Paidan]:
    running = Paidan(installed.settings, environ)
    running.start()
    yield running
    running.stop()


def live(paidan: Paidan, helpdesk: StandIn) -> None:
    """Deliveries good and bad, and a helpdesk that is down, refuses, and repeats what it was sent."""
    client = paidan.web.test_client()
    echo = json.dumps({"error": f"the token {ENVIRON['HALL_TOKEN']} may not"}).encode()
    tickets = [helpdesk.open("居民集中反映停水", WORDS) for _ in range(3)]
    with helpdesk.lock:
        faults = [
            Fault("GET", status=401, body=echo),
            Fault("GET", status=401, body=echo),
            Fault("GET", status=422, body=echo),
            Fault("PUT", status=422, body=echo),
            Fault("PUT", status=500, body=echo),
            Fault("PUT", status=302, headers={"Location": f"https://x.example/?{PLANTED}"}),
            Fault("GET", status=407, body=echo),
            Fault("GET", cut="before"),
            Fault("PUT", cut="after"),
        ]
        helpdesk.faults.extend(faults)
    for ticket in tickets:
        body = {"ticket": ticket, "delivery": f"d{ticket}", "event": "created"}
        assert client.post(HOOK, json=body).status_code == 200
    assert client.post(HOOK, data=b"{").status_code == 200
    for path in (f"/hooks/hall/{PLANTED}-wrong-token", f"/hooks/{PLANTED}", f"{HOOK}/more", "/hooks/hall"):
        sent = client.post(path, data=b"{}", headers={"Authorization": f"Bearer {PLANTED}", "X-T": PLANTED})
        assert PLANTED not in sent.text + str(sent.headers)
    until(lambda: helpdesk.count("PUT") >= 3 and helpdesk.count("GET") >= 5, 30)


def test_no_secret_is_shown_anywhere(
    paidan: Paidan,
    installed: Installed,
    helpdesk: StandIn,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    live(paidan, helpdesk)
    assert any(PLANTED in str(desk.helpdesk.desk.secrets) for desk in paidan.desks().values())  # type: ignore[attr-defined]
    client = paidan.web.test_client()
    for page in ("/healthz", "/metrics", "/livez", "/readyz", "/", "/nothing"):
        answer = client.get(page)
        assert PLANTED not in answer.text + str(answer.headers), page
    assert rows_with(paidan.database, PLANTED) == []
    paidan.stop()
    told = capfd.readouterr()
    assert "delivery_accepted" in told.out
    assert PLANTED not in told.out + told.err + caplog.text
    assert files_with(installed.folder, PLANTED) == []


def test_no_object_tells_a_secret_of_itself(paidan: Paidan, helpdesk: StandIn) -> None:
    live(paidan, helpdesk)
    gc.collect()
    ours = [each for each in gc.get_objects() if str(type(each).__module__).startswith("plugin.")]
    assert {"Installation", "Client", "Connector", "Desk", "Paidan"} <= {type(each).__name__ for each in ours}
    for each in ours:
        assert PLANTED not in repr(each), type(each)


ERRORS = [
    Fault("GET", status=401, body=f'{{"error":"{ENVIRON["HALL_TOKEN"]}"}}'.encode()),
    Fault("GET", status=500, body=f'{{"error":"{ENVIRON["HALL_TOKEN"]}"}}'.encode()),
    Fault("GET", status=302, headers={"Location": f"/{PLANTED}"}),
    Fault("GET", status=407),
    Fault("GET", cut="before"),
]


@pytest.mark.parametrize("fault", ERRORS, ids=lambda fault: fault.cut or str(fault.status))
def test_no_error_tells_a_secret(
    installed: Installed, environ: dict[str, str], helpdesk: StandIn, fault: Fault
) -> None:
    from plugin.app.desks import Desks

    connector = Desks(installed.settings, environ)()["hall"].helpdesk
    helpdesk.faults.extend([fault] * 2)
    with pytest.raises(PaidanError) as caught:
        connector.client.send(Call("GET", "/tickets/1"), 5)  # type: ignore[attr-defined]
    shown = "".join(traceback.format_exception(caught.value))
    assert PLANTED not in shown + repr(caught.value) + str(vars(caught.value))


@pytest.fixture
def run(installed: Installed, environ: dict[str, str]) -> Callable[..., Result]:
    def command(*arguments: str) -> Result:
        env = {**installed.environ(0), **environ, "COLUMNS": "200"}
        return CliRunner().invoke(main, list(arguments), env=env)

    return command


def test_no_command_shows_a_secret(
    run: Callable[..., Result], paidan: Paidan, installed: Installed, helpdesk: StandIn, tmp_path: Path
) -> None:
    live(paidan, helpdesk)
    paidan.stop()
    payload = tmp_path / "payload.json"
    payload.write_text(json.dumps({"ticket": 1, "delivery": "d", "event": "created"}), "utf-8")
    by = ("--by", "li", "--why", "a trial")
    lines: dict[str, list[tuple[str, ...]]] = {
        "check": [(str(installed.mappings),), (str(installed.mappings), "--format", "json")],
        "test": [(str(installed.mappings),)],
        "explain": [("1", "--desk", "hall"), (str(payload), "--desk", "hall"), ("999", "--desk", "hall")],
        "decide": [("--plan", "petition-four-level", "--in", str(ROOT / "plugin/demo/tickets.jsonl"))],
        "calendar": [("show", "cn-government")],
        "clocks": [("1", "--desk", "hall"), ("1",)],
        "due": [()],
        "simulate": [("1", "--desk", "hall"), ("1",)],
        "roster": [()],
        "ack": [("1", "--desk", "hall", "--who", "li")],
        "tell": [("1", "ack", "--desk", "hall", "--who", "li")],
        "notify": [("test", "hall"), ("test", "hall", "hq"), ("test", "hall", "--lang", "zh")],
        "dead": [(), ("--json",)],
        "retry": [("1", *by), ("hall:1", *by)],
        "pause": [("hall", *by)],
        "resume": [("hall", *by)],
        "backfill": [("--since", "2026-01-01", "--dry-run")],
        "doctor": [("hall",), ("hall", "--lang", "zh"), ("hall", "--format", "json")],
        "connect": [
            (
                helpdesk.url,
                "--token",
                "env:HALL_TOKEN",
                "--desk",
                "other",
                "--plan",
                "petition-four-level",
                "--yes",
            ),
        ],
        "disconnect": [("hall", "--dry-run")],
        "review": [("hall",), ("hall", "--format", "json")],
        "act": [("hall", "--all", "--dry-run")],
        "observe": [("hall", "--dry-run")],
        "manifest": [("check",), ("show",)],
        "backup": [("--to", str(tmp_path / "copy.db"))],
        "move": [("--to", NO_STORE), ("--to", NO_STORE, "--dry-run")],
    }
    assert set(lines) | NOT_RUN_TWICE == set(COMMANDS)
    helpdesk.faults.clear()
    good = set()
    for command, calls in lines.items():
        for call in calls:
            said = run(command, *call)
            shown = said.output + "".join(
                traceback.format_exception(said.exception) if said.exception else ""
            )
            assert PLANTED not in shown, (command, call)
            assert said.exit_code in (0, 1), said.output
            good |= {command} if said.exit_code == 0 else set()
    assert good >= {"check", "explain", "clocks", "due", "simulate", "pause", "resume", "backfill"}, good
    assert files_with(tmp_path / "site", PLANTED) == []


@pytest.mark.parametrize(
    "command", [("due",), ("dead",), ("check", "--case-book"), ("clocks", "1"), ("serve",), ("worker",)]
)
@pytest.mark.parametrize("in_file", [False, True])
def test_a_case_books_password_is_not_shown_where_it_cannot_be_reached(
    installed: Installed, environ: dict[str, str], tmp_path: Path, command: tuple[str, ...], in_file: bool
) -> None:
    where = tmp_path / "store"
    where.write_text(NO_STORE, "utf-8")
    store = f"file:{where}" if in_file else NO_STORE
    env = {**installed.environ(0), **environ, "PAIDAN_DATABASE_URL": store, "COLUMNS": "200"}
    said = CliRunner().invoke(main, [*command, *(["--lang", "en"] if command[0] != "check" else [])], env=env)
    assert said.exit_code in (1, 2)
    assert isinstance(said.exception, SystemExit), "an answer, no traceback"
    assert PLANTED not in said.output
