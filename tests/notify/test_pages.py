"""Whatever the messages and the service: nothing longer than it takes, no message divided or lost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from plugin.notify.letters import SUBJECT_MOST
from plugin.notify.messages import (
    Late,
    Limit,
    Missed,
    Notice,
    Stepped,
    TicketRef,
    Trial,
    Unfilled,
    Warned,
    Withdrawn,
)
from plugin.notify.pages import SHORT, pages
from tests.notify.samples import EVERY, speech

INSTANTS = st.integers(0, 4_000_000_000)
IDS = st.from_regex(r"\A[0-9a-f]{8,40}\Z")
NAMES = st.text(min_size=1, max_size=120)
LIMITS = st.builds(Limit, NAMES, st.none() | INSTANTS, st.booleans())
SPANS = st.integers(0, 100_000_000)
TICKETS = st.builds(
    TicketRef,
    st.from_regex(r"\A[0-9A-Z][0-9A-Za-z.-]{0,39}\Z"),
    st.sampled_from(["", "https://desk.city.example/t/1", "https://desk.city.example/" + "a" * 60]),
    st.none() | NAMES,
    st.booleans(),
)
ABOUT_TICKETS = st.one_of(
    st.builds(Warned, LIMITS, st.integers(1, 100), st.none() | SPANS),
    st.builds(Missed, LIMITS, SPANS),
    st.builds(
        Stepped, NAMES, st.integers(1, 3), st.integers(3, 9), LIMITS, st.integers(0, 40), st.none() | SPANS
    ),
    st.builds(Withdrawn, IDS, INSTANTS, st.none() | NAMES, st.sampled_from(["not_missed", "not_due"])),
)
ABOUT_DUTY = st.one_of(st.builds(Unfilled, NAMES, INSTANTS), st.builds(Trial, NAMES))
LATE = st.none() | st.builds(
    Late, INSTANTS, st.sampled_from(["stopped", "unreadable", "undelivered"]), INSTANTS
)
NOTICES = st.one_of(
    st.builds(Notice, IDS, NAMES, ABOUT_TICKETS, TICKETS, LATE, st.none() | INSTANTS, st.booleans()),
    st.builds(Notice, IDS, NAMES, ABOUT_DUTY, st.none(), LATE, st.none(), st.booleans()),
)
LANGUAGES = st.sampled_from(["zh", "en"])


@given(st.lists(NOTICES, min_size=1, max_size=20), LANGUAGES, st.integers(67, SHORT))
def test_an_sms_is_never_longer_than_it_may_be(notices: list[Notice], language: str, most: int) -> None:
    made = pages(notices, speech(language), most)  # type: ignore[arg-type]
    assert all(0 < len(page.text) <= most and not page.subject for page in made)
    assert all("\n" not in page.text for page in made)
    said = "\n".join(page.text for page in made)
    assert all(notice.ticket.number in said for notice in notices if notice.ticket)


@given(st.lists(NOTICES, min_size=1, max_size=20), LANGUAGES, st.sampled_from([2_000, 2_048, 32_768]))
def test_a_text_fits_and_every_message_is_whole(notices: list[Notice], language: str, most: int) -> None:
    made = pages(notices, speech(language), most)  # type: ignore[arg-type]
    for page in made:
        assert len(page.subject.encode()) + 2 + len(page.text.encode()) <= most
        assert len(page.subject.encode()) + 2 + len(page.markdown.encode()) <= most
        assert len(page.subject) <= SUBJECT_MOST
    said = "\n".join(page.text for page in made)
    for notice in notices:
        assert notice.id[:8] in said
        if notice.ticket:
            assert notice.ticket.number in said
            assert notice.ticket.link in said
        if notice.is_again:
            assert speech(language).say("repeat", message=notice.id[:8]) in said  # type: ignore[arg-type]
    if most == 32_768:
        assert len(made) == 1


@given(NOTICES, LANGUAGES)
def test_of_a_sealed_ticket_only_number_and_link_are_told(notice: Notice, language: str) -> None:
    """The same text whatever its level, clock, chain and times are."""
    if notice.ticket is None or isinstance(notice.event, Withdrawn):
        return
    ticket = TicketRef(notice.ticket.number, notice.ticket.link, "secret-level", is_sealed=True)
    step = Stepped("secret-chain", 1, 1, Limit("secret-clock", 7), 3, 9)
    both = [
        Notice(notice.id, notice.desk, event, ticket, notice.late, notice.unreadable_since, notice.is_again)
        for event in (notice.event, step)
    ]
    for most in (67, 160, 2_048, 32_768):
        for group in (both[:1] * 2, both[:1]):
            other = [both[1]] * len(group)
            assert pages(group, speech(language), most) == pages(other, speech(language), most)  # type: ignore[arg-type]
    assert "secret" not in "".join(page.text for page in pages(both, speech(language), 32_768))  # type: ignore[arg-type]


def test_a_subject_fits_an_sms_of_chinese() -> None:
    long = Notice("x", "d", EVERY["missed"].event, TicketRef("9" * 64))
    for notices in ([long], [long, long]):
        assert 0 < len(pages(notices, speech(), 32_768)[0].subject) <= SUBJECT_MOST < 70
