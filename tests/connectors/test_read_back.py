"""What a target writes is the same value when it is read, in whatever type or form the product repeats it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from plugin.core.effects import Change
from plugin.desk import normalise
from plugin.desk.descriptor import Descriptor
from plugin.desk.outbound import takes, wire_value
from plugin.desk.paths import Every, Index, Key, Path, Select, fill, find_all
from plugin.desk.samples import sample_desk, sample_entries
from tests.connectors.products import NAMES, descriptor

WORDS = ("一级", "Level I", "a/b & c", "Ⅱ（重）")
LINES = "Level I: said in message 2\nFirst answer due 09:30\n3 < 4 & 5 > 4"
DUE = ("2026-03-05T01:07:09Z", "2026-07-31T16:30:59Z", "2026-12-31T23:59:01Z")


def wanted(product: Descriptor, target: str) -> list[Any]:
    """Values a desk file may want of a target."""
    shape = product.targets[target]
    if shape.list is not None:
        return [entry.name for entry in sample_entries(product, shape.list)]
    if target == "priority" and product.priorities:
        return list(product.priorities)[:9]
    if target == "due":
        is_day = (shape.form or shape.read.form) == "%Y-%m-%d"
        return [f"{each[:10]}T00:00:00Z" if is_day else each for each in DUE]
    if target == "tags":
        return [("petition",), ("a-b", "petition", "urgent")]
    if target == "reason":
        return [LINES, *WORDS]
    return ["7", "12"] if shape.read.kind == "int" else list(WORDS)


def put(value: Any, path: Path, leaf: Any, known: dict[str, Any]) -> Any:
    """The document with ``leaf`` where the path leads."""
    if not path.steps:
        return leaf
    step, rest = path.steps[0], Path(path.steps[1:], path.text)
    match step:
        case Key(name):
            made = dict(value) if isinstance(value, dict) else {}
            key = fill(name, known)
            made[key] = put(made.get(key), rest, leaf, known)
            return made
        case Index(at):
            made_list = list(value) if isinstance(value, list) and value else [None]
            made_list[at] = put(made_list[at], rest, leaf, known)
            return made_list
        case Every():
            if isinstance(value, dict):
                first = next(iter(value), "x")
                return {first: put(value.get(first), rest, leaf, known)}
            leaves = leaf if isinstance(leaf, list) else [leaf]
            return [put(None, rest, each, known) for each in leaves]
        case Select(key, words, _):
            others = [e for e in value or [] if not find_all([e], Path((step,), ""), known)]
            named = put({}, key, fill(words[0], known), known)
            return [*others, put(named, rest, leaf, known)]


def as_told(leaf: Any, path: Path, form: str) -> Iterator[Any]:
    """The same value in the other types and forms a product may repeat it in."""
    yield leaf
    if isinstance(leaf, int) and not isinstance(leaf, bool):
        yield str(leaf)
    elif isinstance(leaf, str) and leaf.isascii() and leaf.isdigit():
        yield int(leaf)
    elif isinstance(leaf, list):
        yield list(reversed(leaf))
    elif isinstance(leaf, str) and "\n" in leaf:
        yield leaf.replace("\n", "\r\n")
    if form == "iso" and isinstance(leaf, str) and leaf in DUE:
        at = datetime.fromisoformat(leaf)
        yield leaf.replace("Z", ".000Z")
        yield leaf.replace("Z", "+00:00")
        yield at.astimezone(ZoneInfo("Asia/Shanghai")).isoformat()
        yield (at + timedelta(milliseconds=400)).astimezone(UTC).isoformat()


CASES = [
    (name, target)
    for name in NAMES
    for target, shape in descriptor(name).targets.items()
    if takes(descriptor(name), sample_desk(descriptor(name)), target) and shape.read.template is None
]


@pytest.mark.parametrize(("name", "target"), CASES)
def test_what_is_written_reads_the_same(name: str, target: str) -> None:
    product = descriptor(name)
    desk, shape = sample_desk(product), product.targets[target]
    sample = product.samples["read"][0]
    known = {
        **product.receive.ids.known(str(sample["ticket"])),
        "setting": dict(desk.settings),
        "headers": {},
    }
    known["field"] = normalise.field_of(shape, desk, target)
    values = wanted(product, target)
    assert values
    for want in values:
        wire = json.loads(json.dumps(wire_value(shape, desk, Change(target, None, want))))
        prefix = fill(shape.read.prefix or "", known)
        wire = f"{prefix}{wire}" if prefix and isinstance(wire, str) else wire
        path = shape.read.paths[0]
        for leaf in as_told(wire, path, shape.read.form if shape.read.kind == "time" else ""):
            answers = put({**known, **json.loads(json.dumps(sample["answers"]))}, path, leaf, known)
            assert normalise.values(product, desk, answers)[target] == want, leaf
