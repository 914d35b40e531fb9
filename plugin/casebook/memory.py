"""What a case remembers, as JSON: ids, ranks, positions and the helpdesk's own values; no ticket text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, TypeVar

from plugin.core.decision import CaseState, Pin, Placement
from plugin.core.effects import Change, Effects, Note
from plugin.core.preview import Preview


@dataclass(frozen=True, slots=True)
class Memory:
    """The case's state for the next decision, and what the helpdesk would not take."""

    state: CaseState = field(default_factory=CaseState)
    refused: Mapping[str, str] = field(default_factory=dict)
    """target → the value (for ``note`` its key) the helpdesk refused or ignored"""
    signs: Mapping[str, str] = field(default_factory=dict)
    """event → what the ticket showed of it at the last read"""
    version: str = ""
    """The documents under which it was refused; other documents, another try."""
    preview: Preview | None = None
    """What acting would have changed at the last read; None: nobody looked."""


T = TypeVar("T", Placement, Preview)


def dumped(memory: Memory) -> str:
    """A memory as JSON text."""
    state = memory.state
    return _json(
        {
            "peak_rank": state.peak_rank,
            "peak": _flat(state.peak) if state.peak else None,
            "peak_message": state.peak_message,
            "written": dict(state.written),
            "pins": [{**_flat(pin), "at": pin.at.isoformat()} for pin in state.pins],
            "noted": sorted(state.noted),
            "refused": dict(memory.refused),
            "version": memory.version,
            "signs": dict(memory.signs),
            "acted_for": state.acted_for,
            "watched": state.is_watched,
            "preview": _flat(memory.preview) if memory.preview else None,
        }
    )


WATCHED = '"watched":true'
"""How a memory says that the ticket is only looked at."""


def _flat(value: Placement | Pin | Preview) -> dict[str, Any]:
    """Field → value; nothing in them is worth the deep copy that ``asdict`` makes."""
    return {each.name: getattr(value, each.name) for each in fields(value)}


def loaded(text: str) -> Memory:
    """The memory that ``dumped`` wrote; ``{}`` is a case nobody decided yet."""
    stored = json.loads(text)
    state = CaseState(
        peak_rank=stored.get("peak_rank", 0),
        peak=_known(Placement, stored.get("peak")),
        peak_message=stored.get("peak_message", ""),
        written=stored.get("written", {}),
        pins=tuple(Pin(**{**pin, "at": datetime.fromisoformat(pin["at"])}) for pin in stored.get("pins", ())),
        noted=frozenset(stored.get("noted", ())),
        acted_for=stored.get("acted_for", ""),
        is_watched=stored.get("watched", _was_never_noted(stored)),
    )
    preview = _known(Preview, stored.get("preview"))
    return Memory(
        state, stored.get("refused", {}), stored.get("signs", {}), stored.get("version", ""), preview
    )


def _was_never_noted(stored: dict[str, Any]) -> bool:
    """A Paidan that did not put on record what is only looked at left no word in such a ticket."""
    return bool(stored.get("peak")) and not stored.get("noted")


def _known(kind: type[T], stored: dict[str, Any] | None) -> T | None:
    """Keys an older or newer Paidan stored beside the known ones are left aside."""
    if stored is None:
        return None
    known = {f.name for f in fields(kind)}
    values: dict[str, Any] = {
        k: tuple(v) if isinstance(v, list) else v for k, v in stored.items() if k in known
    }
    return kind(**values)


def dumped_changes(effects: Effects) -> str:
    """The changes of an action as JSON text."""
    return _json([[c.target, _plain(c.base), _plain(c.want)] for c in effects.changes])


def loaded_effects(changes: str, note_key: str | None, note_text: str | None) -> Effects:
    """The effects an action carries."""
    return Effects(
        tuple(Change(target, _value(base), _value(want) or "") for target, base, want in json.loads(changes)),
        Note(note_key, note_text) if note_key and note_text is not None else None,
        in_reason=note_key if note_key and note_text is None else "",
    )


def _plain(value: str | tuple[str, ...] | None) -> str | list[str] | None:
    return list(value) if isinstance(value, tuple) else value


def _value(stored: str | list[str] | None) -> str | tuple[str, ...] | None:
    return tuple(stored) if isinstance(stored, list) else stored


def _json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))
