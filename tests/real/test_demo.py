"""``paidan demo`` as a person runs it: the dozen, a ticket typed into the page, Ctrl-C."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

TITLE = "小区断水两天"
BODY = "五号楼断水两天了，十几户居民现在都聚在物业门口，一共二十六人，要求马上供水。"


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """The demo without ``--once``, its temporary files below ``tmp_path``."""
    env = {**os.environ, "TMPDIR": str(tmp_path / "tmp"), "COLUMNS": "200"}
    (tmp_path / "tmp").mkdir()
    process = subprocess.Popen(
        [sys.executable, "-m", "plugin", "demo", "--lang", "zh"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=env,
    )
    yield process
    if process.poll() is None:
        process.kill()
        process.wait()


def read_until(process: subprocess.Popen[str], pattern: str, seconds: float) -> str:
    """What was printed up to the line with ``pattern``."""
    assert process.stdout is not None
    printed, deadline = "", time.monotonic() + seconds
    for line in process.stdout:
        printed += line
        if re.search(pattern, line):
            return printed
        assert time.monotonic() < deadline, printed
    raise AssertionError(f"ended without {pattern!r}:\n{printed}")


def type_a_ticket(url: str) -> None:
    """As somebody does at the helpdesk's public page."""
    session = requests.Session()
    page = session.get(f"{url}/tickets/submit/", timeout=10).text
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token
    queue = re.search(r'name="queue"[^>]*value="(\d+)"', page)
    form = {
        "csrfmiddlewaretoken": token[1],
        "queue": queue[1] if queue else "1",
        "title": TITLE,
        "body": BODY,
        "priority": "4",
        "submitter_email": "resident@outside.invalid",
    }
    answer = session.post(f"{url}/tickets/submit/", data=form, timeout=10)
    assert answer.status_code == 200, answer.text[:500]


def children(pid: int) -> set[int]:
    """All processes started below this one."""
    found: set[int] = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid:
            found |= {int(stat.parent.name)} | children(int(stat.parent.name))
    return found


def is_gone(pid: int, seconds: float = 5.0) -> bool:
    """True once the process has ended, whether or not its parent has taken note."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except OSError:
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_the_dozen_then_a_ticket_typed_by_hand_then_nothing_left(
    demo: subprocess.Popen[str], tmp_path: Path, how: signal.Signals
) -> None:
    shown = read_until(demo, "接下来看", 90)
    assert "12 件全部" in shown, shown
    url = re.search(r"http://127\.0\.0\.1:\d+", shown)
    assert url
    assert len(set(re.findall(rf"{url[0]}/tickets/(\d+)/", shown))) == 12
    type_a_ticket(url[0])
    by_hand = read_until(demo, r"/tickets/13/", 15)
    assert TITLE in by_hand
    assert "现场处置组" in by_hand
    started = children(demo.pid)
    assert len(started) >= 2
    demo.send_signal(how)
    time.sleep(0.3)
    demo.send_signal(how)  # an impatient second time changes nothing
    assert demo.wait(30) == 0
    assert all(is_gone(pid) for pid in started)
    assert list((tmp_path / "tmp").iterdir()) == []


def test_a_port_in_use_is_told_and_nothing_is_left(tmp_path: Path) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        command = [sys.executable, "-m", "plugin", "demo", "--once", "--port", str(taken.getsockname()[1])]
        env = {**os.environ, "TMPDIR": str(tmp_path)}
        done = subprocess.run(command, capture_output=True, text=True, env=env, timeout=90, check=False)
    assert done.returncode == 1
    assert "cannot go on" in done.stderr
    assert list(tmp_path.iterdir()) == []
