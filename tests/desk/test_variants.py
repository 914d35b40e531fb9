"""One file, several connectors: what a variant says takes its place, what it does not say stays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from plugin.desk import describe
from plugin.desk.describe import variants
from plugin.desk.descriptor import Descriptor
from plugin.desk.products import Connectors
from plugin.documents.problems import Problem, Problems
from plugin.documents.source import Node, read
from plugin.errors import DocumentsInvalid
from tests.desk.products import document, written

LIMIT = {"limits": {"statuses": [429, 503]}}


def folder(tmp_path: Path, overlays: Any, name: str = "ledger", **changed: Any) -> Path:
    made = tmp_path / "connectors"
    made.mkdir(exist_ok=True)
    (made / f"{name}.yaml").write_text(written(**changed, variants=overlays), "utf-8")
    return made


def loaded(tmp_path: Path, overlay: Any, **changed: Any) -> Descriptor:
    return describe.load(folder(tmp_path, {"plain": None, "plugin": overlay}, **changed), "ledger-plugin")


def problems(tmp_path: Path, overlay: Any, **changed: Any) -> list[Problem]:
    with pytest.raises(DocumentsInvalid) as caught:
        loaded(tmp_path, overlay, **changed)
    return list(caught.value.problems)


def test_a_file_with_variants_makes_a_connector_of_each_and_none_of_its_own_name(tmp_path: Path) -> None:
    made = folder(tmp_path, {"plain": {}, "plugin": {"title": "With a plugin"}})
    (made / "other.yaml").write_text(written(), "utf-8")
    assert describe.names(made) == ("ledger-plain", "ledger-plugin", "other")
    found = {name: describe.load(made, name) for name in describe.names(made)}
    assert {name: each.title for name, each in found.items()} == {
        "ledger-plain": "Example desk",
        "ledger-plugin": "With a plugin",
        "other": "Example desk",
    }
    assert [each.name for each in found.values()] == list(found)


def test_maps_are_merged_and_anything_else_replaced(tmp_path: Path) -> None:
    plain = loaded(tmp_path, {})
    product = loaded(
        tmp_path,
        {
            "api": LIMIT,
            "receive": {"events": [{"from": {"source": True}, "words": {"new": "created"}}]},
            "write": {"note": {"most": 500}},
            "cannot": {"webhook": {"en": "None.", "zh": "没有。"}},
        },
    )
    assert (product.api.headers, product.api.page) == (plain.api.headers, plain.api.page)
    assert product.api.limits.statuses == {429, 503}
    assert [rule.words for rule in product.receive.events] == [{"new": "created"}]
    assert product.receive.actors == plain.receive.actors
    assert plain.note is not None
    assert product.note is not None
    assert (product.note.most, product.note.merge) == (500, plain.note.merge)
    assert product.cannot.keys() == plain.cannot.keys() | {"webhook"}


def test_null_takes_away(tmp_path: Path) -> None:
    overlay = {
        "receive": {"actors": None},
        "write": {"note": None, "targets": {"due": None}},
        "cannot": {"note": "no", "due": "no"},
    }
    product = loaded(tmp_path, overlay)
    assert product.receive.actors is None
    assert product.note is None
    assert "due" not in product.targets


def test_a_null_that_takes_nothing_away_is_a_value(tmp_path: Path) -> None:
    """Samples hold answers, and answers hold nulls."""
    samples = {"desk": {"targets": {"priority": None}}, "read": [{"answers": {"owner": None}}]}
    assert loaded(tmp_path, {"samples": samples}).samples == samples
    assert loaded(tmp_path, {"samples": samples}, samples={"desk": {"url": "x"}}).samples == {
        "desk": {"url": "x", **samples["desk"]},
        "read": samples["read"],
    }


WRONG = [
    ({"recieve": {"methods": ["PUT"]}}, "unknown-key", "recieve"),
    ({"receive": {"methds": ["PUT"]}}, "unknown-key", "methds"),
    ({"receive": {"id_pattern": "(?=x)"}}, "bad-pattern", "id_pattern"),
    ({"variants": {"deeper": {}}}, "unknown-key", "variants"),
    ({"maturity": "tested"}, "unknown-value", "maturity"),
    ({"title": None}, "missing-key", "plugin"),
    ({"api": {"page": None}}, "missing-key", "api"),
    ({"cannot": {"reason": None}}, "verb-missing", None),
]


@pytest.mark.parametrize(("overlay", "code", "key"), WRONG)
def test_a_mistake_in_a_variant_is_told_where_it_stands(
    overlay: dict[str, Any], code: str, key: str | None, tmp_path: Path
) -> None:
    (problem,) = problems(tmp_path, overlay)
    assert problem.code == code
    text = (tmp_path / "connectors" / "ledger.yaml").read_text("utf-8").splitlines()
    begins = text.index("variants:") + 1
    assert problem.place.file == "connectors/ledger.yaml"
    assert key is None or problem.place.line > begins
    assert key is None or key in text[problem.place.line - 1]


def test_a_mistake_outside_of_variants_is_told_once(tmp_path: Path) -> None:
    made = folder(tmp_path, {"one": {}, "two": {}}, maturity="tested")
    connectors = Connectors(made)
    connectors.read_all()
    assert [each.code for each in connectors.problems] == ["unknown-value"]


@pytest.mark.parametrize("overlays", [{}, [], "plain", ["plain"], {"plain": "x"}, {"a b": {}}])
def test_variants_that_are_none(overlays: Any, tmp_path: Path) -> None:
    made = folder(tmp_path, overlays)
    for name in describe.names(made):
        with pytest.raises(DocumentsInvalid) as caught:
            describe.load(made, name)
        assert {each.code for each in caught.value.problems} <= {"not-a-block", "bad-id"}


def test_the_file_alone_is_no_connector(tmp_path: Path) -> None:
    made = folder(tmp_path, {"plain": {}, "plugin": {}})
    with pytest.raises(DocumentsInvalid) as caught:
        describe.load(made, "ledger")
    assert caught.value.problems[0].slots["choices"] == ("ledger-plain", "ledger-plugin")
    for name in ("ledger-other", "ledger-", "led", "other", "-plain", ""):
        with pytest.raises(FileNotFoundError):
            describe.load(made, name)


def test_a_broken_file_is_known_by_its_variants(tmp_path: Path) -> None:
    made = folder(tmp_path, {"plain": {"title": "x"}, "plugin": {}})
    file = made / "ledger.yaml"
    file.write_text(file.read_text("utf-8") + "\nsetup: [\n", "utf-8")
    assert describe.names(made) == ("ledger-plain", "ledger-plugin")
    with pytest.raises(DocumentsInvalid):
        describe.load(made, "ledger-plugin")


SPELLINGS = [
    "{version: 1, variants: {a: {}, b-c: null}}",
    "version: 1\n'variants':\n  a:\n  b-c: {title: x}\n",
    "version: 1\nvariants:   # two\n    # the first\n    a: {}\n\n    b-c:\n      read:\n      - a\n",
    '\ufeffvariants: {a: , b-c: }\ntitle: "of\nvariants:\n  x: y"\n',
]


@pytest.mark.parametrize("text", SPELLINGS)
def test_names_are_exact_however_they_are_spelt(text: str) -> None:
    assert variants.variants(text.encode()) == ("a", "b-c")


def test_a_word_in_a_text_makes_no_variant() -> None:
    assert variants.variants(b"title: x\nsetup: |\n  variants:\n    a: b\n") == ()


def test_only_what_is_asked_for_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = folder(tmp_path, {"plain": {}, "plugin": {}})
    (made / "other.yaml").write_text("version: [", "utf-8")
    asked: list[str] = []
    load = describe.load
    monkeypatch.setattr(describe, "load", lambda where, name: (asked.append(name), load(where, name))[1])
    connectors = Connectors(made)
    assert set(connectors) == set(connectors.products) == {"ledger-plain", "ledger-plugin", "other"}
    assert "other" in connectors.products
    assert connectors.products["ledger-plain"].name == "Example desk"
    assert connectors["ledger-plain"] is connectors["ledger-plain"]
    assert (asked, connectors.problems) == (["ledger-plain"], ())
    for _ in range(2):
        with pytest.raises(DocumentsInvalid):
            connectors.products.get("other")
    assert asked == ["ledger-plain", "other"]
    assert [each.place.file for each in connectors.problems] == ["connectors/other.yaml"]
    assert connectors.sources["connectors/other.yaml"].line(1) == "version: ["


LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(0, 9)
    | st.text("ab", max_size=2)
    | st.lists(st.none(), max_size=2)
)
TREES = st.dictionaries(
    st.sampled_from("abcd"),
    st.recursive(LEAVES, lambda x: st.dictionaries(st.sampled_from("abcd"), x, max_size=3)),
)


def plain(node: Node) -> Any:
    if node.kind == "map":
        return {key: plain(value) for key, _, value in node.entries}
    return [plain(item) for item in node.items] if node.kind == "list" else node.value


def merged(base: Any, over: Any) -> Any:
    if not isinstance(base, dict) or not isinstance(over, dict):
        return over
    gone = {key for key, value in over.items() if value is None and base.get(key) is not None}
    both = {key: merged(base[key], value) if key in base else value for key, value in over.items()}
    return {key: value for key, value in {**base, **both}.items() if key not in gone}


@given(base=TREES, over=TREES)
def test_merging_is_what_it_says(base: Any, over: Any) -> None:
    problems = Problems()
    nodes = [read(yaml.safe_dump(each, sort_keys=False), "x.yaml", problems) for each in (base, over)]
    first, second = nodes
    assert first is not None
    assert second is not None
    before = plain(first)
    found = variants.overlaid(first, second)
    assert plain(found) == merged(base, over)
    assert plain(first) == before
    assert all(node.by_key == {key: value for key, _, value in node.entries} for node in found.walk())


def test_there_is_a_document_to_merge() -> None:
    assert "variants" not in document()
