"""A case book with many open clocks: what a look costs, and what very many that fall due at once do.

The worker is a process of its own, so that its memory is its own.
"""

from __future__ import annotations

import multiprocessing
import resource
import time
from collections.abc import Mapping
from itertools import pairwise
from multiprocessing.connection import Connection
from statistics import median

from benchmarks.bars import bar
from benchmarks.made_cases import RANKS, desks, make_due
from plugin.casebook.claiming import claim
from plugin.casebook.database import Database
from plugin.casebook.sweep import Sweep
from plugin.casebook.tables import ledger

DUE = 10_000
LEASE = 30.0


def burst_bars(name: str, url: str, cases: int) -> list[bool]:
    """The bars on a case book of ``made_cases``; True for each that is met."""
    figures = _in_a_process_of_its_own(url)
    return [
        bar(f"{name}: empty poll over {cases:,} open clocks", figures["poll"] * 1e3, 1, "ms", at_most=True),
        bar(f"{name}: {DUE:,} due in one second, all on record", figures["plan"], 10, "s", at_most=True),
        bar(f"{name}: of these planned", figures["planned"], min(DUE, cases), ""),
        bar(f"{name}: claimed gravest first (out of order)", figures["disorder"], 0, "", at_most=True),
        bar(f"{name}: memory of that worker", figures["memory"], 200, "MB", at_most=True),
    ]


def _in_a_process_of_its_own(url: str) -> Mapping[str, float]:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    worker = context.Process(target=_worker, args=(url, theirs))
    worker.start()
    figures: Mapping[str, float] = ours.recv()
    worker.join()
    return figures


def _worker(url: str, answer: Connection) -> None:
    database = Database(url)
    sweep = Sweep(database, desks, LEASE)
    figures = {"poll": _poll(sweep)}
    make_due(database, DUE)
    begin, cpu = time.monotonic(), time.process_time()
    while sweep():
        pass
    figures["plan"] = time.monotonic() - begin
    print(f"{DUE:,} due: {figures['plan']:.1f} s, {time.process_time() - cpu:.1f} s of it CPU")
    with database.read() as tx:
        figures["planned"] = len({row.case_id for row in tx.run(ledger.select())})
    figures["disorder"] = _disorder(database)
    figures["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    database.close()
    answer.send(figures)


def _poll(sweep: Sweep) -> float:
    rounds = []
    for _ in range(200):
        begin = time.perf_counter()
        assert sweep() == 0
        rounds.append(time.perf_counter() - begin)
    return median(rounds)


def _disorder(database: Database) -> int:
    """How many of the next claims went to a case less grave than one that waited."""
    ranks = []
    for _ in range(200):
        claimed = claim(database, LEASE, longest_waiting=False)
        assert claimed is not None
        ranks.append(claimed.rank)
    assert ranks[0] == max(RANKS)
    return sum(later > earlier for earlier, later in pairwise(ranks))
