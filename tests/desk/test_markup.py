"""HTML becomes the words a person sees, whatever it is made of, quickly."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.desk.markup import html_to_text, select_options

CASES = [
    ("五十余人&nbsp;来到<b>窗口</b>", "五十余人\xa0来到窗口"),
    ("<p>a</p><p>b</p>", "a\n\nb"),
    ("a<br>b<br/>c", "a\nb\nc"),
    ("<ul><li>a<li>b</ul>", "a\nb"),
    ("<style>p{}</style><script>if (a<b) x()</script>c", "c"),
    ("<head><title>t</title></head>c", "c"),
    ("1 < 2 & 3 > 2", "1 < 2 & 3 > 2"),
    ("a&lt;b&gt;", "a<b>"),
    ('<a href="x>y" title=\'">\'>link</a>', "link"),
    ("<!-- 五百人 -->a", "a"),
    ("<blockquote>old<br>mail</blockquote>new", "> old\n> mail\nnew"),
    ('<div class="gmail_quote">old</div>new', "> old\nnew"),
    ("<blockquote>a</b></i>b</blockquote>c", "> ab\nc"),
    ("<p>人数<50 人</p>", "人数<50 人"),
    ("plain\ntext", "plain text"),
    ('unfinished <a href="', 'unfinished <a href="'),
]


@pytest.mark.parametrize(("markup", "text"), CASES)
def test_words(markup: str, text: str) -> None:
    assert html_to_text(markup) == text


HOSTILE = [
    "<",
    "<!--",
    "<![CDATA[",
    "<a",
    '<a b="',
    "<?",
    "</",
    "<script>",
    "<b>",
    "<blockquote>",
    "</b>",
    "<a a=a ",
    "&#",
]


@pytest.mark.parametrize("unit", HOSTILE)
def test_two_hundred_kilobytes_of_rubbish_cost_little(unit: str) -> None:
    """``html.parser`` needs up to a minute here; the bar is 50 ms, the limit leaves room."""
    markup = unit * (200_000 // len(unit))
    before = time.process_time()
    html_to_text(markup)
    assert time.process_time() - before < 0.5


@given(st.text(alphabet="<>/!-?&;\"'= abp\n人", max_size=200))
def test_any_text_gives_text(markup: str) -> None:
    html_to_text(markup)


@given(st.text(alphabet="人数五十来到ab 1\n", max_size=100))
def test_text_without_markup_keeps_every_character_but_spacing(text: str) -> None:
    assert html_to_text(text).split() == text.split()


SELECTS = [
    ('<select name="q"><option value="1">A</option>', [("1", "A")]),
    ('<select name="q"><option value="2" selected> B &amp;\n C </option></select>', [("2", "B & C")]),
    ("<SELECT id=x NAME=q><OPTION VALUE=1>A<OPTION VALUE='2'>B</SELECT>", [("1", "A"), ("2", "B")]),
    ('<select name="q"></select><option value="3">C</option>', []),
    ('<select data-name="q"><option value="1">A</option></select>', []),
    ('<select name="p"><option value="1">A</option></select>', []),
    ('<select name="q"><option value="">-</option><option>B</option></select>', []),
    ('<select name="q"><option value="1">A <b>bold</b> one</option>', [("1", "A bold one")]),
    ('<select name="q"><option value="7">Not ended', [("7", "Not ended")]),
    ('<script>"<select name=q><option value=1>A</option>"</script>', []),
    ("", []),
]


@pytest.mark.parametrize(("page", "options"), SELECTS)
def test_the_options_of_a_select_are_read_as_a_browser_shows_them(
    page: str, options: list[tuple[str, str]]
) -> None:
    assert list(select_options(page, "q")) == options
