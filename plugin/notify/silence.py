"""Nothing is logged while an address is in use: Apprise and the libraries below it log keys and recipients.

urllib3 writes the path of every request at DEBUG, which for most robots is the key; Apprise writes
recipients and whole payloads. Both write to the logs of the standard library, so they are silenced there, for
the threads and the time of a sending only.
"""

from __future__ import annotations

import logging
import warnings
from functools import cache
from typing import Any

from urllib3.exceptions import InsecureRequestWarning

from plugin.notify.watch import watched

WITHHELD = "withheld: a message is being sent"
_APPRISE = "apprise"


@cache
def keep_silent() -> None:
    """From now on: no record of Apprise's anywhere, none with words from inside a sending. Once a process."""
    log = logging.getLogger(_APPRISE)
    log.setLevel(logging.WARNING)
    log.addFilter(_counted)
    before = logging.getLogRecordFactory()

    def record(
        name: str,
        level: int,
        path: str,
        line: int,
        msg: Any,
        args: Any,
        exc_info: Any,
        *more: Any,
        **extra: Any,
    ) -> logging.LogRecord:
        if watched() is not None:
            msg, args, exc_info = WITHHELD, (), None
        return before(name, level, path, line, msg, args, exc_info, *more, **extra)

    logging.setLogRecordFactory(record)
    warnings.filterwarnings("ignore", category=InsecureRequestWarning)  # it names the host


def _counted(record: logging.LogRecord) -> bool:
    watch = watched()
    if watch is not None and record.levelno >= logging.WARNING:
        watch.warnings += 1
    return False
