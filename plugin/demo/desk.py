"""The desk file that connects Paidan to the demo's helpdesk: an example of a complete one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from plugin.demo.site import Site

TOKEN, HOOK = "DEMO_HELPDESK_TOKEN", "DEMO_HOOK_PASSWORD"
"""Environment variables with the two secrets; the desk file names them only."""
PRIORITIES = {"一般": "3", "较大": "2", "重大": "1", "特别重大": "1"}
"""Level of the four-level plan → the helpdesk's priority, 1 the gravest."""


def desk_file(site: Site, url: str, levels: Mapping[str, str], *, plan: str, rules: str) -> dict[str, Any]:
    """The desk file; ``url`` is where Paidan reaches the helpdesk, ``levels`` level id → field value."""
    return {
        "version": 1,
        "connector": "django-helpdesk",
        "url": url,
        "secrets": {"token": f"env:{TOKEN}", "hook": f"env:{HOOK}"},
        "settings": {"account": str(site.bot)},
        "plan": plan,
        "rules": rules,
        "calendar": "cn-government",
        "mode": "act",
        "language": site.seed.language,
        "groups": {slug: slug for slug in site.seed.groups},
        "words": {"group": {str(number): slug for slug, number in site.queues.items()}},
        "write": {
            "level": {"field": "response_level", "values": dict(levels)},
            "priority": dict(PRIORITIES),
            "tags": {"field": "tags"},
            "due": True,
        },
        "events": {"ack": {"owner": "taken"}},
        "fields": {"channel": {"from": "channel"}, "region": {"from": "region"}},
        "scene_staff": [str(site.agent)],
    }


def secrets(site: Site, hook_password: str) -> dict[str, str]:
    """The environment Paidan reads the secrets from."""
    return {TOKEN: site.bot_token, HOOK: hook_password}


def with_password(hook: str, password: str) -> str:
    """The hook's address with the password in it, as the helpdesk is given it."""
    return hook.replace("http://", f"http://hook:{password}@", 1)
