"""The deployment examples, looked at by the tools of those who run them: systemd, hadolint, compose's schema.

No container engine and no running systemd is needed. Without its tool a test is skipped; in CI it fails.
"""

from __future__ import annotations

import fnmatch
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from plugin.cli import COMMANDS
from plugin.cli.listening import DRAIN
from plugin.cli.web import GRACE
from plugin.settings import Settings
from tests.deploy import runtime_lock

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "docs/deploy"
SERVICES = sorted((DEPLOY / "systemd").glob("*.service"))
UNITS = [*SERVICES, *sorted((DEPLOY / "systemd").glob("*.socket"))]
MOST_EXPOSED = 15
"""Tenths; systemd's own scale ends at 100, and calls up to 20 "OK"."""
SETTINGS = {f"PAIDAN_{name.upper()}" for name in Settings.model_fields}


def tool(name: str) -> str:
    """Where a program is: in the tests' own environment or on the machine."""
    found = shutil.which(name, path=f"{Path(sys.executable).parent}:{os.environ.get('PATH', '')}")
    if found is None and not os.environ.get("CI"):
        pytest.skip(f"{name} is not installed")
    assert found is not None, f"{name} is not installed"
    return found


def ran(*command: str | Path) -> str:
    done = subprocess.run([str(each) for each in command], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture
def installed_units(tmp_path: Path) -> Path:
    """The units as on a machine that has the program they start."""
    for unit in UNITS:
        text = unit.read_text("utf-8").replace("/opt/paidan/bin/paidan", sys.executable)
        (tmp_path / unit.name).write_text(text, "utf-8")
    return tmp_path


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_systemd_finds_nothing_wrong_with_a_unit(unit: Path, installed_units: Path) -> None:
    name = unit.name.replace("@.", "@1.")
    shutil.copy(installed_units / unit.name, installed_units / name) if name != unit.name else None
    told = ran(tool("systemd-analyze"), "verify", "--man=no", installed_units / name)
    assert "paidan" not in told


@pytest.mark.parametrize("unit", SERVICES, ids=lambda path: path.name)
def test_a_service_may_do_little(unit: Path) -> None:
    told = ran(tool("systemd-analyze"), "security", "--offline=yes", f"--threshold={MOST_EXPOSED}", unit)
    assert "Overall exposure level" in told


def options(unit: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in unit.read_text("utf-8").splitlines():
        name, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            found.setdefault(name, []).append(value)
    return found


@pytest.mark.parametrize("unit", SERVICES, ids=lambda path: path.name)
def test_a_service_fits_the_program(unit: Path) -> None:
    """It starts a command there is, waits for the ends the program takes, and sets settings there are."""
    told = options(unit)
    command = told["ExecStart"][0].split()[1]
    assert command in COMMANDS
    assert told["Type"] == ["notify"]
    assert float(told["TimeoutStopSec"][0]) > (GRACE if command == "web" else DRAIN + 60)
    assert {each.partition("=")[0] for each in told["Environment"]} <= SETTINGS
    assert "PrivateNetwork" not in told
    assert "ProcSubset" not in told, "nodes look at /proc/sys and at each other"
    assert "DynamicUser" not in told, "processes of one machine are of one account"
    socket = unit.with_suffix(".socket")
    assert ("Requires" in told) == socket.exists() == (command != "worker")
    if socket.exists():
        assert options(socket)["Service"] == [unit.name]
        assert options(socket)["TriggerLimitIntervalSec"] == ["0"]


def test_the_environment_file_sets_what_there_is() -> None:
    lines = (DEPLOY / "paidan.env").read_text("utf-8").splitlines()
    given = dict(line.removeprefix("# ").split("=", 1) for line in lines if re.match(r"(# )?PAIDAN_", line))
    assert set(given) <= SETTINGS
    assert given


def test_hadolint_finds_nothing_wrong_with_the_containerfile() -> None:
    assert ran(tool("hadolint"), "--failure-threshold=info", DEPLOY / "Containerfile") == ""


def instructions() -> list[tuple[str, str]]:
    text = re.sub(r"\\\n\s*", " ", (DEPLOY / "Containerfile").read_text("utf-8"))
    lines = [line.split(None, 1) for line in text.splitlines() if line and not line.startswith("#")]
    return [(name, rest) for name, rest in lines]


def test_the_image_holds_what_runs_and_nothing_that_builds() -> None:
    stages = " ".join(f"\0{name} {rest}" for name, rest in instructions()).split("\0FROM ")[1:]
    final = stages[-1]
    assert "USER 10001:10001" in final
    assert final.rindex("USER") < final.index("ENTRYPOINT")
    assert "pip uninstall" in final
    assert "apt-get" not in final
    assert "HEALTHCHECK" in final
    assert set(re.findall(r"PAIDAN_[A-Z_]+", final)) <= SETTINGS


def test_what_the_containerfile_copies_is_there_and_not_ignored() -> None:
    ignored = (DEPLOY / "Containerfile.dockerignore").read_text("utf-8").split()
    for name, rest in instructions():
        sources = rest.split()[:-1]
        if name == "COPY" and not rest.startswith("--from"):
            for source in sources:
                assert (ROOT / source).exists(), source
                assert f"!{source}" in ignored, source
    assert ignored[0] == "*"
    desks = [path.name for path in (ROOT / "mappings/desks").iterdir()]
    assert all(fnmatch.fnmatch(name, "_*") for name in desks), "an own desk file stays out of the image"


def compose() -> dict[str, Any]:
    return dict(yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8")))


def test_compose_is_of_its_schema() -> None:
    ran(tool("check-jsonschema"), "--builtin-schema", "vendor.compose-spec", DEPLOY / "compose.yaml")


def test_compose_fits_the_program() -> None:
    services = compose()["services"]
    assert {"postgres", "web", "worker"} == set(services)
    assert services["worker"]["deploy"]["replicas"] == 2
    assert services["postgres"]["image"].startswith("postgres:15")
    for name in ("web", "worker"):
        service = services[name]
        assert service["command"] == [name]
        assert set(service["environment"]) <= SETTINGS
        assert service["depends_on"]["postgres"] == {"condition": "service_healthy"}
        assert service["read_only"]
        assert service["cap_drop"] == ["ALL"]
        assert (DEPLOY / service["build"]["context"] / service["build"]["dockerfile"]).resolve().is_file()
    text = (DEPLOY / "compose.yaml").read_text("utf-8")
    named = {each["file"] for each in compose()["secrets"].values()} | {"./secrets/desks"}
    told = (DEPLOY / "README.md").read_text("utf-8")
    assert [each for each in named if each.removeprefix("./") not in told] == [], "how it is made is told"
    assert "POSTGRES_PASSWORD:" not in text


def test_an_installation_has_the_versions_that_were_tested() -> None:
    made = runtime_lock.made()
    assert (DEPLOY / "requirements.lock").read_text("utf-8") == made
    names = re.findall(r"^([a-z0-9-]+)==", made, flags=re.M)
    assert {"flask", "waitress", "gunicorn", "psycopg-binary", "sqlalchemy"} <= set(names)
    assert not {"pytest", "ruff", "mypy", "hypothesis"} & set(names)
