"""What ``--map`` and a person at the terminal answer is heeded as the helpdesk spells it, or refused."""

from __future__ import annotations

import pytest

from tests.connecting.conftest import Operator
from tests.connecting.hall import Hall
from tests.connecting.test_dialogue import dialogue

GIVEN = ("--yes", "--without-test-ticket", "--no-webhook")
LEVELS = ("一般", "较大", "重大", "特别重大")


@pytest.mark.parametrize(
    "key",
    ["write.levle", "write.level.重要", "write.due", "write.priority.V", "fields.nonsense", "group.hq", "hq"],
)
def test_a_key_that_leads_nowhere_is_refused_with_those_there_are(operator: Operator, key: str) -> None:
    done = operator.connect(*GIVEN, "--map", f"{key}=x")
    assert done.exit_code == 2
    assert f'There is no --map "{key}"' in done.stderr
    for known in ("groups.hq", "write.level, ", "write.level.重大", "write.priority.重大", "fields.channel"):
        assert known in done.stderr
    assert not operator.desk.exists()


def test_what_is_not_written_anyway_may_be_answered_so(operator: Operator, hall: Hall) -> None:
    done = operator.connect(*GIVEN, "--map", "write.due=-", "--map", "write.priority.一般=-")
    assert done.exit_code == 0, done.stdout + done.stderr
    assert "一般" not in operator.written()["write"]["priority"]  # type: ignore[index]


def test_a_level_is_written_as_it_was_answered(operator: Operator, hall: Hall) -> None:
    hall.fields = {"f1": "Response Level"}
    hall.choices = {"Response Level": ["Level 1", "Level 2", "Level 3", "Level 4"]}
    open_ = operator.connect(*GIVEN, "--map", "write.level.重大=level  3")
    assert open_.exit_code == 0, open_.stdout + open_.stderr
    written = operator.written()
    assert written["write"]["level"] == {  # type: ignore[index]
        "field": "Response Level",
        "values": {"重大": "Level 3"},
    }
    gaps = {f"write.level.{each}": ["Level 1", "Level 2", "Level 4"] for each in LEVELS if each != "重大"}
    assert written["gaps"] == gaps
    assert "--map write.level=-" in open_.stdout
    assert operator.run("check").exit_code == 0
    wrong = operator.connect(*GIVEN, "--overwrite", "--map", "write.level.重大=Level 5")
    assert wrong.exit_code == 2
    assert 'no write.level.重大 "Level 5" → there are: Level 1, Level 2, Level 3, Level 4' in wrong.stderr
    every = [word for n, each in enumerate(LEVELS, 1) for word in ("--map", f"write.level.{each}=Level {n}")]
    done = operator.connect(*GIVEN, "--overwrite", *every)
    assert done.exit_code == 0
    assert "gaps" not in operator.written()


def test_at_a_terminal_each_level_is_asked_for_or_none_is_written(operator: Operator, hall: Hall) -> None:
    hall.fields = {"f1": "Response Level"}
    hall.choices = {"Response Level": ["A", "B", "C", "D"]}
    given = ("--token", "env:HALL_KEY", "--plan", "petition-four-level", "--calendar", "cn-government")
    with dialogue(operator, operator.url, "--desk", "hall", *given) as talk:
        talk.answer(r"\(write.level.一般\)", "E")
        talk.until("A, B, C, D")
        talk.answer(r"\(write.level.一般\)", "a")
        talk.answer(r"\(write.level.较大\)", "-")
        talk.answer(r"Write .*hall.yaml\?", "y")
        talk.answer(r"Make these in the helpdesk\?", "n")
        talk.until("hand|ticket")
    written = operator.written()
    assert "level" not in written["write"]  # type: ignore[operator]
    assert "gaps" not in written


@pytest.mark.parametrize("typed", ["后勤保障 ", "后勤保障", "  后勤保障", "后勤保障　"])
def test_a_name_with_blanks_around_it_is_written_as_the_helpdesk_has_it(
    operator: Operator, hall: Hall, typed: str
) -> None:
    hall.groups = ["Front Ｄesk", "后勤保障 "]
    done = operator.connect(*GIVEN, "--map", f"groups.logistics={typed}", "--map", "groups.hq=front desk")
    assert done.exit_code == 0, done.stdout + done.stderr
    assert operator.written()["groups"]["logistics"] == "后勤保障 "  # type: ignore[index]
    assert operator.written()["groups"]["hq"] == "Front Ｄesk"  # type: ignore[index]


def test_two_names_that_differ_in_blanks_only_are_told_apart_by_their_numbers(
    operator: Operator, hall: Hall
) -> None:
    hall.groups = ["后勤保障 ", "后勤保障"]
    exact = operator.connect("--dry-run", "--map", "groups.logistics=后勤保障")
    assert "logistics: 后勤保障\n" in exact.stdout
    by_number = operator.connect("--dry-run", "--map", "groups.logistics=g0")
    assert 'logistics: "后勤保障 "' in by_number.stdout
