# ruff: noqa: E501 - tables of sentences
"""What is denied, over, planned, supposed or hearsay does not count; what takes it back does."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from plugin.core.steps import CompiledRules

AT = datetime(2026, 6, 10, 2, 0, tzinfo=UTC)

INJURED = [
    ("没有人受伤。", None), ("并无人员受伤。", None), ("未造成5人受伤的后果。", None), ("不是没有人受伤，有2人受伤。", 2),
    ("受伤情况：无。", None), ("5人受伤。", 5), ("据说5人受伤。", None), ("如果倒了会有5人受伤。", None),
    ("去年有5人受伤。", None), ("No one was hurt.", None), ("It is not true that nobody was hurt: 2 people were hurt.", 2),
    ("Five people were hurt.", 5), ("Five people could be hurt.", None), ("Injuries: none.", None),
]  # fmt: skip
OBSTRUCTION = [
    ("村民堵路。", True), ("村民没有堵路。", None), ("村民不会堵路。", None), ("不是没有村民堵路。", True),
    ("村民准备明天堵路。", None), ("要是没人管，村民就堵路。", None), ("上个月村民堵路。", None), ("听说村民堵路。", None),
    ("They are blocking the road.", True), ("They are not blocking the road.", None),
    ("Nobody is shouting and they are blocking the road.", True), ("They will be blocking the road unless paid.", None),
    ("They never blocked the road.", None), ("They left without blocking the road.", None),
]  # fmt: skip
PRESENT = [
    ("去年来了60人。现在门口有20人。", 20), ("昨天60人来访，今天门口有20人。", 20), ("门口有60人。", 60),
    ("如果方便请尽快派人，门口有60人。", 60), ("如果明天没答复，60人会到门口。", None), ("门口没有60人。", None),
    ("Last year 60 people came here. Today 20 are waiting outside.", 20), ("60 people are waiting outside.", 60),
    ("If possible send someone: 60 people are waiting outside.", 60), ("There are not 60 people outside.", None),
]  # fmt: skip


def _value(petition: CompiledRules, text: str, fact: str) -> object:
    facts = petition.run(text, "", {"channel": "phone"}, at=AT, now=AT).facts
    if fact not in facts:
        return None
    number = facts[fact].number
    return facts[fact].value if number is None else number


@pytest.mark.parametrize(("text", "value"), INJURED)
def test_injured(petition: CompiledRules, text: str, value: int | None) -> None:
    assert _value(petition, text, "injured") == value


@pytest.mark.parametrize(("text", "value"), OBSTRUCTION)
def test_obstruction(petition: CompiledRules, text: str, value: bool | None) -> None:
    assert _value(petition, text, "obstruction") == value


@pytest.mark.parametrize(("text", "value"), PRESENT)
def test_present(petition: CompiledRules, text: str, value: int | None) -> None:
    assert _value(petition, text, "people_present") == value
