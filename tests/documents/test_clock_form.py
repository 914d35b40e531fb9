"""The form of worked clock cases: what may be left out, and what is refused, in words that find the place."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import pytest

from plugin.documents.clock_cases import difference, read_cases

SHANGHAI = {"tz": "Asia/Shanghai", "weekly": {"mon": [["09:00", "18:00"]], "tue": [["09:00", "18:00"]]}}
OPENED = {"id": "e1", "at": "2026-03-09T10:00:00+08:00", "type": "opened"}
FULL: dict[str, Any] = {
    "schema": "sla-cases/1",
    "conventions": ["…"],
    "calendars": {"office": {"covered_through": "2026-12-31", "components": [SHANGHAI]}},
    "cases": [
        {
            "id": "K7",
            "title": "…",
            "reason": "…",
            "calendars": ["office"],
            "policy": {
                "levels": ["II", "I"],
                "metrics": [
                    {
                        "id": "ack",
                        "kind": "once",
                        "start": "opened",
                        "stop": ["ack"],
                        "restart_on": [],
                        "pause_on": ["pending"],
                        "calendar": "office",
                        "target": {
                            "by_level": {"II": {"minutes": 60}, "I": {"days": 1, "roll": "next_working"}}
                        },
                        "warn": [50],
                        "on_raise": "carry",
                        "on_lower": "keep",
                        "on_reopen": "resume",
                    }
                ],
                "chains": [
                    {
                        "id": "up",
                        "trigger": {"on": "warn", "metric": "ack", "pct": 50},
                        "levels": ["II"],
                        "steps": [{"after_min": 5, "to": "leader", "must_send": True}],
                        "repeat": {"every_min": 15, "max": 2, "from": "last"},
                        "stop_on": ["ack"],
                        "calendar": None,
                        "pause_with_clock": True,
                    }
                ],
            },
            "events": [{**OPENED, "seq": 1, "received_at": None, "level": "II", "state": "open"}],
            "downtime": [["2026-03-09T10:10:00+08:00", "2026-03-09T10:20:00+08:00"]],
            "now": "2026-03-09T10:40:00+08:00",
            "expect": {
                "clocks": [
                    {
                        "metric": "ack",
                        "cycle": "e1",
                        "state": "running",
                        "outcome": None,
                        "start_at": "2026-03-09T02:00:00Z",
                        "due_at": "2026-03-09T11:00:00+08:00",
                        "breached_at": None,
                        "stopped_at": None,
                        "elapsed": 40,
                        "pauses": [],
                        "provisional": False,
                    }
                ],
                "fired": [
                    ["ack@e1:w50", "2026-03-09T10:30:00+08:00", "2026-03-09T10:30:00+08:00"],
                    ["up@e1:s1", "2026-03-09T10:35:00+08:00", "2026-03-09T10:35:00+08:00"],
                ],
                "coalesced": [],
                "moot": [],
                "corrections": [],
                "next_at": "2026-03-09T10:50:00+08:00",
            },
        }
    ],
}
CASE, METRIC = ("cases", 0), ("cases", 0, "policy", "metrics", 0)
CHAIN, EVENT, CLOCK = (*CASE, "policy", "chains", 0), (*CASE, "events", 0), (*CASE, "expect", "clocks", 0)
SITE = ("calendars", "office", "components", 0)
GONE = object()


def changed(*path: Any, to: Any) -> Any:
    """The full file with one value changed, added or taken away."""
    document = deepcopy(FULL)
    place = document
    for key in path[:-1]:
        place = place[key]
    if to is GONE:
        del place[path[-1]]
    else:
        place[path[-1]] = to
    return document


def told(document: Any) -> str | None:
    (case,) = read_cases(json.loads(json.dumps(document)))
    return difference(case)


def test_the_full_form() -> None:
    assert told(FULL) is None


@pytest.mark.parametrize(
    "path",
    [
        ("schema",),
        ("conventions",),
        *((*CASE, key) for key in ("title", "reason", "calendars", "downtime")),
        (*METRIC, "kind"),
        (*METRIC, "restart_on"),
        (*METRIC, "pause_on"),
        *((*METRIC, key) for key in ("on_raise", "on_lower", "on_reopen")),
        *((*CHAIN, key) for key in ("levels", "calendar", "pause_with_clock")),
        *((*EVENT, key) for key in ("seq", "received_at", "state")),
        *((*CASE, "expect", key) for key in FULL["cases"][0]["expect"]),
        *((*CLOCK, key) for key in FULL["cases"][0]["expect"]["clocks"][0] if key not in ("metric", "cycle")),
    ],
    ids=lambda path: ".".join(str(key) for key in path),
)
def test_what_may_be_left_out(path: tuple[Any, ...]) -> None:
    assert told(changed(*path, to=GONE)) is None


def test_the_least_a_file_can_say() -> None:
    least = {
        "cases": [
            {
                "id": "least",
                "policy": {"metrics": [{"id": "ack", "start": "opened", "target": {"minutes": 60}}]},
                "events": [OPENED],
                "now": "2026-03-09T10:20:00+08:00",
                "expect": {
                    "clocks": [{"metric": "ack", "cycle": "e1", "due_at": "2026-03-09T11:00:00+08:00"}]
                },
            }
        ]
    }
    assert told(least) is None


def test_a_calendar_of_the_case_stands_before_one_of_the_file() -> None:
    late = {"components": [{**SHANGHAI, "weekly": {"mon": [["10:30", "18:00"]]}}]}
    document = changed(*CASE, "calendars", to={"office": late})
    assert told(document) == (
        "clocks ack@e1: due_at: expected 2026-03-09T11:00:00+08:00, got 2026-03-09T11:30:00+08:00"
    )


@pytest.mark.parametrize(
    ("year", "due"), [(1999, "1999-03-08T10:00:00+08:00"), (2061, "2061-03-07T10:00:00+08:00")]
)
def test_calendars_reach_as_far_as_the_cases(year: int, due: str) -> None:
    """Opened on a Sunday of any year: one hour from Monday 09:00 on."""
    opened = {1999: "1999-03-07T12:00:00+08:00", 2061: "2061-03-06T12:00:00+08:00"}[year]
    document = changed(*METRIC, "target", to={"minutes": 60})
    case = document["cases"][0]
    case["events"], case["now"] = [{**OPENED, "at": opened}], opened
    case["expect"] = {"clocks": [{"metric": "ack", "cycle": "e1", "due_at": due}]}
    assert told(document) is None


@pytest.mark.parametrize(
    ("path", "to", "words"),
    [
        ((*CLOCK, "state"), "overdue", "clocks ack@e1: state: expected overdue, got running"),
        ((*CLOCK, "elapsed"), 41, "clocks ack@e1: elapsed: expected 41, got 40"),
        ((*CLOCK, "outcome"), "met", "clocks ack@e1: outcome: expected met, got nothing"),
        (
            (*CLOCK, "pauses"),
            [["2026-03-09T10:10:00+08:00", None]],
            "clocks ack@e1: pauses: expected [[2026-03-09T10:10:00+08:00, nothing]], got []",
        ),
        ((*CLOCK, "cycle"), "e9", "clocks: ack@e9 is missing"),
        ((*CASE, "expect", "clocks"), [], "clocks: ack@e1 is not expected"),
        ((*CASE, "expect", "moot"), ["up@e1:s9"], "moot: up@e1:s9 is missing"),
        ((*CASE, "expect", "fired"), [], "fired: ack@e1:w50 is not expected"),
        (
            (*CASE, "expect", "fired", 1, 2),
            "2026-03-09T10:36:00+08:00",
            "fired up@e1:s1: expected [2026-03-09T10:35:00+08:00, 2026-03-09T10:36:00+08:00],"
            " got [2026-03-09T10:35:00+08:00, 2026-03-09T10:35:00+08:00]",
        ),
        ((*CASE, "expect", "next_at"), None, "next_at: expected nothing, got 2026-03-09T10:50:00+08:00"),
    ],
    ids=lambda value: value if isinstance(value, str) and ":" in value else "",
)
def test_a_difference_in_words(path: tuple[Any, ...], to: Any, words: str) -> None:
    assert told(changed(*path, to=to)) == words


@pytest.mark.parametrize(
    ("path", "to", "words"),
    [
        (("cases",), GONE, "the file: the key `cases` is missing"),
        (("cases",), {}, "the file, `cases`: a list is wanted here, not {}"),
        (
            ("schema",),
            "sla-cases/2",
            "the file, `schema`: one of sla-cases/1 is wanted here, not 'sla-cases/2'",
        ),
        (("case",), [], "the file: unknown key `case`; did you mean `cases`?"),
        ((*CASE, "now"), GONE, "case K7: the key `now` is missing"),
        ((*CASE, "id"), GONE, "case #1: the key `id` is missing"),
        ((*CASE, "expect"), {}, "case K7, `expect`: at least one of clocks, fired"),
        ((*CASE, "evnts"), [], "case K7: unknown key `evnts`; did you mean `events`?"),
        ((*CASE, "now"), "2026-03-09T10:40:00", "case K7, `now`: an instant with its offset"),
        ((*CASE, "now"), 5, "case K7, `now`: an instant with its offset"),
        ((*CASE, "now"), "2026-03-09T10:40:00.5+08:00", "case K7, `now`: an instant with its offset"),
        ((*CASE, "calendars"), ["offce"], "case K7, `calendars`: no calendar `offce`; there are: office"),
        ((*CASE, "downtime"), [["2026-03-09T10:40:00+08:00"]], "case K7, `downtime`: a list of [start, end]"),
        ((*CASE, "downtime", 0, 1), "2026-03-09T10:10:00+08:00", "case K7, `downtime`: 2026-03-09T10:10"),
        (
            (*METRIC, "pause"),
            ["pending"],
            "case K7, `policy`, `metrics` ack: unknown key `pause`; did you mean",
        ),
        (
            (*METRIC, "kind"),
            "twice",
            "case K7, `policy`, `metrics` ack, `kind`: one of once, periodic is wanted",
        ),
        ((*METRIC, "on_lower"), "restart", "`metrics` ack, `on_lower`: one of carry, keep is wanted here"),
        ((*METRIC, "stop"), "ack", "`metrics` ack, `stop`: a list is wanted here, not 'ack'"),
        ((*METRIC, "stop"), [1], "`metrics` ack, `stop`: a list of texts is wanted here"),
        ((*METRIC, "warn"), [120], "`metrics` ack, `warn`: a list of percentages from 1 to 100"),
        ((*METRIC, "calendar"), "home", "`metrics` ack, `calendar`: no calendar `home`; there are: office"),
        ((*METRIC, "calendar"), None, "`metrics` ack, `calendar`: a target in days needs a calendar"),
        ((*METRIC, "target"), 60, "`metrics` ack, `target`: an object is wanted here, not 60"),
        ((*METRIC, "target"), {}, "`metrics` ack, `target`: exactly one of `minutes` and `days`"),
        ((*METRIC, "target"), {"minutes": 1, "days": 1}, "`target`: exactly one of `minutes` and `days`"),
        ((*METRIC, "target"), {"minutes": 0}, "`target`, `minutes`: a whole number of at least 1"),
        ((*METRIC, "target"), {"minutes": 7.5}, "`target`, `minutes`: a whole number of at least 1"),
        ((*METRIC, "target", "by_level", "X"), {}, "`target`, `by_level`: unknown key `X`; known: I, II"),
        ((*METRIC, "target", "by_level", "I", "roll"), "back", "`I`, `roll`: one of none, next_working"),
        ((*CHAIN, "trigger", "metric"), "resolve", "`chains` up, `trigger`, `metric`: one of ack"),
        ((*CHAIN, "trigger", "on"), "stop", "`trigger`, `on`: one of start, warn, breach"),
        (
            (*CHAIN, "trigger", "pct"),
            GONE,
            "`trigger`, `pct`: the percentage of the warning is wanted here, not nothing",
        ),
        ((*CHAIN, "steps"), [], "`chains` up, `steps`: a list of at least one step is wanted here"),
        ((*CHAIN, "steps", 0, "after"), 5, "`steps` #1: unknown key `after`"),
        ((*CHAIN, "steps", 0, "must_send"), "yes", "`steps` #1, `must_send`: true or false is wanted here"),
        ((*CHAIN, "repeat", "every_min"), 0, "`repeat`, `every_min`: a whole number of at least 1"),
        ((*CHAIN, "levels"), ["IV"], "`chains` up, `levels`: one of the levels II, I is wanted here"),
        ((*CHAIN, "calendar"), "home", "`chains` up, `calendar`: no calendar `home`"),
        ((*EVENT, "id"), GONE, "case K7, `events` #1: the key `id` is missing"),
        ((*EVENT, "level"), "IV", "case K7, `events` e1, `level`: one of the levels II, I is wanted here"),
        ((*EVENT, "seq"), "1", "`events` e1, `seq`: a whole number of at least 0 is wanted here, not '1'"),
        ((*EVENT, "at"), "yesterday", "case K7, `events` e1, `at`: an instant with its offset"),
        ((*EVENT, "metric"), "resolve", "`events` e1, `metric`: one of ack is wanted here"),
        ((*EVENT, "type"), "calendar_edit", "`events` e1, `calendar`: a text is wanted here, not nothing"),
        ((*SITE, "tz"), "Asia/Pekin", "`calendars` office, `components` #1, `tz`: the name of a time zone"),
        ((*SITE, "weekly", "monday"), [], "`weekly`: unknown key `monday`; known: fri, mon, sat"),
        (
            (*SITE, "weekly", "mon"),
            ["09:00"],
            '`weekly`, `mon`: a list of windows, as in [["09:00", "18:00"]]',
        ),
        ((*SITE, "weekly", "mon"), [["09:00", "25:00"]], "`weekly`, `mon`: a list of windows"),
        (
            (*SITE, "holidays"),
            ["9 March"],
            "`holidays`: a date, as in 2026-03-09, is wanted here, not '9 March'",
        ),
        ((*SITE, "workdays"), {"2026-03-14": "monday"}, "`workdays`: for each date one of mon, tue"),
        (("calendars", "office", "components"), [], "`components`: a list of at least one site"),
        (
            (*CLOCK, "dueat"),
            None,
            "case K7, `expect`, `clocks` #1: unknown key `dueat`; did you mean `due_at`?",
        ),
        ((*CLOCK, "state"), "late", "`clocks` #1, `state`: one of running, paused, overdue, done"),
        ((*CASE, "expect", "fired"), ["up@e1:s1"], "`expect`, `fired`: a list of [key, instant, instant]"),
        ((*CASE, "expect", "corrections"), [["k"]], "`expect`, `corrections`: a list of [key, instant]"),
    ],
    ids=lambda value: value if isinstance(value, str) and "`" in value else "",
)
def test_a_refusal_names_the_case_and_the_key(path: tuple[Any, ...], to: Any, words: str) -> None:
    with pytest.raises(ValueError) as refused:
        told(changed(*path, to=to))
    assert words in str(refused.value)
    assert len(str(refused.value)) < 250


@pytest.mark.parametrize("document", [None, [], "cases", 7])
def test_what_is_no_file_of_cases(document: Any) -> None:
    with pytest.raises(ValueError, match="the file: an object is wanted here"):
        read_cases(document)


def test_a_key_expected_twice() -> None:
    document = deepcopy(FULL)
    document["cases"][0]["expect"]["fired"] *= 2
    with pytest.raises(ValueError, match="case K7, `expect`, `fired`: each key only once"):
        read_cases(document)


def paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place of a document."""
    keys: Any = range(len(value)) if isinstance(value, list) else value if isinstance(value, dict) else ()
    return [path] * bool(path) + [found for key in keys for found in paths(value[key], (*path, key))]


JUNK = [None, True, 0, -1, 7, 1.5, 1e300, "", "x", "2026-03-09T10:00:00+08:00", "2026-02-30", [], {}]
JUNK += [[[]], [None], [{}], {"a": 1}, {"": []}, [["09:00", 9]], [[1, 2]], "9" * 40, {"id": []}]


@pytest.mark.parametrize("junk", JUNK, ids=lambda junk: repr(junk)[:20])
def test_junk_anywhere_is_read_or_refused_in_words(junk: Any) -> None:
    for path in paths(FULL):
        try:
            for case in read_cases(changed(*path, to=junk)):
                difference(case)
        except ValueError as refused:
            words = str(refused)
            assert words.startswith(("case ", "the file")), path
            assert len(words) < 300, path
