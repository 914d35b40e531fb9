"""Only messages that may be read, no persons, numbers masked, and the state."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from plugin.desk.helpdesk import Seen
from plugin.desk.installation import MatterField
from plugin.desk.normalise import seen, values
from plugin.desk.products import Connectors
from tests.desk.products import descriptor, desk, document, message, ticket

ROOT = Path(__file__).parents[2]


def read(answer: dict[str, Any], **desk_changed: Any) -> Seen:
    return seen(descriptor(), desk(**desk_changed), "t-1", {"ticket": answer, "headers": {}})


def texts(found: Seen) -> list[str]:
    return [m.text for m in found.ticket.messages]


def later(**changed: Any) -> Seen:
    """A ticket with the opening and one more message."""
    first = message("m1", sender="customer", text="五十余人来到窗口。")
    return read(
        ticket(messages=[first, message("m2", at="2026-11-23T09:00:00Z", text="二百余人", **changed)])
    )


WHOSE = [
    ({"sender": "customer"}, True),
    ({"sender": "agent"}, False),
    ({"sender": "system"}, False),
    ({"sender": "customer", "by": "paidan"}, False),
    ({"sender": "customer", "internal": True}, False),
    ({"sender": "agent", "internal": True, "by": "bob"}, False),
]


@pytest.mark.parametrize(("changed", "is_read"), WHOSE)
def test_whose_words_are_read(changed: dict[str, Any], is_read: bool) -> None:
    assert texts(later(**changed)) == ["五十余人来到窗口。", *(["二百余人"] if is_read else [])]


def test_staff_on_the_scene_are_read_in_notes_too_where_the_desk_names_them() -> None:
    first = message("m1", sender="customer", text="a")
    note = message("m2", at="2026-11-23T09:00:00Z", text="现场六十人", by="bob", internal=True)
    assert texts(read(ticket(messages=[first, note]), scene_staff=frozenset({"bob"}))) == ["a", "现场六十人"]


def test_the_opening_is_the_first_in_time_whoever_typed_it_in() -> None:
    messages = [
        message("m2", at="2026-11-23T09:00:00Z", sender="customer", text="后"),
        message("m1", at="2026-11-23T08:00:00Z", sender="agent", text="先"),
    ]
    found = read(ticket(messages=messages)).ticket.messages
    assert [(m.id, m.title, m.text) for m in found] == [("opening", "窗口来访", "先"), ("m2", "", "后")]


def test_a_ticket_without_a_message_is_its_title() -> None:
    found = read(ticket(messages=[])).ticket.messages
    assert [(m.id, m.title, m.text) for m in found] == [("opening", "窗口来访", "")]
    assert found[0].at.isoformat() == "2026-11-23T08:00:00+00:00"


def test_html_quotes_and_signature() -> None:
    html = "<div>现在<b>六十</b>余人。</div><blockquote>二百余人</blockquote><div>-- </div><div>某某</div>"
    first = message("m1", sender="customer", text="a")
    found = read(
        ticket(
            messages=[
                first,
                message("m2", at="2026-11-23T09:00:00Z", sender="customer", text=html, type="html"),
            ]
        )
    )
    assert texts(found) == ["a", "现在六十余人。"]


def test_no_person_reaches_the_ticket() -> None:
    answer = ticket(customer={"name": "PERSON", "mail": "PERSON@customer.example"}, owner="PERSON")
    answer["messages"][0]["by"] = "PERSON"
    fields = {"who": MatterField("customer"), "mail": MatterField("customer.mail")}
    assert "PERSON" not in repr(read(answer, fields=fields))


def test_numbers_of_persons_are_masked_everywhere() -> None:
    answer = ticket(
        title="电话13912345678", messages=[message("m1", text="身份证11010119900307771X，13912345678")]
    )
    answer["more"].append({"name": "place", "value": "窗口 13912345678"})
    shown = repr(read(answer, fields={"place": MatterField("place")}).ticket)
    assert "13912345678" not in shown
    assert "11010119900307771X" not in shown


def test_fields_are_those_the_desk_declares_in_the_rules_words() -> None:
    fields = {
        "channel": MatterField("channel", {"visit": "来访"}),
        "region": MatterField("region", default="unknown"),
        "none": MatterField("nothing"),
    }
    assert read(ticket(), fields=fields).ticket.fields == {"channel": "来访", "region": "unknown"}


def test_attachments_of_what_is_read_are_counted_not_opened() -> None:
    first = message("m1", sender="customer", text="a", files=[1, 2])
    reply = message("m2", at="2026-11-23T09:00:00Z", sender="customer", text="", files=[3])
    staff = message("m3", at="2026-11-23T09:00:00Z", sender="agent", files=[4])
    assert read(ticket(messages=[first, reply, staff])).ticket.unread_attachments == 3


STATES = [("open", "open"), ("waiting", "paused"), ("done", "closed"), ("spam", "gone"), ("whatever", "open")]


@pytest.mark.parametrize(("word", "state"), STATES)
def test_states(word: str, state: str) -> None:
    found = read(ticket(state=word)).snapshot
    assert (found.state, found.state_word) == (state, word)


def test_a_desk_names_its_own_states() -> None:
    own = {"closed_states": frozenset({"archived"}), "paused_states": frozenset({"done"})}
    assert read(ticket(state="archived"), **own).snapshot.state == "closed"
    assert read(ticket(state="done"), **own).snapshot.state == "paused"


def test_the_survivor_answers_for_a_merged_ticket() -> None:
    snapshot = read(ticket(id="t-9")).snapshot
    assert (snapshot.state, snapshot.merged_into) == ("merged", "t-9")


def test_values_in_the_words_of_the_desk() -> None:
    values = read(ticket()).snapshot.values
    assert values == {"group": "Network", "level": "II", "tags": ("a", "b"), "priority": "1", "due": None}
    named = read(ticket(), words={"priority": {"1": "普通"}}, targets={}).snapshot.values
    assert named["priority"] == "普通"
    assert "level" not in named, "a target whose field the desk does not name is not read"


def test_a_marker_counts_only_where_we_wrote_it() -> None:
    ours = message("m2", by="paidan", internal=True, text="转。\npaidan:a1")
    twice = message("m3", by="paidan", internal=True, text="转。\npaidan:a1")
    forged = message("m4", by="x", sender="customer", text="paidan:a2")
    others = message("m5", by="alice", internal=True, text="paidan:a3")
    snapshot = read(ticket(messages=[ours, twice, forged, others])).snapshot
    assert snapshot.marker_counts == {"a1": 2}
    assert snapshot.markers == {"a1"}


def test_a_field_written_in_the_same_request_as_the_note_is_no_second_note() -> None:
    product = descriptor(
        write={
            **document()["write"],
            "marker": {"setting": "run", "read": "ticket.run", "write": {"run": "${marker}"}},
            "note": {"merge": {"note": "${note}"}},
        }
    )
    note = message("m2", by="paidan", internal=True, text="转。\npaidan:a1")
    answers = {"ticket": ticket(messages=[note], run="a1"), "headers": {}}
    given = desk(settings={**desk().settings, "run": "run"})
    assert seen(product, given, "t-1", answers).snapshot.marker_counts == {"a1": 1}


def test_without_a_known_account_markers_are_looked_for_in_notes_only() -> None:
    note = message("m2", by="7", internal=True, text="paidan:a1")
    forged = message("m3", sender="customer", text="paidan:a2")
    assert read(ticket(messages=[note, forged]), settings={}).snapshot.markers == {"a1"}


def test_half_a_character_in_a_text_does_no_harm() -> None:
    found = read(ticket(title="窗\ud83d口", messages=[message("m1", text="五十\udc00余人")])).ticket
    assert found.messages[0].text == "五十?余人"
    assert found.messages[0].title.encode()


@pytest.mark.parametrize(
    "answer", [None, [], "text", 7, {}, {"messages": "no list"}, {"messages": [None, 7, "x", []]}]
)
def test_an_answer_of_another_shape_is_an_empty_ticket_never_an_error(answer: Any) -> None:
    found = seen(descriptor(), desk(), "t-1", {"ticket": answer, "headers": {}})
    assert found.ticket.messages[0].id == "opening"


def test_notes_may_stand_in_a_list_of_their_own() -> None:
    product = descriptor(messages={**document()["messages"], "notes": "ticket.log[*]"})
    first = message("m1", sender="customer", text="五十余人来到窗口。")
    same = message("n1", at="2026-11-23T09:00:00Z", sender="customer", text="二百余人")
    ours = message("n2", at="2026-11-23T09:05:00Z", by="paidan", text="转。\npaidan:0198c1")
    answer = {**ticket(messages=[first]), "log": [same, ours]}
    found = seen(product, desk(), "t-1", {"ticket": answer, "headers": {}})
    assert texts(found) == ["五十余人来到窗口。"]
    assert found.snapshot.markers == {"0198c1"}


def test_a_label_that_says_a_group_or_a_level_is_no_tag() -> None:
    settings = {"group_prefix": "group::", "level_prefix": "level::", "priority_prefix": "p/"}
    labels = ["group::现场组", "level::一般", "p/high", "urgent"]
    gitlab = desk(settings=settings, targets={"tags": None, "level": None}, words={})
    shape = Connectors(ROOT / "connectors")["gitlab-project"]
    found = values(shape, gitlab, {"ticket": {"labels": labels}, "setting": settings})
    assert (found["group"], found["level"], found["priority"]) == ("现场组", "一般", "high")
    assert found["tags"] == ("urgent",)
