"""Request Tracker 5 from Debian's packages, on SQLite, with a signed webhook scrip."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import subprocess
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import requests

from plugin.servers import Server, free_port
from tests.helpdesks.installed import run, seed_key, seeded
from tests.helpdesks.peer import BOT, CHANNELS, GROUPS, INBOX, LEVELS, RESIDENT, View

HERE = Path(__file__).parent
LIBRARY = "/usr/share/request-tracker5/lib"
SERVER = "/usr/share/request-tracker5/libexec/rt-server"
DEBS = ("request-tracker5", "rt5-db-sqlite", "rt5-standalone", "starlet", "msmtp-mta", "dbconfig-no-thanks")
CONFIG = """
Set($rtname, 'helpdesk.invalid'); Set($Organization, 'helpdesk.invalid'); Set($Timezone, 'UTC');
Set($WebDomain, '127.0.0.1'); Set($WebPort, %(port)d); Set($WebPath, '');
Set($DatabaseType, 'SQLite'); Set($DatabaseName, '%(home)s/rt.sqlite');
$RT::MasonDataDir = '%(home)s/mason'; $RT::MasonSessionDir = '%(home)s/session'; $RT::VarPath = '%(home)s';
Set($BcryptCost, 4);        # at the default of 12 every call with a token costs a quarter of a second
Set($LogToSyslog, undef); Set($LogToSTDERR, 'warning'); Set($LogToFile, undef);
Set($MailCommand, 'mbox');  # nothing leaves: mail goes to %(home)s/*.mbox
Set($CorrespondAddress, 'rt@helpdesk.invalid'); Set($CommentAddress, 'rt-comment@helpdesk.invalid');
Set(%%ServiceBusinessHours, (Default => {
    map { $_ => { Name => "d$_", Start => '09:00', End => '17:00' } } 1..5 }));
Set(%%ServiceAgreements, (Default => 'standard', Levels => {
    standard => { Starts => { BusinessMinutes => 60 }, Resolve => { BusinessMinutes => 480 } } }));
