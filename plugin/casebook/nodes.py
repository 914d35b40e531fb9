"""Nodes: the processes that work on one PostgreSQL case book, and what becomes of a dead one's cases.

Every node beats. One that is silent for too long (killed, frozen, cut off) is buried by another: its cases
get a new fence and are free, so that it can write nothing of them any more should it come back. Whether
the outcome of its last call can be read yet is still told by that call's ``not_after``, except where the
process is known to be no more: then nothing can leave it.
"""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import Row, and_, delete, select, text, update

from plugin.casebook.database import Database, Transaction, session_name
from plugin.casebook.tables import action, case, hold, message, node

log = structlog.get_logger()

BEAT = 1.0
"""Seconds between two beats."""
SILENT = 5.0
"""Seconds without a beat after which a node counts as gone."""
STEADY = 3.0
"""A node buries others only if its own last beat was no longer ago: after an outage all were silent."""


@dataclass(frozen=True, slots=True)
class Process:
    """A process as its neighbours on the same machine can find it again."""

    place: str
    """This machine since its last start, and the space its process numbers are of (a container's own)."""
    pid: int
    born: int
    """Clock ticks after the machine's start."""

    def is_gone(self) -> bool:
        """Whether it has surely ended; False also where that cannot be told from here."""
        return self.place == _place() and _born(self.pid, self.born) != self.born


def this_process() -> Process:
    """The running process."""
    return Process(_place(), os.getpid(), _born(os.getpid()) or 0)


@cache
def _place() -> str:
    boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    return f"{boot} {os.readlink('/proc/self/ns/pid')}"


def _born(pid: int, unseen: int | None = None) -> int | None:
    """The 22nd field of ``/proc/<pid>/stat`` (proc(5)); a zombie counts as ended.

    ``unseen``: the answer for a process that lives but is hidden from this account (``hidepid``).
    """
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    except OSError:
        return unseen if _lives(pid) else None
    return None if fields[0] in "ZX" else int(fields[19])


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError as error:
        return isinstance(error, PermissionError)
    return True


class Node:
    """This process among those that work on the case book."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._process = this_process()
        self.id = database.holder

    def join(self) -> None:
        """Be known to the others; what dead ones left is free at once. Raises ``StoreError``."""
        with self._database.write() as tx:
            self._enter(tx)
            dead = _known_dead(tx, self.id)
        self._bury(dead)

    def beat(self) -> int:
        """Say that we are alive and bury who is not; how many that was. Raises ``StoreError``."""
        with self._database.write() as tx:
            last = tx.run(select(node.c.beat_at).where(node.c.id == self.id)).scalar()
            if last is None:
                log.warning("node_was_buried", node=self.id)
                self._enter(tx)
                return 0
            tx.run(update(node).where(node.c.id == self.id).values(beat_at=tx.now))
            dead = _known_dead(tx, self.id)
            if tx.now - last < STEADY:
                dead += _silent(tx, self.id)
        return self._bury(dead)

    def leave(self) -> None:
        """Be gone in order: whatever is still held is free."""
        with self._database.write() as tx:
            own = tx.run(select(node).where(node.c.id == self.id).with_for_update()).first()
            if own is not None:
                _free(tx, own.id, has_ended=False)

    def _enter(self, tx: Transaction) -> None:
        process = self._process
        row = {
            "host": socket.gethostname()[:200],
            "place": process.place,
            "pid": process.pid,
            "born": process.born,
            "started_at": tx.now,
            "beat_at": tx.now,
        }
        tx.run(tx.insert(node).values(id=self.id, **row))

    def _bury(self, dead: list[Row[Any]]) -> int:
        return sum(self._bury_one(gone) for gone in dead)

    def _bury_one(self, gone: Row[Any]) -> bool:
        """False where it beat again or another was faster.

        What froze in the middle of a transaction still has its rows: its sessions are ended first.
        """
        with self._database.write() as tx:
            tx.run(_END_SESSIONS, {"of": session_name(gone.id)})
            there = tx.run(select(node.c.beat_at).where(node.c.id == gone.id).with_for_update()).scalar()
            if there is None or there != gone.beat_at:
                return False
            has_ended = Process(gone.place, gone.pid, gone.born).is_gone()
            cases, silent = _free(tx, gone.id, has_ended=has_ended), round(tx.now - gone.beat_at, 1)
        log.warning("node_buried", node=gone.id, host=gone.host, silent=silent, cases=cases)
        return True


_END_SESSIONS = text("select pg_terminate_backend(pid) from pg_stat_activity where application_name = :of")


def _known_dead(tx: Transaction, own: str) -> list[Row[Any]]:
    """Nodes of this machine whose process has ended, however short ago they beat."""
    here = and_(node.c.id != own, node.c.place == _place())
    rows = tx.run(select(node).where(here))
    return [row for row in rows if Process(row.place, row.pid, row.born).is_gone()]


def _silent(tx: Transaction, own: str) -> list[Row[Any]]:
    late = and_(node.c.id != own, node.c.beat_at < tx.now - SILENT)
    rows = tx.run(select(node).where(late))
    return [row for row in rows if not Process(row.place, row.pid, row.born).is_gone()]


def _free(tx: Transaction, holder: str, *, has_ended: bool) -> int:
    """Whatever a node held is anybody's; how many cases that was."""
    tx.run(delete(node).where(node.c.id == holder))
    held = and_(case.c.holder == holder, case.c.lease_until > 0)
    if has_ended:
        theirs = select(case.c.id).where(held)
        unknown = and_(action.c.state == "sending", action.c.not_after > tx.now, action.c.case_id.in_(theirs))
        tx.run(update(action).where(unknown).values(not_after=tx.now))
    again = {"state": "planned", "may_have_arrived": True, "next_try": tx.now}
    sending = and_(message.c.holder == holder, message.c.state == "sending")
    tx.run(update(message).where(sending).values(**again))
    free = {"lease_until": 0.0, "fence": case.c.fence + 1, "holder": None}
    count = int(tx.run(update(case).where(held).values(**free)).rowcount)
    tx.run(update(hold).where(hold.c.prober == holder).values(probe_until=0.0))
    return count
