"""The shipped petition rules, compiled once."""

from __future__ import annotations

from pathlib import Path

import pytest

from plugin.core.rules import RuleSet
from plugin.core.steps import CompiledRules, compile_rules
from plugin.documents.problems import Problems
from plugin.documents.rules import build_rules
from plugin.documents.source import compose

RULES = Path(__file__).parents[3] / "mappings" / "rules"


@pytest.fixture(scope="session")
def petition_rules() -> RuleSet:
    """The checked form of ``rules/petition.yaml``."""
    problems = Problems()
    parts = {
        path.stem: compose(path.read_text("utf-8"), path.name) for path in (RULES / "parts").glob("*.yaml")
    }
    file = RULES / "petition.yaml"
    rules = build_rules("petition", compose(file.read_text("utf-8"), file.name), parts, problems)
    assert rules is not None, [(str(p.place), p.code, dict(p.slots)) for p in problems]
    return rules


@pytest.fixture(scope="session")
def petition(petition_rules: RuleSet) -> CompiledRules:
    """The same, ready to run."""
    return compile_rules(petition_rules)
