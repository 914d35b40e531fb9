"""Settings from the environment, each named ``PAIDAN_…``; what each means stands in ``manifest.yaml``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, field_validator
from pydantic.config import JsonDict

SECRET: JsonDict = {"secret": True}
"""Of a setting that is shown to nobody."""


class Settings(BaseModel):
    """Where things are; a desk's own settings stand in its desk file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    mappings: Path = Path("mappings")
    connectors: Path = Path("connectors")
    database_url: str = Field("sqlite:///paidan.db", json_schema_extra=SECRET)
    feed_copies: Path = Path("feed-copies")
    host: str = "127.0.0.1"
    port: int = Field(8700, ge=0, le=65535)
    trusted_proxy: str = ""
    max_body: int = 2 * 1024 * 1024
    metrics_port: int = Field(0, ge=0, le=65535)
    heartbeat: str = Field("", json_schema_extra=SECRET)
    web_workers: int = Field(2, ge=1, le=64)
    web_threads: int = Field(8, ge=1, le=64)
    keep_bodies: int = Field(30, ge=1)
    keep_deliveries: int = Field(90, ge=7)
    keep_closed: int = Field(365, ge=30)
    keep_cases: int = Field(1825, ge=0)
    review_after: int = Field(20, ge=1)
    accept_risks: str = ""
    language: str = Field("en", pattern="^(zh|en)$")

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


def is_secret(name: str) -> bool:
    """Whether a setting is shown to nobody."""
    return Settings.model_fields[name].json_schema_extra == SECRET


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
