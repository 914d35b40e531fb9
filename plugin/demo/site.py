"""The demo's helpdesk: a fresh django-helpdesk with an organisation's groups in it."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from plugin.demo.venv import prepare
from plugin.servers import Server, free_port

DJANGO_SITE = Path(__file__).with_name("django_site")
INBOX = ("inbox", {"zh": "收件箱", "en": "Inbox"})
"""The queue every ticket is opened in: no group of a plan, so a routed ticket has always moved."""
CHANNELS = (
    *("visit", "letter", "fax", "web", "email", "leader_mailbox"),
    *("hotline_12345", "phone", "app", "wechat", "onsite_report", "media_monitoring"),
)
PASSWORD = "demo"  # noqa: S105 (a throw-away site on 127.0.0.1)


class SiteFailed(Exception):
    """The helpdesk's database could not be made."""


@dataclass(frozen=True)
class Seed:
    """What is in the helpdesk from the start."""

    groups: Mapping[str, str]
    """Queue slug (the plan's group id) → title shown; the inbox is added by the site."""
    levels: Sequence[str]
    """Choices of the field ``response_level``."""
    language: str = "zh"


@dataclass(frozen=True)
class Site:
    """One django-helpdesk in a folder of its own; ``create`` once, then ``server`` as often as wanted."""

    home: Path
    """Database, mail, uploads and log; removed by whoever made it."""
    venv: Path
    seed: Seed
    port: int = field(default_factory=free_port)
    bot_token: str = field(default_factory=lambda: secrets.token_hex(20))
    agent_token: str = field(default_factory=lambda: secrets.token_hex(20))
    key: str = field(default_factory=lambda: secrets.token_hex(20))
    bot: int = 1
    agent: int = 2

    @property
    def url(self) -> str:
        """Where the helpdesk answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def queues(self) -> dict[str, int]:
        """Queue slug → the number the helpdesk's API knows it by."""
        return {slug: number for number, slug in enumerate((INBOX[0], *self.seed.groups), 1)}

    @property
    def mail(self) -> Path:
        """Folder with one file for each mail the helpdesk would have sent."""
        return self.home / "mail"

    def create(self) -> None:
        """Make the database and fill it; raises ``SiteFailed`` or ``venv.PrerequisiteMissing``."""
        blank = blank_database(self.venv)
        for folder in (self.home, self.mail, self.home / "media"):
            folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(blank, self.home / "db.sqlite3")
        _django(self.venv, self.env(), "demo_seed.py", json.dumps(self._description()))

    def server(self, new_ticket_hook: str, followup_hook: str, workers: int = 2) -> Server:
        """The helpdesk served with its own shipped webhooks pointed at two addresses.

        django-helpdesk calls them inside the request and answers 500 where the connection is
        refused: whoever owns the addresses must listen first.
        """
        gunicorn = [str(self.venv / "bin" / "python"), "-m", "gunicorn", "-b", f"127.0.0.1:{self.port}"]
        options = ["-w", str(workers), "--threads", "4", "--keep-alive", "30", "--graceful-timeout", "2"]
        hooks = {
            "HELPDESK_NEW_TICKET_WEBHOOK_URLS": new_ticket_hook,
            "HELPDESK_FOLLOWUP_WEBHOOK_URLS": followup_hook,
        }
        return Server(
            name="django-helpdesk",
            # The control socket would be one file shared by every gunicorn of this user.
            command=[*gunicorn, *options, "--no-control-socket", "demo_wsgi:application"],
            url=f"{self.url}/login/",
            log=self.home / "helpdesk.log",
            env={**self.env(), **hooks},
            cwd=self.home,
        )

    def env(self) -> dict[str, str]:
        """The environment the site's settings read."""
        return _environment(self.home, self.key, self.seed.language)

    def _description(self) -> dict[str, object]:
        titles = {INBOX[0]: INBOX[1][self.seed.language], **self.seed.groups}
        return {
            "queues": [[number, slug, titles[slug]] for slug, number in self.queues.items()],
            "fields": _fields(self.seed),
            "users": [
                {"id": self.bot, "name": "paidan", "admin": False, "token": self.bot_token},
                {"id": self.agent, "name": "agent", "admin": False, "token": self.agent_token},
                {"id": 3, "name": "admin", "admin": True},
            ],
            "password": PASSWORD,
        }


def _fields(seed: Seed) -> list[dict[str, object]]:
    zh = seed.language == "zh"
    public: dict[str, object] = {"staff_only": False}
    staff: dict[str, object] = {"staff_only": True}
    return [
        {"name": "channel", "label": "渠道" if zh else "Channel", "choices": CHANNELS, **public},
        {"name": "region", "label": "地区" if zh else "Region", **public},
        {
            "name": "response_level",
            "label": "响应级别" if zh else "Response level",
            "choices": seed.levels,
            **staff,
        },
        {"name": "tags", "label": "标签" if zh else "Tags", **staff},
        {"name": "routing_run", "label": "派单记录号" if zh else "Routing run", **staff},
    ]


def blank_database(venv: Path) -> Path:
    """A migrated, empty database beside the venv: made once, copied for every site."""
    python = prepare(venv)
    blank = venv / "blank" / "db.sqlite3"
    if not (venv / "blank" / "ready").exists():
        shutil.rmtree(blank.parent, ignore_errors=True)
        blank.parent.mkdir()
        _django(python.parents[1], _environment(blank.parent, "blank", "en"), "demo_migrate.py", "")
        (venv / "blank" / "ready").touch()
    return blank


def _environment(home: Path, key: str, language: str) -> dict[str, str]:
    return {
        "DEMO_HOME": str(home),
        "DEMO_SECRET_KEY": key,
        "DEMO_LANGUAGE": language,
        "DJANGO_SETTINGS_MODULE": "demo_settings",
        "PYTHONPATH": str(DJANGO_SITE),
    }


def _django(venv: Path, env: Mapping[str, str], script: str, given: str) -> None:
    done = subprocess.run(  # noqa: S603 (own arguments)
        [str(venv / "bin" / "python"), str(DJANGO_SITE / script)],
        input=given,
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SiteFailed(f"{script} failed:\n" + "\n".join(done.stderr.splitlines()[-6:]))
