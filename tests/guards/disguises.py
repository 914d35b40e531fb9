"""Ways to write a word so that a person reads it and a naive check does not."""

from __future__ import annotations

from collections.abc import Callable

from tests.metamorphic.guises import in_traditional

Disguise = Callable[[str], str]

_WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
_LOOK_ALIKES = str.maketrans("aceiopsxy", "асеіорѕху")


def as_it_is(word: str) -> str:
    return word


def full_width(word: str) -> str:
    return word.translate(_WIDE)


def zero_width(word: str) -> str:
    return "\u200b".join(word)


def bidi_marked(word: str) -> str:
    return "\u2068" + "\u200e".join(word) + "\u2069"


def soft_hyphens(word: str) -> str:
    return word[:1] + "\u00ad" + word[1:]


def spaced(word: str) -> str:
    """Chinese with spaces between, English with its words apart."""
    return word.replace("_", " ") if word.isascii() else " ".join(word)


def dotted(word: str) -> str:
    return ".".join(word.split("_")) if word.isascii() else "·".join(word)


def upper(word: str) -> str:
    return word.upper()


def camel(word: str) -> str:
    return "".join(part.capitalize() for part in word.split("_")) if word.isascii() else word


def hyphened(word: str) -> str:
    return word.replace("_", "-")


def look_alikes(word: str) -> str:
    return word.translate(_LOOK_ALIKES)


def accented(word: str) -> str:
    return word.replace("e", "é").replace("i", "ï")


def prefixed(word: str) -> str:
    return f"x_{word}" if word.isascii() else f"本件{word}"


def suffixed(word: str) -> str:
    return f"{word}_1" if word.isascii() else f"{word}一栏"


DISGUISES: tuple[Disguise, ...] = (
    as_it_is,
    full_width,
    zero_width,
    bidi_marked,
    soft_hyphens,
    in_traditional,
    spaced,
    dotted,
    upper,
    camel,
    hyphened,
    look_alikes,
    accented,
    prefixed,
    suffixed,
)
