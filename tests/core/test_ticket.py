"""The order in which messages count."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from plugin.core.ticket import Message

AT = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (Message("opening", AT, ""), Message("9", AT, "")),
        (Message("9", AT, ""), Message("10", AT, "")),
        (Message("10", AT, ""), Message("11", AT, "")),
        (Message("99", AT, ""), Message("5", AT + timedelta(seconds=1), "")),
    ],
)
def test_messages_of_one_second_count_as_the_helpdesk_numbered_them(first: Message, second: Message) -> None:
    assert sorted([second, first], key=lambda m: m.order) == [first, second]
