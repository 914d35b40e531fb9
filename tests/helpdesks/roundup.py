"""Roundup from PyPI: classic template with queues, no private notes, a signed webhook detector."""

from __future__ import annotations

import base64
import json
import os
import re
import secrets
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, urlsplit

import requests

from plugin.demo.venv import prepare
from plugin.servers import Server, free_port
from tests.helpdesks.installed import run
from tests.helpdesks.peer import BOT, GROUPS, INBOX, RESIDENT, View

HERE = Path(__file__).parent
WSGI = "from roundup.cgi.wsgi_handler import RequestDispatcher\napp = RequestDispatcher({tracker!r})\n"
# Residents have a role of their own, and nobody sees tickets without signing in.
CHANGED_MEANWHILE = 10
ANONYMOUS_VIEW = "for cl in 'issue', 'file', 'msg', 'keyword', 'priority', 'status':"


class Roundup:
    """One tracker in ``home``; the venv is kept in ``cache`` for the next run."""

    product = "roundup"
    priorities: Mapping[str, str] = MappingProxyType(
        {"一般": "bug", "较大": "urgent", "重大": "critical", "特别重大": "critical"}
    )
    usual = "feature"
    higher = "critical"
    resolved = "resolved"

    def __init__(self, home: Path, cache: Path) -> None:
        self.home, self.port = home, free_port()
        self.hook_secret = secrets.token_hex(16)
        self.tracker = home / "tracker"
        home.mkdir(parents=True, exist_ok=True)
        self.bin = prepare(cache / "roundup", HERE / "roundup.lock").parent

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    # --- starting -----------------------------------------------------------------------------

    def prepare(self, public_url: str) -> None:
        """The tracker's own address is in its tokens and in its check of where a request comes from."""
        self.public_url = public_url
        self._make_tracker()

    def start(self, hook: str) -> None:
        (self.home / "ru_wsgi.py").write_text(WSGI.format(tracker=str(self.tracker)))
        gunicorn = [str(self.bin / "python"), "-m", "gunicorn", "-b", f"127.0.0.1:{self.port}"]
        options = ["-w", "2", "--threads", "4", "--graceful-timeout", "2", "--no-control-socket"]
        self.server = Server(
            name="roundup",
            command=[*gunicorn, *options, "ru_wsgi:app"],
            url=f"{self.address}/rest/",
            log=self.home / "server.log",
            env={"HOOK_URL": hook, "HOOK_SECRET": self.hook_secret},
            cwd=self.home,
        )
        self.server.start()

    def stop(self) -> None:
        self.server.stop()

    def _make_tracker(self) -> None:
        admin = [str(self.bin / "roundup-admin"), "-i", str(self.tracker)]
        run([*admin, "install", "classic", "sqlite"])
        self._configure()
        schema = self.tracker / "schema.py"
        text = schema.read_text()
        assert ANONYMOUS_VIEW in text
        text = text.replace(ANONYMOUS_VIEW, "for cl in 'priority', 'status':")
        schema.write_text(text + (HERE / "roundup_schema.py").read_text())
        shutil.copy(HERE / "roundup_webhook.py", self.tracker / "detectors" / "webhook.py")
        run([*admin, "initialise", secrets.token_hex(8)])
        users = {
            BOT: ("User", "paidan@helpdesk.invalid"),
            "agent": ("User", "agent@helpdesk.invalid"),
            "resident": ("Resident", RESIDENT),
        }
        seed = json.dumps({"queues": [INBOX, *GROUPS.values()], "users": users})
        script = ["-P", str(HERE / "roundup_seed.py")]  # -P: "roundup" is the product, not this file
        seeded = run([str(self.bin / "python"), *script, str(self.tracker)], seed)
        self.tokens: dict[str, str] = json.loads(seeded.splitlines()[-1])

    def _configure(self) -> None:
        wanted = {
            ("tracker", "web"): f"{self.public_url}/",
            ("tracker", "email"): "tracker@helpdesk.invalid",
            ("main", "admin_email"): "admin@helpdesk.invalid",
            ("main", "password_pbkdf2_default_rounds"): "1000",
            ("web", "api_failed_login_limit"): "0",
            ("web", "jwt_secret"): base64.b64encode(os.urandom(48)).decode(),
            ("mail", "domain"): "helpdesk.invalid",
            ("mail", "host"): "127.0.0.1",
            ("mail", "debug"): str(self.home / "mail.log"),  # no mail leaves: it is written here
        }
        path, section, lines = self.tracker / "config.ini", "", []
        for line in path.read_text().splitlines():
            section = m[1] if (m := re.match(r"\[(\w+)\]\s*$", line)) else section
            key = m[1] if (m := re.match(r"#?(\w+) *=", line)) else ""
            value = wanted.pop((section, key), None)
            lines.append(line if value is None else f"{key} = {value}")
        assert not wanted, f"not in Roundup's config.ini: {wanted}"
        path.write_text("\n".join(lines) + "\n")

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
            "secrets": {"token": "env:ROUNDUP_TOKEN", "hook": "env:ROUNDUP_HOOK_SECRET"},
            "settings": {"account": BOT, "run_field": "routing_run"},
            "write": {
                "due": True,
                "level": {"field": "response_level"},
                "priority": dict(self.priorities),
                "tags": True,
                "reason": {"field": "routing_reason"},
            },
            "events": {"ack": {"owner": "taken"}},
            "fields": {"channel": {"from": "channel"}, "region": {"from": "region"}},
        }

    def secrets(self) -> dict[str, str]:
        return {"ROUNDUP_TOKEN": self.tokens[BOT], "ROUNDUP_HOOK_SECRET": self.hook_secret}

    # --- people at work -----------------------------------------------------------------------

    def _call(self, who: str, method: str, path: str, body: object = None) -> Any:
        """A write is refused (412) if another wrote since the tag was read: read again, as a person would."""
        for _ in range(CHANGED_MEANWHILE):
            answer = self._send(who, method, path, body)
            if answer.status_code != requests.codes.precondition_failed:
                break
        assert answer.ok, f"{method} {path}: {answer.status_code} {answer.text[:500]}"
        return answer.json()["data"]

    def _send(self, who: str, method: str, path: str, body: object) -> requests.Response:
        return requests.request(
            method,
            f"{self.address}/rest/data{path}",
            json=body,
            headers={
                "Authorization": f"Bearer {self.tokens[who]}",
                "X-Requested-With": "rest",
                "Host": urlsplit(self.public_url).netloc,  # writes under any other name are refused
                "Origin": self.public_url,
                "Referer": f"{self.public_url}/",
                **({"If-Match": self._etag(who, path)} if method in {"PUT", "PATCH"} else {}),
            },
            timeout=30,
        )

    def _etag(self, who: str, path: str) -> str:
        return str(self._call(who, "GET", path)["@etag"])

    def open(self, title: str, body: str, channel: str, region: str = "澄江市北湖区") -> str:
        message = self._call("resident", "POST", "/msg", {"content": body, "author": "resident"})["id"]
        issue = {
            "title": title,
            "queue": INBOX,
            "messages": [message],
            "channel": channel,
            "region": region,
            "priority": self.usual,
        }
        return str(self._call("resident", "POST", "/issue", issue)["id"])

    def say(self, ticket: str, body: str) -> None:
        message = self._call("resident", "POST", "/msg", {"content": body, "author": "resident"})["id"]
        self._call("resident", "PATCH", f"/issue/{ticket}", {"@op": "add", "messages": [message]})

    def _set(self, ticket: str, **values: str) -> None:
        self._call("agent", "PATCH", f"/issue/{ticket}", {"@op": "replace", **values})

    def move(self, ticket: str, group: str) -> None:
        self._set(ticket, queue=GROUPS[group])

    def take(self, ticket: str) -> None:
        """The agent takes the ticket."""
        self._set(ticket, assignedto="agent")

    def due(self, ticket: str) -> datetime | None:
        """The ticket's due date."""
        read = self._call("agent", "GET", f"/issue/{ticket}?@verbose=2")["attributes"]["due"]
        return datetime.strptime(read, "%Y-%m-%d.%H:%M:%S").replace(tzinfo=UTC) if read else None

    def prioritise(self, ticket: str, priority: str) -> None:
        self._set(ticket, priority=priority)

    def resolve(self, ticket: str) -> None:
        self._set(ticket, status="resolved")

    def view(self, ticket: str) -> View:
        read = self._call("agent", "GET", f"/issue/{ticket}?@verbose=2")["attributes"]
        names = {key: (read[key] or {}).get("name") for key in ("queue", "priority", "status")}
        messages = [
            self._call("agent", "GET", f"/msg/{m['id']}?@verbose=2")["attributes"] for m in read["messages"]
        ]
        keywords = [
            self._call("agent", "GET", f"/keyword/{k['id']}")["attributes"]["name"] for k in read["keyword"]
        ]
        tags = [tag for tag in re.split(r"[,\s]+", read["tags"] or "") if tag]
        return View(
            group={v: k for k, v in GROUPS.items()}.get(names["queue"] or "", "inbox"),
            level=read["response_level"],
            priority=names["priority"] or "",
            tags=tuple(sorted([*keywords, *tags])),
            reasons=(read["routing_reason"],) if read["routing_reason"] else (),
            public=tuple(m["content"] for m in messages if m["author"]["username"] == BOT),
            state=names["status"] or "",
            title=read["title"],
        )

    def seen_by_resident(self, ticket: str) -> str:
        """Everything of the ticket a resident can read, as text."""
        return json.dumps(self._call("resident", "GET", f"/issue/{quote(ticket)}?@verbose=2"))

    def mailed(self) -> list[str]:
        log = self.home / "mail.log"
        text = log.read_text(errors="replace") if log.exists() else ""
        sent = re.findall(r"^TO: (.*)$", text, re.MULTILINE)
        return [address.strip() for line in sent for address in line.split(",")]
