"""Taking a desk away: of what connecting made, what may go and what has to stay. No word to a person."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from plugin.app.connecting import client_for
from plugin.desk import install
from plugin.desk.about_shape import HOLD_DATA, Installable
from plugin.desk.by_hand import hook_url
from plugin.desk.client import Client
from plugin.desk.descriptor import Descriptor
from plugin.desk.installation import Installation
from plugin.desk.made_record import SECRET, Made, keep_made, same_address
from plugin.documents.desks import Desk
from plugin.errors import NotFound, Rejected
from plugin.settings import Settings

Standing = Literal[
    "ours",
    "gone",
    "left_elsewhere",
    "left_foreign",
    "left_unplaced",
    "left_unlisted",
    "left_forgotten",
    "shared",
]
"""``ours``: it may go; ``gone``: it is not there any more; all others stay where they are, and on record.

``left_elsewhere``: it was made at another address than the desk's. ``left_foreign``: what has its id does not
lead to this desk. ``left_unplaced``: the record does not say where it was made, and nothing here shows to be
it. ``left_unlisted``: the helpdesk does not tell what is there. ``left_forgotten``: no connector knows it any
more. ``shared``: a secret's file that another desk reads.
"""
_Ask = Callable[[Installable, str, install.Known, Client], install.Standing]


@dataclass(frozen=True, slots=True)
class Leaving:
    """The desk that is taken away, and what was made for it."""

    settings: Settings
    desk: str
    descriptor: Descriptor
    installation: Installation
    made: tuple[Made, ...]
    hook_base: str
    """Where the helpdesk reaches Paidan, for what an older version put on record without it"""
    readers: Mapping[str, tuple[str, ...]]
    """File of a secret → the other desks that read it"""

    def shape(self, made: Made) -> Installable | None:
        """How this is taken away; None for a file, or what no connector knows any more."""
        known = self.descriptor.about.install
        return next((each for each in known if install.name_of(each) == made.what), None)

    def holds_data(self, made: Made) -> bool:
        """Whether tickets keep values in it."""
        shape = self.shape(made)
        return shape is not None and shape.what in HOLD_DATA

    def standing(self, made: Made) -> Standing:
        """What becomes of it; nothing is changed. Raises a ``HelpdeskError`` where it cannot be seen now."""
        return self._asked(made, install.standing)

    def remove(self, made: Made) -> Standing:
        """Take it away from the helpdesk if it is ours. Raises a ``HelpdeskError``."""
        return self._asked(made, install.remove)

    def unlink(self, made: Made) -> Standing:
        """Take away the file of a secret; raises ``OSError``."""
        file = Path(made.id)
        was_there = file.exists()
        file.unlink(missing_ok=True)
        return "ours" if was_there else "gone"

    def record(self, left: Iterable[Made]) -> None:
        """Put on record what is left; raises ``OSError``."""
        keep_made(self.settings.mappings, self.desk, left)

    def in_order(self, going: Iterable[Made]) -> list[Made]:
        """What hangs on something goes before it, the files of secrets at the very end."""
        places = [install.name_of(each) for each in self.descriptor.about.install]
        order = {name: -at for at, name in enumerate(places)} | {SECRET: 1}
        last_first = list(going)[::-1]
        return sorted(last_first, key=lambda made: order.get(made.what, 0))

    def _asked(self, made: Made, ask: _Ask) -> Standing:
        if made.what == SECRET:
            return "shared" if os.path.realpath(made.id) in self.readers else "ours"
        if made.url and not same_address(made.url, self.installation.url):
            return "left_elsewhere"
        shape = self.shape(made)
        if shape is None:
            return "left_forgotten"
        if not made.url and not install.is_telling_mark(shape):
            return "left_unplaced"  # a field of that name and number may be anybody's
        client = client_for(shape.needs, self.descriptor, self.installation)
        try:
            found = ask(shape, made.id, self._known(made), client)
        except (NotFound, Rejected) as error:
            if error.status in install.NO_SUCH_LIST:
                return "left_unlisted"
            raise
        return self._judged(made, shape, found)

    def _judged(self, made: Made, shape: Installable, found: install.Standing) -> Standing:
        if found == "ours":
            return "ours"
        if not made.url:
            return "left_unplaced"
        if found == "foreign":
            return "left_foreign"
        here = install.place_of(shape, self._known(made))
        return "gone" if made.place in ("", here) else "left_elsewhere"

    def _known(self, made: Made) -> install.Known:
        """What it is told by, as it was when it was made."""
        hook = hook_url(self.descriptor, self.installation, made.hook_base or self.hook_base)
        beside = self._beside(made)
        return install.known_of(self.descriptor, self.installation, hook, beside, made.field_title or None)

    def _beside(self, made: Made) -> Mapping[str, str]:
        """What it hangs on; an older record does not say, but what of it proves to be ours here counts."""
        shape = self.shape(made)
        if made.url or shape is None:
            return made.beside
        kinds = install.hangs_on(shape)
        return {
            other.what: each.id
            for each in self.made
            if not each.url and (other := self.shape(each)) is not None
            if other.what in kinds and not install.hangs_on(other) and self.standing(each) == "ours"
        }


def readers_of(desks: Iterable[Desk]) -> dict[str, tuple[str, ...]]:
    """File of a secret → the desks that read it."""
    found: dict[str, tuple[str, ...]] = {}
    for desk in desks:
        named = {name for names in desk.secrets.values() for name in names if name.startswith("file:")}
        for file in {os.path.realpath(name.removeprefix("file:")) for name in named}:
            found[file] = (*found.get(file, ()), desk.id)
    return found
