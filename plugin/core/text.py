"""Text as it is read: one spelling for every way of typing it, and personal numbers masked.

Both functions are linear and never raise; what a stranger typed can only be read or not be found.
"""

from __future__ import annotations

import re
import unicodedata

from plugin.core.simplified import SIMPLIFIED, TRADITIONAL

MOST = 250_000
"""Characters kept after normalising: no helpdesk's message is longer, some characters unfold to eighteen."""

_LONG = 2_000
_PIECE = 256


def clean(text: str) -> str:
    """The text in one spelling.

    Compatibility forms (NFKC, full-width digits become plain), lower case, simplified characters one for
    one; control, bidi and zero-width characters, variation selectors and halves of characters cut in two
    removed; line breaks and tabs kept.
    """
    if text.isascii():
        return text[:MOST].lower().translate(_TABLE)
    unfolded = _unfolded(text) if len(text) > _LONG else unicodedata.normalize("NFKC", text)
    return unfolded[:MOST].casefold().translate(_TABLE)


def _unfolded(text: str) -> str:
    """Normalised piece by piece: ordering a long run of combining marks takes the square of its length."""
    pieces: list[str] = []
    length = 0
    for at in range(0, len(text), _PIECE):
        pieces.append(unicodedata.normalize("NFKC", text[at : at + _PIECE]))
        length += len(pieces[-1])
        if length >= MOST:
            break
    return "".join(pieces)


def _removed() -> list[int]:
    controls = [c for c in range(0x20) if chr(c) not in "\n\t"] + list(range(0x7F, 0xA0))
    formats = [0xAD, 0x34F, 0x61C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180E, 0x3164, 0xFEFF, 0xFFA0]
    formats += [
        *range(0x200B, 0x2010),
        *range(0x202A, 0x202F),
        *range(0x2060, 0x2070),
        *range(0xFFF9, 0xFFFC),
    ]
    selectors = [*range(0xFE00, 0xFE10), *range(0x180B, 0x180E), *range(0xE0000, 0xE01F0)]
    halves = list(range(0xD800, 0xE000))  # of a character cut in two: no matcher takes them
    return controls + formats + selectors + halves


_TABLE: dict[int, int | str | None] = {
    **dict(zip(map(ord, TRADITIONAL), map(ord, SIMPLIFIED), strict=True)),
    **dict.fromkeys(_removed(), None),
    0x85: "\n",
    0x0B: "\n",
    0x0C: "\n",
    0x2028: "\n",
    0x2029: "\n",
}


MASK = "*"

_D = "(?:[0-9０-９][\u200b-\u200d\u2060]?)"
_JOIN = "[ \u00a0－-]?"
_EDGE = "[0-9A-Za-z０-９Ａ-Ｚａ-ｚ]"
_PERSONAL = re.compile(
    rf"""
      (?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]++@[A-Za-z0-9-]{{1,63}}(?:\.[A-Za-z0-9-]{{1,63}}){{1,8}}  # e-mail
    | (?<!{_EDGE}) (?:{_D}{{11,30}} | {_D}{{3,6}}(?:[ \u00a0－-]{_D}{{3,6}}){{2,7}}) [XxＸｘ]? (?!{_D})
    | (?<!{_EDGE}) \+{_D}{{1,3}} {_JOIN} {_D}(?:{_JOIN}{_D}){{6,13}} (?!{_D})                # international
    | (?<!{_EDGE}) [（(]?[0０]{_D}{{2,3}}[）)]? {_JOIN} {_D}{{7,8}} (?!{_D})                 # land line
    | (?<!{_EDGE}) {_D}{{3,4}} [-－] {_D}{{4}} (?!{_D}) (?=[^年月])                          # local line
    | (?:账号|帳號|卡号|卡號|账户|帳戶|户号|戶號|电话|電話|手机|手機|证号|證號|身份证|身分證|护照|護照
        |车牌|車牌|学号|學號|工号|工號|社保号|社保號|qq|QQ|微信号?|微信號
        |\b(?:phone|tel|mobile|call\ me\ (?:on|at)|account|acct|card|passport|id|iban)
           (?:\ (?:no|number|num))?\b)
      [\ .:：#是为為码碼号號]{{0,4}}
      (?=[A-Za-z0-9０-９-]{{0,24}}{_D}{{4}}) [A-Za-z0-9０-９-]{{5,34}}                       # behind its name
    """,
    re.VERBOSE,
)


_LABELS = re.compile(
    r"[老]?[上信][访訪]老?[户戶]|[缠纏闹鬧無无]理?[访訪][户戶]?|[重重][点點](?:[信上][访訪])?(?:人[员員]?|[对對]象)"
    r"|(?:多次|反[复復]|重[复復]|再次|屡次|屢次|[长長]期|[经經]常|[总總]是|[越]级|越級|一直|曾多次)"
    r"(?:来信来访|來信來訪|信访|信訪|上访|上訪|来访|來訪|走访|走訪)"
    r"|(?:来信来访|來信來訪|来访|來訪|上访|上訪|信访|信訪)[过過]?(?:很多|好多|许多|許多|无数|無數|多|几|幾|[一二三四五六七八九十\d]{1,3})(?:次|回|趟)"
    r"|(?:钉|釘)子[户戶]|刁民"
)


def mask(text: str) -> str:
    """The text with personal numbers and labels put on people starred, length unchanged.

    Personal are e-mail addresses and identity, phone, card and account numbers; any run of eleven or more
    digits is taken for one, no count or sum in a ticket needs that many. Labels (老上访户, 缠访, 重点人) and
    how often somebody came before say who is speaking, and nothing may hang on that.
    """
    return _LABELS.sub(lambda label: MASK * len(label[0]), _PERSONAL.sub(_stars, text))


def has_personal_number(text: str) -> bool:
    """Whether a mail address or an identity, phone, card or account number stands in the text."""
    return _PERSONAL.search(text) is not None


def _stars(found: re.Match[str]) -> str:
    """Letters and digits become stars; a name such as 电话 before the number stays readable."""
    whole = found[0]
    if "@" in whole:
        return MASK * len(whole)
    return _DIGITS.sub(lambda run: MASK * len(run[0]), whole)


_DIGITS = re.compile(r"(?=[A-Za-z]{0,24}-?[0-9０-９])[A-Za-z0-9０-９Ｘｘ-]+")
