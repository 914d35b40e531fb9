"""Scores as a table and differences as a list with their reasons; ``python -m tests.score`` prints both."""

from __future__ import annotations

from collections.abc import Iterator

from tests.score.deciding import PLANS
from tests.score.score import BAR, BESIDE, Difference, Score, score
from tests.score.tickets import SAMPLES, sample

HEAD = """\
# Where the shipped documents and the labels differ

Written by `python -m tests.score --write`; a test holds it to what is true. Parts in the bar: rank,
event type, level, lead. The reason is the annotator's. Of `unseen` only the counts are told, so that nobody
writes rules to it.
"""


UNLISTED = frozenset({"unseen"})
"""Samples that measure rules nobody wrote to them."""


def table(name: str, found: Score) -> Iterator[str]:
    """The counts of one sample, a line a plan."""
    counted = f"{found.ticket_count} tickets, {found.line_count} lines"
    yield f"## {name}: {counted}, {found.lines['all']} agree in all plans"
    yield ""
    parts = (*BAR, *BESIDE)
    yield "| plan | tickets | lines | " + " | ".join(part.replace("_", " ") for part in parts) + " |"
    yield "|---" * (len(parts) + 3) + "|"
    for plan in PLANS:
        cells = [f"{found.parts[plan, part]}/{found.asked[plan, part]}" for part in parts]
        whole = f"{found.tickets[plan]}/{found.ticket_count}", f"{found.lines[plan]}/{found.line_count}"
        yield f"| {plan} | " + " | ".join((*whole, *cells)) + " |"
    yield ""


def differences(found: Score) -> Iterator[str]:
    """Every difference of a part in the bar, one row a line, with the reason of the label."""
    yield "| line | plan: part wanted → found | why the label is so |"
    yield "|---|---|---|"
    rows: dict[str, list[Difference]] = {}
    for difference in found.differences:
        if difference.part in BAR:
            rows.setdefault(difference.line.name, []).append(difference)
    for name, row in rows.items():
        told = dict.fromkeys(_told(row))
        why = row[0].line.why.replace("|", "\\|").replace("\n", " ")
        yield f"| {name} | {'; '.join(told)} | {why} |"
    yield ""


def _told(row: list[Difference]) -> Iterator[str]:
    for each in row:
        plan = "" if each.part == "rank" else f"{each.plan}: "
        yield f"{plan}{each.part} {each.wanted} → {each.found}"


def scores() -> dict[str, Score]:
    """Every sample's score."""
    return {name: score(sample(name)) for name in SAMPLES}


def document(found: dict[str, Score]) -> str:
    """The whole list as it stands in ``disagreements.md``."""
    lines = [HEAD]
    for name, each in found.items():
        lines += table(name, each)
        lines += differences(each) if name not in UNLISTED else ()
    return "\n".join(lines).rstrip() + "\n"
