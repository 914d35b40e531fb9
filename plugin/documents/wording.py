"""The words of every problem, in one table: code → (message, what to do) in English and in Chinese.

Slots stand in braces. ``{what}`` is a noun of ``NOUNS`` and ``{a}`` its article; ``{choices}`` is a sorted
list cut at eight. A text with slots ``given`` and ``choices`` begins with "did you mean …" where one is near.
The rows stand in the ``wording_*`` modules, by what they are about; a code stands in one of them only.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from plugin.documents.wording_calendars import CALENDAR_TEXTS
from plugin.documents.wording_connectors import CONNECTOR_TEXTS
from plugin.documents.wording_files import FILE_TEXTS
from plugin.documents.wording_fit import FIT_TEXTS
from plugin.documents.wording_manifest import MANIFEST_TEXTS
from plugin.documents.wording_phrases import NOUNS, PERSON, PHRASES, WEEKDAYS
from plugin.documents.wording_plans import PLAN_TEXTS
from plugin.documents.wording_rosters import ROSTER_TEXTS
from plugin.documents.wording_values import VALUE_TEXTS

Language = Literal["zh", "en"]

__all__ = ["NOUNS", "PERSON", "PHRASES", "TEXTS", "WEEKDAYS", "Language", "Texts"]


class Texts(NamedTuple):
    """One code's message and advice, in both languages."""

    en: str
    en_fix: str
    zh: str
    zh_fix: str


TEXTS: dict[str, Texts] = {
    code: Texts(*row)
    for table in (
        FILE_TEXTS,
        VALUE_TEXTS,
        FIT_TEXTS,
        PLAN_TEXTS,
        CONNECTOR_TEXTS,
        MANIFEST_TEXTS,
        CALENDAR_TEXTS,
        ROSTER_TEXTS,
    )
    for code, row in table.items()
}
"""Every code there is."""
