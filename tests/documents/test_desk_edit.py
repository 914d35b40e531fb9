"""What a desk acts on, written into its file: the file then says it, and nothing else in it moves."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.documents.desk_edit import Acting, acting, acting_less, acting_more, revised_text
from plugin.documents.desks import Desk, build_desk
from plugin.documents.problems import Problems
from plugin.documents.source import read

GROUPS = ("normal_desk", "onsite", "info", "组-1")
NOON = 1_796_126_400.0
HEAD = """\
# our own desk
version: 1
connector: request-tracker   # RT 5
url: https://rt.example.org
plan: petition-four-level
rules: petition
"""
TAIL = """\
# groups, by hand
groups: {normal_desk: A, onsite: B, info: C, 组-1: D}   # four
settings: {mode: x}
"""
LAYOUTS = {
    "nothing": "",
    "mode": "mode: observe   # at first\n",
    "acts": "mode: act # all\nact_since: 2026-11-30T12:00:00+08:00 # since the move\n",
    "acts, each": "mode: act\nact_since: {info: 2026-11-30T12:00:00Z, onsite: 2026-11-30T12:00:00Z}\n",
    "flow": "mode: propose\nact_for: [info, onsite] # two\nact_since: {info: 2026-11-30T12:00:00Z} # one\n",
    "block": (
        "act_for:\n  # the quiet ones\n  - info   # first\n  - 'onsite'\nmode: observe\n"
        "act_since:\n  info: 2026-11-30T12:00:00Z   # then\n  # and\n  onsite: 2026-12-01T12:00:00Z\n"
    ),
    "lines in brackets": (
        "act_for: [\n  info,   # first\n  onsite,  # second\n]\nmode: observe\n"
        "act_since: {\n  info: 2026-11-30T12:00:00Z,\n  onsite: 2026-12-01T12:00:00Z   # then\n}\n"
    ),
    "commas before": "act_for: [\n  info\n  , onsite\n  ]\nmode: observe\n",
    "empty": "mode: observe\nact_for: []\nact_since: {}\n",
    "quoted": '"mode": \'observe\'\n"act_for": ["info"]\n',
}


def built(text: str) -> Desk:
    problems = Problems()
    node = read(text, "desks/d.yaml", problems)
    desk = node and build_desk("d", node, problems)
    assert desk, (text, [(p.code, p.place) for p in problems])
    return desk


@pytest.fixture(params=LAYOUTS)
def text(request: pytest.FixtureRequest) -> str:
    return HEAD + LAYOUTS[request.param] + TAIL


def said(text: str) -> tuple[str, set[str], dict[str, float]]:
    found = acting(built(text))
    return found.mode, set(found.act_for), dict(found.since)


@pytest.mark.parametrize("groups", [(), ("info",), ("normal_desk", "组-1"), GROUPS])
@pytest.mark.parametrize("open_too", [True, False])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_file_says_what_was_wanted_and_keeps_its_comments(
    text: str, groups: tuple[str, ...], open_too: bool, end: str
) -> None:
    text = text.replace("\n", end)
    desk = built(text)
    for wanted in (acting_more(desk, groups, NOON, open_too=open_too), acting_less(desk, groups)):
        new = revised_text(text, "d", wanted)
        assert new is not None
        assert said(new) == (wanted.mode, set(wanted.act_for), dict(wanted.since))
        for comment in ("# our own desk", "# RT 5", "# groups, by hand", "# four"):
            assert comment in new
        assert new.startswith(HEAD.replace("\n", end))
        assert new.endswith(TAIL.replace("\n", end))
        assert revised_text(new, "d", wanted) == new, "a second time there is nothing to do"
        assert end == "\n" or "\n" not in new.replace("\r\n", "")


def test_lines_that_stay_keep_what_stands_beside_them() -> None:
    text = HEAD + LAYOUTS["block"] + TAIL
    less = revised_text(text, "d", acting_less(built(text), ["onsite"]))
    assert less is not None
    for kept in ("# the quiet ones", "- info   # first", "info: 2026-11-30T12:00:00Z   # then"):
        assert kept in less
    more = revised_text(less, "d", acting_more(built(less), ["normal_desk"], NOON, open_too=False))
    assert more is not None
    assert "  - info   # first\n  - normal_desk\n" in more
    assert "  normal_desk: 2026-12-01T12:00:00Z\n" in more


@pytest.mark.parametrize(("goes", "stays"), [("onsite", "first"), ("info", "second")])
def test_a_line_in_brackets_goes_with_its_own_comment(goes: str, stays: str) -> None:
    text = HEAD + LAYOUTS["lines in brackets"] + TAIL
    less = revised_text(text, "d", acting_less(built(text), [goes]))
    assert less is not None
    assert [each for each in ("first", "second") if f"# {each}" in less] == [stays]


@pytest.mark.parametrize(
    ("layout", "groups", "open_too", "wanted"),
    [
        ("nothing", ["info"], False, Acting("observe", ("info",), {"info": NOON})),
        ("nothing", ["info"], True, Acting("observe", ("info",), {})),
        ("nothing", [], False, Acting("act", (), {"": NOON})),
        ("nothing", [], True, Acting("act", (), {})),
        ("flow", ["info"], False, Acting("propose", ("onsite", "info"), {"info": NOON - 86_400})),
        ("flow", ["info"], True, Acting("propose", ("onsite", "info"), {})),
        ("flow", [], False, Acting("act", (), {"": NOON})),
        ("acts", [], False, Acting("act", (), {"": NOON - 86_400 - 8 * 3_600})),
        ("acts", [], True, Acting("act", (), {})),
        ("acts, each", ["info"], True, Acting("act", (), {"onsite": NOON - 86_400})),
        ("acts, each", ["info"], False, Acting("act", (), {"info": NOON - 86_400, "onsite": NOON - 86_400})),
    ],
)
def test_acting_for_more_keeps_what_is_acted_on_already(
    layout: str, groups: list[str], open_too: bool, wanted: Acting
) -> None:
    desk = built(HEAD + LAYOUTS[layout] + TAIL)
    found = acting_more(desk, groups, NOON, open_too=open_too)
    assert (found.mode, found.act_for, dict(found.since)) == (wanted.mode, wanted.act_for, dict(wanted.since))


@pytest.mark.parametrize(
    ("layout", "groups", "mode", "act_for", "since"),
    [
        ("flow", [], "observe", (), {}),
        ("flow", ["info"], "propose", ("onsite",), {}),
        ("acts", [], "observe", (), {}),
        ("acts", ["info"], "observe", ("normal_desk", "onsite", "组-1"), ("normal_desk", "onsite", "组-1")),
        ("acts, each", ["info"], "observe", ("normal_desk", "onsite", "组-1"), ("onsite",)),
    ],
)
def test_acting_for_less_leaves_the_others_as_they_are(
    layout: str, groups: list[str], mode: str, act_for: tuple[str, ...], since: Mapping[str, float]
) -> None:
    found = acting_less(built(HEAD + LAYOUTS[layout] + TAIL), groups)
    assert (found.mode, found.act_for, tuple(found.since)) == (mode, act_for, tuple(since))


@given(
    steps=st.lists(
        st.tuples(st.booleans(), st.sets(st.sampled_from(GROUPS)), st.booleans(), st.integers(0, 10)),
        max_size=6,
    ),
    layout=st.sampled_from(sorted(LAYOUTS)),
)
def test_any_row_of_changes_can_be_followed(
    steps: list[tuple[bool, set[str], bool, int]], layout: str
) -> None:
    text = HEAD + LAYOUTS[layout] + TAIL
    for more, groups, open_too, after in steps:
        desk = built(text)
        at = NOON + after
        wanted = acting_more(desk, groups, at, open_too=open_too) if more else acting_less(desk, groups)
        new = revised_text(text, "d", wanted)
        assert new is not None
        assert said(new) == (wanted.mode, set(wanted.act_for), dict(wanted.since))
        assert new.startswith(HEAD)
        assert new.endswith(TAIL)
        text = new


def test_a_layout_that_cannot_be_followed_is_left_alone() -> None:
    text = HEAD + "? mode\n: observe\n" + TAIL
    assert revised_text(text, "d", Acting("act")) in (None, text.replace(": observe", ": act"))
