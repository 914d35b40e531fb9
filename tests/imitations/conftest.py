"""Which tests of the whole line run for every imitation each time: all of them with ``make imitations``."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

IN_FULL = os.environ.get("IMITATIONS_IN_FULL", "0") != "0"
WHOLE = ("zammad", "glpi-11", "zendesk", "itop")
"""Run all tests each time; between them they hear, sign in, join groups and refuse in every way there is."""
EACH = (
    "test_it_is_recognised_and_its_desk_file_names_everything_rightly",
    "test_check_and_doctor_are_content",
    "test_a_visit_is_routed_and_only_staff_can_read_why",
    "test_a_no_in_the_clothes_of_a_yes_is_told_as_missing",
    "test_what_connect_made_goes_and_nothing_else",
)
"""Run for every product each time: about half a minute."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what the bounded form leaves out."""
    if IN_FULL:
        return
    left = [item for item in items if Path(__file__).parent in item.path.parents and _is_left_out(item)]
    items[:] = [item for item in items if item not in left]
    config.hook.pytest_deselected(items=left)


def _is_left_out(item: pytest.Item) -> bool:
    chosen = getattr(getattr(item, "callspec", None), "params", {}).get("line")
    return chosen is not None and chosen not in WHOLE and getattr(item, "originalname", "") not in EACH
