"""GitHub Enterprise Server from ``paidan connect`` to ``paidan disconnect``: only labels are written."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.imitations.frame import ONSITE, PUBLICITY, View, post
from tests.imitations.github import GitHub
from tests.imitations.test_whole_line import GROWN, STILL, VISIT, Site

pytestmark = [pytest.mark.real, pytest.mark.filterwarnings("ignore")]


@dataclass
class Labelled(Site):
    """An operator of a product that has no place for a note."""

    def routed(self, ticket: str) -> View:
        return self.wait(ticket, lambda view: view.group == ONSITE, "routed")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Labelled]:
    product = GitHub()
    with product.running() as url:
        site = Labelled(tmp_path_factory.mktemp("github"), f"{url}/api/v3", product)
        connected = site.connect()
        assert connected.exit_code == 0, connected.output + str(product.calls[-3:])
        assert connected.output.startswith("GitHub Enterprise Server")
        assert " 3.14.2" in connected.output
        assert "The webhook came after" in connected.output
        assert "is closed again" in connected.output
        acting = site.run("act", "town", "--all")
        assert acting.exit_code == 0, acting.output
        with site.serving():
            yield site


def test_an_issue_gets_its_labels_once_and_nothing_is_said(site: Labelled) -> None:
    site.product.manner = "doubled"
    ticket = site.product.open("商户来访", VISIT)
    view = site.routed(ticket)
    site.product.manner = "normal"
    assert (view.level, view.public) == ("较大", ())
    assert view.priority in ("medium", "high", "urgent")
    assert view.tags
    writes = len(site.product.writes())
    site.product.say(ticket, STILL)
    site.rest()
    assert len(site.product.writes()) == writes
    site.product.say(ticket, GROWN)
    raised = site.wait(ticket, lambda seen: seen.level == "重大", "raised")
    assert raised.public == ()


def test_the_doctor_tells_a_renamed_label_and_a_withdrawn_token(site: Labelled) -> None:
    told = site.run("doctor")
    assert told.exit_code == 0, told.output
    site.product.rename(PUBLICITY, "新闻组")
    told = site.run("doctor")
    site.product.rename("新闻组", PUBLICITY)
    assert (told.exit_code, PUBLICITY in told.output) == (1, True)
    site.product.revoked = True
    told = site.run("doctor")
    site.product.revoked = False
    assert told.exit_code == 1


def test_a_person_who_relabels_it_is_not_fought(site: Labelled) -> None:
    ticket = site.product.open("商户来访", VISIT)
    site.routed(ticket)
    site.product.move(ticket, PUBLICITY)
    site.product.say(ticket, STILL)
    time.sleep(1.5)
    site.rest()
    assert site.product.view(ticket).group == PUBLICITY


def test_a_secondary_limit_is_waited_for(site: Labelled) -> None:
    product, begun = site.product, len(site.product.calls)
    product.busy = 1
    site.routed(product.open("商户来访", VISIT))
    first, second = product.calls[begun].at, product.calls[begun + 1].at
    assert second - first > 0.8, "it went on though it was told to wait"


def test_only_the_holder_of_the_secret_is_heard(site: Labelled) -> None:
    site.routed(site.product.open("商户来访", VISIT))
    delivery = site.product.sent[-1][0]
    assert post(delivery) // 100 == 2
    assert post(site.product.forged(delivery)) in (401, 403)


def test_the_webhook_goes_and_the_labels_stay(site: Labelled) -> None:
    ticket = site.product.open("商户来访", VISIT)
    view = site.routed(ticket)
    done = site.run("disconnect", "town", "--yes")
    assert done.exit_code == 0, done.output
    assert site.product.installed() == set()
    assert site.product.view(ticket) == view
