"""Settings from the environment, each named ``PAIDAN_…``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, field_validator


class Settings(BaseModel):
    """Where things are; a desk's own settings stand in its desk file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    mappings: Path = Field(Path("mappings"), description="folder of the five kinds of document")
    connectors: Path = Field(Path("connectors"), description="folder of connector descriptors")
    database_url: str = Field(
        "sqlite:///paidan.db",
        description="the case book: sqlite:///<file>, postgresql+psycopg://<user>@<host>/<name>, "
        "or file:/<path> of a file that says so",
    )
    feed_copies: Path = Field(Path("feed-copies"), description="folder of what calendar feeds last said")
    host: str = Field("127.0.0.1", description="address to listen on")
    port: int = Field(8700, ge=0, le=65535, description="port to listen on; 0 takes a free one")
    trusted_proxy: str = Field(
        "",
        description="address of the reverse proxy whose X-Forwarded-For is believed; localhost: its socket",
    )
    max_body: int = Field(2 * 1024 * 1024, description="largest accepted webhook body, bytes")
    metrics_port: int = Field(0, ge=0, le=65535, description="port of a worker's own health page; 0: none")
    heartbeat: str = Field("", description="file touched, or address called, while all is well")
    web_workers: int = Field(2, ge=1, le=64, description="processes of paidan web")
    web_threads: int = Field(8, ge=1, le=64, description="requests each process takes at the same time")
    keep_bodies: int = Field(30, ge=1, description="days a webhook's body is kept after it was looked into")
    keep_deliveries: int = Field(90, ge=7, description="days the record of a webhook is kept, 7 at least")
    keep_closed: int = Field(
        365, ge=30, description="days writes and messages of a closed ticket are kept, 30 at least"
    )
    keep_cases: int = Field(
        1825, ge=0, description="days the case of a closed ticket is kept, 365 at least; 0: for ever"
    )
    accept_risks: str = Field("", description="findings of the check at the start that only warn, by code")
    language: str = Field("en", pattern="^(zh|en)$", description="language of messages on the command line")

    @field_validator("database_url")
    @classmethod
    def _database(cls, given: str) -> str:
        return case_book_url(given)

    @field_validator("keep_cases")
    @classmethod
    def _no_sooner_than_a_year(cls, given: int) -> int:
        if 0 < given < 365:
            raise ValueError("less than a year")
        return given

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Settings:
        """Every ``PAIDAN_<NAME>`` that is a setting; ``pydantic.ValidationError`` for a wrong value."""
        prefix = "PAIDAN_"
        known = {f"{prefix}{name.upper()}": name for name in cls.model_fields}
        return cls.model_validate({known[key]: value for key, value in env.items() if key in known})


def case_book_url(given: str) -> str:
    """The address that ``given`` is, or that stands in the file it names; ``ValueError`` for any other."""
    url = _of_file(Path(given[5:])) if given.startswith("file:") else given
    if not re.match(r"sqlite://|postgresql(\+psycopg)?://", url):
        raise ValueError("no case book")
    return re.sub(r"^postgresql://", "postgresql+psycopg://", url)


def _of_file(path: Path) -> str:
    try:
        return path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError("cannot be read") from error
