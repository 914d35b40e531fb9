"""The reference profile as an independent oracle: hand-marked facts in, what each plan expects out.

Written from the profile's words alone and sharing no code with the product, so that a mistake
in either shows as a difference. Facts are those a careful human marked in the ticket's text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Facts = Mapping[str, Any]

CROWD = (5, 50, 200, 500)
HINTS = ("none", "一般", "较大", "重大", "特别重大")
MEDIA = {"none": 0, "local": 1, "provincial": 2, "national": 3}
ONLINE = {"web", "app", "email", "wechat"}
STATUTORY = {"visit", "letter", "fax", "web", "email", "leader_mailbox"}
HOTLINE = {"hotline_12345", "phone", "app", "wechat"}
ORDER = (
    "people_present",
    "people_joint",
    "people_planned",
    "people_affected_safety",
    "injured",
    "deaths",
    "life_danger",
    "obstruction",
    "public_reach",
    "days_open",
)


def head_count(facts: Facts, name: str) -> int:
    """Upper end of a closed range, lower end of an open one, 0 where nothing was marked."""
    if name not in facts:
        return 0
    low, high = facts[name]
    return int(low if high is None else high)


def reached(value: int, thresholds: Sequence[tuple[int, int]]) -> int:
    """The rank of the highest threshold reached."""
    return max((rank for at, rank in thresholds if value >= at), default=0)


def crowd(value: int) -> int:
    return sum(value >= line for line in CROWD)


def public_reach(facts: Facts) -> int:
    views = reached(facts.get("views", 0), [(10_000, 1), (100_000, 2), (1_000_000, 3)])
    return max(views, MEDIA[facts.get("media", "none")])


def factors(facts: Facts) -> dict[str, int]:
    """Every factor of the profile with the rank it reaches."""
    planned = head_count(facts, "people_planned")
    present = crowd(head_count(facts, "people_present"))
    return {
        "people_present": max(present, 1 if facts.get("crowd_unknown") else 0),
        "people_joint": max(crowd(head_count(facts, "people_joint")) - 1, 0),
        "people_planned": max(crowd(planned) - 1, 1) if planned >= 5 else 0,
        "people_affected_safety": crowd(head_count(facts, "people_affected_safety")),
        "injured": reached(facts.get("injured", 0), [(1, 1), (3, 2), (10, 3), (30, 4)]),
        "deaths": reached(facts.get("deaths", 0), [(1, 2), (3, 3), (10, 4)]),
        "life_danger": 2 if facts.get("life_danger") else 0,
        "obstruction": 2 if facts.get("obstruction") else 0,
        "public_reach": public_reach(facts),
        "days_open": reached(facts.get("days_open", 0), [(180, 1), (365, 2), (1095, 3)]),
    }


def gathered(facts: Facts) -> bool:
    return head_count(facts, "people_present") >= 5 or bool(facts.get("crowd_unknown"))


def planned_visit(facts: Facts) -> bool:
    return head_count(facts, "people_planned") >= 5 and not gathered(facts)


def scene(facts: Facts) -> bool:
    return head_count(facts, "people_present") >= 1 or gathered(facts) or bool(facts.get("scene"))


def without(groups: Sequence[str], facts: Facts, lead: str) -> list[str]:
    left_out = {*facts.get("accused", ()), lead}
    return [group for group in groups if group not in left_out]


def when(*pairs: tuple[str, object]) -> list[str]:
    return [group for group, holds in pairs if holds]


def ordinary(confidential_lead: str, facts: Facts) -> dict[str, Any]:
    lead = confidential_lead if facts.get("confidential") else "normal_desk"
    return {"event_type": "ordinary", "level": "none", "lead": lead, "co": [], "notify": []}


def plan1(facts: Facts, rank: int) -> dict[str, Any]:
    """Four named levels; the event type says who leads."""
    if rank == 0:
        return ordinary("confidential_channel", facts)
    event, lead, co = event1(facts, rank)
    if facts.get("relief") and "logistics" not in co:
        co = [*co, "logistics"]
    if facts.get("confidential"):
        lead = "confidential_channel"
    return {
        "event_type": event,
        "level": HINTS[rank],
        "lead": lead,
        "co": without(co, facts, lead),
        "notify": ["hq"],
    }


def event1(facts: Facts, rank: int) -> tuple[str, str, list[str]]:
    on_site = ["info", *(["logistics", "publicity"] if rank >= 2 else [])]
    if gathered(facts):
        return "mass_visit", "onsite", on_site
    if planned_visit(facts):
        return "mass_visit", "info", ["onsite"]
    if facts.get("days_open", 0) >= 180:
        return "backlog_case", "case_team", ["info"]
    if facts.get("incident"):
        return (
            ("emergency_triggered", "onsite", on_site)
            if scene(facts)
            else ("emergency_triggered", "info", [])
        )
    if public_reach(facts):
        return "other", "publicity", ["info"]
    if facts.get("life_danger"):
        return "other", "onsite", ["info", *(["logistics"] if rank >= 2 else [])]
    return "other", "info", []


def plan2(facts: Facts, rank: int, channel: str) -> dict[str, Any]:
    """Three numbered levels; coordination need raises, the level says who leads."""
    if rank == 0:
        return ordinary("confidential_channel", facts)
    level = level2(facts, rank)
    visible = public_reach(facts) or (
        level != "III" and (gathered(facts) or planned_visit(facts) or facts.get("incident"))
    )
    staff = when(
        ("petition_section", True),
        ("general_office", True),
        ("security_section", scene(facts)),
        ("publicity_section", visible),
        ("other_depts", facts.get("cross_dept")),
    )
    able = without(staff, facts, "")
    lead = able[0] if level == "III" else "hq"
    if facts.get("confidential"):
        lead = "confidential_channel"
    return {
        "event_type": event2(facts, channel),
        "level": level,
        "lead": lead,
        "co": without(able, facts, lead),
        "notify": [{"III": "hq", "II": "peer_government", "I": "superior_dept"}[level]],
    }


def level2(facts: Facts, rank: int) -> str:
    across = facts.get("cross_region", False)
    if rank >= 3 or (rank == 2 and across):
        return "I"
    return "II" if rank == 2 or across or facts.get("cross_dept") else "III"


def event2(facts: Facts, channel: str) -> str:
    if gathered(facts) or planned_visit(facts):
        return "collective_visit"
    if channel == "visit" or head_count(facts, "people_present"):
        return "visit"
    if channel in ONLINE:
        return "online_petition"
    return "petition_opinion" if channel == "media_monitoring" and public_reach(facts) else "other"


def plan3(facts: Facts, rank: int, channel: str) -> dict[str, Any]:
    """Inherited levels; one office leads, the offices it needs join."""
    tail = {"level": None, "activated": rank > 0, "severity_hint": HINTS[rank]}
    if rank == 0:
        return {**ordinary("discipline_office", facts), **tail}
    lead = "discipline_office" if facts.get("confidential") else "emergency_office"
    backlog = facts.get("days_open", 0) >= 180
    visits = visited(facts, channel)
    premises_danger = facts.get("life_danger") == "premises"
    joins = when(
        ("petition_office", visits or backlog or "people_joint" in facts or channel in ONLINE),
        ("general_office", rank >= 2 or public_reach(facts)),
        (
            "legal_office",
            backlog or rank >= 3 or premises_danger or facts.get("legal"),
        ),
        ("discipline_office", facts.get("misconduct_alleged")),
    )
    return {
        "event_type": event3(facts),
        **tail,
        "lead": lead,
        "co": without(joins, facts, lead),
        "notify": ["leading_group", "superior_leading_organ"],
    }


def visited(facts: Facts, channel: str) -> bool:
    here = head_count(facts, "people_present") > 0
    return channel == "visit" or here or gathered(facts) or planned_visit(facts)


def event3(facts: Facts) -> str:
    if gathered(facts) or planned_visit(facts):
        return "mass_visit"
    if facts.get("days_open", 0) >= 180:
        return "backlog_case"
    return "online_opinion" if public_reach(facts) else "other"


def clocks(facts: Facts, rank: int, channel: str, flags: Sequence[str]) -> list[str]:
    """Statutory clocks by channel and what changes them, then those of a response."""
    if "withdrawal" in flags and "partial_withdrawal" not in flags:
        return ["confirm_withdrawal"]
    found = statutory(channel, flags)
    if "urgent_service" in flags:
        found.append("urgent_service_24h")
    if facts.get("life_danger") or head_count(facts, "people_affected_safety"):
        found.append("human_call_now")
    if rank >= 1:
        found += ["hq_report_immediate", "final_report", "post_event_review"]
    if rank >= 2:
        found += ["upward_report", "follow_up_reports"]
    return found


def statutory(channel: str, flags: Sequence[str]) -> list[str]:
    if "other_body" in flags:
        return ["tell_where_to_go_15d"]
    if channel == "superior_transfer" or "superior_transfer" in flags:
        return ["notice_15d", "handle_60d", "objection_5wd"]
    if channel in STATUTORY:
        return ["notice_15d", "handle_60d"]
    return ["hotline_reply_5wd"] if channel in HOTLINE else []


def placements(facts: Facts, channel: str) -> dict[str, Any]:
    """Rank, the factor that decides it, and what each of the three plans expects."""
    ranks = factors(facts)
    rank = max(ranks.values())
    return {
        "rank": rank,
        "decided_by": next((name for name in ORDER if rank and ranks[name] == rank), "none"),
        "plan1": plan1(facts, rank),
        "plan2": plan2(facts, rank, channel),
        "plan3": plan3(facts, rank, channel),
    }
