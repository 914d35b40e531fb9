"""What is kept in memory is bounded in size and age."""

from __future__ import annotations

from plugin.desk.kept import KEEP_SECONDS, MOST_BYTES, Kept


def test_kept_until_its_time_is_over() -> None:
    now = [0.0]
    kept = Kept(lambda: now[0])
    kept.put("step", "a", {"x": 1}, 10)
    assert kept.get("step", "a") == {"x": 1}
    assert kept.get("other", "a") is None
    now[0] = KEEP_SECONDS + 1
    assert kept.get("step", "a") is None


def test_the_least_used_goes_when_there_is_too_much() -> None:
    kept = Kept()
    share = MOST_BYTES // 16
    for number in range(16):
        kept.put("step", str(number), {}, share)
    assert kept.get("step", "0") == {}
    kept.put("step", "16", {}, share)
    assert kept.get("step", "0") == {}
    assert kept.get("step", "1") is None


def test_one_large_part_does_not_push_out_the_rest() -> None:
    kept = Kept()
    kept.put("step", "a", {}, 10)
    kept.put("step", "large", {}, MOST_BYTES)
    assert kept.get("step", "large") is None
    assert kept.get("step", "a") == {}
