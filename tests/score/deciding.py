"""The shipped documents, and a ticket decided by them."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from plugin.core.case import CaseState, Decision, DecisionDocuments
from plugin.core.decision import decide
from plugin.core.ticket import Ticket
from plugin.desk.products import Connectors
from plugin.documents.document_set import DocumentSet
from plugin.documents.load import load

ROOT = Path(__file__).resolve().parents[2]
RULES = "petition"
PLANS = {
    "plan1": "petition-four-level",
    "plan2": "petition-three-level",
    "plan3": "petition-inherited",
}
"""Name in the labels → id of the shipped plan."""


@lru_cache(maxsize=1)
def shipped() -> DocumentSet:
    """The documents as shipped; every problem is told where there is one."""
    documents, problems = load(ROOT / "mappings", Connectors(ROOT / "connectors").products)
    assert documents is not None, "\n".join(map(str, problems))
    return documents


def decided(ticket: Ticket, plan: str, case: CaseState | None = None) -> Decision:
    """The decision of a ticket under ``plan1``, ``plan2`` or ``plan3``, one minute after its last word."""
    documents = DecisionDocuments(shipped().plans[PLANS[plan]], shipped().compiled(RULES))
    return decide(ticket, case or CaseState(), documents, ticket.messages[-1].at)
