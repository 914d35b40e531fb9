"""Notes in every format: placeholders broken up, markup escaped, the marker always whole."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.core.effects import Change, Effects
from plugin.desk.descriptor import NoteShape
from plugin.desk.installation import Installation
from plugin.desk.normalise import marker_text
from plugin.desk.outbound import note_text, plan
from tests.desk.products import URL, descriptor, document

WORDS = "{{ ticket.title }} {% now %} <b>x</b> [a](b) *c* `d` 50% @name"

NOTES = [
    (NoteShape(), f"{WORDS}\npaidan:a1"),
    (
        NoteShape(breaks=(("{{", "{ {"), ("{%", "{ %"), ("<", "＜"))),
        "{ { ticket.title }} { % now %} ＜b>x＜/b> [a](b) *c* `d` 50% @name\npaidan:a1",
    ),
    (
        NoteShape(format="html"),
        "{{ ticket.title }} {% now %} &lt;b&gt;x&lt;/b&gt; [a](b) *c* `d` 50% @name<br>paidan:a1",
    ),
    (NoteShape(format="html", breaks=(("@", "@\u200b"),)), None),
]


@pytest.mark.parametrize(("shape", "wanted"), NOTES)
def test_notes(shape: NoteShape, wanted: str | None) -> None:
    text = note_text(shape, WORDS, "a1")
    assert wanted is None or text == wanted
    assert wanted is not None or "@name" not in text


def test_markdown_shows_the_words_as_they_are() -> None:
    text = note_text(NoteShape(format="markdown"), WORDS, "a1")
    for mark in ("[a]", "<b>", "*c*", "`d`"):
        assert mark not in text
    assert text.endswith("\n\npaidan:a1")


@pytest.mark.parametrize("text", ["/close", "转\n/assign @name", "转\r\n  /label ~x", "/ 转"])
def test_no_line_of_a_markdown_note_is_a_command(text: str) -> None:
    note = note_text(NoteShape(format="markdown"), text, "a1")
    assert not [line for line in note.splitlines() if line.strip().startswith("/")]


HOSTILE = (
    """{code}x{code} [~accountid:1] !a.png! |t| h1. *b* _i_ -s- +u+ ^s^ ~s~ ??c?? http://x @name #12 \\\\"""
)


def test_jiras_notation_shows_the_words_as_they_are() -> None:
    """Every mark of the notation is taken back by a backslash, a backslash too."""
    text = note_text(NoteShape(format="wiki"), HOSTILE, "a1")
    assert text.endswith("\npaidan:a1")
    kept = text.removesuffix("\npaidan:a1")
    assert re.sub(r"\\(.)", r"\1", kept) == HOSTILE
    assert not re.findall(r"(?<!\\)(?:\\\\)*[*_?+^~{}\[\]!|#@-]", kept)


def test_textile_shows_the_words_as_they_are() -> None:
    words = (
        '"a":http://x !i.png! *b* {{include(Secrets)}} <pre> @code@ %{color:red}c% |t| &#42; user:admin #12'
    )
    text = note_text(NoteShape(format="textile"), words, "a1")
    kept = text.removesuffix("\npaidan:a1")
    assert html.unescape(kept) == words
    assert not set('{}<>*!@%|"#') & set(re.sub(r"&#\d+;", "", kept))


@given(st.text(max_size=3000), st.sampled_from(["plain", "html", "wiki", "textile"]))
def test_a_note_is_cut_and_the_marker_is_not(text: str, format_: str) -> None:
    note = note_text(NoteShape(format=format_, most=500), text, "0198-abc")  # type: ignore[arg-type]
    assert note.endswith(marker_text("0198-abc"))
    assert format_ != "plain" or len(note) <= 500


@given(st.text(alphabet="{}%#<> a", max_size=60))
def test_no_placeholder_survives_however_the_braces_are_nested(text: str) -> None:
    breaks = (("{{", "{ {"), ("}}", "} }"), ("{%", "{ %"), ("%}", "% }"), ("{#", "{ #"), ("#}", "# }"))
    note = note_text(NoteShape(breaks=breaks), text, "a1")
    assert not [mark for mark, _ in breaks if mark in note]


def test_a_field_and_an_id_are_numbers_where_the_product_wants_numbers() -> None:
    write = document()["write"]
    more = {"id": "${number.field}", "of": "${number.id}", "value": "${value}"}
    write["targets"]["level"]["write"] = {"more": [more]}
    product = descriptor(write=write)
    effects = Effects((Change("level", None, "II"),))

    def body(ticket: str, field: str) -> Any:
        desk = Installation("d", URL, targets={"level": field})
        return plan(product, desk, ticket, effects, "a1").updates[0].body

    assert body("7", "360") == {"more": [{"id": 360, "of": 7, "value": "II"}]}
    assert body("7a", "level") == {"more": [{"value": "II"}]}
