"""Whether what a desk acts on is said once, and of groups that it has."""

from __future__ import annotations

from plugin.core.modes import EVERY_OTHER
from plugin.documents.desks import Desk
from plugin.documents.problems import Problems


def modes_fit(desk: Desk, problems: Problems) -> None:
    """cannot-act-for, acts-anyway, not-acted-on: what is acted on, said once and of groups of this desk."""
    known = tuple(desk.groups)
    for key, named in (("act_for", desk.act_for), ("act_since", desk.act_since)):
        for name in named:
            if name and name not in desk.groups:
                problems.add("cannot-act-for", desk.at(f"{key}.{name}"), given=name, key=key, choices=known)
    if desk.mode == "act":
        if desk.act_for:
            problems.add("acts-anyway", desk.at("act_for"))
        return
    for name in desk.act_since:
        if name and name not in desk.groups:
            continue
        if name not in desk.act_for and not (name == EVERY_OTHER and desk.act_for):
            at = desk.at(f"act_since.{name}" if name else "act_since")
            problems.add("not-acted-on", at, groups=(name,) if name else known)
