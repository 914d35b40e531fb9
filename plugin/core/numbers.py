"""The helpdesk's own numbers of values that have names: a renamed group is no other group. Pure.

They stand in ``CaseState.written`` beside the names, each with the value that was written or seen first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from plugin.core.decision import CaseState

Values = Mapping[str, str | tuple[str, ...] | None]


def number_key(target: str) -> str:
    """Under which a target's number stands."""
    return f"{target} number"


def is_the_same(target: str, case: CaseState, numbers: Mapping[str, str]) -> bool:
    """The very value that stood there, whatever it is called now: renamed, out of use, or no longer alone."""
    number = case.written.get(number_key(target))
    return bool(number) and numbers.get(target) == number


def numbered(case: CaseState, numbers: Mapping[str, str], values: Values) -> CaseState:
    """The case with the numbers of what stands in the ticket as it was written or seen first."""
    found = {
        number_key(target): number
        for target, number in numbers.items()
        if target in case.written and case.written[target] == (values.get(target) or "")
    }
    return replace(case, written={**case.written, **found}) if found else case
