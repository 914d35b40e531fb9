"""``/healthz``: whether Paidan keeps up, and what a person must look at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, jsonify

from plugin.casebook.database import Database
from plugin.casebook.watch import health
from plugin.errors import StoreError
from plugin.web.answers import failure
from plugin.web.hooks import RETRY_AFTER, Refusals


def health_pages(
    database: Database,
    documents: Callable[[], dict[str, Any]],
    refusals: Refusals,
    reviews: Callable[[], Mapping[str, Any]] = dict,
) -> Blueprint:
    """The health page; ``documents`` tells the version that runs and what is wrong with a newer one.

    ``reviews`` tells which desks that only observe have decided enough tickets to be compared.
    """
    pages = Blueprint("health", __name__)

    @pages.get("/healthz")
    def healthz() -> Response:
        try:
            found = health(database)
        except StoreError:
            return failure(503, retry_after=RETRY_AFTER)
        told = documents()
        broken = any(problem["severity"] == "error" for problem in told["problems"])
        by_hand = found.dead or found.failing or found.unreadable or found.unsent or found.paused
        unfit = any(each.errors for each in found.checkups)
        ok = not (found.is_late or by_hand or found.clock_held or broken or unfit)
        more = {"refused": dict(refusals.counts), "reviews": reviews()}
        return jsonify(ok=ok, casebook=asdict(found), documents=told, **more)

    return pages
