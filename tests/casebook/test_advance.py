"""One case, from webhook to the helpdesk's own state, and everything that can go wrong on the way."""

from __future__ import annotations

from plugin.casebook.tables import metadata
from tests.casebook.conftest import Book
from tests.casebook.standin import Fault, StandIn


def test_a_ticket_is_routed_with_one_read_and_one_write(book: Book, helpdesk: StandIn) -> None:
    ticket = helpdesk.open("complaint", "3 people")
    book.hear(ticket)
    book.run()
    assert helpdesk.requests == [("GET", "1"), ("PUT", "1")]
    stands = helpdesk.tickets[ticket]
    assert (stands["group"], stands["level"], stands["priority"]) == ("headquarters", "high", "urgent")
    assert stands["tags"] == ["present"]
    assert len(helpdesk.notes(ticket)) == 1
    assert [row.state for row in book.actions()] == ["done"]
    assert book.case(ticket).problem is None


def test_a_second_look_reads_once_and_writes_nothing(book: Book, helpdesk: StandIn) -> None:
    ticket = helpdesk.open("complaint", "3 people")
    book.hear(ticket)
    book.run()
    book.hear(ticket)
    book.run()
    assert helpdesk.count("GET") == 2
    assert helpdesk.count("PUT") == 1


def test_the_same_webhook_twice_is_one_delivery_and_one_look(book: Book, helpdesk: StandIn) -> None:
    ticket = helpdesk.open("complaint", "3 people")
    assert book.hear(ticket, key="same")
    assert not book.hear(ticket, key="same")
    book.run()
    assert not book.hear(ticket, key="same")
    book.run()
    assert helpdesk.requests == [("GET", "1"), ("PUT", "1")]
    assert [row.state for row in book.deliveries()] == ["read"]


def test_a_delivery_during_the_call_gives_another_look(book: Book, helpdesk: StandIn) -> None:
    ticket = helpdesk.open("complaint", "1 person")

    def more_people() -> None:
        helpdesk.say(ticket, "4 people now")
        book.hear(ticket)

    helpdesk.faults.append(Fault("GET"))
    helpdesk.faults.append(Fault("PUT", then=more_people))
    book.hear(ticket)
    book.run()
    book.later(2.0)
    assert helpdesk.tickets[ticket]["level"] == "top"
    assert helpdesk.tickets[ticket]["group"] == "headquarters"
    assert len(set(helpdesk.notes(ticket))) == len(helpdesk.notes(ticket))


def test_messages_in_another_order_give_the_same_state(book: Book, helpdesk: StandIn) -> None:
    """They count in the order of their own time; when their webhooks came changes nothing."""
    words = [("1 person", "2026-03-01T08:00:00+00:00"), ("4 people", "2026-03-01T09:00:00+00:00")]
    first = helpdesk.open("complaint", "2 people", created_at="2026-03-01T07:00:00+00:00")
    second = helpdesk.open("complaint", "2 people", created_at="2026-03-01T07:00:00+00:00")
    for ticket in (first, second):
        helpdesk.tickets[ticket]["messages"][0]["at"] = "2026-03-01T07:00:00+00:00"
        book.hear(ticket)
    book.run()
    for ticket, order in ((first, words), (second, words[::-1])):
        for text, at in order:
            helpdesk.say(ticket, text, at=at)
            book.hear(ticket)
            book.run()
    same = ("group", "level", "priority", "tags")
    assert [helpdesk.tickets[first][k] for k in same] == [helpdesk.tickets[second][k] for k in same]
    assert book.case(first).memory.replace(f'"{first}"', "") != ""
    assert book.case(first).peak_level == book.case(second).peak_level == "top"


def test_our_own_note_read_back_is_no_message_and_no_effect(book: Book, helpdesk: StandIn) -> None:
    ticket = helpdesk.open("complaint", "3 people")
    book.hear(ticket)
    book.run()
    assert "3" in helpdesk.notes(ticket)[0]
    for _ in range(3):
        book.hear(ticket)
        book.run()
    assert helpdesk.count("PUT") == 1
    assert len(book.events("opened")) == 1
    assert book.events("message") == []


def test_the_echo_of_our_own_write_asks_for_no_look(book: Book, helpdesk: StandIn) -> None:
    ticket = helpdesk.open("complaint", "3 people")
    book.hear(ticket)
    book.run()
    book.hear(ticket, ours=True)
    book.run()
    assert helpdesk.count("GET") == 1
    book.later(3600)
    book.hear(ticket, ours=True)
    book.run()
    assert helpdesk.count("GET") == 2


def test_a_persons_change_is_not_fought_until_the_rank_rises(book: Book, helpdesk: StandIn) -> None:
    ticket = helpdesk.open("complaint", "2 people")
    book.hear(ticket)
    book.run()
    helpdesk.set(ticket, group="archive", priority="low")
    book.hear(ticket)
    book.run()
    assert (helpdesk.tickets[ticket]["group"], helpdesk.tickets[ticket]["priority"]) == ("archive", "low")
    assert "nobody said why" in helpdesk.notes(ticket)[-1]
    assert len(book.events("moved")) == 2
    helpdesk.say(ticket, "4 people")
    book.hear(ticket)
    book.run()
    assert helpdesk.tickets[ticket]["group"] == "headquarters"
    assert helpdesk.tickets[ticket]["priority"] == "urgent"


