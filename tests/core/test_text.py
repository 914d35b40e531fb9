"""Cleaning and masking: one spelling, nothing personal left, linear whatever is thrown at it."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.core.simplified import SIMPLIFIED, TRADITIONAL
from plugin.core.text import MASK, clean, mask


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("１２０余名業主", "120余名业主"),
        ("６０\u200b人\u202e在等\u202c", "60人在等"),
        ("並無人受傷", "并无人受伤"),
        ("等著答覆", "等着答复"),
        ("WiFi ４５", "wifi 45"),
        ("a\r\nb\tc\x1b[31m", "a\nb\tc[31m"),
        ("危险⚠️", "危险⚠"),
        ("兩百\u2028人", "两百\n人"),
        ("60人\ud83d在等", "60人在等"),
    ],
)
def test_clean_gives_one_spelling(written: str, read: str) -> None:
    assert clean(written) == read


def test_the_table_moves_no_position() -> None:
    assert len(TRADITIONAL) == len(SIMPLIFIED) == len(set(TRADITIONAL))
    assert all(len(clean(character)) == 1 for character in TRADITIONAL)


@given(st.text())
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    once = clean(clean(text))
    assert clean(once) == once


@pytest.mark.parametrize(
    "number",
    [
        "99999919550101000X",
        "13800138000",
        "138 0013 8000",
        "138-0013-8000",
        "+86 13800138000",
        "0755-82345678",
        "(010) 82345678",
        "6200 0000 0000 0000 000",
        "１３８００１３８０００",
        "1380\u200b0138000",
        "someone.else@mail.example.org",
    ],
)
def test_no_digit_of_a_personal_number_is_left(number: str) -> None:
    text = f"请联系 {number}，60人"
    masked = mask(text)
    assert len(masked) == len(text)
    assert not any(c.isdigit() for c in masked.replace("60人", ""))
    assert masked.endswith("60人")


@pytest.mark.parametrize("text", ["卡号：AB12345678", "account no. 4455667", "手机号是5551234", "工号A12345"])
def test_a_number_behind_its_name_is_masked(text: str) -> None:
    assert MASK in mask(text)
    assert not any(c.isdigit() for c in mask(text))


@pytest.mark.parametrize(
    "text",
    [
        "2026年3月12日 15:40",
        "1,200,000次浏览",
        "12345热线",
        "40-50人",
        "2024-03-05 2026-03-20 10:00",
        "the id is fine and 60 people",
        "12345678 views",
    ],
)
def test_counts_dates_and_times_stay(text: str) -> None:
    assert mask(text) == text


@given(st.text(alphabet="0123456789 -+()xX@.a号电话卡１２\u200b", max_size=60))
def test_masking_keeps_the_length_and_is_done_once(text: str) -> None:
    masked = mask(text)
    assert len(masked) == len(text)
    assert mask(masked) == masked


@pytest.mark.parametrize(
    "unit",
    ["5", "a", "a\u0300\u0316", "1-", "@", "a@a.", "电话", "id ", "\ufdfa", "账号a", "\u0300\u0316", "0755-"],
)
def test_cost_grows_with_the_length_not_its_square(unit: str) -> None:
    short, long = (_seconds(unit * (size // len(unit))) for size in (8_000, 64_000))
    assert long < 24 * short + 0.02


def _seconds(text: str) -> float:
    def once() -> float:
        start = time.process_time()
        mask(clean(text))
        mask(text)
        return time.process_time() - start

    return min(once() for _ in range(3))
