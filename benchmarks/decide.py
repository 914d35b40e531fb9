"""What a decision costs beside a decision table (zen-engine) and a plain loop, same rules, same run.

CPU time of this process, medians over rounds in which the engines take turns; read the ratios, not the
microseconds. Every engine's answers are compared before anything is timed. Run from the repository's root::

    .venv/bin/python -m benchmarks.decide
"""

from __future__ import annotations

import gc
import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import mean, median

import zen

from benchmarks.bars import bar
from benchmarks.made_rules import Ticket, as_yaml, made_rules, made_tickets, zen_table
from plugin.core.evaluate import compile_cond
from plugin.core.facts import Fact, Facts, Sure
from plugin.core.rules import RuleSet
from plugin.core.steps import CompiledRules, compile_rules
from plugin.core.view import View
from plugin.documents.problems import Problems
from plugin.documents.rules import build_rules
from plugin.documents.source import collector_paused, read

SIZES = (10, 100, 1_000, 10_000)
TICKETS = 100
ROUNDS = 9
SHIPPED = Path("mappings/rules")
LABELLED = Path("tests/data/tickets/dev.jsonl")

Decide = Callable[[int], tuple[str, ...]]
"""Number of a ticket → ids of the rules that hold (or of the first)."""


def main() -> int:
    """Print the table and the bars; the exit code is the number of bars missed."""
    costs = {(size, policy): _compared(size, policy) for policy in ("all", "first") for size in SIZES}
    met = [
        bar(
            "≥ 20 × faster than the table, 1,000 rules, every match", costs[1_000, "all"]["table ×"], 20, "×"
        ),
        bar(
            "≥ 20 × faster than the table, 1,000 rules, first match",
            costs[1_000, "first"]["table ×"],
            20,
            "×",
        ),
        bar(
            "first match over 10,000 rules ≤ 10 × that over 10",
            costs[10_000, "first"]["ours"] / costs[10, "first"]["ours"],
            10,
            "×",
            at_most=True,
        ),
        bar("whole decision with extraction and trace, 1,000 rules", _whole() * 1e3, 0.5, "ms", at_most=True),
        bar("load 10,000 rules with positions", _load(), 1, "s", at_most=True),
        bar("replay 10,000 tickets × 2 mappings of 1,000 rules", _replay(), 5, "s", at_most=True),
    ]
    return met.count(False)


def _compared(size: int, policy: str) -> dict[str, float]:
    """Median seconds a decision of each engine, answers compared first."""
    rules, tickets = made_rules(size, policy=policy), made_tickets(TICKETS, size)
    compiled = compile_rules(rules)
    facts = [_facts(ticket) for ticket in tickets]
    engines: dict[str, Decide] = {
        "ours": _ours(compiled, tickets, facts),
        "loop": _loop(compiled, policy, tickets, facts),
        "table": _table(rules, policy, tickets),
    }
    few = range(TICKETS) if size < 10_000 else range(20)
    answers = {name: [decide(n) for n in few] for name, decide in engines.items()}
    assert answers["ours"] == answers["loop"] == answers["table"], "the engines disagree"
    cost = _medians(engines, few)
    holding = mean(len(answer) for answer in answers["ours"])
    cost["table ×"] = cost["table"] / cost["ours"]
    print(
        f"{size:6} rules, {policy:5}: ours {cost['ours'] * 1e6:7.1f} µs, "
        f"plain loop {cost['loop'] / cost['ours']:5.1f} ×, decision table {cost['table ×']:5.1f} ×   "
        f"({holding:.2f} rules decide a ticket)"
    )
    return cost


def _medians(engines: Mapping[str, Callable[[int], object]], tickets: Sequence[int]) -> dict[str, float]:
    rounds: dict[str, list[float]] = {name: [] for name in engines}
    for _ in range(ROUNDS):
        for name, decide in engines.items():
            rounds[name].append(_seconds(lambda decide=decide: [decide(n) for n in tickets]) / len(tickets))
    return {name: median(seconds) for name, seconds in rounds.items()}


def _seconds(work: Callable[[], object]) -> float:
    gc.collect()
    started = time.process_time()
    work()
    return time.process_time() - started


def _facts(ticket: Ticket) -> Facts:
    return {name: Fact(name, value, Sure.STATED) for name, value in ticket.fields.items()}


def _ours(compiled: CompiledRules, tickets: Sequence[Ticket], facts: Sequence[Facts]) -> Decide:
    """Text cleaned and facts read before, as for the others; words are found here."""
    step = compiled.rules.steps[0].name

    def decide(n: int) -> tuple[str, ...]:
        return compiled.settle(compiled.look(tickets[n].text, 0, facts[n])).by[step]

    return decide


def _loop(compiled: CompiledRules, policy: str, tickets: Sequence[Ticket], facts: Sequence[Facts]) -> Decide:
    """The same leaves, every rule asked; words are found in the same one pass."""
    conditions = [(rule.id, compile_cond(rule.when)) for rule in compiled.rules.steps[0].rules]

    def decide(n: int) -> tuple[str, ...]:
        view: View = compiled.look(tickets[n].text, 0, facts[n])
        if policy == "first":
            return next(((name,) for name, holds in conditions if holds(view)), ())
        return tuple(name for name, holds in conditions if holds(view))

    return decide


