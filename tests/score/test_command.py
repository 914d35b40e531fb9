"""``paidan decide`` over the labelled files says what the decision says: there is no second evaluator."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from plugin.cli import main
from tests.score.deciding import PLANS, ROOT, decided
from tests.score.score import BAR
from tests.score.tickets import FOLDER, SAMPLES, sample


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("plan", PLANS)
def test_the_command_places_every_line_as_the_decision_does(name: str, plan: str) -> None:
    file, folder, connectors = (
        str(FOLDER / f"{name}.jsonl"),
        str(ROOT / "mappings"),
        str(ROOT / "connectors"),
    )
    options = ["--plan", PLANS[plan], "--in", file, "--mappings", folder, "--connectors", connectors]
    ran = CliRunner().invoke(main, ["decide", *options])
    assert ran.exit_code == 0, ran.output
    told = [json.loads(line) for line in ran.stdout.split("\n") if line.startswith("{")]
    said = [(line["id"], *(line[part] for part in BAR)) for line in told]
    readings = [
        (labelled.id, *(getattr(reading.placement, part) for part in BAR))
        for labelled in sample(name)
        for reading in decided(labelled.ticket(), plan).readings
    ]
    assert said == readings
