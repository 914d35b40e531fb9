"""Own words are kept; what a mail program put under them is not read."""

from __future__ import annotations

import time

import pytest

from plugin.desk.mail import opening_words, own_words

QUOTES = [
    "> 二百余人",
    "＞ 二百余人",
    "  > > 二百余人",
    "On Mon, 23 Nov 2026 at 10:00, Desk <desk@example.org> wrote:\n> 二百余人",
    "On Mon, 23 Nov 2026 at 10:00, Some Very Long Sender Name\n<desk@example.org> wrote:\n\n> 二百余人",
    "On 23.11.2026 10:00, desk@example.org wrote:\n\n二百余人",
    "在 2026年11月23日 10:00，某单位<desk@example.org>写道：\n\n> 二百余人",
    '在2026-11-23 10:00:00，"某单位" <desk@example.org> 写道：\n二百余人',
    "某单位 <desk@example.org> 于2026年11月23日周一 10:00写道：\n二百余人",
    "-----Original Message-----\nFrom: desk@example.org\nSent: Monday\n\n二百余人",
    "----- 原始邮件 -----\n发件人: desk@example.org\n二百余人",
    "------------------ 原始邮件 ------------------\n发件人: x\n二百余人",
    "---------- Forwarded message ---------\nFrom: x\n\n二百余人",
    "发件人：某单位\n发送时间：2026年11月23日 10:00\n收件人：某人\n主题：答复\n\n二百余人",
    "From: Desk <desk@example.org>\nSent: Monday, 23 November 2026\nTo: someone\nSubject: Re\n\n二百余人",
    "寄件者: x\n日期: 2026年\n收件者: y\n二百余人",
    "-- \n某某，电话，二百余人",
    "--\n二百余人",
    "Begin forwarded message:\n\nFrom: x\nTo: y\n二百余人",
]


@pytest.mark.parametrize("quote", QUOTES)
def test_what_is_quoted_is_not_read(quote: str) -> None:
    assert own_words(f"现在有六十余人。\n\n{quote}\n") == "现在有六十余人。"


KEPT = [
    "负责人在会上写道：解决不了。",
    "他在信里写道：\n“五十余人没有工资”",
    "On Monday we came with 50 people.",
    "发件人：不清楚，谁也没说。",
    "---\n五十余人",
    "五十余人 -- 其中十人受伤",
    "From: the village to the county, 50 people walked.",
    "1 > 0，五十余人",
]


@pytest.mark.parametrize("text", KEPT)
def test_a_sentence_that_only_looks_like_mail_is_kept(text: str) -> None:
    assert own_words(text) == text


def test_words_between_and_under_quoted_lines_are_kept() -> None:
    assert own_words("> 是否到场？\n是，六十余人。\n> 是否有人受伤？\n两人。") == "是，六十余人。\n两人。"


def test_a_phone_signature_is_not_read_but_what_follows_is_looked_at() -> None:
    assert own_words("六十余人\n\n发自我的iPhone\n> 二百余人") == "六十余人"
    assert own_words("60 people\nSent from my iPhone") == "60 people"


def test_what_is_forwarded_to_open_a_matter_is_the_matter() -> None:
    text = "请处理\n---------- Forwarded message ---------\nFrom: a\nSubject: x\nTo: y\n\n五十余人来到窗口。"
    assert opening_words(text) == "请处理\n\n五十余人来到窗口。"
    chinese = "转办\n发件人：某某\n发送时间：2026年\n主题：欠薪\n\n五十余人来到窗口。"
    assert opening_words(chinese) == "转办\n\n五十余人来到窗口。"


def test_an_opening_of_quotes_alone_is_read() -> None:
    assert opening_words("> 五十余人来到窗口。\n> 请解决") == "五十余人来到窗口。\n 请解决".replace(
        "\n ", "\n "
    )


def test_an_opening_keeps_neither_reply_quotes_nor_signature() -> None:
    assert opening_words("六十余人\n-- \n某某\n") == "六十余人"


@pytest.mark.parametrize(
    "unit",
    ["> a\n", "On ", "在", "发件人：x\n", "-----", " ", "写道：\n", "From: a\n", "\n"],
)
def test_two_hundred_kilobytes_of_rubbish_cost_little(unit: str) -> None:
    text = unit * (200_000 // len(unit.encode()))
    before = time.process_time()
    own_words(text)
    opening_words(text)
    assert time.process_time() - before < 0.5