def test_somebodys_change_in_the_same_instant_is_a_conflict_and_decided_again(
    book: Book, helpdesk: StandIn
) -> None:
    ticket = helpdesk.open("complaint", "1 person")
    helpdesk.faults.append(Fault("PUT", then=lambda: helpdesk.say(ticket, "4 people")))
    book.hear(ticket)
    book.run()
    assert helpdesk.tickets[ticket]["level"] == "top"
    assert len(helpdesk.notes(ticket)) == 1
    assert [row.state for row in book.actions()] == ["overtaken", "done"]


def test_a_merged_ticket_leaves_its_peak_to_the_surviving_one(book: Book, helpdesk: StandIn) -> None:
    grave, kept = helpdesk.open("complaint", "4 people"), helpdesk.open("complaint", "nobody")
    book.hear(grave)
    book.run()
    helpdesk.set(grave, merged_into=str(kept))
    book.hear(grave)
    book.run()
    assert book.case(grave).status == "merged"
    assert book.case(kept).peak_level == "top"
    assert helpdesk.tickets[kept]["level"] == "top"
    writes = helpdesk.count("PUT")
    book.hear(grave)
    book.hear(kept)
    book.run()
    assert helpdesk.count("PUT") == writes


def test_a_new_ticket_not_yet_visible_is_asked_for_again(book: Book, helpdesk: StandIn) -> None:
    book.hear(1)
    book.run()
    assert book.case(1).problem is not None
    helpdesk.open("complaint", "3 people")
    book.later(1.5)
    assert helpdesk.tickets[1]["level"] == "high"


def test_a_ticket_gone_for_good_is_kept_and_told(book: Book, helpdesk: StandIn) -> None:
    ticket = helpdesk.open("complaint", "3 people")
    book.hear(ticket)
    book.run()
    del helpdesk.tickets[ticket]
    book.hear(ticket)
    book.later(61)
    stands = book.case(ticket)
    assert (stands.status, stands.peak_level, stands.next_at) == ("gone", "high", None)
    assert '"gone"' in stands.problem
    assert len(book.events("gone")) == 1


def test_an_older_state_than_known_is_no_persons_change(book: Book, helpdesk: StandIn) -> None:
    ticket = helpdesk.open("complaint", "3 people")
    before = dict(helpdesk.tickets[ticket], messages=list(helpdesk.tickets[ticket]["messages"]))
    book.hear(ticket)
    book.run()
    now = helpdesk.tickets[ticket]
    helpdesk.tickets[ticket] = before
    book.hear(ticket)
    book.run()
    assert '"stale"' in book.case(ticket).problem
    helpdesk.tickets[ticket] = now
    book.later(2)
    assert book.case(ticket).problem is None
    assert book.events("moved") == []
    assert helpdesk.count("PUT") == 1


def test_two_rules_at_odds_are_stopped_by_the_write_budget(book: Book, helpdesk: StandIn) -> None:
    ticket = helpdesk.open("complaint", "1 person")
    for n in range(40):
        helpdesk.tickets[ticket]["level"] = None
        helpdesk.say(ticket, f"{n % 5} people")
        helpdesk.tickets[ticket]["tags"] = []
        with book.database.write() as tx:
            tx.connection.exec_driver_sql("update \"case\" set memory = '{}'")
        book.hear(ticket)
        book.run()
    assert helpdesk.count("PUT") == 10
    assert "write-budget" in book.case(ticket).problem
    book.later(700)
    assert book.case(ticket).problem is None


def test_proposing_writes_the_note_alone(book: Book, helpdesk: StandIn) -> None:
    book.mode = "propose"
    ticket = helpdesk.open("complaint", "3 people")
    book.hear(ticket)
    book.run()
    assert helpdesk.tickets[ticket]["group"] == "intake"
    assert "a person confirms" in helpdesk.notes(ticket)[0]


def test_observing_writes_nothing_and_keeps_the_decision(book: Book, helpdesk: StandIn) -> None:
    book.mode = "observe"
    ticket = helpdesk.open("complaint", "3 people")
    book.hear(ticket)
    book.run()
    assert helpdesk.count("PUT") == 0
    assert book.case(ticket).level == "high"


def test_no_words_of_a_ticket_rest_in_the_case_book(book: Book, helpdesk: StandIn) -> None:
    ticket = helpdesk.open("zebra-crossing-marker", "3 people, zebra-crossing-marker")
    book.hear(ticket)
    book.run()
    for table in metadata.sorted_tables:
        rows = repr(book.rows(table))
        assert "zebra-crossing-marker" not in rows
        assert "people 3" not in rows, "the note's own text goes once it is sent"