def _table(rules: RuleSet, policy: str, tickets: Sequence[Ticket]) -> Decide:
    table = zen.ZenEngine().create_decision(zen_table(rules, "collect" if policy == "all" else "first"))
    contexts = [{"text": ticket.text, **ticket.fields} for ticket in tickets]

    def decide(n: int) -> tuple[str, ...]:
        result = table.evaluate(contexts[n])["result"]
        rows = result if isinstance(result, list) else [result] if result else []
        return tuple(row["rule"] for row in rows)

    return decide


def _shipped() -> RuleSet:
    """The rules file that comes with the product, for its extraction."""
    problems = Problems()
    parts = {path.stem: _node(path) for path in sorted((SHIPPED / "parts").glob("*.yaml"))}
    rules = build_rules("petition", _node(SHIPPED / "petition.yaml"), parts, problems)
    assert rules is not None, list(problems)
    return rules


def _node(path: Path):
    return read(path.read_text(), str(path), Problems())


_SENTENCES = (
    "今天上午约四五十名群众来到办事大厅反映情况，",
    "没有人员受伤，也没有堵门。",
    "去年三月二百余人联名写信，至今没有答复；",
    "现场有老人晕倒，已叫救护车，",
    "about 60 residents are waiting outside, nobody was hurt. ",
)


def _read_tickets(count: int) -> list[Ticket]:
    """Tickets of about 300 characters, half of them sentences the extraction has something to read in."""
    made = made_tickets(count, 1_000)
    told = []
    for n, ticket in enumerate(made):
        clauses = [ticket.text[at : at + 12] for at in range(0, 180, 12)]
        clauses[n % 7 : n % 7] = [_SENTENCES[(n + k) % len(_SENTENCES)] for k in range(4)]
        told.append(Ticket("，".join(clauses), ticket.fields))
    return told


def _labelled_tickets() -> list[Ticket]:
    """The project's own labelled tickets: short, and nearly every clause says something to be read."""
    lines = [line for line in LABELLED.read_text("utf-8").split("\n") if line]
    told = [json.loads(line) for line in lines]
    return [Ticket(one["title"] + "\n" + one["body"], {}) for one in told if "body_expand" not in one]


def _whole() -> float:
    """Median seconds of a whole decision from raw text: cleaning, extraction, 1,000 rules, trace."""
    compiled = compile_rules(_with_extraction(seed=1))
    _decided("labelled tickets", compiled, _labelled_tickets())
    return _decided("made tickets", compiled, _read_tickets(TICKETS))


def _decided(name: str, compiled: CompiledRules, tickets: list[Ticket]) -> float:
    facts = [_facts(ticket) for ticket in tickets]
    asked: dict[str, Callable[[int], object]] = {
        "whole": lambda n: compiled.run(tickets[n].text, "", {}, facts[n]).trace,
        "without trace": lambda n: compiled.run(tickets[n].text, "", {}, facts[n]).by,
    }
    cost = _medians(asked, range(len(tickets)))
    length = mean(len(ticket.text) for ticket in tickets)
    print(
        f"{name} of {length:.0f} characters, from raw text: "
        f"{cost['without trace'] * 1e6:.0f} µs, with a trace {cost['whole'] * 1e6:.0f} µs"
    )
    return cost["whole"]


def _with_extraction(seed: int) -> RuleSet:
    shipped = _shipped()
    rules = made_rules(1_000, seed)
    return replace(rules, extract=shipped.extract, fields={**shipped.fields, **rules.fields})


def _load() -> float:
    """Seconds from YAML text to a checked rules file with the place of everything; the best of three."""
    text = as_yaml(made_rules(10_000))
    seconds = []
    for _ in range(3):
        problems = Problems()
        seconds.append(_seconds(lambda problems=problems: _loaded(text, problems)))
        assert not problems.has_errors, list(problems)[:3]
    return min(seconds)


def _loaded(text: str, problems: Problems) -> None:
    with collector_paused():  # as the loader does
        node = read(text, "rules/made.yaml", problems, most=len(text) * 4)
        assert node is not None
        assert build_rules("made", node, {}, problems) is not None


def _replay() -> float:
    """Seconds for 10,000 tickets under two mappings: from raw text to what is set, without traces.

    The two differ in their steps and read facts alike, so each text is read once.
    """
    old, new = (compile_rules(_with_extraction(seed)) for seed in (1, 5))
    assert new.reads_like(old)
    tickets = _read_tickets(10_000)
    return _seconds(lambda: sum(_differs(old, new, ticket) for ticket in tickets))


def _differs(old: CompiledRules, new: CompiledRules, ticket: Ticket) -> bool:
    view = old.view(ticket.text, "", ticket.fields)
    assert view.body is not None
    other = new.look(view.body.text, 0, _facts(ticket), read=view.read)
    return old.settle(view).outputs != new.settle(other).outputs


if __name__ == "__main__":
    sys.exit(main())
