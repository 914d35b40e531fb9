"""Settings that stand in the connector file itself: a desk file gives the path, and hears where it errs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from plugin.core.place import Place
from plugin.desk import describe
from plugin.desk.descriptor import Descriptor
from plugin.desk.outbound import call
from plugin.desk.products import Connectors, shaped
from plugin.desk.signing import Hmac
from plugin.documents.desks import Desk
from plugin.errors import DocumentsInvalid
from tests.desk.products import document, written

TITLE = {"en": "A part of it", "zh": "其一"}


def setting(default: str) -> dict[str, Any]:
    return {"title": dict(TITLE), "default": default, "shapes": True}


def connectors(tmp_path: Path, settings: dict[str, Any], **changed: Any) -> Connectors:
    made = tmp_path / "connectors"
    made.mkdir(exist_ok=True)
    whole = {**document()["settings"], **settings}
    (made / "ledger.yaml").write_text(written(settings=whole, **changed), "utf-8")
    return Connectors(made)


def desk(**settings: str) -> Desk:
    return Desk(
        id="hall",
        connector="ledger",
        url="https://desk.example.org",
        plan="p",
        rules="r",
        groups={},
        settings=settings,
        places={f"settings.{name}": Place("desks/hall.yaml", 7, 9) for name in settings},
        place=Place("desks/hall.yaml", 1, 1),
    )


def path_of(descriptor: Descriptor) -> str:
    return call(descriptor.reads[0].request, {"id": "7"}).path


PATH: dict[str, Any] = {"read": [{"name": "ticket", "get": "${setting.tickets}/${id}"}]}


def test_a_path_of_several_parts_is_a_setting(tmp_path: Path) -> None:
    found = connectors(tmp_path, {"tickets": setting("/api/t")}, **PATH)
    assert path_of(found["ledger"]) == "/api/t/7"
    assert path_of(shaped(found, desk(tickets="/help/v2/cases"))) == "/help/v2/cases/7"
    assert path_of(shaped(found, desk(account="x"))) == "/api/t/7"


def test_a_part_of_a_path_into_an_answer_is_a_setting(tmp_path: Path) -> None:
    ticket = {**document()["ticket"], "title": "ticket.${setting.title_field}"}
    found = connectors(tmp_path, {"title_field": setting("title")}, ticket=ticket)
    made = shaped(found, desk(title_field="meta.subject[0]"))
    assert made.ticket.title.paths[0].text == "ticket.meta.subject[0]"


def test_numbers_and_flags_are_what_they_look_like_and_keys_are_filled_too(tmp_path: Path) -> None:
    changed = {
        "get": "/t",
        "id": "item.id",
        "whole": True,
        "paging": {"parameter": "${setting.page}", "size": "${setting.size}"},
        "query": {"${setting.page}_size": "${setting.size}"},
    }
    settings = {"page": setting("page"), "size": setting("100")}
    found = connectors(tmp_path, settings, changed=changed)
    made = shaped(found, desk(page="p", size="25")).changed
    assert made is not None
    assert (made.paging.parameter, made.paging.size) == ("p", 25)
    assert made.request.query == {"p_size": "25"}


def test_an_empty_setting_leaves_its_key_out(tmp_path: Path) -> None:
    receive = {**document()["receive"], "root": "${setting.root}"}
    found = connectors(tmp_path, {"root": setting("")}, receive=receive)
    assert found["ledger"].receive.root is None
    root = shaped(found, desk(root="payload")).receive.root
    assert root is not None
    assert root.text == "payload"


@pytest.mark.parametrize(
    ("signed", "parts"),
    [
        ("{body}", ("{body}",)),
        ("{id}.{timestamp}.{body}", ("{id}", ".", "{timestamp}", ".", "{body}")),
        ("v0:{timestamp}:{body}", ("v0:", "{timestamp}", ":", "{body}")),
    ],
)
def test_what_is_signed_may_be_one_text_and_a_setting(tmp_path: Path, signed: str, parts: Any) -> None:
    check = {"kind": "hmac", "header": "${setting.header}", "signed": "${setting.signed}", "secret": "hook"}
    receive = {**document()["receive"], "verify": [check]}
    settings = {"header": setting("X-Signature"), "signed": setting("{body}")}
    found = connectors(tmp_path, settings, receive=receive)
    made = shaped(found, desk(header="X-Sum", signed=signed)).receive.checks[0]
    assert isinstance(made, Hmac)
    assert (made.header, made.signed) == ("X-Sum", parts)


def test_a_mistake_is_told_where_the_desk_file_makes_it(tmp_path: Path) -> None:
    found = connectors(tmp_path, {"tickets": setting("/api/t")}, **PATH)
    with pytest.raises(DocumentsInvalid) as caught:
        shaped(found, desk(tickets="api/t"))
    assert [(p.code, str(p.place)) for p in caught.value.problems] == [
        ("path-not-absolute", "desks/hall.yaml:7:9")
    ]
    product = found.products["ledger"]
    assert product.shaped_by is not None
    assert [str(p.place) for p in product.shaped_by(desk(tickets="api/t"))] == ["desks/hall.yaml:7:9"]
    assert product.shaped_by(desk(tickets="/t")) == ()


def test_a_shaping_setting_needs_a_default_or_the_file_alone_says_nothing(tmp_path: Path) -> None:
    without = {"title": dict(TITLE), "shapes": True}
    with pytest.raises(DocumentsInvalid) as caught:
        connectors(tmp_path, {"tickets": without}, **PATH)["ledger"]
    assert "missing-key" in {p.code for p in caught.value.problems}


def test_other_settings_are_filled_in_when_they_are_used(tmp_path: Path) -> None:
    plain = {"title": dict(TITLE), "default": "eu"}
    found = connectors(
        tmp_path, {"region": plain}, read=[{"name": "ticket", "get": "/${setting.region}/${id}"}]
    )
    assert found["ledger"].reads[0].request.path == "/${setting.region}/${id}"


def test_samples_and_the_settings_themselves_stay_as_they_are(tmp_path: Path) -> None:
    samples = {"note": "${setting.tickets}"}
    help_ = {**setting("/api/t"), "help": {"en": "Used as ${setting.tickets}.", "zh": "路径。"}}
    found = connectors(tmp_path, {"tickets": help_}, samples=samples, **PATH)
    made = describe.load(tmp_path / "connectors", "ledger", {"tickets": "/x"})
    assert made.samples == samples
    assert found["ledger"].settings[-1].help is not None
    assert "${setting.tickets}" in found["ledger"].settings[-1].help.en
