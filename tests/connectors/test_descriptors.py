"""What every connector file must have; a new file is tested without its author writing a test."""

from __future__ import annotations

import re

import pytest
import re2

from plugin.desk.descriptor import VERBS, Descriptor
from plugin.desk.samples import mismatches, sample_desk
from plugin.desk.signing import Address, Hmac
from plugin.desk.template import Tree, names
from tests.connectors.products import FOLDER, NAMES, descriptor

every = pytest.mark.parametrize("name", NAMES)


def test_there_are_connectors() -> None:
    assert len(NAMES) >= 3


@every
def test_the_samples_come_to_what_they_say(name: str) -> None:
    assert mismatches(descriptor(name)) == []


@every
def test_there_is_a_sample_of_each_kind_and_one_that_is_refused(name: str) -> None:
    samples = descriptor(name).samples
    assert samples["read"]
    assert samples["write"]
    if not descriptor(name).receive.checks:
        assert "webhook" in descriptor(name).cannot
        return
    assert [s for s in samples["receive"] if isinstance(s["hint"], dict)]
    assert [s for s in samples["receive"] if isinstance(s["hint"], str)]


@every
def test_what_changed_can_be_listed_with_a_sample_or_a_sentence_says_why_not(name: str) -> None:
    product = descriptor(name)
    assert product.samples.get("changed") if product.changed else "changed" in product.cannot
    if product.changed and product.changed.is_whole:
        assert "changed" in product.cannot


@every
def test_every_verb_is_described_or_refused_with_a_sentence(name: str) -> None:
    product = descriptor(name)
    able = {*product.targets, *(["note"] if product.note else [])}
    assert able | product.cannot.keys() >= set(VERBS)


@every
def test_sentences_for_people_are_there_in_both_languages(name: str) -> None:
    product = descriptor(name)
    labels = [product.setup, *product.cannot.values(), *(s.title for s in product.settings)]
    assert all(label.en.strip() and label.zh.strip() for label in labels)
    assert all(re.search("[一-鿿]", label.zh) for label in labels)


@every
def test_every_secret_is_a_setting_marked_as_one(name: str) -> None:
    product = descriptor(name)
    used = {
        n.removeprefix("secret.")
        for v in _header_templates(product)
        for n in names(v)
        if n.startswith("secret.")
    }
    assert used
    assert used | {c.secret for c in product.receive.checks if not isinstance(c, Address)} <= set(
        product.secrets
    )


def _header_templates(product: Descriptor) -> list[Tree]:
    api, session = product.api, product.api.session
    login = [session.login.body, dict(session.login.headers), dict(session.login.query)] if session else []
    return [*api.headers.values(), *api.query.values(), *(api.basic or ()), *login]


@every
def test_deliveries_are_verified_and_repeats_can_be_told(name: str) -> None:
    product = descriptor(name)
    if not product.receive.checks:
        assert "webhook" in product.cannot
        return
    signed = [check for check in product.receive.checks if isinstance(check, Hmac)]
    assert all("{body}" in check.signed for check in signed)
    assert product.receive.key


@every
def test_our_own_changes_can_be_told(name: str) -> None:
    product = descriptor(name)
    assert product.receive.actors is not None or product.cannot.keys() & {"webhook", "actor"}
    assert product.setting("account") is not None


@every
def test_maturity_is_declared_with_its_proof(name: str) -> None:
    maturity = descriptor(name).maturity
    if maturity.level == "verified":
        assert maturity.versions
        assert maturity.on


@every
def test_a_note_is_written_only_where_the_public_cannot_see_it(name: str) -> None:
    """The file itself must say why a note is safe: its request names what makes it private."""
    product = descriptor(name)
    if product.note is None:
        assert "note" in product.cannot
        return
    told = product.messages.private or product.messages.notes
    assert told, "a product with notes must be able to tell them from public messages"


@every
def test_fields_about_persons_are_named_and_never_read(name: str) -> None:
    product = descriptor(name)
    assert product.ticket.persons
    seen = product.samples["read"][0]["seen"]
    persons = {
        k for k, source in product.samples["desk"]["fields"].items() if source in product.ticket.persons
    }
    assert persons
    assert not persons & seen["fields"].keys()


@every
def test_recorded_words_stay_free_of_what_must_not_be_read(name: str) -> None:
    """The sample holds a phone number, a quoted mail and words of staff; none may be in the matter."""
    read = "".join(m["text"] for s in descriptor(name).samples["read"] for m in s["seen"]["messages"])
    assert "13900001111" not in read
    assert "二百" not in read
    assert "五百" not in read
    assert "六十余人" in read


@every
def test_the_id_pattern_lets_nothing_through_that_changes_a_path(name: str) -> None:
    ids = descriptor(name).receive.ids
    for hostile in ("..", "../1", "1/..", "1%2f", "1?x", "1#x", "1\n", "", "1\r\nX: y", "１", "1 or 1=1"):
        assert not re2.fullmatch(ids.pattern, hostile)
        assert ids.canonical(hostile) is None


def test_the_folder_holds_nothing_else() -> None:
    assert {path.suffix for path in FOLDER.iterdir() if path.is_file()} <= {".yaml", ".py", ".md"}


@every
def test_a_sample_desk_can_write_all_the_product_can(name: str) -> None:
    product = descriptor(name)
    written = {target for s in product.samples["write"] for target in s["changes"]}
    assert written >= set(sample_desk(product).targets) | {"group"}


@every
def test_every_list_has_a_sample_and_a_session_one_of_its_log_in(name: str) -> None:
    product = descriptor(name)
    assert product.samples.get("lists", {}).keys() == product.lists.keys()
    assert (product.api.session is None) == ("login" not in product.samples)
