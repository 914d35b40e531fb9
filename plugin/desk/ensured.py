"""What must exist in a helpdesk before a ticket can name it, such as a keyword no ticket has yet."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from plugin.core.effects import Change
from plugin.desk.client import Client
from plugin.desk.descriptor import Descriptor, Ensure
from plugin.desk.installation import Installation
from plugin.desk.outbound import call
from plugin.desk.template import UnsafeSegment
from plugin.desk.transforms import read_all
from plugin.errors import AccessDenied, Conflict, Rejected


@dataclass(frozen=True, slots=True)
class Unmade:
    """A target whose values could not be made."""

    target: str
    detail: str


@dataclass(frozen=True, slots=True)
class Ensuring:
    """Makes the values of one write. Times: ``deadline`` monotonic, ``not_after`` since boot, seconds."""

    client: Client
    descriptor: Descriptor
    desk: Installation
    deadline: float
    not_after: float
    ids: Mapping[str, Any]
    """The ticket's id and its parts, for requests."""

    def __call__(self, changes: Iterable[Change]) -> tuple[Unmade, ...]:
        """Make what is new; what the helpdesk does not let us make costs its target and no other."""
        return tuple(self._unmade(changes))

    def _unmade(self, changes: Iterable[Change]) -> Iterator[Unmade]:
        for change in changes:
            shape = self.descriptor.targets.get(change.target)
            new = _new(change)
            if shape is None or shape.ensure is None or not new:
                continue
            refused = self._make(shape.ensure, new)
            if refused is not None:
                yield Unmade(change.target, refused.detail)

    def _make(self, ensure: Ensure, wanted: list[str]) -> Rejected | AccessDenied | None:
        """The refusal of a value that is not there in the end; others make values at the same moment."""
        existing, refused = self._existing(ensure), None
        for each in (name for name in wanted if name not in existing):
            refused = self._refusal(ensure, each) or refused
        if refused is None or set(wanted) <= self._existing(ensure):
            return None
        return refused

    def _existing(self, ensure: Ensure) -> set[str]:
        reply = self.client.send(call(ensure.existing, self._known()), self.deadline - time.monotonic())
        return set(read_all({"existing": reply.document}, ensure.names))

    def _refusal(self, ensure: Ensure, each: str) -> Rejected | AccessDenied | None:
        try:
            request = call(ensure.create, {**self._known(), "each": each}, purpose="ensure")
            self.client.send(request, self.deadline - time.monotonic(), self.not_after)
        except Conflict:
            return None  # somebody made it just now
        except Rejected as error:
            return error
        except AccessDenied as error:
            if error.is_signed_out:
                raise
            return error
        except UnsafeSegment:
            return Rejected("write", detail=f"this name cannot stand in an address: {each}"[:200])
        return None

    def _known(self) -> dict[str, Any]:
        return {**self.ids, "setting": dict(self.desk.settings)}


def _new(change: Change) -> list[str]:
    wanted = change.want if isinstance(change.want, tuple) else (change.want,)
    before = change.base if isinstance(change.base, tuple) else ()
    return [each for each in wanted if each is not None and each not in before]
