"""Zammad with a token that is an agent's and nothing more, as the setup text asks for."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.imitations.frame import ONSITE
from tests.imitations.test_whole_line import Site
from tests.imitations.zammad import Zammad

pytestmark = [pytest.mark.real, pytest.mark.filterwarnings("ignore")]


class ForAgents(Zammad):
    is_agent_only = True


class WithoutChief(ForAgents):
    given = ("--map", f"groups.onsite={ONSITE}")


def test_an_administrators_token_is_used_for_what_an_agents_may_not(tmp_path: Path) -> None:
    product = ForAgents()
    with product.running() as url:
        site = Site(tmp_path, url, product)
        done = site.connect("--without-test-ticket")
        assert done.exit_code == 0, done.output
        assert site.written()["groups"]["onsite"] == ONSITE  # type: ignore[index]
        assert product.installed() == {
            "webhook theirs",
            "webhook Paidan town",
            "trigger auto reply",
            "trigger Paidan town: new ticket (webhook 11)",
            "trigger Paidan town: ticket changed (webhook 11)",
        }
        assert site.run("disconnect", "town", "--yes").exit_code == 0
        assert product.installed() == {"webhook theirs", "trigger auto reply"}


def test_a_new_address_of_paidan_gets_triggers_of_its_own_and_all_of_them_go(tmp_path: Path) -> None:
    product = ForAgents()
    with product.running() as url:
        site = Site(tmp_path, url, product)
        assert site.connect("--without-test-ticket").exit_code == 0
        for trigger in list(product.triggers.values())[1:]:  # as an older version called them
            trigger["name"] = trigger["name"].replace(" town", "").replace(" (webhook 11)", "")
        again = site.connect("--without-test-ticket", "--overwrite")
        assert again.exit_code == 0, again.output
        assert len(product.triggers) == 3
        moved = site.connect("--without-test-ticket", "--overwrite", "--hook-base", "https://new.example")
        assert moved.exit_code == 0, moved.output
        (new,) = [key for key, each in product.webhooks.items() if "new.example" in each["endpoint"]]
        calls = [each["perform"].get("notification.webhook", {}) for each in product.triggers.values()]
        assert [str(each["webhook_id"]) for each in calls if each].count(str(new)) == 2
        assert site.run("disconnect", "town", "--yes").exit_code == 0
        assert product.installed() == {"webhook theirs", "trigger auto reply"}


def test_a_trigger_that_is_switched_off_is_told_and_no_other_is_made(tmp_path: Path) -> None:
    product = ForAgents()
    with product.running() as url:
        site = Site(tmp_path, url, product)
        assert site.connect("--without-test-ticket").exit_code == 0
        number = max(product.triggers)
        product.triggers[number]["active"] = False
        again = site.connect("--without-test-ticket", "--overwrite")
        assert again.exit_code == 0, again.output
        assert f"is there ({number}), but switched off" in again.output
        assert len(product.triggers) == 3
        assert site.run("disconnect", "town", "--yes").exit_code == 0
        assert product.installed() == {"webhook theirs", "trigger auto reply"}


def test_without_one_a_person_is_told_what_is_to_be_clicked(tmp_path: Path) -> None:
    product = WithoutChief()
    with product.running() as url:
        site = Site(tmp_path, url, product)
        done = site.connect("--without-test-ticket")
        assert done.exit_code == 0, done.output
        assert "--set admin_token=env:" in done.output
        assert "HMAC SHA1 Signature Token" in done.output
        assert f"http://127.0.0.1:{site.port}/hooks/town" in done.output
        assert product.installed() == {"webhook theirs", "trigger auto reply"}
