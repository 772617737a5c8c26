"""The lock files agree with pyproject.toml and with one another. Offline: nothing is resolved."""

from __future__ import annotations

import re
import runpy
import tomllib
from itertools import chain, pairwise
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
LOCK = runpy.run_path(str(ROOT / "requirements" / "lock.py"))
FILES = [*LOCK["LOCKS"], LOCK["CHATTERBOX"]]
APART = LOCK["CLIENTS"]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def versions(name: str) -> dict[str, str]:
    found = re.findall(r"^([\w.-]+)==([^\s;]+)", read(name), re.MULTILINE)
    return {canonicalize_name(package): version for package, version in found}


def wanted(*extras: str) -> list[Requirement]:
    """The core's requirements and those of the extras, and of the extras that these name."""
    found = [Requirement(line) for line in PROJECT["dependencies"]]
    queue = list(extras)
    while queue:
        for line in EXTRAS[queue.pop()]:
            requirement = Requirement(line)
            if requirement.name == "aloud":
                queue += requirement.extras
            else:
                found.append(requirement)
    return found


@pytest.mark.parametrize("name", FILES)
def test_made_from_the_present_tables(name: str) -> None:
    assert f"{LOCK['MARK']}{LOCK['digest']()}\n" in read(name), "run `make lock`"


def test_clients_are_made_from_their_list() -> None:
    assert f"{LOCK['MARK']}{LOCK['clients_digest']()}\n" in read(APART), "run `make lock`"
    listed = re.findall(r"^([\w-]+\S*)", read("requirements/clients.in"), re.MULTILINE)
    assert len(listed) > 3
    for requirement in map(Requirement, listed):
        version = versions(APART)[canonicalize_name(requirement.name)]
        assert requirement.specifier.contains(version), requirement


@pytest.mark.parametrize("name", list(LOCK["LOCKS"]))
def test_everything_asked_for_is_locked_in_range(name: str) -> None:
    extras = [o.removeprefix("--extra=") for o in LOCK["LOCKS"][name] if "--extra=" in o]
    locked = versions(name)
    for requirement in wanted(*extras):
        version = locked[canonicalize_name(requirement.name)]
        assert requirement.specifier.contains(version), requirement


@pytest.mark.parametrize("name", FILES)
def test_same_versions_everywhere(name: str) -> None:
    everything, locked = versions("requirements/dev.txt"), versions(name)
    assert len(locked) > 5
    shared = everything.keys() & locked.keys()
    assert {n: locked[n] for n in shared} == {n: everything[n] for n in shared}
    if name != LOCK["CHATTERBOX"]:
        left_out = {"sudachidict-core"} if name == "requirements.txt" else set()
        assert shared | left_out == locked.keys()


@pytest.mark.parametrize("name", [*(f for f in FILES if f != "requirements.txt"), APART])
def test_every_version_has_hashes(name: str) -> None:
    for entry in re.split(r"^(?=[\w.-]+==)", read(name), flags=re.MULTILINE)[1:]:
        assert "--hash=sha256:" in entry, entry


@pytest.mark.parametrize("name", [*FILES, APART])
def test_names_no_registry(name: str) -> None:
    assert "://" not in read(name)


def test_requirements_txt_has_no_hashes_for_spaces() -> None:
    assert "--hash" not in read("requirements.txt")


@pytest.mark.parametrize("package", ["torch", "librosa", "numba", "transformers", "groq"])
def test_the_core_is_light(package: str) -> None:
    assert package not in versions("requirements/core.txt")


def test_every_direct_dependency_says_why() -> None:
    lines = read("pyproject.toml").splitlines() + read("requirements/chatterbox.in").splitlines()
    direct = [Requirement(d).name for d in [*PROJECT["dependencies"], *chain(*EXTRAS.values())]]
    unexplained = [
        line
        for above, line in pairwise(lines)
        if (name := re.match(r'\s*"?([\w-]+)[\[><=;"]', line)) and name[1] in direct
        if "#" not in line and not above.strip().startswith("#")
    ]
    assert unexplained == []
