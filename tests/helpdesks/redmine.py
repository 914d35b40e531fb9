"""Redmine 5 from Debian's packages, on SQLite, with a small unsigned webhook plugin or with none."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from email import message_from_string
from pathlib import Path
from types import MappingProxyType
from typing import Any

import requests

from plugin.servers import Server, free_port
from tests.helpdesks.installed import run, seed_key, seeded
from tests.helpdesks.peer import BOT, GROUPS, INBOX, LEVELS, RESIDENT, View

HERE = Path(__file__).parent
REDMINE = Path("/usr/share/redmine")
DEBS = ("redmine", "redmine-sqlite", "ruby-sqlite3", "puma", "dbconfig-no-thanks")
ACCOUNTS = {BOT: "paidan@helpdesk.invalid", "agent": "agent@helpdesk.invalid", "resident": RESIDENT}
DATABASE = (
    "production:\n  adapter: sqlite3\n  database: {home}/redmine.sqlite\n  timeout: 20000\n  pool: 10\n"
)
# Debian's Gemfile names a database's gem only where an instance of its own has a configuration.
GEMFILE = f"""
eval_gemfile '{REDMINE}/Gemfile'
gem 'sqlite3' unless @dependencies.any? {{ |each| each.name == 'sqlite3' }}
"""
# No mail leaves: each recipient's mails are in one file. The time is told by the web server before
# Redmine; puma alone does not.
START = f"""
require 'time'
require '{REDMINE}/config/environment'
ActionMailer::Base.perform_deliveries = true
ActionMailer::Base.delivery_method = :file
ActionMailer::Base.file_settings = {{ location: ENV['MAIL_FOLDER'] }}
require '{HERE}/redmine_webhook.rb'
run(->(env) {{ Rails.application.call(env).tap {{ |answer| answer[1]['Date'] = Time.now.httpdate }} }})
"""
# A Bundler that counts gems without a folder as deleted lets the package's set-up fail; empty ones will do.
FOLDERS = (
    "Gem::Specification.each { |s| d = s.full_gem_path;"
    " FileUtils.mkdir_p d if d.start_with?('/usr/') && !File.directory?(d) }"
)


def installed() -> bool:
    state = ["dpkg-query", "-W", "-f=${db:Status-Status}\n", *DEBS[:-1]]
    found = subprocess.run(state, capture_output=True, text=True, check=False)
    return found.returncode == 0 and set(found.stdout.split()) == {"installed"}


def install() -> str | None:
    """Install the Debian packages where that is possible; answers why not, or None."""
    if not shutil.which("dpkg-query"):
        return "Redmine 5 is not installed, and this is no Debian"
    if installed():
        return None
    if os.geteuid() != 0:
        return "Redmine 5 is not installed, and this account cannot install Debian packages"
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    apt = ["apt-get", "-qq", "-y", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300"]
    subprocess.run(["apt-get", "-qq", "update"], env=env, capture_output=True, check=False)
    done = subprocess.run([*apt, "install", *DEBS], env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        for again in (["ruby", "-rfileutils", "-e", FOLDERS], ["dpkg", "--configure", "-a"]):
            subprocess.run(again, env=env, capture_output=True, check=False)
    if not installed():
        return f"Redmine 5 cannot be installed here: {(done.stderr.splitlines() or ['apt failed'])[-1]}"
    return None


class Redmine:
    """One instance in ``home``; the seeded database is kept in ``cache`` for the next run."""

    product = "redmine"
    priorities: Mapping[str, str] = MappingProxyType(
        {"一般": "Normal", "较大": "High", "重大": "Immediate", "特别重大": "Immediate"}
    )
    usual = "Low"
    higher = "Urgent"
    resolved = "Closed"

    def __init__(self, home: Path, cache: Path) -> None:
        self.home, self.cache, self.port = home, cache, free_port()
        self.hook_token = secrets.token_urlsafe(24)
        for folder in ("config", "log", "files", "tmp", "public/plugin_assets", "mail"):
            (home / folder).mkdir(parents=True, exist_ok=True)
        (home / "config" / "database.yml").write_text(DATABASE.format(home=home))
        (home / "config" / "secret_key.txt").write_text(secrets.token_hex(32))
        (home / "Gemfile").write_text(GEMFILE)
        (home / "config.ru").write_text(START)
        self.seeded = self._database()
        self.tokens: dict[str, str] = self.seeded["tokens"]

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    # --- starting -----------------------------------------------------------------------------

    def prepare(self, public_url: str) -> None:
        pass

    def start(self, hook: str) -> None:
        """With SQLite more than one thread makes requests wait for one another until they fail."""
        puma = ["puma", "-e", "production", "-b", f"tcp://127.0.0.1:{self.port}", "-t", "1:1"]
        self.server = Server(
            name="redmine",
            command=[*puma, "--dir", str(REDMINE), str(self.home / "config.ru")],
            url=f"{self.address}/login",
            log=self.home / "server.log",
            env={**self._env(), "HOOK_URL": f"{hook}/{self.hook_token}" if hook else ""},
        )
        self.server.start(60)

    def stop(self) -> None:
        self.server.stop()

    def _env(self) -> dict[str, str]:
        """Debian's Redmine looks for its instances below a folder of root's; ours is reached from there."""
        return {
            "REDMINE_INSTANCE": "../../../.." + str(self.home.resolve()),
            "BUNDLE_GEMFILE": str(self.home / "Gemfile"),
            "RAILS_ENV": "production",
            "REDMINE_LANG": "en",
            "SCHEMA": "/dev/null",
            "HOME": str(self.home),
            "MAIL_FOLDER": str(self.home / "mail"),
            "RUBYOPT": "-W0",
            "TZ": "UTC",
        }

    def _database(self) -> dict[str, Any]:
        key = seed_key("redmine", self._seed(), HERE / "redmine_seed.rb")
        return seeded(self.cache / f"redmine-{key}", self.home / "redmine.sqlite", self._make_database)

    def _make_database(self) -> str:
        self._run(["bundle", "exec", "rake", "-f", str(REDMINE / "Rakefile"), "db:migrate"], "")
        rails = f"load '{REDMINE}/config/environment.rb'; load '{HERE}/redmine_seed.rb'"
        return self._run(["bundle", "exec", "ruby", "-e", rails], json.dumps(self._seed()))

    def _seed(self) -> dict[str, Any]:
        return {
            "inbox": INBOX,
            "groups": list(GROUPS.values()),
            "levels": LEVELS,
            "accounts": ACCOUNTS,
            "bot": BOT,
        }

    def _run(self, command: list[str], given: str) -> str:
        return run(command, given, self._env(), REDMINE)

    # --- the desk file ------------------------------------------------------------------------

    def desk(self, url: str) -> dict[str, Any]:
        fields = {name: str(number) for name, number in self.seeded["fields"].items()}
        return {
            "version": 1,
            "connector": "redmine-plugin",
            "url": url,
            "plan": "petition-four-level",
            "rules": "petition",
            "calendar": "cn-government",
            "mode": "act",
            "language": "zh",
            "groups": dict(GROUPS),
            "secrets": {"token": "env:REDMINE_TOKEN", "url_token": "env:REDMINE_HOOK_TOKEN"},
            "settings": {"account": str(self.seeded["accounts"][BOT]), "run_field": fields["Run"]},
            "words": {"priority": {str(number): name for name, number in self.seeded["priorities"].items()}},
            "write": {
                "due": True,
                "level": {"field": fields["Level"]},
                "priority": dict(self.priorities),
                "tags": {"field": fields["Tags"]},
            },
            "events": {"ack": {"owner": "taken"}},
            "fields": {"channel": {"from": "Channel"}, "region": {"from": "Region"}},
        }

    def secrets(self) -> dict[str, str]:
        return {"REDMINE_TOKEN": self.tokens[BOT], "REDMINE_HOOK_TOKEN": self.hook_token}

    # --- people at work -----------------------------------------------------------------------

    def _call(self, who: str, method: str, path: str, body: object = None) -> Any:
        try:
            answer = self._ask(who, method, path, body)
        except requests.ReadTimeout:  # its one thread waits for SQLite once in a while: a person reloads
            if method != "GET":
                raise
            answer = self._ask(who, method, path, body)
        assert answer.ok, f"{method} {path}: {answer.status_code} {answer.text[:500]}"
        return answer.json() if answer.content.strip() else None

    def _ask(self, who: str, method: str, path: str, body: object) -> requests.Response:
        headers = {"X-Redmine-API-Key": self.tokens[who]}
        return requests.request(method, f"{self.address}{path}", json=body, headers=headers, timeout=30)

    def _put(self, who: str, ticket: str, **values: object) -> None:
        self._call(who, "PUT", f"/issues/{ticket}.json", {"issue": values})

    def _field(self, name: str, value: str) -> dict[str, object]:
        return {"id": self.seeded["fields"][name], "value": value}

    def open(self, title: str, body: str, channel: str, region: str = "澄江市北湖区") -> str:
        issue = {
            "project_id": self.seeded["projects"][INBOX],
            "tracker_id": self.seeded["tracker"],
            "subject": title,
            "description": body,
            "priority_id": self.seeded["priorities"][self.usual],
            "custom_fields": [self._field("Channel", channel), self._field("Region", region)],
        }
        return str(self._call("resident", "POST", "/issues.json", {"issue": issue})["issue"]["id"])

    def say(self, ticket: str, body: str) -> None:
        self._put("resident", ticket, notes=body)

    def move(self, ticket: str, group: str) -> None:
        self._put("agent", ticket, project_id=self.seeded["projects"][GROUPS[group]])

    def take(self, ticket: str) -> None:
        """The agent takes the ticket."""
        self._put("agent", ticket, assigned_to_id=self.seeded["accounts"]["agent"])

    def due(self, ticket: str) -> datetime | None:
        """The day of the ticket's due date, its midnight in UTC: Redmine keeps no hour."""
        read = self._read("agent", ticket)["due_date"]
        return datetime.fromisoformat(read).replace(tzinfo=UTC) if read else None

    def prioritise(self, ticket: str, priority: str) -> None:
        self._put("agent", ticket, priority_id=self.seeded["priorities"][priority])

    def resolve(self, ticket: str) -> None:
        self._put("agent", ticket, status_id=self.seeded["statuses"][self.resolved])

    def _read(self, who: str, ticket: str) -> Any:
        return self._call(who, "GET", f"/issues/{ticket}.json?include=journals")["issue"]

    def view(self, ticket: str) -> View:
        read = self._read("agent", ticket)
        fields = {field["name"]: field["value"] for field in read["custom_fields"]}
        ours = [j for j in read["journals"] if j["user"]["id"] == self.seeded["accounts"][BOT] and j["notes"]]
        return View(
            group={v: k for k, v in GROUPS.items()}.get(read["project"]["name"], "inbox"),
            level=fields["Level"] or None,
            priority=read["priority"]["name"],
            tags=tuple(sorted(tag for tag in re.split(r"[,\s]+", fields["Tags"] or "") if tag)),
            reasons=tuple(j["notes"] for j in ours if j["private_notes"]),
            public=tuple(j["notes"] for j in ours if not j["private_notes"]),
            state=read["status"]["name"],
            title=read["subject"],
        )

    def letters(self, address: str) -> str:
        """The words of every mail to this address."""
        text = (self.home / "mail" / address).read_text(errors="replace").replace("\r\n", "\n")
        mails = [message_from_string(f"Date: {each}") for each in text.split("\nDate: ")[1:]]
        parts = [part for mail in mails for part in mail.walk() if not part.is_multipart()]
        return "\n".join((part.get_payload(decode=True) or b"").decode(errors="replace") for part in parts)

    def mailed(self) -> list[str]:
        texts = [path.read_text(errors="replace") for path in sorted((self.home / "mail").iterdir())]
        return [a for text in texts for a in re.findall(r"^(?:To|Cc|Bcc): (.*@.*?)\r?$", text, re.MULTILINE)]