1;
"""


def installed() -> bool:
    return Path(SERVER).exists() and Path("/usr/share/request-tracker5/lib/RT.pm").exists()


def install() -> str | None:
    """Install the Debian packages where that is possible; answers why not, or None."""
    if installed():
        return None
    if not shutil.which("apt-get") or os.geteuid() != 0:
        return "Request Tracker 5 is not installed, and this account cannot install Debian packages"
    apt = ["apt-get", "-qq", "-y", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300"]
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "-qq", "update"], env=env, capture_output=True, check=False)
    done = subprocess.run([*apt, "install", *DEBS], env=env, capture_output=True, text=True, check=False)
    if done.returncode or not installed():
        return (
            f"Request Tracker 5 cannot be installed here: {(done.stderr.splitlines() or ['apt failed'])[-1]}"
        )
    return None


class RequestTracker:
    """One instance in ``home``; the seeded database is kept in ``cache`` for the next run."""

    product = "request-tracker"
    priorities: Mapping[str, str] = MappingProxyType(
        {"一般": "30", "较大": "50", "重大": "70", "特别重大": "90"}
    )
    usual = "10"
    higher = "80"
    resolved = "resolved"

    def __init__(self, home: Path, cache: Path) -> None:
        self.home, self.cache, self.port = home, cache, free_port()
        self.hook_secret = secrets.token_hex(16)
        for folder in ("conf.d", "mason", "session"):
            (home / folder).mkdir(parents=True, exist_ok=True)
        self.config = home / "RT_SiteConfig.pm"
        self.config.write_text(CONFIG % {"port": self.port, "home": home})
        (home / "conf.d" / "empty.pm").write_text("1;\n")
        self.tokens = self._database()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    # --- starting -----------------------------------------------------------------------------

    def prepare(self, public_url: str) -> None:
        pass

    def start(self, hook: str) -> None:
        self.server = Server(
            name="request-tracker",
            command=[SERVER, "--host", "127.0.0.1", "--port", str(self.port), "--max-workers", "4"],
            url=f"{self.address}/REST/2.0/rt",
            log=self.home / "server.log",
            env={**self._env(), "HOOK_URL": hook, "HOOK_SECRET": self.hook_secret},
        )
        self.server.start(60)

    def stop(self) -> None:
        self.server.stop()

    def _env(self) -> dict[str, str]:
        return {"RT_SITE_CONFIG": str(self.config), "RT_SITE_CONFIG_DIR": str(self.home / "conf.d")}

    def _database(self) -> dict[str, str]:
        key = seed_key("request-tracker5", self._seed(), HERE / "rt_seed.pl")
        return seeded(self.cache / f"rt-{key}", self.home / "rt.sqlite", self._make_database)

    def _make_database(self) -> str:
        password = self.home / "root.pw"
        password.write_text(secrets.token_hex(8))
        setup = ["rt-setup-database-5", "--action", "init", "--root-password-file", str(password)]
        self._run([*setup, "--dba", "none", "--dba-password", "none"], "")
        return self._run(["perl", f"-I{LIBRARY}", str(HERE / "rt_seed.pl")], json.dumps(self._seed()))

    def _seed(self) -> dict[str, Any]:
        return {
            "queues": [INBOX, *GROUPS.values()],
            "levels": LEVELS,
            "channels": CHANNELS,
            "webhook": (HERE / "rt_webhook.pl").read_text(),
        }

    def _run(self, command: list[str], given: str) -> str:
        return run(command, given, self._env())

    # --- the desk file ------------------------------------------------------------------------

    def desk(self, url: str) -> dict[str, Any]:
        return {
            "version": 1,
            "connector": self.product,
            "url": url,
            "plan": "petition-four-level",
            "rules": "petition",
            "calendar": "cn-government",
            "mode": "act",
            "language": "zh",
            "groups": dict(GROUPS),
            "secrets": {"token": "env:RT_TOKEN", "hook": "env:RT_HOOK_SECRET"},
            "settings": {"account": BOT},
            "write": {
                "due": True,
                "level": {"field": "Response Level"},
                "priority": dict(self.priorities),
                "tags": {"field": "Tags"},
            },
            "events": {"ack": {"owner": "taken"}},
            "fields": {"channel": {"from": "Channel"}, "region": {"from": "Region"}},
        }

    def secrets(self) -> dict[str, str]:
        return {"RT_TOKEN": self.tokens[BOT], "RT_HOOK_SECRET": self.hook_secret}

    # --- people at work -----------------------------------------------------------------------

    def _call(self, who: str, method: str, path: str, body: object = None, **params: str) -> Any:
        answer = requests.request(
            method,
            f"{self.address}/REST/2.0{path}",
            json=body,
            params=params,
            headers={"Authorization": f"token {self.tokens[who]}"},
            timeout=30,
        )
        assert answer.ok, f"{method} {path}: {answer.status_code} {answer.text[:500]}"
        return answer.json() if answer.content else None

    def open(self, title: str, body: str, channel: str, region: str = "澄江市北湖区") -> str:
        ticket = self._call(
            "resident",
            "POST",
            "/ticket",
            {
                "Queue": INBOX,
                "Subject": title,
                "Content": body,
                "ContentType": "text/plain",
                "Priority": int(self.usual),
                "Requestor": RESIDENT,
                "CustomFields": {"Channel": channel, "Region": region},
            },
        )
        return str(ticket["id"])

    def say(self, ticket: str, body: str) -> None:
        self._call(
            "resident",
            "POST",
            f"/ticket/{ticket}/correspond",
            {"Content": body, "ContentType": "text/plain"},
        )

    def move(self, ticket: str, group: str) -> None:
        self._call("agent", "PUT", f"/ticket/{ticket}", {"Queue": GROUPS[group]})

    def take(self, ticket: str) -> None:
        """The agent makes the ticket their own."""
        self._call("agent", "PUT", f"/ticket/{ticket}", {"Owner": "agent"})

    def due(self, ticket: str) -> datetime | None:
        """The ticket's due date."""
        read = self._call("agent", "GET", f"/ticket/{ticket}")["Due"]
        at = datetime.fromisoformat(read)
        return at if at.year > 1970 else None

    def prioritise(self, ticket: str, priority: str) -> None:
        self._call("agent", "PUT", f"/ticket/{ticket}", {"Priority": int(priority)})

    def resolve(self, ticket: str) -> None:
        self._call("agent", "PUT", f"/ticket/{ticket}", {"Status": "resolved"})

    def view(self, ticket: str) -> View:
        read = self._call("agent", "GET", f"/ticket/{ticket}", fields="Queue", **{"fields[Queue]": "Name"})
        fields = {field["name"]: field["values"] for field in read["CustomFields"]}
        queue = self._call("agent", "GET", f"/queue/{read['Queue']['id']}")["Name"]
        internal, public = self._written(ticket)
        return View(
            group={v: k for k, v in GROUPS.items()}.get(queue, "inbox"),
            level=(fields.get("Response Level") or [None])[0],
            priority=str(read["Priority"]),
            tags=tuple(sorted(fields.get("Tags") or [])),
            reasons=internal,
            public=public,
            state=read["Status"],
            title=read["Subject"],
        )

    def _written(self, ticket: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        history = self._call(
            "agent", "GET", f"/ticket/{ticket}/history", fields="Type,Creator", per_page="100"
        )
        ours = [t for t in history["items"] if t["Creator"]["id"] == BOT]
        return (
            tuple(self._content(t["id"]) for t in ours if t["Type"] == "Comment"),
            tuple(self._content(t["id"]) for t in ours if t["Type"] == "Correspond"),
        )

    def _content(self, transaction: str) -> str:
        found = self._call("agent", "GET", f"/transaction/{transaction}/attachments", fields="Content")
        texts = [item.get("Content") or "" for item in found["items"]]
        return "\n".join(text for text in texts if text.strip())

    def mailed(self) -> list[str]:
        text = "".join(p.read_text(errors="replace") for p in sorted(self.home.glob("*.mbox")))
        return re.findall(r"^(?:To|Cc|Bcc): .*?([\w.+-]+@[\w.-]+)", text, re.MULTILINE)
