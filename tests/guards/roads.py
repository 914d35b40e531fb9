"""Every road by which an attribute of a person could get in: a whole folder with one word planted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml

Files = dict[str, dict[str, Any]]
Road = Callable[[str], Files]


def rules(**changed: Any) -> dict[str, Any]:
    """A small rules file without anything about persons."""
    return {
        "version": 1,
        "name": {"zh": "规则", "en": "Rules"},
        "fields": {"channel": {"type": "choice", "values": ["visit", "web"]}, "rank": {"type": "number"}},
        "extract": {"people_present": {"kind": "people", "near": ["窗口"]}},
        "steps": [
            {
                "step": "rank",
                "policy": "highest",
                "rules": [{"id": "leak", "when": {"text": ["漏水"]}, "set": {"rank": 1}}],
                "otherwise": {"rank": 0},
            }
        ],
        **changed,
    }


def rule(**changed: Any) -> Files:
    """The rules file with one rule changed."""
    made = rules()
    made["steps"][0]["rules"][0] |= changed
    return {"rules/r.yaml": made}


def plan(**changed: Any) -> Files:
    """A plan's file; only what a person word could stand in matters here."""
    return {"plans/p.yaml": {"version": 1, "name": {"zh": "预案", "en": "Plan"}, **changed}}


def desk(**changed: Any) -> Files:
    """A desk file."""
    made = {
        "version": 1,
        "desk": "hall",
        "connector": "roundup",
        "url": "https://desk.example.org",
        "plan": "p",
        "rules": "r",
        "groups": {"normal_desk": "intake"},
        **changed,
    }
    return {"desks/hall.yaml": made}


LABEL = {"zh": "事项", "en": "matter"}

NAMING: Mapping[str, Road] = {
    "rules field": lambda w: {"rules/r.yaml": rules(fields={w: {"type": "text"}})},
    "rules list": lambda w: {"rules/r.yaml": rules(lists={w: ["漏水"]})},
    "rules extract": lambda w: {"rules/r.yaml": rules(extract={w: {"kind": "people", "near": ["窗口"]}})},
    "rules extract fact": lambda w: {
        "rules/r.yaml": rules(extract={"a": {"kind": "people", "fact": w, "near": ["窗口"]}})
    },
    "rules output": lambda w: rule(set={w: 1}),
    "rules otherwise": lambda w: {
        "rules/r.yaml": rules(steps=[{"step": "rank", "policy": "first", "otherwise": {w: 1}}])
    },
    "rules step": lambda w: {"rules/r.yaml": rules(steps=[{"step": w, "policy": "first"}])},
    "rules step output": lambda w: {
        "rules/r.yaml": rules(steps=[{"step": "a", "policy": "first", "output": w}])
    },
    "rules rule": lambda w: rule(id=w),
    "rules part": lambda w: {
        "rules/r.yaml": rules(include=["q"]),
        "rules/parts/q.yaml": {"lists": {w: ["漏水"]}},
    },
    "plan fact": lambda w: plan(facts={w: {"type": "flag", "label": LABEL}}),
    "plan group": lambda w: plan(groups=[{"id": w, "label": LABEL}]),
    "plan event type": lambda w: plan(event_types=[{"id": w, "label": LABEL}]),
    "plan part": lambda w: {**plan(include=["q"]), "plans/parts/q.yaml": {"facts": {w: {"type": "flag"}}}},
    "desk field": lambda w: desk(fields={w: {"from": "cf_channel"}}),
    "desk helpdesk field": lambda w: desk(fields={"channel": {"from": w}}),
    "desk level field": lambda w: desk(write={"level": {"field": w}}),
    "desk due field": lambda w: desk(write={"due": {"field": w}}),
}
"""Roads by which something gets a name."""

ASKING: Mapping[str, Road] = {
    "rules condition": lambda w: rule(when={w: "x"}),
    "rules nested condition": lambda w: rule(when={"any": [{"all": [{w: {"exists": True}}]}]}),
    "rules none": lambda w: rule(when={"none": [{w: ["x"]}]}),
    "rules extract where": lambda w: {
        "rules/r.yaml": rules(extract={"a": {"kind": "people", "near": ["窗口"], "where": {w: ["x"]}}})
    },
    "rules band": lambda w: {
        "rules/r.yaml": rules(
            steps=[{"step": "rank", "policy": "highest", "bands": [{"id": "b", "of": w, "at": {5: 1}}]}]
        )
    },
    "rules grid": lambda w: {
        "rules/r.yaml": rules(
            steps=[
                {
                    "step": "rank",
                    "policy": "highest",
                    "grids": [{"id": "g", "down": w, "across": {"n": ["..5"]}}],
                }
            ]
        )
    },
    "plan event condition": lambda w: plan(event_types=[{"id": "a", "label": LABEL, "when": {w: True}}]),
    "plan level condition": lambda w: plan(
        levels={"mode": "graded", "items": [{"id": "I", "label": LABEL, "when": {"any": [{w: 1}]}}]}
    ),
    "plan recusal": lambda w: plan(groups=[{"id": "a", "label": LABEL, "recuse_when": {w: True}}]),
    "plan join": lambda w: plan(groups=[{"id": "a", "label": LABEL, "join_when": {w: True}}]),
}
"""Roads by which something is asked for that nobody declared: refused with its name, whatever it is."""

SAYING: Mapping[str, Road] = {
    "words of a condition": lambda w: rule(when={"text": [w]}),
    "one word of a condition": lambda w: rule(when={"text": w}),
    "words has": lambda w: rule(when={"title": {"has": ["漏水", w]}}),
    "words has all": lambda w: rule(when={"text": {"has_all": [w]}}),
    "words near each other": lambda w: rule(when={"text": [f"{w} ~8 反映"]}),
    "words in none": lambda w: rule(when={"none": [{"text": [w]}]}),
    "words of a list": lambda w: {"rules/r.yaml": rules(lists={"bad": ["漏水", w]})},
    "words of a list in a part": lambda w: {
        "rules/r.yaml": rules(include=["q"]),
        "rules/parts/q.yaml": {"lists": {"bad": [w]}},
    },
    "extract near": lambda w: {"rules/r.yaml": rules(extract={"a": {"kind": "people", "near": [w]}})},
    "extract unless": lambda w: {
        "rules/r.yaml": rules(extract={"a": {"kind": "people", "near": ["窗口"], "unless": [w]}})
    },
    "tag": lambda w: rule(set={"flags": [w]}),
    "value": lambda w: rule(set={"queue": w}),
    "choice": lambda w: {"rules/r.yaml": rules(fields={"matter": {"type": "choice", "values": [w]}})},
    "desk value": lambda w: desk(fields={"channel": {"from": "cf_channel", "values": {w: "visit"}}}),
    "desk default": lambda w: desk(fields={"channel": {"from": "cf_channel", "default": w}}),
    "plan choice": lambda w: plan(facts={"a": {"type": "choice", "label": LABEL, "values": [w]}}),
    "plan condition value": lambda w: plan(event_types=[{"id": "a", "label": LABEL, "when": {"b": [w]}}]),
}
"""Roads by which words are looked for in text, or set as a value."""


def written(files: Files, folder: Path) -> Path:
    """The folder with these files; unset kinds get a harmless file."""
    whole: Files = {"rules/r.yaml": rules(), **plan(), **files}
    for name, content in whole.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return folder
