"""Ways to tell a matter again without changing it: persons, numerals, scripts, quotes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from plugin.core.simplified import SIMPLIFIED, TRADITIONAL

Rewrite = Callable[[str], str]

# -- who tells it ---------------------------------------------------------------------------------

PERSONS_ZH = (
    "我叫欧阳建国。",
    "我叫古丽娜尔，女，维吾尔族。",
    "我是回族，信仰伊斯兰教。",
    "反映人某某，男，六十七岁，初中文化，残疾。",
    "反映人为外地户籍，租住在青石巷17号院2号楼403室。",
    "本人住柳河路88号，患慢性病多年。",
    "我是老上访户，这是我第五次反映。",
    "他们说我是缠访的重点人，我以前来信来访过很多次。",
    "此人多次上访，情绪激动。",
    "我是一名普通群众，第一次反映问题。",
)
"""Sentences about the person only; none of them may count. Each says nothing else."""

PERSONS_EN = (
    "My name is Fatima al-Example. ",
    "I am a 67-year-old woman of Tibetan origin. ",
    "I am a Christian man, disabled since birth. ",
    "I live at 17 Bluestone Lane, flat 403. ",
    "I am an old petitioner and this is my fifth complaint. ",
    "They call me a vexatious troublemaker; I have written many times before. ",
    "This is the first time I write to you. ",
)

EXCHANGES = (
    ("先生", "女士"),
    ("他们", "她们"),
    ("老先生", "老太太"),
    ("老人", "年轻人"),
    ("一名男子", "一名女子"),
    ("丈夫", "妻子"),
    (" his ", " her "),
    (" he ", " she "),
    ("She ", "He "),
)


def exchanged(text: str) -> str:
    """The text with gender and age of those who tell it the other way round."""
    for one, other in EXCHANGES:
        text = text.replace(one, "\0").replace(other, one).replace("\0", other)
    return text


# -- how numbers are written ------------------------------------------------------------------------

DIGITS = "零一二三四五六七八九"
FORMAL = str.maketrans("一二三四五六七八九十百千", "壹贰叁肆伍陆柒捌玖拾佰仟")
PEOPLE = r"(?=\s*(?:多|余|餘|来)?\s*(?:名|人|户|戶|位))"
ARABIC = re.compile(r"(?<![\d０-９.:：,/%〇零一二两兩三四五六七八九十百千万\-–—])([1-9]\d{0,3})" + PEOPLE)
CHINESE = re.compile(
    r"(?<![\d０-９零一二两兩三四五六七八九十百千万第几数上成])([一二三四五六七八九十百千零]{1,7})" + PEOPLE
)
EN_COUNTED = (
    r"(?=\s+(?:people|residents|villagers|parents|traders|drivers|farmers|families|of us|owners|workers))"
)
EN_ARABIC = re.compile(r"(?<![\d.,:/-])([1-9]\d{0,2})" + EN_COUNTED, re.IGNORECASE)
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


def chinese(number: int) -> str:
    """1–9999 as it is written: 320 三百二十, 105 一百零五, 12 十二."""
    written, zero = "", False
    for power, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, power)
        if digit:
            written += ("零" if zero and written else "") + DIGITS[digit] + unit
            zero = False
        else:
            zero = bool(written)
    return written[1:] if written.startswith("一十") else written


IN_CHINESE = {chinese(number): number for number in range(1, 2000)}

UNITS = (
    *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")


def english(number: int) -> str:
    """1–999 in words: 230 two hundred and thirty."""
    if number < 20:
        return UNITS[number - 1]
    if number < 100:
        tens, rest = divmod(number, 10)
        return TENS[tens - 2] + (f"-{UNITS[rest - 1]}" if rest else "")
    hundreds, rest = divmod(number, 100)
    return f"{UNITS[hundreds - 1]} hundred" + (f" and {english(rest)}" if rest else "")


IN_ENGLISH = {english(number): number for number in range(4, 1000)}
_SPELT = "|".join(sorted(map(re.escape, IN_ENGLISH), key=len, reverse=True))
EN_WORDS = re.compile(rf"(?<![\w-])({_SPELT})(?![\w-])(?!\s+(?:hundred|thousand|and\b|to\b))", re.IGNORECASE)
"""Whatever is counted, people or lamps; not within a longer number and not \"forty-odd\"."""


def in_chinese_numerals(text: str) -> str:
    return ARABIC.sub(lambda found: chinese(int(found[1])), text)


def in_formal_numerals(text: str) -> str:
    formal = CHINESE.sub(
        lambda found: found[1].translate(FORMAL) if found[1] in IN_CHINESE else found[1], text
    )
    return ARABIC.sub(lambda found: chinese(int(found[1])).translate(FORMAL), formal)


def in_digits(text: str) -> str:
    return CHINESE.sub(lambda found: str(IN_CHINESE.get(found[1], found[1])), text)


def in_full_width(text: str) -> str:
    return text.translate(FULL_WIDTH)


def in_english_words(text: str) -> str:
    return EN_ARABIC.sub(lambda found: english(int(found[1])), text)


def in_english_digits(text: str) -> str:
    return EN_WORDS.sub(lambda found: str(IN_ENGLISH[found[1].lower()]), text)


NUMERALS: tuple[Rewrite, ...] = (
    in_chinese_numerals,
    in_formal_numerals,
    in_digits,
    in_full_width,
    in_english_words,
    in_english_digits,
)

# -- which script -----------------------------------------------------------------------------------

_FIRST: dict[str, str] = {}
for _trad, _simp in zip(TRADITIONAL, SIMPLIFIED, strict=True):
    _FIRST.setdefault(_simp, _trad)
_COMMON = dict(zip("后里台余面发只系历复制周征准", "後裡臺餘麵發隻係歷復製週徵準", strict=True))
_TO_TRADITIONAL = {ord(simp): trad for simp, trad in (_FIRST | _COMMON).items()}
_TO_SIMPLIFIED = {ord(trad): simp for trad, simp in zip(TRADITIONAL, SIMPLIFIED, strict=True)}


def in_traditional(text: str) -> str:
    """Every character that has one in its traditional form (the first where there are several)."""
    return text.translate(_TO_TRADITIONAL)


def in_simplified(text: str) -> str:
    return text.translate(_TO_SIMPLIFIED)


SCRIPTS: tuple[Rewrite, ...] = (in_traditional, in_simplified)

# -- quoted -------------------------------------------------------------------------------------------


def quoted(text: str) -> Iterator[str]:
    """Short replies that quote the text the way mail programs do."""
    marked = "\n".join(f"> {line}" for line in text.split("\n"))
    yield f"收到，谢谢。\n\n{marked}\n"
    yield f"谢谢回复。\n\n在 2026年6月1日 10:00，窗口 写道：\n{marked}\n"
    yield f"Thank you.\n\nOn 1 June 2026 at 10:00 the desk wrote:\n{marked}\n"
    yield f"Thanks.\n\n-----Original Message-----\nFrom: desk\nSent: Monday\nSubject: matter\n\n{text}\n"
    header = "------------------ 原始邮件 ------------------\n发件人: 某某\n发送时间: 2026年6月1日"
    yield f"好的。\n\n{header}\n\n{text}\n"
