"""What the shipped rules read in one sentence: our own wordings, several for every cue, half near misses.

``sentences.jsonl``: text, channel, rank, and facts as [least, most]; a fact not named is not asked about.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from plugin.core.facts import Count
from plugin.core.steps import CompiledRules

AT = datetime(2026, 6, 10, 2, 0, tzinfo=UTC)
LINES = (Path(__file__).parent / "sentences.jsonl").read_text("utf-8").splitlines()
SENTENCES = [json.loads(line) for line in LINES]


@pytest.mark.parametrize("row", SENTENCES, ids=[row["text"][:24] for row in SENTENCES])
def test_one_sentence(petition: CompiledRules, row: dict[str, Any]) -> None:
    reading = petition.run(row["text"], "", {"channel": row["channel"]}, at=AT, now=AT)
    found = {name: reading.facts[name].value if name in reading.facts else None for name in row["facts"]}
    assert {n: list(v) if isinstance(v, Count) else v for n, v in found.items()} == row["facts"]
    assert reading.outputs["rank"] == row["rank"]
