"""Every connector there is, read once; its sample desk pointed at an address that answers nothing."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from plugin.desk import describe
from plugin.desk.connector import Connector
from plugin.desk.descriptor import Descriptor
from plugin.desk.samples import sample_desk

FOLDER = Path(__file__).resolve().parents[2] / "connectors"
NAMES = describe.names(FOLDER)


@cache
def descriptor(name: str) -> Descriptor:
    return describe.load(FOLDER, name)


def connector(name: str) -> Connector:
    return Connector(descriptor(name), sample_desk(descriptor(name)))
