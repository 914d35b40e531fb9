"""What somebody must click in the helpdesk: the setup text, with address and secret filled in."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from plugin.desk.about_shape import SNIPPET
from plugin.desk.descriptor import Descriptor
from plugin.desk.installation import Installation
from plugin.desk.signing import UrlToken


def hook_url(descriptor: Descriptor, desk: Installation, base: str) -> str:
    """The address the helpdesk calls; where a token is part of it, it is in it."""
    tokens = [check.secret for check in descriptor.receive.checks if isinstance(check, UrlToken)]
    token = next((desk.secret(name) for name in tokens if desk.secret(name)), "")
    return f"{base.rstrip('/')}/hooks/{desk.desk}" + (f"/{token}" if token else "")


def setup_text(descriptor: Descriptor, desk: Installation, base: str, language: str) -> str:
    """The setup text for this installation. It holds the webhook's secret: for the terminal, never a log."""

    def pasted(hit: re.Match[str]) -> str:
        lines = descriptor.about.snippets[hit.group(2)].rstrip("\n").split("\n")
        return "\n".join(f"{hit.group(1)}  {line}".rstrip() for line in lines)

    text = re.sub(rf"(?m)^([ \t]*){SNIPPET.pattern}", pasted, descriptor.setup.say(language))
    return _filled(text, hook_url(descriptor, desk, base), _secret(descriptor, desk))


def _secret(descriptor: Descriptor, desk: Installation) -> str:
    carried = (check.secret for check in descriptor.receive.secret_checks if not isinstance(check, UrlToken))
    return next((desk.secret(name) for name in carried if desk.secret(name)), "")


def _filled(text: str, url: str, secret: str) -> str:
    parts = urlsplit(url)
    with_secret = f"{parts.scheme}://hook:{secret}@{parts.netloc}{parts.path}" if secret else url
    words = {"HOOK_URL_WITH_SECRET": with_secret, "HOOK_URL": url, "SECRET": secret}
    return re.sub(r"\b(HOOK_URL_WITH_SECRET|HOOK_URL|SECRET)\b", lambda hit: words[hit.group(1)], text)
