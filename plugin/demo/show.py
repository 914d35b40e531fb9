"""What the demo shows in the terminal: colours and a spinner there, plain lines in a pipe."""

from __future__ import annotations

import re
from contextlib import AbstractContextManager
from dataclasses import dataclass

from rich.console import Console
from rich.status import Status
from rich.text import Text

from plugin.demo.api import Shown
from plugin.demo.organisation import Organisation
from plugin.demo.site import PASSWORD, Site
from plugin.demo.wording import say

RANK_STYLES = ("green", "cyan", "yellow", "dark_orange", "bold red")
"""By rank 0–4; the level's name always stands beside the colour."""
DISPATCH = re.compile(r"派单|Dispatch|Proposed dispatch")
HEAD = re.compile(r"^[^：:\n]+[：:]\s*([^；;\n]+)")
"""A note begins with what was done, a colon and the event type."""
MARK = re.compile(r"paidan:\w+")
NOTE_LINES = 10


@dataclass
class Show:
    """Speaks to one console in one language."""

    console: Console
    language: str
    organisation: Organisation

    def say(self, code: str, **slots: object) -> str:
        """A text of the demo's table."""
        return say(self.language, code, **slots)

    def busy(self, code: str, **slots: object) -> AbstractContextManager[Status]:
        """A spinner while something is being done (a terminal only)."""
        return self.console.status(self.say(code, **slots), spinner="dots")

    def title(self) -> None:
        """The first line."""
        self.console.print(Text(self.say("title"), style="bold"))

    def ready(self, site: Site) -> None:
        """Where the helpdesk is and how to log in."""
        self._pair("helpdesk", f"{site.url}/tickets/  " + self.say("login", password=PASSWORD))
        self.console.print()

    def routed(self, shown: Shown, before: Shown | None, source: str = "") -> None:
        """One ticket as the helpdesk's API shows it now; ``before`` as it was at the last look."""
        line = Text(f"#{shown.number} ", style="bold")
        line.append(shown.title)
        if source:
            line.append(f"  {source}", style="italic dim")
        self.console.print(line, soft_wrap=True)
        if before is None or _is_placed(shown):
            self.console.print(self._placed(shown, before), soft_wrap=True)
        for text in _told(shown)[:NOTE_LINES]:
            self.console.print(Text(f"   │ {text}", style="dim"), soft_wrap=True)
        self.console.print(Text(f"   {shown.url}", style="blue"), soft_wrap=True)
        self.console.print()

    def problems(self, lines: list[str], log: str) -> None:
        """What went wrong, and the end of Paidan's log."""
        self.console.print(Text(self.say("summary_bad", bad=len(lines)), style="bold red"))
        for line in lines:
            self.console.print(Text(f"  {line}", style="red"), soft_wrap=True)
        self.console.print(Text(log, style="dim"), soft_wrap=True)

    def line(self, code: str, style: str = "", **slots: object) -> None:
        """One line of the table."""
        self.console.print(Text(self.say(code, **slots), style=style), soft_wrap=True)

    def _pair(self, name: str, value: str) -> None:
        line = Text(f"{self.say(name)}: ", style="dim")
        line.append(value, style="")
        self.console.print(line, soft_wrap=True)

    def _placed(self, shown: Shown, before: Shown | None) -> Text:
        line = Text("   ")
        line.append(f" {self._level(shown)} ", style=f"reverse {self._style(shown)}")
        if before is not None and before.level != shown.level:
            line.append(f" ({self.say('was', level=self._level(before))})", style="italic")
        found = HEAD.match(shown.notes[-1].text) if shown.notes else None
        line.append(f"  {found[1]}" if found else "", style="bold")
        line.append("  → ")
        line.append(self.organisation.groups.get(shown.queue, shown.queue), style="bold")
        line.append(f"  ·  {self.say('priority', value=shown.priority)}")
        if shown.notes:
            line.append(f"  ·  {self.say('seconds', value=shown.seconds)}", style="dim")
        return line

    def _level(self, shown: Shown) -> str:
        return shown.level or self.say("no_level")

    def _style(self, shown: Shown) -> str:
        levels = ["none", *self.organisation.levels]
        rank = levels.index(self.organisation.level_id(shown.level))
        return RANK_STYLES[min(rank, len(RANK_STYLES) - 1)]


def _is_placed(shown: Shown) -> bool:
    """Whether the newest note tells where the ticket goes, and not of a limit."""
    return bool(shown.notes) and DISPATCH.match(shown.notes[-1].text) is not None


def _told(shown: Shown) -> list[str]:
    """The newest note's lines, without the mark Paidan knows its own notes by."""
    text = shown.notes[-1].text if shown.notes else ""
    return [line for line in text.splitlines() if line and not MARK.fullmatch(line)]
