"""``paidan calendar``: what is shown, what is written, what is refused. The notice of 2027 is invented."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from rich.cells import cell_len

from plugin.cli import main
from plugin.documents.calendar_import import prepare
from plugin.documents.calendars import CalendarFile, build_calendar_file
from plugin.documents.problems import Problems
from plugin.documents.source import compose

ROOT = Path(__file__).resolve().parents[2]
NOTICE = ROOT / "tests" / "data" / "notices" / "example-2027.txt"


@pytest.fixture
def mappings(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "mappings" / "calendars", tmp_path / "calendars")
    return tmp_path


def run(mappings: Path, *arguments: str | Path, text: str | None = None) -> Result:
    given = ["calendar", *map(str, arguments), "--mappings", str(mappings)]
    return CliRunner().invoke(main, given, input=text, env={"PAIDAN_LANGUAGE": "en", "COLUMNS": "200"})


def calendar(mappings: Path, name: str = "cn-government") -> CalendarFile:
    path = mappings / "calendars" / f"{name}.yaml"
    file = build_calendar_file(name, compose(path.read_bytes(), path.name), Problems())
    assert file is not None
    return file


def test_a_notice_is_shown_day_by_day_and_nothing_is_written(mappings: Path) -> None:
    before = (mappings / "calendars" / "cn-government.yaml").read_bytes()
    result = run(mappings, "import", "cn-government", NOTICE)
    lines = result.output.splitlines()
    assert result.exit_code == 0
    assert lines[0] == f"Chinese government offices (cn-government), 2027, from {NOTICE}"
    assert lines[1] == (
        "days that change: 34; new holidays: 27 (working days before: 17); new make-up days: 7"
    )
    assert lines[2] == "known through: 2026-12-31 → 2027-12-31"
    assert "2026-12-27  Sun  rest day     make-up day  春节" in lines
    assert "2027-10-07  Thu  working day  holiday      国庆节" in lines
    assert "make-up days have the hours of Monday: 09:00-12:00, 13:30-17:30" in lines
    assert "named as working, working days anyway: 2027-01-04 Mon" in lines
    assert any(line.startswith("left out: line 13 鼓励") for line in lines)
    assert lines[-1] == "nothing was written → if it is right, add --write"
    assert (mappings / "calendars" / "cn-government.yaml").read_bytes() == before


def test_the_same_in_chinese(mappings: Path) -> None:
    output = run(mappings, "import", "cn-government", NOTICE, "--lang", "zh").output
    assert "34 天变化：假日 27 天（其中 17 天原本上班），调休上班 7 天" in output
    assert "2026-12-27  周日  休息  调休上班  春节" in output
    assert output.endswith("没有写入任何内容 → 核对无误后加 --write\n")


def test_written_is_what_was_shown_and_the_rest_of_the_file_stays(mappings: Path) -> None:
    old = (mappings / "calendars" / "cn-government.yaml").read_text("utf-8").splitlines()
    told = json.loads(run(mappings, "import", "cn-government", NOTICE, "--write", "--format", "json").output)
    assert told["written"] is True
    new = (mappings / "calendars" / "cn-government.yaml").read_text("utf-8").splitlines()
    assert [line for line in old if line not in new] == ["covered_through: 2026-12-31"]
    assert "  # 2027" in new
    assert "  2027-02-05..2027-02-11: 春节" in new
    assert "  2026-12-27: {like: mon, name: 春节}" in new
    after = calendar(mappings)
    assert after.calendar.covered_through == date(2027, 12, 31)
    assert after.source[-1] == "国务院办公厅关于2027年部分节假日安排的通知（国办发明电〔2026〕9号）"
    for change in told["changes"]:
        working = after.calendar.is_working(date.fromisoformat(change["date"]))
        assert working is (change["then"] in ("working", "make-up")), change


def test_a_second_time_there_is_nothing_to_do(mappings: Path) -> None:
    run(mappings, "import", "cn-government", NOTICE, "--write")
    once = (mappings / "calendars" / "cn-government.yaml").read_bytes()
    result = run(mappings, "import", "cn-government", NOTICE, "--write")
    assert "nothing changes: the calendar already says so" in result.output
    assert "written" not in result.output
    assert (mappings / "calendars" / "cn-government.yaml").read_bytes() == once


def test_what_is_pasted_is_read_from_standard_input(mappings: Path) -> None:
    pasted = "1月1日（周五）至3日放假调休，共3天。1月4日（周一）上班"
    result = run(mappings, "import", "cn-government", "-", text=pasted)
    assert "2027-01-01  Fri  working day  holiday" in result.output
    assert "it names less than half the days off of the year before" in result.output
    assert "known through: 2026-12-31 → 2027-01-04" in result.output


def test_a_december_day_moved_by_the_next_years_file_is_a_change(mappings: Path, tmp_path: Path) -> None:
    days = [{"name": "元旦", "date": "2026-12-31", "isOffDay": True}]
    days += [{"name": "元旦", "date": f"2027-01-0{n}", "isOffDay": True} for n in (1, 2)]
    file = tmp_path / "2027.json"
    file.write_text(json.dumps({"year": 2027, "papers": ["https://www.gov.cn/x"], "days": days}), "utf-8")
    result = run(mappings, "import", "cn-government", file, "--write", "--covered-through", "2027-12-31")
    assert "2026-12-31  Thu  working day  holiday  元旦" in result.output
    after = calendar(mappings)
    assert not after.calendar.is_working(date(2026, 12, 31))
    assert after.calendar.covered_through == date(2027, 12, 31)
    assert after.source[-1] == "https://www.gov.cn/x"


def test_a_correction_within_a_range_splits_it(mappings: Path) -> None:
    table = "2026-10-07 国庆节 班\n2026-10-03 国庆节 班\n2026-10-10 国庆节 休\n"
    run(mappings, "import", "cn-government", "-", "--write", text=table)
    text = (mappings / "calendars" / "cn-government.yaml").read_text("utf-8")
    assert (
        "  2026-10-01..2026-10-02: 国庆节\n  2026-10-04..2026-10-06: 国庆节\n  2026-10-10: 国庆节\n" in text
    )
    assert "2026-10-10: {" not in text
    assert "  2026-10-03: {like: mon, name: 国庆节}\n" in text
    assert calendar(mappings).calendar.is_working(date(2026, 10, 7))


def test_days_the_notice_does_not_name_go_only_when_asked(mappings: Path) -> None:
    table = "2026-01-01 元旦 休\n"
    kept = run(mappings, "import", "cn-government", "-", text=table).output
    assert "in the calendar and not in the notice, kept: 2026-01-02 Fri, 2026-01-03 Sat" in kept
    told = json.loads(
        run(mappings, "import", "cn-government", "-", "--replace", "--format", "json", text=table).output
    )
    assert told["counts"] == {"days": 38, "off": 0, "lost": 0, "work": 0, "other": 38}


@pytest.mark.parametrize(
    ("arguments", "text", "code", "words"),
    [
        (("import", "cn-goverment", "-"), "", 2, 'there is no calendar "cn-goverment" → cn-government'),
        (("import", "nothing", "-"), "", 2, "→ always, cn-government, de-office, us-federal"),
        (("import", "cn-government", "/nowhere.txt"), "", 2, "cannot be read"),
        (("import", "cn-government", "-"), "hello", 1, "[no-days]"),
        (("import", "cn-government", "-"), "2027-01-01 a off\nx", 1, "-:2:1: "),
        (("import", "cn-government", "-", "--like", "sun"), "2027-01-01 a off", 2, "Sunday has no hours"),
        (("import", "cn-government", "-"), "2028-01-01 a off", 1, "so 2028 cannot follow"),
        (
            ("import", "cn-government", "-", "--covered-through", "2026-12-31"),
            "2027-01-01 a off",
            2,
            "is before 2027-01-01",
        ),
        (("import", "two", "-"), "2027-01-01 a off", 2, "add --site: east, west"),
        (("import", "two", "-", "--site", "north"), "2027-01-01 a off", 2, 'no site "north"'),
        (("import", "uneven", "-"), "2027-01-02 a work", 2, "add --like: mon, tue"),
        (("import", "broken", "-"), "2027-01-01 a off", 1, "broken.yaml:2:7: there is no time zone"),
        (("show", "broken"), "", 1, "[unknown-zone]"),
        (("show", "cn-government", "--year", "1066"), "", 2, "1066"),
    ],
)
def test_what_is_refused_says_why_and_writes_nothing(
    mappings: Path, arguments: tuple[str, ...], text: str, code: int, words: str
) -> None:
    folder = mappings / "calendars"
    week = "zone: UTC\nweekly: {mon: 09:00-12:00, tue: 09:00-10:00}\ncovered_through: 2026-12-31\n"
    site = "  - {id: %s, zone: UTC, weekly: {mon-fri: 09:00-17:00}}\n"
    (folder / "uneven.yaml").write_text(f"version: 1\n{week}")
    (folder / "broken.yaml").write_text(f"version: 1\n{week}".replace("UTC", "UTK"))
    (folder / "two.yaml").write_text(
        f"version: 1\ncovered_through: 2026-12-31\nsites:\n{site % 'east'}{site % 'west'}"
    )
    if words.startswith("→"):
        for name in ("uneven", "broken", "two"):
            (folder / f"{name}.yaml").unlink()
    before = {path: path.read_bytes() for path in folder.iterdir()}
    write = () if arguments[0] == "show" else ("--write",)
    result = run(mappings, *arguments, *write, text=text)
    assert (result.exit_code, words in result.output) == (code, True), result.output
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


def test_one_of_several_sites_is_changed(mappings: Path) -> None:
    sites = "".join(
        f"  - id: {name}  # {name}\n    zone: UTC\n    weekly: {{mon-fri: 09:00-17:00}}\n"
        for name in ("a", "b")
    )
    (mappings / "calendars" / "two.yaml").write_text(
        f"version: 1\ncovered_through: 2026-12-31\nsites:\n{sites}"
    )
    run(mappings, "import", "two", "-", "--site", "a", "--write", text="2027-01-01 New Year off")
    first, second = calendar(mappings, "two").sites
    assert first.component.holidays == {date(2027, 1, 1)}
    assert second.component.holidays == frozenset()


def test_refusals_come_as_json_too(mappings: Path) -> None:
    told = json.loads(run(mappings, "import", "nothing", "-", "--format", "json", text="").output)
    assert set(told) == {"ok", "code", "message", "fix"}
    told = json.loads(run(mappings, "import", "cn-government", "-", "--format", "json", text="x").output)
    assert (told["ok"], told["problems"][0]["code"]) == (False, "no-days")


def test_a_file_changed_meanwhile_is_not_overwritten(mappings: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = mappings / "calendars" / "cn-government.yaml"

    def edited_meanwhile(*given: object, **named: object) -> object:
        path.write_text(path.read_text("utf-8") + "# a colleague\n", "utf-8")
        return prepare(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr("plugin.cli.calendar.prepare", edited_meanwhile)
    result = run(mappings, "import", "cn-government", NOTICE, "--write")
    assert result.exit_code == 1
    assert "was changed meanwhile" in result.output
    assert "2027" not in path.read_text("utf-8")


def test_byte_order_mark_and_rights_stay(mappings: Path) -> None:
    path = mappings / "calendars" / "cn-government.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    path.chmod(0o640)
    assert run(mappings, "import", "cn-government", NOTICE, "--write").exit_code == 0
    assert path.read_bytes().startswith(b"\xef\xbb\xbf#")
    assert path.stat().st_mode & 0o777 == 0o640
    assert list(path.parent.glob(".*")) == []


# -- show ------------------------------------------------------------------------------------------


def test_a_year_is_shown_as_months(mappings: Path) -> None:
    output = run(mappings, "show", "cn-government", "--year", "2026").output
    assert output.startswith("Chinese government offices (cn-government), 2026: 248 working days\n")
    assert "January · 21 " in output
    assert " 16* 17* 18* 19* 20* 21* 22*" in output
    assert "  9  10  11  12  13  14+ 15*" in output
    assert "+ 2026-02-28              春节 = Monday" in output
    assert "Mon–Fri       09:00-12:00, 13:30-17:30" in output


def test_a_year_that_is_not_known_says_so(mappings: Path) -> None:
    assert "nothing is known after 2026-12-31" in run(mappings, "show", "de-office", "--year", "2028").output


@pytest.mark.parametrize("language", ["zh", "en"])
def test_months_line_up_in_both_languages(mappings: Path, language: str) -> None:
    lines = run(mappings, "show", "always", "--year", "2026", "--lang", language).output.splitlines()
    heads = [line for line in lines if line.split()[:2] in (["Mo", "Tu"], ["一", "二"])]
    assert len(heads) == 4
    assert {cell_len(line) for line in heads} == {7 * 4 * 3 + 2 * 3 - 1}


def test_a_year_as_json(mappings: Path) -> None:
    told = json.loads(run(mappings, "show", "us-federal", "--year", "2026", "--format", "json").output)
    kinds = {each["date"]: (each["kind"], each["hours"], each["name"]) for each in told["days"]}
    assert len(kinds) == 365
    assert kinds["2026-07-03"] == ("holiday", "", "Independence Day (observed)")
    assert kinds["2026-07-06"] == ("working", "09:00-17:00", None)
    assert told["sites"][0]["zone"] == "America/New_York"
