"""A connector's own tests: its samples, carried out, against what they must come to.

``receive``: a recorded delivery and the hint it must give. ``read``: answers of the API and the ticket and
state they must give. ``write``: wanted changes and the requests they must become. No network.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from plugin.core.effects import Change, Effects, Note
from plugin.desk import inbound, normalise, outbound
from plugin.desk.descriptor import Descriptor
from plugin.desk.helpdesk import Seen
from plugin.desk.installation import Installation, MatterField
from plugin.desk.signing import Delivery
from plugin.desk.transforms import CANONICAL_TIME
from plugin.errors import PaidanError


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A sample that came to something else."""

    sample: str
    wanted: Any
    found: Any


def mismatches(descriptor: Descriptor) -> list[Mismatch]:
    """Every sample of the connector that does not come to what it says; empty when all do."""
    return [each for each in _outcomes(descriptor) if each.wanted != each.found]


def sample_desk(descriptor: Descriptor) -> Installation:
    """The installation the samples belong to; its secrets are the samples' own."""
    given = descriptor.samples.get("desk", {})
    return Installation(
        desk="sample",
        url=given.get("url", "https://desk.example.org"),
        secrets={name: (value,) for name, value in given.get("secrets", {}).items()},
        settings={name: str(value) for name, value in given.get("settings", {}).items()},
        targets=given.get("targets", {}),
        words=given.get("words", {}),
        fields={name: MatterField(source) for name, source in given.get("fields", {}).items()},
        scene_staff=frozenset(str(each) for each in given.get("scene_staff", [])),
    )


def sample_effects(sample: Mapping[str, Any]) -> Effects:
    """The effects of a write sample: ``changes`` as target → [read, wanted], and ``note``."""
    changes = tuple(
        Change(name, _value(base), _value(want)) for name, (base, want) in sample["changes"].items()
    )
    note = sample.get("note")
    return Effects(changes, Note("sample", note) if note is not None else None)


def _value(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _outcomes(descriptor: Descriptor) -> Iterator[Mismatch]:
    desk = sample_desk(descriptor)
    for sample in descriptor.samples.get("receive", []):
        yield Mismatch(sample["name"], sample["hint"], _received(descriptor, desk, sample))
    for sample in descriptor.samples.get("read", []):
        answers = {"setting": dict(desk.settings), "headers": {}, **sample["answers"]}
        seen = normalise.seen(descriptor, desk, str(sample["ticket"]), answers)
        yield Mismatch(sample["name"], sample["seen"], seen_as_data(seen))
    for sample in descriptor.samples.get("write", []):
        planned = outbound.plan(
            descriptor,
            desk,
            str(sample["ticket"]),
            sample_effects(sample),
            sample["marker"],
            stamp=sample.get("stamp"),
        )
        yield Mismatch(sample["name"], sample["requests"], [call_as_data(call) for call in planned.calls])


def _received(descriptor: Descriptor, desk: Installation, sample: Mapping[str, Any]) -> dict[str, Any] | str:
    delivery = Delivery(
        str(sample.get("source", "")),
        {name.lower(): str(value) for name, value in sample["headers"].items()},
        sample["body"].encode(),
        float(sample["at"]),
    )
    try:
        hint = inbound.receive(descriptor, desk, "POST", delivery)
    except PaidanError as error:
        return str(error)
    return {"ticket": hint.ticket_id, "kind": hint.kind, "key": hint.delivery_key, "ours": hint.ours}


def seen_as_data(seen: Seen) -> dict[str, Any]:
    """A ticket as read, as plain data."""
    state = seen.snapshot
    values = {name: list(v) if isinstance(v, tuple) else v for name, v in state.values.items()}
    return {
        "messages": [
            {
                "id": m.id,
                "at": m.at.astimezone(UTC).strftime(CANONICAL_TIME),
                "title": m.title,
                "text": m.text,
            }
            for m in seen.ticket.messages
        ],
        "fields": {name: list(v) if isinstance(v, tuple) else v for name, v in seen.ticket.fields.items()},
        "unread_attachments": seen.ticket.unread_attachments,
        "state": state.state,
        "values": values,
        "stamp": state.stamp,
        "markers": sorted(state.markers),
    }


def call_as_data(call: outbound.Call) -> dict[str, Any]:
    """A request as plain data; headers and query only where there are any."""
    data: dict[str, Any] = {"method": call.method, "path": call.path, "body": call.body}
    if call.headers:
        data["headers"] = dict(call.headers)
    if call.query:
        data["query"] = dict(call.query)
    return json.loads(json.dumps(data))  # type: ignore[no-any-return]
