"""The sender's own words in a mail: without quoted mail, forwarded headers and signature; zh and en.

Line by line and linear. What is cut is cut to the end only at marks that stand alone on their line,
so that a sentence which merely speaks of a mail is kept.
"""

from __future__ import annotations

import re

_QUOTED = re.compile(r"\s{0,8}[>＞|│]")
_ATTRIBUTION = (
    re.compile(r"\s{0,8}On\b.{4,200}\bwrote\s{0,2}[:：]\s*$", re.IGNORECASE),
    re.compile(r"\s{0,8}在?.{2,120}(?:写道|寫道|写到|寫到|来信说)\s{0,2}[:：]?\s*$"),
    re.compile(r"\s{0,8}(?:于|於).{4,120}(?:写道|寫道)\s{0,2}[:：]\s*$"),
)
_DIVIDER = re.compile(
    r"\s{0,8}[-_—─=*]{2,40}\s{0,4}(?:original message|original appointment|forwarded message"
    r"|forwarded by.{0,80}|begin forwarded message|reply message|回复邮件|回复的邮件|原始邮件|原始郵件"
    r"|原邮件|原郵件|转发的邮件|轉寄的郵件"
    r"|转发邮件|轉發郵件|转发信息|邮件原件|原始信息)\s{0,4}[-_—─=*]{0,40}\s*$",
    re.IGNORECASE,
)
_BARE_DIVIDER = re.compile(
    r"\s{0,8}(?:Begin forwarded message|Original Message|原始邮件|原始郵件)\s{0,2}[:：]\s*$", re.IGNORECASE
)
_HEADER = re.compile(
    r"\s{0,8}\*{0,2}(?P<name>from|sent|date|to|cc|bcc|subject|reply-to|发件人|發件人|寄件者|寄件人|发送时间|發送時間|发送日期|傳送時間"
    r"|时间|日期|收件人|收件者|抄送|抄送人|副本|主题|主題|主旨)\*{0,2}\s{0,4}[:：]",
    re.IGNORECASE,
)
_FROM = frozenset(("from", "发件人", "發件人", "寄件者", "寄件人"))
_SIGNATURE = re.compile(r"-- ?$")
_SENT_FROM = re.compile(
    r"\s{0,8}(?:sent from (?:my|mail for|outlook|yahoo).{0,60}|get outlook for.{0,40}"
    r"|发自(?:我的|网易|新浪|QQ|华为|小米|手机).{0,40}"
    r"|從我的.{0,30}傳送|来自我的.{0,30})\s*$",
    re.IGNORECASE,
)
_HEADERS_NEEDED = 2
"""A ``From:`` line counts as a forwarded header when at least one more header line follows it."""


def own_words(text: str) -> str:
    """What the sender wrote: without quotes, what stands under a quoting line, and signature."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    kept: list[str] = []
    for number, line in enumerate(lines):
        if line and (_QUOTED.match(line) or _SENT_FROM.match(line)):
            continue
        if _ends_own_words(lines, number):
            break
        kept.append(line)
    return "\n".join(kept).strip()


def opening_words(text: str) -> str:
    """The first words of a matter: as ``own_words``, but what is forwarded to open it is the matter.

    Headers of the forwarded mail go, its text stays. Where only quoted text is left, that is the matter.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    forwarded = [line for line in lines if not _DIVIDER.match(line) and not _BARE_DIVIDER.match(line)]
    without_headers = "\n".join(_without_header_blocks(forwarded))
    kept = own_words(without_headers)
    if kept:
        return kept
    unquoted = "\n".join(_QUOTED.sub("", line) for line in without_headers.split("\n"))
    return own_words(unquoted) or unquoted.strip()


def _without_header_blocks(lines: list[str]) -> list[str]:
    kept: list[str] = []
    inside = False
    for number, line in enumerate(lines):
        inside = (inside and bool(_HEADER.match(line))) or _is_header_block(lines, number)
        if not inside:
            kept.append(line)
    return kept


def _ends_own_words(lines: list[str], number: int) -> bool:
    line = lines[number]
    if not line or line.isspace():
        return False
    if _SIGNATURE.match(line) or _DIVIDER.match(line) or _BARE_DIVIDER.match(line):
        return True
    return _is_attribution(lines, number) or _is_header_block(lines, number)


def _is_attribution(lines: list[str], number: int) -> bool:
    """``On … wrote:`` or ``…写道：`` (maybe broken over two lines) before quoted text."""
    line = lines[number]
    if len(line) > 240:
        return False
    after = next((each for each in lines[number + 1 : number + 4] if each.strip()), "")
    joined = f"{line} {lines[number + 1]}" if number + 1 < len(lines) else line
    if any(shape.match(line) for shape in _ATTRIBUTION):
        return _QUOTED.match(after) is not None or _names_a_sender(line)
    return line.lstrip().startswith("On ") and _ATTRIBUTION[0].match(joined) is not None


def _names_a_sender(line: str) -> bool:
    """An address or a date in the line: somebody's mail is introduced, not a speech."""
    return "@" in line or re.search(r"\d{4}\s{0,2}[年/.-]|\d{1,2}[:：]\d{2}", line) is not None


def _is_header_block(lines: list[str], number: int) -> bool:
    head = _HEADER.match(lines[number])
    if not head or head["name"].lower() not in _FROM:
        return False
    near = [line for line in lines[number : number + 8] if line.strip()][:5]
    return sum(1 for line in near if _HEADER.match(line)) >= _HEADERS_NEEDED
