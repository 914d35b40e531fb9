"""Each imitated product from ``paidan connect`` to ``paidan disconnect``, read back from its own store."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from plugin.servers import Server
from tests.connecting.conftest import PLAN, Operator
from tests.imitations import PRODUCTS
from tests.imitations.frame import GROUPS, ONSITE, PUBLICITY, Imitation, View, post

pytestmark = [pytest.mark.real, pytest.mark.filterwarnings("ignore")]

VISIT = "今天上午，五十余人来到窗口，反映停电补偿标准不明，要求当面答复。"
GROWN = "门外又来了一批人，现在大厅和院内共有二百一十人，工作人员正在接待。"
STILL = "五十余人现在仍在大厅等候。"
PATIENCE, GRACE = 12.0, 35.0
QUIET = 1.0


@dataclass
class Site(Operator):
    """An operator's folder beside an imitated product."""

    product: Imitation = None  # type: ignore[assignment]

    def __post_init__(self) -> None:
        super().__post_init__()
        (self.folder / "connectors" / "hall.yaml").unlink()

    @property
    def environ(self) -> dict[str, str]:
        return super().environ | self.product.secrets

    @property
    def desk(self) -> Path:
        return self.mappings / "desks" / "town.yaml"

    def connect(self, *given: str, **more: str) -> Result:
        needed = (self.url, "--token", self.product.token, "--desk", "town", *PLAN, *self.product.given)
        return self.run("connect", *needed, "--yes", *given, **more)

    def routed(self, ticket: str) -> View:
        return self.wait(ticket, lambda view: bool(view.notes), "routed")

    def wait(self, ticket: str, met: Callable[[View], bool], what: str, patience: float = PATIENCE) -> View:
        """The ticket once ``met`` holds and everything is at rest."""
        deadline = time.monotonic() + patience
        while not met(self.product.view(ticket)):
            assert time.monotonic() < deadline, (
                f"not {what}: {self.product.view(ticket)}\n{self.told(ticket)}"
            )
            time.sleep(0.05)
        self.rest()
        return self.product.view(ticket)

    def rest(self) -> None:
        """Until nothing is on its way and nothing was written for a while."""
        self.product.settle()
        while self._wrote(self.product) > time.time() - QUIET:
            time.sleep(0.05)
            self.product.settle()

    @staticmethod
    def _wrote(product: Imitation) -> float:
        return max((call.at for call in product.writes()), default=0.0)

    def told(self, ticket: str) -> str:
        """What the line would tell somebody who wonders."""
        lines = [
            f"{c.method} {c.target} {c.raw.decode(errors='replace')[:300]}" for c in self.product.writes()
        ]
        sent = [f"{status} {delivery.body.decode()[:120]}" for delivery, status in self.product.sent]
        log = (self.folder / "serve.log").read_text()[-3000:]
        return "\n".join(("writes:", *lines[-8:], "webhooks:", *sent[-6:], log))


@dataclass
class Line:
    """A product that was connected and is served."""

    site: Site
    connected: Result
    server: Server
    unheard: str = ""
    """A ticket of the first moment no webhook told of: found by the look, which waits for one a while"""

    @property
    def product(self) -> Imitation:
        return self.site.product

    @property
    def written(self) -> dict[str, Any]:
        return self.site.written()

    def routed(self, title: str = "商户来访", text: str = VISIT) -> tuple[str, View]:
        ticket = self.product.open(title, text)
        return ticket, self.site.routed(ticket)


