"""What becomes of each thing on record, asked of the helpdesk without a command line around it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import responses

from plugin.app.disconnecting import Leaving
from plugin.desk.installation import Installation
from plugin.desk.made_record import Made, same_address
from plugin.settings import Settings
from tests.desk.products import URL, descriptor
from tests.desk.test_about import HOOK, TRIGGER

BASE = "https://paidan.example"
MINE = f"{BASE}/hooks/hall"


def leaving(*made: Made, install: list[dict[str, Any]], box: str = "a", url: str = URL) -> Leaving:
    shape = descriptor(install=install)
    desk = Installation("hall", url, {"token": ("t0ken",)}, settings={"box": box})
    return Leaving(Settings(mappings=Path("none")), "hall", shape, desk, made, BASE, {})


def test_what_was_made_in_another_part_of_the_same_helpdesk_is_not_taken_for_gone() -> None:
    boxed = {**HOOK, "existing": {"get": "/api/${setting.box}/hooks"}}
    made = Made("webhook: Webhook", "Webhook", "7", URL, "/api/a/hooks", BASE)
    with responses.RequestsMock() as web:
        web.get(f"{URL}/api/a/hooks", json=[])
        web.get(f"{URL}/api/b/hooks", json=[])
        assert leaving(made, install=[boxed]).standing(made) == "gone"
        assert leaving(made, install=[boxed], box="b").standing(made) == "left_elsewhere"


def test_an_older_trigger_counts_only_with_the_webhook_that_proves_to_be_ours() -> None:
    """Another desk of the same name may have a trigger and a webhook of the very same numbers."""
    hook, trigger = Made("webhook: Webhook", "Webhook", "7"), Made("trigger: Webhook", "Webhook", "9")
    install = [HOOK, {**TRIGGER, "title": "Webhook"}]
    for calls, found in ((MINE, "ours"), ("https://theirs.example/hooks/hall", "left_unplaced")):
        with responses.RequestsMock() as web:
            web.get(f"{URL}/api/hooks", json=[{"id": 7, "url": calls}])
            web.get(f"{URL}/api/triggers", json=[{"id": 9, "name": "t", "hook": 7}])
            going = leaving(hook, trigger, install=install)
            assert [going.standing(each) for each in (hook, trigger)] == [found, found]


def test_what_no_connector_knows_any_more_is_left() -> None:
    made = Made("webhook: Former", "Former", "7", URL)
    assert leaving(made, install=[HOOK]).standing(made) == "left_forgotten"


def test_what_hangs_on_something_goes_before_it() -> None:
    """Also where the webhook came on record last; files of secrets go at the very end."""
    secret, trigger = Made("secret", "s", "/s"), Made("trigger: Webhook", "t", "9", URL)
    hook, second = Made("webhook: Webhook", "h", "7", URL), Made("webhook: Webhook", "h", "8", URL)
    going = leaving(secret, trigger, hook, second, install=[HOOK, {**TRIGGER, "title": "Webhook"}])
    assert going.in_order(going.made) == [trigger, second, hook, secret]


def test_one_address_may_be_written_in_several_ways() -> None:
    for other in ("https://Desk.example.org", "https://desk.example.org:443/", "https://desk.example.org/"):
        assert same_address("https://desk.example.org", other)
    for other in ("http://desk.example.org", "https://desk.example.org/b", "https://desk.example.org:8443"):
        assert not same_address("https://desk.example.org", other)
