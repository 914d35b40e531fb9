"""Every finding the program can make has words in both languages, and every slot of them is filled."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from string import Formatter
from typing import get_args

import pytest

from plugin.cli.connect_words import TEXTS as CONNECT
from plugin.core.label import Label
from plugin.desk.about_shape import Meaning
from plugin.desk.api_shape import LIST_KINDS
from plugin.desk.checkup_names import FITS
from plugin.desk.checkup_words import TEXTS, said
from plugin.desk.failed import NOT_ASKED
from plugin.desk.findings import Finding
from plugin.desk.slot_words import FIELD_KINDS, LISTS, REFUSALS, RIGHTS, TARGETS, THINGS

PLUGIN = Path(__file__).parents[2] / "plugin"
MAKERS = ("good", "warn", "bad", "told")
"""What makes a finding, and what a place calls the one of them it chose."""


def made() -> dict[str, set[str]]:
    """code → the slots given with it, as they stand in the source of every module that makes findings"""
    found: dict[str, set[str]] = {}
    for path in PLUGIN.rglob("*.py"):
        text = path.read_text("utf-8")
        if "from plugin.desk.findings import" in text:
            for code, slots in _made(ast.parse(text)):
                found.setdefault(code, slots).intersection_update(slots)
    return found


def _made(tree: ast.AST) -> Iterator[tuple[str, set[str]]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and _is_maker(node.func):
            for code in _codes(node.args[0]):
                yield code, {each.arg for each in node.keywords if each.arg}


def _is_maker(func: ast.expr) -> bool:
    if isinstance(func, ast.IfExp):
        return _is_maker(func.body) and _is_maker(func.orelse)
    return isinstance(func, ast.Name) and func.id in MAKERS


def _codes(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.IfExp):
        yield from (*_codes(node.body), *_codes(node.orelse))
    elif isinstance(node, ast.Constant):
        yield str(node.value)
    elif isinstance(node, ast.Name) and node.id == "NOT_ASKED":
        yield NOT_ASKED


def slots_of(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_findings_and_words_are_the_same() -> None:
    assert made().keys() == TEXTS.keys()


@pytest.mark.parametrize("code", TEXTS)
def test_every_slot_is_filled(code: str) -> None:
    words, given = TEXTS[code], made()[code]
    assert slots_of(words.en) <= given
    assert slots_of(words.zh) <= given
    for language in ("en", "zh"):
        told = said(Finding("error", code, dict.fromkeys(given, "§")), language)
        assert "{" not in told
    assert re.search("[一-鿿]", words.zh)


@pytest.mark.parametrize(
    ("codes", "words"),
    [
        (get_args(Meaning), RIGHTS),
        (LIST_KINDS, LISTS),
        (FITS, TARGETS),
        ({kind for kinds in FITS.values() for kind in kinds}, FIELD_KINDS),
        (("group", "priority", "state"), THINGS),
    ],
)
def test_every_word_of_ours_in_a_slot_has_a_name(codes: Collection[str], words: Mapping[str, Label]) -> None:
    assert set(codes) <= words.keys()


def test_every_refusal_has_its_own_meaning() -> None:
    raised: set[str] = set()
    for path in PLUGIN.rglob("*.py"):
        text = path.read_text("utf-8")
        if "DeliveryRefused" in text:
            raised |= set(re.findall(r'DeliveryRefused\(\s*"([a-z-]+)"', text))
            raised |= set(re.findall(r'_compare\([^\n]*"([a-z-]+)"\)', text))
    assert len(raised) > 10
    assert raised == REFUSALS.keys()


@pytest.mark.parametrize(
    ("code", "word", "other"),
    [
        ("signature-wrong", "secrets differ", "too large"),
        ("too-large", "PAIDAN_MAX_BODY", "secret"),
        ("timestamp-outside-tolerance", "clocks differ", "secret"),
        ("timestamp-missing", "time of sending", "secret"),
        ("method-not-used", "method", "secret"),
        ("address-wrong", "networks", "secret"),
        ("secret-missing", "no value", "differ"),
    ],
)
def test_why_a_call_was_refused_is_said_as_it_is(code: str, word: str, other: str) -> None:
    told = said(Finding("warning", "hooks-refused", {"count": 1, "why": code}), "en")
    assert word in told
    assert other not in told


def test_several_reasons_are_told_once_each() -> None:
    slots = {"count": 3, "why": "header-wrong, signature-wrong, too-large"}
    told = said(Finding("error", "trip-refused", slots), "zh")
    assert told.count("两边的密钥不一致") == 1
    assert "PAIDAN_MAX_BODY" in told


@pytest.mark.parametrize(
    ("code", "slots", "words"),
    [
        ("token-may-not", {"means": "note"}, "令牌不能写内部备注"),
        ("token-may", {"means": "read, write"}, "令牌可以：读取、修改"),
        ("name-gone", {"what": "group", "given": "A", "near": "", "there": "B"}, "组“A”"),
        ("list-denied", {"list": "priorities"}, "令牌看不到优先级列表"),
        ("field-type", {"target": "due", "field": "F", "type": "choice"}, "“选项”，装不下期限"),
    ],
)
def test_chinese_is_not_mixed_with_codes(code: str, slots: dict[str, str], words: str) -> None:
    assert words in said(Finding("error", code, slots), "zh")


def test_rights_have_one_name_everywhere() -> None:
    assert {means: CONNECT[means] for means in RIGHTS} == dict(RIGHTS)
