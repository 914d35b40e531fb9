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
            "webhook Paidan",
            "trigger auto reply",
            "trigger Paidan: new ticket",
            "trigger Paidan: ticket changed",
        }
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
