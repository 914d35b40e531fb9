"""A connector's own tests: its samples, carried out, against what they must come to.

``receive``: a recorded delivery and the hint it must give. ``read``: answers of the API and the ticket and
state they must give. ``write``: wanted changes and the requests they must become. ``changed``: one page of
the list of changed tickets, the request for it and what is read from it. No network.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from plugin.core.effects import Change, Effects, Note
from plugin.desk import inbound, normalise, outbound
from plugin.desk.api_shape import ListKind, WriteStep
from plugin.desk.changes import Changes
from plugin.desk.client import Reply
from plugin.desk.descriptor import Descriptor
from plugin.desk.helpdesk import Position, Seen, Server
from plugin.desk.installation import Installation, MatterField
from plugin.desk.lists import Entry, joined, listed, options_of, pages_selects
from plugin.desk.signing import Delivery
from plugin.desk.steps import carry_out
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
    """The installation the samples belong to: their own secrets, the names of their lists."""
    desk = _bare_desk(descriptor)
    if not descriptor.samples.get("lists"):
        return desk
    return joined(descriptor, desk, lambda kind: sample_entries(descriptor, kind))


def sample_entries(descriptor: Descriptor, kind: ListKind) -> tuple[Entry, ...]:
    """The entries in the recorded answer of a list."""
    answer = descriptor.samples["lists"][kind]["answer"]
    shape = descriptor.lists[kind]
    rows = options_of(answer, shape.select) if shape.select else answer
    known: dict[str, Any] = {"setting": dict(_bare_desk(descriptor).settings), "list": answer}
    more = descriptor.samples["lists"][kind].get("more", {})
    for step in shape.more:
        answers = more.get(step.name, [])
        known[step.name] = [pages_selects(each) for each in answers] if step.selects else answers
    return listed(shape, rows, known)


def planned_calls(
    descriptor: Descriptor, desk: Installation, sample: Mapping[str, Any]
) -> list[outbound.Call]:
    """The requests of a write sample in their order; looks get the answers recorded under ``looks``."""
    looks, stepped = sample.get("looks", {}), []

    def answer(step: WriteStep, call: outbound.Call) -> Any:
        stepped.append(call)
        return looks.get(step.name)

    planned = outbound.plan(
        descriptor,
        desk,
        str(sample["ticket"]),
        sample_effects(sample),
        sample["marker"],
        stamp=sample.get("stamp"),
    )
    for stepping in planned.steps:
        carry_out(stepping, answer)
    noted = []
    for each in planned.note:
        if isinstance(each, outbound.Stepping):
            carry_out(each, answer)
        else:
            noted.append(each)
    return [*planned.updates, *stepped, *noted]


def _bare_desk(descriptor: Descriptor) -> Installation:
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
        known = descriptor.receive.ids.known(str(sample["ticket"]))
        answers = {**known, "setting": dict(desk.settings), "headers": {}, **sample["answers"]}
        seen = normalise.seen(descriptor, desk, str(sample["ticket"]), answers)
        yield Mismatch(sample["name"], sample["seen"], seen_as_data(seen))
    for sample in descriptor.samples.get("write", []):
        calls = planned_calls(descriptor, desk, sample)
        yield Mismatch(sample["name"], sample["requests"], [call_as_data(call) for call in calls])
    for kind, sample in descriptor.samples.get("lists", {}).items():
        entries, wanted = sample_entries(descriptor, kind), sample["entries"]
        most = max(map(len, wanted), default=0)
        yield Mismatch(f"list of {kind}", wanted, [entry_as_data(each)[:most] for each in entries])

    for sample in descriptor.samples.get("changed", []):
        yield Mismatch(sample["name"], sample["listed"], listed_as_data(descriptor, desk, sample))


@dataclass
class _Recorded:
    """Answers what a sample recorded, and keeps what it was asked."""

    reply: Reply
    asked: list[outbound.Call] = field(default_factory=list)
    server: Server | None = None

    def send(
        self,
        call: outbound.Call,
        timeout: float,  # noqa: ARG002
        not_after: float | None = None,  # noqa: ARG002
        most: int | None = None,  # noqa: ARG002
    ) -> Reply:
        self.asked.append(call)
        return self.reply


def listed_as_data(descriptor: Descriptor, desk: Installation, sample: Mapping[str, Any]) -> dict[str, Any]:
    """The request for one page of changed tickets, the tickets on it, and where the list goes on."""
    wire = _Recorded(Reply(sample["answer"], sample.get("headers", {})))
    since = _seconds(sample.get("since"))
    now = _seconds(sample["now"]) or 0.0
    page = Changes(wire, descriptor, desk, lambda: now).page(
        Position(since, int(sample.get("page", 0))), 10.0
    )
    rows = [[row.ticket_id, _written(row.at), row.kind, row.ours, row.state] for row in page.rows]
    after = page.after and {"since": _written(page.after.since), "page": page.after.page}
    return {"request": call_as_data(wire.asked[0]), "rows": rows, "after": after}


def _seconds(written: str | None) -> float | None:
    return None if written is None else datetime.fromisoformat(written).timestamp()


def _written(at: float | None) -> str | None:
    return None if at is None else datetime.fromtimestamp(at, UTC).strftime(CANONICAL_TIME)


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


def entry_as_data(entry: Entry) -> list[Any]:
    """An entry of a list as plain data: id and name, then its type and choices where there are choices."""
    return [entry.id, entry.name, *((entry.type, list(entry.choices)) if entry.choices else ())]


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
    if call.encoding != "json":
        data["encoding"] = call.encoding
    return json.loads(json.dumps(data))  # type: ignore[no-any-return]
