"""Rules and tickets to measure with: made by a seed, in the forms of each engine.

30 % equality on two or three fields, 40 % words (three each, half with a field), 15 % thresholds, 15 % nested
``all``/``any``/``none``. Texts have 300 Chinese characters with one to six of the rules' words planted.
Of 1,000 rules about two hold for a ticket.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass

from plugin.core.conditions import All, AnyOf, Cond, NoneOf, OneOf, Range, Test, Word, Words
from plugin.core.place import Place
from plugin.core.rules import FieldSpec, Rule, RuleSet, Step
from plugin.core.text import clean

CHOICES = {"channel": 12, "category": 120, "region": 100, "product": 150, "priority": 5}
NUMBERS = {"people": 500, "hours": 300, "amount": 5000}
FIELDS = {
    **{
        name: FieldSpec(name, "choice", tuple(f"{name[0]}{n}" for n in range(size)))
        for name, size in CHOICES.items()
    },
    **{name: FieldSpec(name, "number") for name in NUMBERS},
    "text": FieldSpec("text", "text"),
    "title": FieldSpec("title", "text"),
    "tags": FieldSpec("tags", "tags"),
}
_CHARACTERS = (
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会"
    "可主发年动同工也能下过子说产种面而方后多定行学法所民得经"
)


@dataclass(frozen=True)
class Ticket:
    """One ticket: cleaned text and fields."""

    text: str
    fields: dict[str, str | int]


def made_rules(count: int, seed: int = 1, policy: str = "all") -> RuleSet:
    """A rules file with one step of ``count`` rules, each adding a tag of its own name."""
    chance = random.Random(seed)
    vocabulary = _vocabulary(count)
    rules = tuple(
        Rule(
            f"r{n}",
            _condition(n, chance, vocabulary),
            {"tags": (f"r{n}",)},
            Place("rules/made.yaml", n + 1, 1),
        )
        for n in range(count)
    )
    step = Step("mark", policy, Place("rules/made.yaml", 1, 1), "tags", rules)  # type: ignore[arg-type]
    return RuleSet("made", FIELDS, {}, (), (step,))


def made_tickets(count: int, rules: int, seed: int = 2) -> list[Ticket]:
    """Tickets for a file of ``rules`` rules."""
    chance = random.Random(seed)
    vocabulary = _vocabulary(rules)
    return [_ticket(chance, vocabulary) for _ in range(count)]


def _vocabulary(rules: int) -> list[str]:
    chance = random.Random(rules)
    size = max(40, rules * 3)
    pool = sorted(set(clean("".join(map(chr, range(0x5100, 0x9000))))))
    return ["".join(chance.sample(pool, chance.choice((2, 2, 3, 4)))) for _ in range(size)]


def _ticket(chance: random.Random, vocabulary: list[str]) -> Ticket:
    characters = chance.choices(_CHARACTERS, k=300)
    text = "".join(characters)
    for word in chance.sample(vocabulary, chance.randint(1, 6)):
        at = chance.randrange(0, 290)
        text = text[:at] + word + text[at + len(word) :]
    fields: dict[str, str | int] = {
        name: f"{name[0]}{chance.randrange(size)}" for name, size in CHOICES.items()
    }
    fields |= {name: int(size * chance.random() ** 8) for name, size in NUMBERS.items()}
    return Ticket(text, fields)


def _condition(n: int, chance: random.Random, vocabulary: list[str]) -> Cond:
    share = n % 20
    if share < 6:
        return All(
            tuple(_equal(chance, name) for name in chance.sample(sorted(CHOICES), chance.choice((2, 3))))
        )
    if share < 14:
        words = _words(chance, vocabulary)
        return All((words, _equal(chance, _any_choice(chance)))) if share % 2 else words
    if share < 17:
        return _threshold(chance)
    return _nested(chance, vocabulary)


def _equal(chance: random.Random, name: str) -> Test:
    values = chance.sample(FIELDS[name].values, chance.choice((1, 1, 2)))
    return Test(name, OneOf(frozenset(values)))


def _words(chance: random.Random, vocabulary: list[str]) -> Test:
    return Test("text", Words(any_of=tuple(map(Word, chance.sample(vocabulary, 3)))))


def _threshold(chance: random.Random) -> Cond:
    name = chance.choice(sorted(NUMBERS))
    size = NUMBERS[name]
    low = int(size * chance.uniform(0.93, 0.998))
    if chance.random() < 0.5:
        return Test(name, Range(low, None))
    return Test(name, Range(low, low + size // 50))


def _nested(chance: random.Random, vocabulary: list[str]) -> Cond:
    either = AnyOf(
        (_words(chance, vocabulary), All((_threshold(chance), _equal(chance, _any_choice(chance)))))
    )
    return All((either, NoneOf((_equal(chance, _any_choice(chance)), _words(chance, vocabulary)))))


def _any_choice(chance: random.Random) -> str:
    return chance.choice(sorted(CHOICES))


def zen_table(rules: RuleSet, hit_policy: str) -> str:
    """The same rules as a decision table of GoRules: a column a field, and one of expressions."""
    fields = [*CHOICES, *NUMBERS]
    inputs = [{"id": name, "name": name, "field": name} for name in fields] + [{"id": "rest", "name": "rest"}]
    rows = [_zen_row(rule, fields) for rule in rules.steps[0].rules]
    table = {
        "hitPolicy": hit_policy,
        "inputs": inputs,
        "outputs": [{"id": "rule", "name": "rule", "field": "rule"}],
        "rules": rows,
    }
    nodes = [
        {"id": "in", "name": "in", "type": "inputNode"},
        {"id": "table", "name": "table", "type": "decisionTableNode", "content": table},
        {"id": "out", "name": "out", "type": "outputNode"},
    ]
    edges = [
        {"id": "a", "type": "edge", "sourceId": "in", "targetId": "table"},
        {"id": "b", "type": "edge", "sourceId": "table", "targetId": "out"},
    ]
    return json.dumps({"nodes": nodes, "edges": edges})


def _zen_row(rule: Rule, fields: list[str]) -> dict[str, str]:
    row = {"_id": rule.id, "rule": f'"{rule.id}"', "rest": "", **dict.fromkeys(fields, "")}
    parts = rule.when.parts if isinstance(rule.when, All) else (rule.when,)
    rest = []
    for part in parts:
        if isinstance(part, Test) and not isinstance(part.want, Words):
            row[part.field] = _zen_cell(part)
        else:
            rest.append(_zen_expression(part))
    row["rest"] = " and ".join(f"({one})" for one in rest)
    return row


def _zen_cell(test: Test) -> str:
    if isinstance(test.want, OneOf):
        return ", ".join(f'"{value}"' for value in sorted(map(str, test.want.values)))
    assert isinstance(test.want, Range)
    if test.want.hi is None:
        return f">= {test.want.lo}"
    return f"[{test.want.lo}..{test.want.hi}]"


def _zen_expression(cond: Cond) -> str:
    if isinstance(cond, Test):
        return _zen_test(cond)
    inner = [f"({_zen_expression(part)})" for part in cond.parts]
    if isinstance(cond, NoneOf):
        return f"not({' or '.join(inner)})"
    return (" and " if isinstance(cond, All) else " or ").join(inner)


def _zen_test(test: Test) -> str:
    want = test.want
    if isinstance(want, Words):
        return " or ".join(f'contains(text, "{word.first}")' for word in want.any_of)
    if isinstance(want, OneOf):
        return f"{test.field} in [{_zen_cell(test)}]"
    assert isinstance(want, Range)
    if want.hi is None:
        return f"{test.field} >= {want.lo}"
    return f"{test.field} >= {want.lo} and {test.field} <= {want.hi}"


def as_yaml(rules: RuleSet) -> str:
    """The same rules as a rules file, one rule a line."""
    fields = [
        f"  {name}: {_field_yaml(spec)}"
        for name, spec in rules.fields.items()
        if name not in ("text", "title")
    ]
    lines = ["version: 1", "fields:", *fields, "steps:"]
    for step in rules.steps:
        lines += [f"  - step: {step.name}", f"    policy: {step.policy}", "    rules:"]
        lines += [
            f"      - {{id: {rule.id}, when: {_cond_yaml(rule.when)}, set: {{tags: [{rule.id}]}}}}"
            for rule in step.rules
        ]
    return "\n".join(lines) + "\n"


def _field_yaml(spec: FieldSpec) -> str:
    values = f", values: [{', '.join(spec.values)}]" if spec.values else ""
    return f"{{type: {spec.type}{values}}}"


def _cond_yaml(cond: Cond) -> str:
    if isinstance(cond, Test):
        return f"{{{cond.field}: {_want_yaml(cond)}}}"
    parts = ", ".join(_cond_yaml(part) for part in cond.parts)
    if isinstance(cond, AnyOf):
        return f"{{any: [{parts}]}}"
    return f"{{none: [{parts}]}}" if isinstance(cond, NoneOf) else f"{{all: [{parts}]}}"


def _want_yaml(test: Test) -> str:
    want = test.want
    if isinstance(want, OneOf):
        return f"[{', '.join(sorted(map(str, want.values)))}]"
    if isinstance(want, Words):
        return f"[{', '.join(word.first for word in want.any_of)}]"
    assert isinstance(want, Range)
    return f"{want.lo}.." if want.hi is None else f"{want.lo}..{want.hi}"
