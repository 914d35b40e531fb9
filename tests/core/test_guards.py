"""Rules read matters, not persons: what is refused, however it is typed, and what is not."""

from __future__ import annotations

import time

import pytest

from plugin.core.guards import refuse_name, refuse_pattern, refuse_words, refused_names, refused_words

REFUSED_NAMES = [
    *("姓名", "身份证号", "住址", "家庭住址", "民族", "宗教信仰", "健康状况", "情绪", "思想动态"),
    *("上访次数", "性别", "老上访户", "缠访", "闹访", "重点人", "重点人员", "requester_name"),
    *("requesterName", "RequesterName", "religion", "religious", "religions", "ethnicity"),
    *("ethnic_group", "health", "healthStatus", "mood", "sentiment_score", "home_address", "homeAddress"),
    *("complaint_count", "previousComplaints", "earlier-complaints", "gender", "repeat_petitioner"),
    *("vexatious", "serial_complainer", "troublemakers", "watchlist", "blacklisted", "name", "email"),
    *("customer", "laoshangfanghu", "zhongdianren", "xingming", "shenfenzheng", "person_risk"),
    *("user_profile", "disability", "id_card", "idcard"),
]
TRICKS = [
    "ＲＥＬＩＧＩＯＮ",
    "re\u200bligion",
    "re\u00adligion",
    "r e l i g i o n",
    "r_e_l_i_g_i_o_n",
    "rеligiоn",  # Cyrillic е and о
    "réligion",
    "ReLiGiOn",
    "老上訪戶",
    "缠 访",
    "缠-访",
    "缠\u200b访",
    "纏訪",
    "闹.访",
    "思想動態",
    "重\ufe0f点人",
    "customfield_religion",
    "is_vexatious",
    "ticket.customer_name",
    "Religion of requester",
]
ALLOWED_NAMES = [
    *("people_present", "people_joint", "people_planned", "people_affected_safety", "injured", "deaths"),
    *("life_danger", "obstruction", "views", "media", "days_open", "cross_dept", "cross_region", "legal"),
    *("relief", "scene", "misconduct_alleged", "past_people", "hypothetical_people", "channel", "region"),
    *("rank", "flags", "confidential", "urgent_service", "withdrawal", "superior_transfer", "other_body"),
    *("has_time", "has_place", "has_people", "initial_judgement", "place", "地点", "区域", "渠道"),
    *("人数", "街道", "title", "text", "queue", "priority", "public_health", "group_name", "road_name"),
    *("site_address", "事发地址", "assist", "老人", "居民", "群众", "医院", "医保", "hospital", "usage"),
    *("stage", "villagers", "package", "message", "software_name"),
]
REFUSED_WORDS = [
    *(
        "老上访户",
        "又是缠访",
        "回族",
        "穆斯林",
        "精神病人",
        "重点人",
        "情绪激动",
        "多次上访",
        "李先生",
        "纏訪",
    ),
    *(
        "vexatious",
        "serial complainers",
        "Muslims",
        "Uyghur",
        "troublemaker",
        "mentally ill man",
        "老 上 访 户",
    ),
]
ALLOWED_WORDS = [
    *(
        "居民",
        "群众",
        "老人",
        "医院",
        "医保",
        "上访人员",
        "来访",
        "集体访",
        "拖欠工资",
        "女工",
        "村民",
        "精神病院",
    ),
    *(
        "民族路",
        "身份证办理",
        "公共卫生",
        "至今未解决",
        "聚集",
        "老年人",
        "孕妇",
        "残疾人",
        "轮椅",
        "学生",
        "家长",
    ),
    *(
        "residents",
        "workers",
        "hospital",
        "staff",
        "misconduct",
        "teachers",
        "rally",
        "named",
        "elderly people",
    ),
]
REFUSED_PATTERNS = [
    *(
        r"老.?上.?访",
        r"(缠|闹)访",
        r"[缠闹]访",
        r"(?:重点|普通)人员",
        r"缠\s*访",
        r"\Q老上访户\E",
        r"老(?:上)?访户",
    ),
    *(r"1[3-9]\d{9}", r"[1-9]\d{16}[\dXx]", r"\d{6}(18|19|20)\d{2}(0[1-9]|1[0-2])\d{2}\d{3}[0-9Xx]"),
    *(
        r"\x{8001}上访",
        r"(?i)vexa(tious|ble)",
        r"mus?lims?",
        r"电话\s*1\d{10}",
        r"(?P<value>\d{3}-?\d{4}-?\d{4})",
    ),
]
ALLOWED_PATTERNS = [
    *(
        r"\d+(,\d+)*人",
        r"\d{4}-\d{2}-\d{2}",
        r"第\d+号楼",
        r".*",
        r"\w+人",
        r"(a+)+$",
        r"[一二三]+名",
        r"\p{Han}{2,4}路",
    ),
    r"(?P<value>\d{1,4})\s*(户|家)",
]


@pytest.mark.parametrize("name", REFUSED_NAMES + TRICKS)
def test_a_name_about_persons_is_refused(name: str) -> None:
    assert refuse_name(name) is not None
    assert list(refused_names(["people", name])) == [(1, refuse_name(name))]


@pytest.mark.parametrize("name", ALLOWED_NAMES)
def test_a_name_about_the_matter_is_not(name: str) -> None:
    assert refuse_name(name) is None


@pytest.mark.parametrize("word", REFUSED_WORDS)
def test_a_word_about_persons_is_refused(word: str) -> None:
    assert refuse_words(word) is not None
    assert list(refused_words(["people", word])) == [(1, refuse_words(word))]


@pytest.mark.parametrize("word", ALLOWED_WORDS)
def test_a_word_about_the_matter_is_not(word: str) -> None:
    assert refuse_words(word) is None


@pytest.mark.parametrize("pattern", REFUSED_PATTERNS)
def test_a_pattern_that_spells_a_person_word_is_refused(pattern: str) -> None:
    assert refuse_pattern(pattern) is not None


@pytest.mark.parametrize("pattern", ALLOWED_PATTERNS)
def test_a_pattern_about_the_matter_is_not(pattern: str) -> None:
    assert refuse_pattern(pattern) is None


def test_an_organisation_can_add_words_and_take_none_away() -> None:
    assert refuse_name("crane_driver") is None
    assert refuse_name("crane_driver", ["crane driver"]) is not None
    assert refuse_name("religion", ["crane driver"]) is not None


def test_the_refusal_says_why() -> None:
    refusal = refuse_name("previousComplaints")
    assert refusal is not None
    assert (refusal.why, refusal.word) == ("history", "previous complain")


@pytest.mark.parametrize(
    "pattern", ["(a|b|c|d|e)" * 40, "((" * 3000 + "a", "[老]{9}" * 200, "(a?" * 500, "\\" * 999]
)
def test_a_hostile_pattern_costs_little(pattern: str) -> None:
    began = time.process_time()
    refuse_pattern(pattern)
    assert time.process_time() - began < 0.5
