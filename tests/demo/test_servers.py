"""Servers of our own: started, asked, ended by their own id."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from plugin.servers import Server, ServerFailed, free_port


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def web(folder: Path) -> Server:
    port = free_port()
    command = [sys.executable, "-m", "http.server", "--bind", "127.0.0.1", str(port)]
    return Server("web", command, f"http://127.0.0.1:{port}/", folder / "log", cwd=folder)


@pytest.mark.parametrize("end", [Server.stop, Server.kill])
def test_a_server_runs_until_it_is_ended_and_leaves_no_process(tmp_path: Path, end) -> None:
    server = web(tmp_path)
    server.start()
    pid = server.pid
    assert server.running
    end(server)
    assert not server.running
    assert not alive(pid)


def test_a_server_can_be_started_again(tmp_path: Path) -> None:
    server = web(tmp_path)
    for _ in range(2):
        server.start()
        assert server.running
        server.stop()


def test_a_server_that_does_not_come_up_shows_the_end_of_its_log(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "import sys; sys.exit('no database here')"]
    server = Server("web", command, f"http://127.0.0.1:{free_port()}/", tmp_path / "log")
    with pytest.raises(ServerFailed, match=r"ended at once(.|\n)*no database here"):
        server.start()


def test_a_server_that_never_answers_is_ended(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "import time; time.sleep(60)"]
    server = Server("web", command, f"http://127.0.0.1:{free_port()}/", tmp_path / "log")
    with pytest.raises(ServerFailed, match="no answer in time"):
        server.start(0.3)
    assert not server.running


def test_ending_a_server_that_was_never_started_is_nothing(tmp_path: Path) -> None:
    web(tmp_path).stop()
    web(tmp_path).kill()
