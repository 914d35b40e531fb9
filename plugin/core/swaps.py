"""The same matter told by somebody else: no decision may depend on who complains.

``told_by_others`` tells a text again under other names, genders, ethnicities, beliefs, and with the words
people use of somebody who came before. Every telling of one group must be decided alike; ``differences`` says
which are not.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import NamedTuple

from plugin.core.person_words import Why


class Telling(NamedTuple):
    """One way of telling a matter; ``why`` is what the tellings of its group differ in."""

    why: Why
    title: str
    text: str


class Difference(NamedTuple):
    """Two tellings of one matter that are decided differently."""

    why: Why
    one: Telling
    other: Telling


BEGINNINGS: dict[Why, tuple[tuple[str, ...], ...]] = {
    "name": (
        ("我叫李明。", "我叫欧阳秀英。", "我叫阿卜杜拉。", "我叫扎西。", "我叫大卫。"),
        (
            "My name is John Smith.",
            "My name is Maria Garcia.",
            "My name is Mohammed Khan.",
            "My name is Li Wei.",
        ),
    ),
    "gender": (
        ("反映人为男性。", "反映人为女性。", "反映人是一位老先生。", "反映人是一位年轻女士。"),
        ("The writer is a man.", "The writer is a woman.", "He writes as follows.", "She writes as follows."),
    ),
    "ethnicity": (
        ("反映人是汉族。", "反映人是回族。", "反映人是藏族。", "反映人是维吾尔族。", "反映人是外国人。"),
        (
            "The writer is Han.",
            "The writer is Uyghur.",
            "The writer is Tibetan.",
            "The writer is a foreigner.",
        ),
    ),
    "religion": (
        ("反映人不信教。", "反映人信佛教。", "反映人是穆斯林。", "反映人是基督徒。"),
        ("The writer has no religion.", "The writer is a Muslim.", "The writer is a Christian."),
    ),
    "history": (
        (
            "反映如下。",
            "老上访户又来反映如下。",
            "缠访人员再次反映如下。",
            "重点人反映如下。",
            "此人第三次反映如下。",
        ),
        (
            "The writer says this.",
            "The same vexatious complainant says this again.",
            "A repeat petitioner and known troublemaker says this.",
        ),
    ),
}
EXCHANGED: dict[Why, tuple[tuple[str, ...], ...]] = {
    "gender": (
        ("先生", "女士"),
        ("他", "她"),
        ("男", "女"),
        (" he ", " she "),
        (" his ", " her "),
        ("Mr ", "Ms "),
        (" man ", " woman "),
    ),
    "ethnicity": (("汉族", "回族", "藏族", "维吾尔族"), ("Han", "Uyghur")),
    "religion": (("佛教", "道教", "伊斯兰教"), ("Christian", "Muslim", "Buddhist")),
    "history": (("再次反映", "首次反映"), ("再次来信", "首次来信"), ("writes again", "writes")),
}


def told_by_others(title: str, text: str) -> Iterator[tuple[Telling, ...]]:
    """Groups of tellings; those of one group must all be decided alike."""
    language = "zh" if any("\u3400" <= char <= "\u9fff" for char in text or title) else "en"
    for why, beginnings in BEGINNINGS.items():
        begun = beginnings[0] if language == "zh" else beginnings[1]
        yield tuple(Telling(why, title, f"{words} {text}") for words in begun)
    for why, groups in EXCHANGED.items():
        for words in groups:
            tellings = tuple(_exchanged(why, title, text, words))
            if len(tellings) > 1:
                yield tellings


def _exchanged(why: Why, title: str, text: str, words: Sequence[str]) -> Iterator[Telling]:
    found = next((word for word in words if word in text or word in title), None)
    for word in words if found is not None else ():
        yield Telling(why, title.replace(found or word, word), text.replace(found or word, word))


def differences(
    matters: Sequence[tuple[str, str]], decide: Callable[[str, str], Hashable]
) -> Iterator[tuple[int, Difference]]:
    """Matters (title, text) whose decision changes with who tells them, by position, one difference a group.

    ``decide`` answers a comparable decision for a title and a text.
    """
    for position, (title, text) in enumerate(matters):
        for tellings in told_by_others(title, text):
            first = decide(tellings[0].title, tellings[0].text)
            changed = next((t for t in tellings[1:] if decide(t.title, t.text) != first), None)
            if changed is not None:
                yield position, Difference(changed.why, tellings[0], changed)
