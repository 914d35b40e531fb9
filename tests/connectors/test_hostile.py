"""Anything at all may arrive or be answered: the outcome is one of the named ones, never a stray error."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.desk import normalise
from plugin.desk.samples import sample_desk
from plugin.errors import DeliveryUnreadable
from tests.connectors.products import NAMES, descriptor
from tests.connectors.test_failures import HOOKED, deliver, genuine, signed

LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
MAPS = st.text(max_size=8)
JSON = st.recursive(LEAVES, lambda x: st.lists(x, max_size=4) | st.dictionaries(MAPS, x, max_size=4))


def with_parts(whole: Any, replacements: list[tuple[int, Any]]) -> Any:
    """A real document with some of its values replaced: a changed product, or a hostile one."""
    flat = list(_places(whole))
    for number, value in replacements:
        if flat:
            container, key = flat[number % len(flat)]
            container[key] = value
    return whole


def _places(value: Any) -> list[tuple[Any, Any]]:
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else []
    found = [(value, key) for key in keys]
    return found + [place for key in keys for place in _places(value[key])]


REPLACED = st.lists(st.tuples(st.integers(0, 500), JSON), max_size=6)


@pytest.mark.parametrize("name", HOOKED)
@given(body=st.binary(max_size=60))
def test_any_bytes_signed_rightly(name: str, body: bytes) -> None:
    with contextlib.suppress(DeliveryUnreadable):
        deliver(name, body, **signed(name, body))


@pytest.mark.parametrize("name", HOOKED)
@given(replaced=REPLACED)
def test_any_change_of_a_real_delivery(name: str, replaced: list[tuple[int, Any]]) -> None:
    sample = genuine(name)[0]
    body = json.dumps(with_parts(json.loads(sample["body"]), replaced)).encode()
    with contextlib.suppress(DeliveryUnreadable):
        hint = deliver(name, body, **signed(name, body))
        assert hint.ticket_id.isascii()
        assert hint.delivery_key.isprintable()


@pytest.mark.parametrize("name", NAMES)
@given(replaced=REPLACED)
def test_any_change_of_a_real_answer(name: str, replaced: list[tuple[int, Any]]) -> None:
    product = descriptor(name)
    desk = sample_desk(product)
    answers = with_parts(json.loads(json.dumps(product.samples["read"][0]["answers"])), replaced)
    seen = normalise.seen(product, desk, "7", {"setting": {}, "headers": {}, **answers})
    assert seen.ticket.messages
    assert "13900001111" not in repr(seen)