@pytest.fixture(scope="module", params=PRODUCTS)
def line(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    """Connected from nothing, switched to act, served; webhooks come and the helpdesk is asked every 2 s."""
    product = PRODUCTS[request.param]()
    with product.running() as url:
        site = Site(tmp_path_factory.mktemp(request.param), url, product)
        product.by_hand(f"http://127.0.0.1:{site.port}/hooks/town")
        before = product.installed()
        connected = site.connect()
        assert connected.exit_code == 0, connected.output + str(product.calls[-3:])
        product.made_by_connect = product.installed() - before  # type: ignore[attr-defined]
        acting = site.run("act", "town", "--all")
        assert acting.exit_code == 0, acting.output + site.desk.read_text("utf-8")
        site.desk.write_text(site.desk.read_text("utf-8") + "reconcile: {every: 2s}\n", "utf-8")
        with site.serving() as server:
            line = Line(site, connected, server)
            product.manner = "missing"
            line.unheard = product.open("商户来访", VISIT)
            product.manner = "normal"
            yield line


@pytest.fixture(autouse=True)
def usual(line: Line) -> Iterator[None]:
    """Every test begins with a product that behaves."""
    product = line.product
    yield
    product.manner, product.busy, product.revoked = "normal", 0, False
    product.deaf.clear()
    line.site.rest()


def test_it_is_recognised_and_its_desk_file_names_everything_rightly(line: Line) -> None:
    product, written, told = line.product, line.written, line.connected.output
    assert f" {product.version}" in told
    assert written["connector"] == product.connector
    assert written["groups"] == {
        "hq": "指挥中心",
        "onsite": ONSITE,
        "info": "信息收集组",
        "logistics": "后勤组",
        "publicity": PUBLICITY,
        "case_team": "专案组",
        "normal_desk": "综合受理",
        "confidential_channel": "保密件",
    }
    assert "gaps" not in written
    assert set(written.get("write", {})) >= product.targets
    assert ("is closed again" in told) is (product.has_trial and product.closes_trial)
    assert ("The webhook came after" in told) is (product.has_trial and bool(product.manners))
    assert len(product.made_by_connect) == len(product.made)  # type: ignore[attr-defined]
    for name, secret in product.secrets.items():
        by_hand = name == "IMITATION_HOOK"  # what a person must type into the product is shown to them once
        assert secret not in ("" if by_hand else told) + line.site.desk.read_text("utf-8")


def test_check_and_doctor_are_content(line: Line) -> None:
    checked = line.site.run("check")
    assert checked.exit_code == 0, checked.output
    looked = line.site.run("doctor")
    assert looked.exit_code == 0, looked.output


def test_a_visit_is_routed_and_only_staff_can_read_why(line: Line) -> None:
    _, view = line.routed()
    said = line.written.get("write", {})
    assert view.group == ONSITE
    if "level" in said:
        assert view.level == "较大"
    if "priority" in said:
        assert view.priority == said["priority"]["较大"]
    if said.get("tags"):
        assert view.tags
    if "due" in said:
        assert view.due is not None
    assert len(view.notes) == 1
    assert "50" in view.notes[0]
    assert view.public == ()


def test_more_people_raise_it_and_the_same_people_do_nothing(line: Line) -> None:
    ticket, first = line.routed()
    line.product.say(ticket, STILL)
    line.site.rest()
    time.sleep(2.5)
    assert line.product.view(ticket) == first
    line.product.say(ticket, GROWN)
    view = line.site.wait(ticket, lambda seen: len(seen.notes) > 1, "raised")
    assert "210" in view.notes[-1]
    if "level" in line.written.get("write", {}):
        assert view.level == "重大"
    assert view.public == ()


@pytest.mark.parametrize("manner", ["doubled", "late", "shuffled"])
def test_webhooks_in_disorder_have_one_end(line: Line, manner: str) -> None:
    if manner not in line.product.manners:
        pytest.skip("its webhooks do not come so")
    line.product.manner = manner
    ticket = line.product.open("商户来访", VISIT)
    if manner == "shuffled":
        line.product.say(ticket, STILL)
    view = line.site.routed(ticket)
    writes = len(line.product.writes())
    time.sleep(3.5)  # a late webhook, another look
    line.site.rest()
    assert line.product.view(ticket) == view
    assert (view.group, len(view.notes), view.public) == (ONSITE, 1, ())
    assert len(line.product.writes()) == writes


def test_what_no_webhook_told_of_is_found_by_the_look(line: Line) -> None:
    view = line.site.wait(line.unheard, lambda seen: bool(seen.notes), "found", patience=GRACE)
    assert (view.group, len(view.notes), view.public) == (ONSITE, 1, ())


def test_a_webhook_of_somebody_else_is_refused(line: Line) -> None:
    if not line.product.manners:
        pytest.skip("it has no webhooks")
    line.routed()
    delivery = line.product.sent[-1][0]
    assert post(delivery) // 100 == 2
    assert post(line.product.forged(delivery)) in (401, 403, 404)


def test_a_person_who_moves_the_ticket_is_not_fought(line: Line) -> None:
    ticket, _ = line.routed()
    line.product.move(ticket, PUBLICITY)
    line.product.say(ticket, STILL)
    time.sleep(2.5)
    line.site.rest()
    assert line.product.view(ticket).group == PUBLICITY


def test_a_closed_ticket_is_known_for_one_and_left_alone(line: Line) -> None:
    ticket, _ = line.routed()
    assert _status(line, ticket) == "open"
    line.product.close(ticket)
    closed = line.site.wait(ticket, lambda _: _status(line, ticket) == "closed", "closed")
    writes = len(line.product.writes())
    time.sleep(2.5)  # another look
    line.site.rest()
    assert line.product.view(ticket) == closed
    assert len(line.product.writes()) == writes


def _status(line: Line, ticket: str) -> str:
    """As Paidan took it last."""
    log = (line.site.folder / "serve.log").read_text("utf-8").splitlines()
    told = [json.loads(each) for each in log if '"case_decided"' in each]
    return next((each["status"] for each in reversed(told) if each["ticket"] == ticket), "")


def test_too_many_calls_are_waited_for(line: Line) -> None:
    product = line.product
    product.busy, begun = 1, len(product.calls)
    ticket = product.open("商户来访", VISIT)
    line.site.routed(ticket)
    assert product.busy == 0
    first, second = product.calls[begun].at, product.calls[begun + 1].at
    assert second - first > 0.8, "it went on though it was told to wait"


def test_an_ended_session_is_taken_anew(line: Line) -> None:
    line.product.sign_out()
    _, view = line.routed()
    assert view.group == ONSITE


def test_a_no_in_the_clothes_of_a_yes_is_told_as_missing(line: Line) -> None:
    """The product answers as ever, and has not taken the group: nobody is told that it was moved."""
    line.product.deaf = {"group"}
    ticket = line.product.open("商户来访", VISIT)
    deadline = time.monotonic() + PATIENCE
    while not (dead := _dead(line, ticket)):
        assert time.monotonic() < deadline, line.site.told(ticket)
        time.sleep(0.3)
    assert "group" in json.dumps(dead)
    assert line.product.view(ticket).group != ONSITE


def _dead(line: Line, ticket: str) -> list[Any]:
    told = json.loads(line.site.run("dead", "--format", "json").output)
    rows = told if isinstance(told, list) else told.get("dead") or told.get("list") or []
    return [each for each in rows if each["ticket"] == ticket]


def test_a_renamed_group_and_a_withdrawn_token_are_told_by_the_doctor(line: Line) -> None:
    product = line.product
    if product.lists_groups:
        product.rename(PUBLICITY, "新闻组")
        told = line.site.run("doctor")
        product.rename("新闻组", PUBLICITY)
        assert told.exit_code == 1
        assert PUBLICITY in told.output
    product.revoked = True
    told = line.site.run("doctor")
    product.revoked = False
    assert told.exit_code == 1
    assert re.search("token|session|sign|access", told.output)


def test_what_connect_made_goes_and_nothing_else(line: Line) -> None:
    product = line.product
    ticket, view = line.routed()
    line.server.stop()
    theirs = product.installed() - product.made_by_connect  # type: ignore[attr-defined]
    done = line.site.run("disconnect", "town", "--yes", "--with-fields")
    assert done.exit_code == 0, done.output
    assert product.installed() == theirs
    assert product.view(ticket) == view
    assert not line.site.desk.exists()
    assert set(GROUPS)  # the groups are the organisation's
    line.server.start()
