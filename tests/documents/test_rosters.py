"""A roster file becomes what the core asks, or is told about where it is wrong."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from plugin.core.roster import Feed, Override, Roster
from plugin.core.shifts import ALWAYS, LocalTime, Rotation
from plugin.desk.products import Connectors
from plugin.documents.load import load_folder
from plugin.documents.problems import Problems
from plugin.documents.redacted import without_contacts
from plugin.documents.render import as_text, as_values
from plugin.documents.rosters import build_roster
from plugin.documents.source import compose
from tests.documents.case_folder import OK, ROOT

GOOD = """version: 1
zone: Europe/Berlin
people: {a: {contact: env:A_URL}, b: {contact: env:B_URL, deputy: a}}
roles:
  commander:
    shifts:
      - {weekly: {mon-fri: 20:00-08:00}, rotate: {every: 7d, from: 2026-01-05, among: [a, b]}}
overrides:
  - {role: commander, date: 2026-10-03, who: b}
feeds:
  team: {role: commander, ics: env:TEAM_URL, words: {Anna: a}}
"""


def built(text: str) -> tuple[Roster | None, list[tuple[str, int, int]]]:
    problems = Problems()
    found = build_roster("made", compose(text, "rosters/made.yaml"), problems)
    return found, [(p.code, p.place.line, p.place.column) for p in problems]


def harbour() -> Roster:
    problems = Problems()
    node = compose((OK / "harbour-roster.yaml").read_text("utf-8"), "rosters/harbour-roster.yaml")
    found = build_roster("harbour-roster", node, problems)
    assert found is not None
    return found


def test_people_are_seats_with_names_of_secrets() -> None:
    pilot = harbour().people["pilot"]
    assert (pilot.contact, pilot.deputy, pilot.label.en) == ("env:PILOT_URL", "second", "pilot on call")
    assert harbour().people["值班员甲"].label.zh == "值班员甲"


def test_shifts_keep_their_order_hours_and_places() -> None:
    day, night, always = harbour().roles["pier"].shifts
    assert day.weekly == dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), ((360, 720), (780, 1320)))
    assert day.who == ("pilot", "值班员甲")
    assert night.rotation == Rotation(("second", "值班员甲"), 1, LocalTime(date(2026, 1, 1), 22 * 60))
    assert always.weekly == ALWAYS
    assert always.rotation == Rotation(("pilot",), 14, LocalTime(date(2026, 1, 5), 390))
    assert str(day.place) == "rosters/harbour-roster.yaml:13:9"


def test_turns_change_when_the_hours_begin_unless_the_file_says_when() -> None:
    def changes(at: str) -> int:
        found, _ = built(GOOD.replace("from: 2026-01-05", f"from: 2026-01-05{at}"))
        assert found is not None
        rotation = found.roles["commander"].shifts[0].rotation
        assert rotation is not None
        return rotation.start.minute

    assert (changes(""), changes(", at: 00:00"), changes(', at: "8:30"')) == (1200, 0, 510)


def test_overrides_are_whole_days_or_moments() -> None:
    made = harbour().overrides
    assert [(each.start, each.end) for each in made] == [
        (LocalTime(date(2026, 5, 1)), LocalTime(date(2026, 5, 2))),
        (LocalTime(date(2026, 5, 2), 0), LocalTime(date(2026, 5, 2), 1440)),
        (LocalTime(date(2026, 5, 3)), LocalTime(date(2026, 5, 6))),
        (LocalTime(date(2026, 5, 3)), LocalTime(date(2026, 5, 6))),
    ]
    assert [sorted(each.roles) for each in made] == [["lights", "pier"], ["pier"], [], []]
    leave: Override = made[1]
    assert (leave.who, leave.instead_of, leave.note) == (("second",), "pilot", "leave")


def test_feeds_name_a_secret_or_a_file() -> None:
    team: Feed = harbour().feeds["team"]
    assert (team.address, team.path, team.roles, team.ignore) == (
        "env:TEAM_URL",
        None,
        ("lights",),
        ("meeting",),
    )
    assert team.words == {"甲": "值班员甲", "pilot@harbour.example": "pilot"}
    assert (harbour().feeds["paper"].address, harbour().feeds["paper"].path) == (None, "lights.ics")


def test_what_is_right_is_met_with_silence() -> None:
    found, problems = built(GOOD)
    assert problems == []
    assert found is not None


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("zone: Europe/Berlin", "zone: ^Europe/Berlln", "unknown-zone"),
        ("zone: Europe/Berlin", "zone: ^UTC+8", "unknown-zone"),
        ("among: [a, b]", "among: [a, ^c]", "unknown-value"),
        ("date: 2026-10-03, who: b", "date: 2026-10-03, who: ^c", "unknown-value"),
        ("deputy: a", "deputy: ^c", "unknown-value"),
        ("Anna: a", "Anna: ^c", "unknown-value"),
        ("role: commander, date", "role: ^comander, date", "unknown-value"),
        ("team: {role: commander", "team: {role: ^comander", "unknown-value"),
        ("who: b}", "who: b, instead_of: ^c}", "unknown-value"),
        ("2026-10-03", "^2026-10-32", "no-such-date"),
        ("2026-10-03", "^2026-13-03", "no-such-month"),
        ("2026-10-03", "^3 October", "not-a-day"),
        ("2026-10-03", "^2026-10-03..2026-10-01", "backward-range"),
        ("from: 2026-01-05", "from: ^2026-02-30", "no-such-date"),
        ("from: 2026-01-05", "from: 2026-01-05, at: ^25:00", "not-a-time"),
        ("from: 2026-01-05", "from: 2026-01-05, at: ^24:00", "not-a-time"),
        ("20:00-08:00", "^20:00-28:00", "not-a-time"),
        ("20:00-08:00", "^20:00", "not-hours"),
        ("mon-fri", "^mon-fry", "no-weekday"),
        ("every: 7d", "every: ^7", "bad-duration"),
        ("contact: env:A_URL", "contact: ^A_URL", "literal-contact"),
        ("contact: env:A_URL", "contact: ^+49 30 1234567", "literal-contact"),
        ("contact: env:A_URL", "contact: ^mailto://a:b@example.org", "literal-contact"),
        ("contact: env:A_URL", "contact: env:A_URL, label: ^mailto://a", "literal-contact"),
        ("{a: {contact: env:A_URL}", "{^a: {}", "missing-key"),
        ("contact: env:A_URL", "contact: env:A_URL, ^phone: 030 1234567", "unknown-key"),
        ("ics: env:TEAM_URL", "ics: ^https://cal.example.org/x.ics", "literal-secret"),
        ("ics: env:TEAM_URL", "path: ^https://cal.example.org/x.ics", "literal-secret"),
        ("Anna: a", "Anna: a, ^ANNA : b", "duplicate-id"),
        ("people: {a:", "people: {^on: {contact: env:N}, a:", "forbidden-key"),
        ("{role: commander, date: 2026-10-03", "^{date: 2026-10-03", "missing-key"),
        ("{role: commander, date: 2026-10-03,", "^{role: commander, from: 2026-10-03 08:00,", "missing-key"),
        (
            "date: 2026-10-03",
            "from: ^2026-10-03 8 o'clock, to: 2026-10-04 08:00",
            "not-a-time",
        ),
        (
            "date: 2026-10-03, who: b}",
            "date: 2026-10-03, who: b}\n  - ^{role: commander, date: 2026-10-03, who: a}",
            "overlapping-overrides",
        ),
    ],
)
def test_what_is_wrong_is_told_at_its_place(old: str, new: str, code: str) -> None:
    """``^`` stands before the place that must be told."""
    assert old in GOOD
    marked = GOOD.replace(old, new)
    before = marked[: marked.index("^")].split("\n")
    found, problems = built(marked.replace("^", ""))
    assert found is None
    assert problems[0] == (code, len(before), len(before[-1]) + 1)
    assert {told for told, _, _ in problems} == {code}


@pytest.mark.parametrize(
    ("one", "two", "together"),
    [
        ("role: commander, date: 2026-10-03, who: a", "role: commander, date: 2026-10-04, who: b", True),
        ("role: commander, date: 2026-10-03, who: a", "role: commander, date: 2026-10-03, who: b", False),
        ("instead_of: a, date: 2026-10-03, who: b", "instead_of: b, date: 2026-10-03, who: a", True),
        ("instead_of: a, date: 2026-10-03, who: b", "instead_of: a, date: 2026-10-03, who: b", False),
        ("instead_of: a, date: 2026-10-03, who: b", "role: commander, date: 2026-10-03, who: a", False),
        (
            "role: commander, from: 2026-10-03 08:00, to: 2026-10-03 12:00, who: a",
            "role: commander, from: 2026-10-03 12:00, to: 2026-10-03 18:00, who: b",
            True,
        ),
    ],
)
def test_exceptions_that_cannot_hold_together_are_refused(one: str, two: str, together: bool) -> None:
    text = GOOD.replace(
        "  - {role: commander, date: 2026-10-03, who: b}\n", f"  - {{{one}}}\n  - {{{two}}}\n"
    )
    found, problems = built(text)
    assert (found is not None) is together
    assert problems == ([] if together else [("overlapping-overrides", 10, 5)])


def test_a_person_twice_at_one_time_is_fine() -> None:
    found, problems = built(GOOD.replace("among: [a, b]", "among: [a, b, a]"))
    assert (found is not None, problems) == (True, [])


LITERALS = [
    "mailto://duty:pa55@mail.example.org",
    "+49 30 1234567",
    "13800138000",
    "tgram://123456:AbCdE/987",
]


@pytest.mark.parametrize("literal", LITERALS)
@pytest.mark.parametrize(
    "line",
    [
        "people: {{a: {{contact: {0}}}}}",
        "people: {{a: {{contakt: {0}}}}}",
        "people: {{a: {{contact: '{0}', deputy: b}}}}",
        "people:\n  a:\n    contact: {0}",
        "people:\n  a:\n    contact：{0}",
        "people: {{'{0}': {{contact: env:A}}}}",
        "people: {{a: {{contact: env:A, label: call {0}}}}}",
        "feeds: {{t: {{ics: {0}, role: r, words: {{a: a}}}}}}",
        "roles: {{r: {{shifts: [{{who: ['{0}']}}]}}}}",
        "overrides: [{{role: r, date: 2026-01-01, who: a, note: 'ring {0}'}}]",
    ],
)
def test_an_address_or_number_is_never_repeated(line: str, literal: str, tmp_path: Path) -> None:
    (tmp_path / "rosters").mkdir()
    text = "version: 1\nzone: Europe/Berlin\n" + line.format(literal) + "\n"
    (tmp_path / "rosters" / "hall.yaml").write_text(text, "utf-8")
    loaded = load_folder(tmp_path, Connectors(ROOT / "connectors").products)
    assert loaded.documents is None
    said = "".join(as_text(loaded.problems, loaded.sources, lang) for lang in ("en", "zh"))
    said += str(as_values(loaded.problems, "zh"))
    assert literal not in said


def test_hours_dates_and_names_of_secrets_stay_readable() -> None:
    for file in (OK / "harbour-roster.yaml", ROOT / "mappings" / "rosters" / "_duty.yaml"):
        text = file.read_text("utf-8").replace("pilot@harbour.example", "pilot")
        assert without_contacts(text) == text


def test_hostile_text_is_blotted_out_in_good_time() -> None:
    for text in ("a" * 300_000, "1 " * 150_000, "1-" * 150_000, "contact: " * 30_000, "x://" * 60_000):
        assert len(without_contacts(text)) == len(text)


def test_the_shipped_example_fits_the_four_level_plan() -> None:
    documents = load_folder(ROOT / "mappings", Connectors(ROOT / "connectors").products).documents
    assert documents is not None
    plan = documents.plans["petition-four-level"]
    known = {entry.id for entry in (*plan.roles, *plan.groups)}
    assert {role.id for role in plan.roles} <= documents.rosters["_duty"].roles.keys() <= known
