"""Reading JSON strictly: an object knows where it stands, and says so when a key is not what it should be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, tzinfo
from typing import Any, TypeVar

from plugin.documents.suggest import nearest

Word = TypeVar("Word", bound=str)

FOR_PEOPLE = frozenset({"title", "reason", "note", "source"})
"""Keys any object may have: nothing reads them."""


class Part:
    """One object of a JSON document, with the words for where it stands.

    Every refusal is a ValueError that names the place and the key.
    """

    def __init__(self, value: Any, where: str, required: str = "", optional: str = "") -> None:
        if not isinstance(value, Mapping):
            raise ValueError(f"{where}: an object is wanted here, not {_shown(value)}")
        self.where = where
        self._value = value
        known = {*required.split(), *optional.split()}
        for key in value:
            if key not in known | FOR_PEOPLE:
                near = nearest(str(key), known)
                hint = f"did you mean `{near}`?" if near else f"known: {', '.join(sorted(known))}"
                raise ValueError(f"{where}: unknown key `{key}`; {hint}")
        for key in required.split():
            if key not in value:
                raise ValueError(f"{where}: the key `{key}` is missing")

    def __contains__(self, key: str) -> bool:
        """Whether the key has a value other than null."""
        return self._value.get(key) is not None

    def has(self, key: str) -> bool:
        """Whether the key is there, be it null."""
        return key in self._value

    def raw(self, key: str) -> Any:
        """Whatever stands there; None where nothing does."""
        return self._value.get(key)

    def at(self, key: str) -> str:
        """The words for where a key stands."""
        return f"{self.where}, `{key}`"

    def refuse(self, key: str, wanted: str) -> ValueError:
        """What to raise where the value of a key is not what is wanted."""
        return ValueError(f"{self.at(key)}: {wanted} is wanted here, not {_shown(self.raw(key))}")

    def text(self, key: str) -> str:
        """A text that must be there."""
        found = self.raw(key)
        if not isinstance(found, str) or not found:
            raise self.refuse(key, "a text")
        return found

    def maybe_text(self, key: str) -> str | None:
        """A text, or None where none is given."""
        return self.text(key) if key in self else None

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; empty where none is given."""
        found = self.listed(key)
        if not all(isinstance(item, str) for item in found):
            raise self.refuse(key, "a list of texts")
        return tuple(found)

    def choice(self, key: str, *allowed: Word) -> Word:
        """One of these words; the first where none is given."""
        found = self.maybe_text(key)
        for word in allowed:
            if found is None or found == word:
                return word
        raise self.refuse(key, f"one of {', '.join(allowed)}")

    def maybe_choice(self, key: str, *allowed: Word) -> Word | None:
        """One of these words, or None where none is given."""
        return self.choice(key, *allowed) if key in self else None

    def whole(self, key: str, *, least: int = 0, default: int = 0) -> int:
        """A whole number of at least ``least``."""
        found = self.raw(key)
        if found is None:
            return default
        is_number = isinstance(found, int | float) and not isinstance(found, bool)
        if not is_number or found != int(found) or found < least:
            raise self.refuse(key, f"a whole number of at least {least}")
        return int(found)

    def flag(self, key: str, *, default: bool) -> bool:
        """True or false."""
        found = self.raw(key)
        if found is None:
            return default
        if not isinstance(found, bool):
            raise self.refuse(key, "true or false")
        return found

    def listed(self, key: str) -> list[Any]:
        """A list of anything; empty where none is given."""
        found = self.raw(key)
        if found is None:
            return []
        if not isinstance(found, list):
            raise self.refuse(key, "a list")
        return found

    def parts(self, key: str, required: str, optional: str = "") -> Iterator[Part]:
        """The objects of a list."""
        for number, item in enumerate(self.listed(key), 1):
            yield Part(item, f"{self.at(key)} {name_of(item, number)}", required, optional)

    def once(self, key: str) -> None:
        """Refuse a list in which two objects have one id."""
        names = [name_of(item, number) for number, item in enumerate(self.listed(key), 1)]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"{self.at(key)}: the id {twice[0]} is there twice")

    def part(self, key: str, required: str = "", optional: str = "") -> Part:
        """The object that stands there."""
        return Part(self.raw(key), self.at(key), required, optional)

    def named(self, key: str) -> Mapping[str, Any]:
        """An object whose keys are names of the author's own; empty where none is given."""
        found = self.raw(key)
        if found is None:
            return {}
        if not isinstance(found, Mapping):
            raise self.refuse(key, "an object")
        return found

    def second(self, key: str) -> int:
        """An instant, in UTC seconds."""
        return second(self.raw(key), self.at(key))

    def zone(self, key: str) -> tzinfo:
        """The offset of an instant."""
        return _instant(self.raw(key), self.at(key))[1]

    def maybe_second(self, key: str) -> int | None:
        """An instant in UTC seconds, or None where none is given."""
        return self.second(key) if key in self else None


def second(value: Any, where: str) -> int:
    """An ISO 8601 instant with its offset and without fractions of a second, in UTC seconds."""
    return _instant(value, where)[0]


def _instant(value: Any, where: str) -> tuple[int, tzinfo]:
    try:
        at = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        at = None
    if at is None or at.tzinfo is None or at.microsecond or not 1970 < at.year < 2200:
        raise ValueError(
            f"{where}: an instant with its offset, as in 2026-03-09T10:00:00+08:00, is wanted here,"
            f" not {_shown(value)}"
        )
    return int(at.timestamp()), at.tzinfo


def day(value: Any, where: str) -> date:
    """An ISO 8601 date."""
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        message = f"{where}: a date, as in 2026-03-09, is wanted here, not {_shown(value)}"
        raise ValueError(message) from None


def name_of(item: Any, number: int) -> str:
    """The id of an object in a list, else its number: ``#1`` for the first."""
    name = item.get("id") if isinstance(item, Mapping) else None
    return name if isinstance(name, str) else f"#{number}"


def _shown(value: Any) -> str:
    text = "nothing" if value is None else repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
