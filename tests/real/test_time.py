"""Time on a real helpdesk by a real clock: a chain whose steps are seconds apart, killed and resumed."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from plugin.demo.venv import PrerequisiteMissing
from tests.helpdesks.djhelpdesk import DjangoHelpdesk
from tests.helpdesks.peer import Peer
from tests.helpdesks.rt import RequestTracker
from tests.notify.peers import Mailbox, mail_server
from tests.real.conftest import need
from tests.real.line import Line

CROWD = "今天上午，五百六十名村民聚集在县政府门前，反映征地补偿款没有到位，要求当面答复。"
CLOCK = "target: {minutes: 10}\n    warn: [50, 80]\n    basis: 突发事件应对法 Art. 61"
FAST = "target: {time: 8s}\n    warn: [50]\n    basis: 突发事件应对法 Art. 61"
STEPS = "steps: [{after: 0m, to: deputy_commander}, {after: 10m, to: commander, must_send: true}]"
FAST_STEPS = (
    "steps: [{after: 0s, to: deputy_commander}, {after: 3s, to: commander, must_send: true, assign: hq}]"
)
REPEAT = "repeat: {every: 15m, max: 3, from: last}"
FAST_REPEAT = "repeat: {every: 3s, max: 20, from: last}"
STEP = re.compile(r"第 (\d)/2 步(?:，第 (\d+) 次重复)?")
MAILED = re.compile(r"逐级告知 (\d)/2(?:（第 (\d+) 次重复）)?")
PEOPLE = {"deputy_commander": "deputy@city.example", "commander": "commander@city.example"}
MAILBOX = Mailbox()
"""A real mail server: what people were told."""
PEERS: dict[str, Callable[[Path, Path], Peer]] = {
    "request-tracker": RequestTracker,
    "django-helpdesk": DjangoHelpdesk,
}


def fast(mappings: Path) -> None:
    """The shipped plan with the report to headquarters due in seconds; the others have no headquarters."""
    for other in ("petition-three-level", "petition-inherited"):
        (mappings / "plans" / f"{other}.yaml").unlink()
    part = mappings / "plans" / "parts" / "emergency-clocks.yaml"
    text = part.read_text("utf-8")
    for old, new in ((CLOCK, FAST), (STEPS, FAST_STEPS), (REPEAT, FAST_REPEAT)):
        assert old in text
        text = text.replace(old, new)
    part.write_text(text, "utf-8")


@pytest.fixture(scope="module", params=PEERS)
def timed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    """One real helpdesk and one real Paidan whose plan counts seconds."""
    need(request.param)
    home = tmp_path_factory.mktemp(f"timed-{request.param}")
    try:
        peer = PEERS[request.param](home / "helpdesk", request.config.cache.mkdir("helpdesks"))
    except PrerequisiteMissing as missing:
        pytest.fail(str(missing), pytrace=False)
    MAILBOX.mails.clear()
    MAILBOX.recipients.clear()
    with mail_server(MAILBOX) as port:
        notify = {
            role: f"mailto://127.0.0.1:{port}?from=paidan@city.example&to={who}"
            for role, who in PEOPLE.items()
        }
        with Line(peer, home / "paidan", documents=fast, notify=notify).running() as line:
            yield line
    shutil.rmtree(home, ignore_errors=True)


def steps(line: Line, ticket: str) -> list[tuple[str, str]]:
    """Every step the ticket's notes tell of, in order: (step, repeat)."""
    return STEP.findall("\n".join(line.peer.view(ticket).reasons))


def wait_for(met: Callable[[], object], what: Callable[[], object], seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < deadline, f"not in time: {what()}"
        time.sleep(0.1)


def opened(line: Line) -> str:
    ticket = line.peer.open("村民集中反映补偿", CROWD, "visit")
    line.routed(ticket)
    return ticket


def assert_told(ticket: str, steps_noted: list[tuple[str, str]]) -> None:
    """Each step the ticket tells of was mailed to whoever it names, with none of the ticket's words.

    After a crash in the middle of a sending a mail may come twice; it then says so.
    """
    everything = zip(MAILBOX.recipients, MAILBOX.texts, strict=True)
    mails = [(to, text) for (to,), text in everything if text.startswith(f"工单 {ticket}，")]
    told = {(to, found) for to, text in mails for found in MAILED.findall(text)}
    who = {"1": PEOPLE["deputy_commander"], "2": PEOPLE["commander"]}
    assert told == {(who[step], (step, turn)) for step, turn in steps_noted}
    assert not any(word in text for _, text in mails for word in ("村民", "征地", "补偿"))


def test_a_grave_ticket_goes_up_its_chain_survives_a_crash_and_stops_when_taken(timed: Line) -> None:
    before = datetime.now(UTC)
    ticket = opened(timed)
    view = timed.peer.view(ticket)
    assert view.level == "特别重大"
    due = timed.peer.due(ticket)
    assert due is not None
    assert timedelta(seconds=6) <= due - before <= timedelta(seconds=12)

    def told() -> object:
        return steps(timed, ticket), timed.paidan.tail()

    wait_for(lambda: ("1", "") in steps(timed, ticket), told)
    timed.paidan.kill()
    time.sleep(4)
    timed.paidan.start()
    wait_for(lambda: [s for s in steps(timed, ticket) if s[0] == "2"], told)
    assert timed.peer.view(ticket).group == "hq"
    timed.peer.take(ticket)
    time.sleep(8)
    after = steps(timed, ticket)
    time.sleep(7)
    assert steps(timed, ticket) == after
    assert after.count(("1", "")) == 1
    assert len(after) == len(set(after))
    assert [int(turn or 0) for step, turn in after if step == "2"] == sorted(
        {int(turn or 0) for step, turn in after if step == "2"}
    )
    assert "已用 50%" in "\n".join(timed.peer.view(ticket).reasons)
    assert "突发事件应对法 Art. 61" in "\n".join(timed.peer.view(ticket).reasons)
    assert_told(ticket, after)


def test_a_ticket_taken_in_time_is_told_of_to_nobody(timed: Line) -> None:
    ticket = opened(timed)
    wait_for(lambda: steps(timed, ticket), lambda: timed.paidan.tail())
    timed.peer.take(ticket)
    time.sleep(7)
    said = steps(timed, ticket)
    assert len([step for step in said if step[0] == "2"]) <= 1, timed.paidan.tail()
    time.sleep(7)
    assert steps(timed, ticket) == said
