"""Rules read matters, not persons: no attribute of a person gets in by any road, in any disguise."""

from __future__ import annotations

from pathlib import Path

import pytest

from plugin.desk.products import Connectors
from plugin.documents.load import load_folder
from tests.guards.disguises import DISGUISES, Disguise, as_it_is
from tests.guards.roads import ASKING, NAMING, SAYING, Files, desk, rule, rules, written

# fmt: off
NAMES = (
    "姓名", "身份证号", "家庭住址", "民族", "宗教信仰", "健康状况", "性别", "年龄", "情绪",
    "思想动态", "上访次数", "信访人", "老上访户", "缠访", "重点人", "户籍", "政治面貌",
    "full_name", "id_number", "home_address", "ethnicity", "religion", "health_status", "gender",
    "sentiment", "previous_complaints", "repeat_petitioner", "vexatious_complainant",
    "troublemaker", "requester", "submitter", "watchlist", "nationality", "mood", "date_of_birth",
    "marital_status", "criminal_record", "risk_person", "complaint_history",
)
SAID = (
    "老上访户", "上访老户", "缠访", "闹访", "重点人", "稳控", "回族", "藏族", "维吾尔", "穆斯林",
    "信教", "精神病", "情绪激动", "多次上访", "再次来访", "女性", "身份证号", "家住", "vexatious",
    "troublemaker", "repeat_complainer", "old_petitioner", "serial_complainer", "uyghur",
    "tibetan", "muslim", "christian", "mentally_ill", "female", "watchlist", "blacklist",
    "home_address",
)
INFLECTED = (
    "religions", "religious", "ethnicities", "complainants", "petitioners", "requesters",
    "genders", "sentiments", "moods", "troublemakers", "previous_complaint", "earlier_complaints",
    "prior_petitions", "nationalities",
)
ABOUT_THE_MATTER = (
    "民族路", "健康路", "精神病院", "身份证办理", "信访人数", "来访人数", "态度恶劣", "残疾人坡道",
    "老年食堂", "学校", "供热", "岁月小区", "用户电表", "名额", "停电户数", "people_present",
    "days_open", "public_health", "mental_hospital", "region", "response_level",
)
# fmt: on
PRODUCTS = Connectors(Path(__file__).resolve().parents[2] / "connectors").products


def refused(files: Files, folder: Path) -> bool:
    """Whether the folder is refused, and for the word."""
    loaded = load_folder(written(files, folder), PRODUCTS)
    return loaded.documents is None and any(problem.code == "person-word" for problem in loaded.problems)


def test_the_folder_without_a_person_word_has_none(tmp_path: Path) -> None:
    for number, road in enumerate((*NAMING.values(), *SAYING.values())):
        assert not refused(road("drainage"), tmp_path / str(number))
        assert not refused(road("下水道"), tmp_path / f"zh{number}")


@pytest.mark.parametrize("road", NAMING)
def test_no_name_is_about_a_person(road: str, tmp_path: Path) -> None:
    let_in = [w for n, w in enumerate(NAMES) if not refused(NAMING[road](w), tmp_path / str(n))]
    assert not let_in


@pytest.mark.parametrize("road", ASKING)
def test_what_no_desk_declared_cannot_be_asked_for(road: str, tmp_path: Path) -> None:
    """A condition can name only declared fields and facts, and those cannot be about persons."""
    let_in = []
    for number, word in enumerate(NAMES):
        loaded = load_folder(written(ASKING[road](word), tmp_path / str(number)), PRODUCTS)
        named = [p for p in loaded.problems if p.severity == "error" and word in map(str, p.slots.values())]
        if loaded.documents is not None or not named:
            let_in.append(word)
    assert not let_in


TAGS = ("姓名", "民族", "宗教信仰", "健康状况", "上访次数", "ethnicity", "religion", "sentiment", "gender")


@pytest.mark.parametrize("word", TAGS)
@pytest.mark.parametrize("target", ["flags", "tags"])
def test_no_tag_is_about_a_person(word: str, target: str, tmp_path: Path) -> None:
    assert refused(rule(set={target: [word]}), tmp_path)


@pytest.mark.parametrize("road", SAYING)
def test_no_word_looked_for_or_set_is_about_a_person(road: str, tmp_path: Path) -> None:
    words = [word.replace("_", " ") for word in SAID]
    let_in = [w for n, w in enumerate(words) if not refused(SAYING[road](w), tmp_path / str(n))]
    assert not let_in


@pytest.mark.parametrize("disguise", DISGUISES, ids=lambda each: each.__name__)
def test_a_name_in_disguise_is_refused(disguise: Disguise, tmp_path: Path) -> None:
    road = NAMING["desk helpdesk field"]
    let_in = [w for n, w in enumerate(NAMES) if not refused(road(disguise(w)), tmp_path / str(n))]
    assert not let_in


@pytest.mark.parametrize("disguise", DISGUISES, ids=lambda each: each.__name__)
def test_a_word_in_disguise_is_refused(disguise: Disguise, tmp_path: Path) -> None:
    road = SAYING["words of a list"]
    let_in = [w for n, w in enumerate(SAID) if not refused(road(disguise(w)), tmp_path / str(n))]
    assert not let_in


@pytest.mark.parametrize("word", INFLECTED)
def test_an_inflected_name_is_refused(word: str, tmp_path: Path) -> None:
    assert refused(NAMING["rules field"](word), tmp_path)


PATTERNS = [
    "老上访户",
    "老.?上.?访.?户",
    "(老上访|缠访)户?",
    "[老]上访户",
    "(?i)troublemakers?",
    "(?:vexatious|habitual) complain(?:er|ant)",
    r"\d{17}[\dXx]",
    r"1[3-9]\d{9}",
    "(?P<a>回|藏)族",
    r"\x{8001}\x{4e0a}\x{8bbf}\x{6237}",
    r"\Q老上访户\E",
    "老{1}上访户",
]


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize("where", ["text", "title"])
def test_no_pattern_spells_a_person(pattern: str, where: str, tmp_path: Path) -> None:
    assert refused(rule(when={where: {"matches": pattern}}), tmp_path)


@pytest.mark.parametrize("word", ABOUT_THE_MATTER)
def test_words_about_the_matter_are_let_in(word: str, tmp_path: Path) -> None:
    assert not refused(SAYING["words of a list"](word), tmp_path)


@pytest.mark.parametrize("word", ["刺头", "nimby", "钉子户"])
def test_the_organisations_own_words_add_to_the_list(word: str, tmp_path: Path) -> None:
    files = {**desk(person_words=[word]), **rule(when={"text": [as_it_is(word)]})}
    assert refused(files, tmp_path)


def test_no_key_of_a_file_switches_the_check_off(tmp_path: Path) -> None:
    tries = (
        {"guards": {"persons": False}},
        {"allow_person_words": True},
        {"person_words": []},
        {"guards": "off"},
    )
    for number, extra in enumerate(tries):
        files = {"rules/r.yaml": rules(lists={"bad": ["老上访户"]}, **extra)}
        assert refused(files, tmp_path / str(number))
