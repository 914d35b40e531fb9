"""The wire as Apprise's plugins see it.

Apprise turns every failure into ``False`` and does not look into the answers of some services at all. Its
plugins find ``requests`` and ``smtplib`` as names in their own modules; what stands there instead sends just
the same and writes down what came back. Outside a watched sending it does what it replaces and no more.
"""

from __future__ import annotations

import smtplib
import sys
from collections.abc import Mapping
from typing import Any

import requests

from plugin.notify.http_wire import HTTP
from plugin.notify.mail_wire import MAIL


class _Module:
    """A module with some of its names replaced."""

    def __init__(self, module: Any, replaced: Mapping[str, Any]) -> None:
        self._module = module
        self.__dict__.update(replaced)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._module, name)


_HTTP = _Module(requests, HTTP)
_MAIL = _Module(smtplib, MAIL)


def put_in_place() -> None:
    """Let those of Apprise's plugins that are loaded use this wire; a second time changes nothing."""
    for name, module in list(sys.modules.items()):
        if name.startswith("apprise.plugins."):
            if vars(module).get("requests") is requests:
                module.requests = _HTTP  # type: ignore[attr-defined]
            if vars(module).get("smtplib") is smtplib:
                module.smtplib = _MAIL  # type: ignore[attr-defined]
