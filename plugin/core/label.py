"""A name for people, in Chinese and English."""

from __future__ import annotations

from typing import NamedTuple


class Label(NamedTuple):
    """What people read instead of an id; where a file gives one text only, both are that text."""

    zh: str
    en: str

    def say(self, language: str) -> str:
        """The text for ``zh`` or ``en``."""
        return self.zh if language == "zh" else self.en
