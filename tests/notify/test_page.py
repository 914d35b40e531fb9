"""The page for administrators: every address on it is one, every message on it is what is sent."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from plugin.notify.send import valid
from tests.notify.samples import STEP
from tests.notify.test_texts import TEXT_FILES

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "notify.md").read_text("utf-8")
BLOCKS = re.findall(r"^```\w*\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
ADDRESSES = [line for block in BLOCKS for line in block.splitlines() if re.match(r"[a-z]+://", line)]


def test_there_are_addresses_for_every_service_it_speaks_of() -> None:
    schemes = {address.partition(":")[0] for address in ADDRESSES}
    assert schemes >= {
        "mailtos",
        "wecombot",
        "dingtalk",
        "feishu",
        "lark",
        "slack",
        "https",
        "jsons",
        "twilio",
    }


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_can_be_used_as_it_stands(address: str) -> None:
    if address.startswith("https://desk."):  # the link in a message
        return
    assert valid(address) is None


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_message_is_what_people_get(language: str) -> None:
    full, _, brief = (TEXT_FILES / f"step.{language}.txt").read_text("utf-8").partition("\n[]\n")
    subject, _, body = full.partition("\n")
    assert STEP.id[:8] in body
    assert f"{subject[1:-1]}\n\n{body}" in BLOCKS
    assert brief in BLOCKS


def test_it_can_be_found() -> None:
    assert "(notify.md)" in (DOCS / "mappings.md").read_text("utf-8")
