"""`docs/plugins.md` has every hook with its arguments, every switch and every built-in plugin."""

from __future__ import annotations

import inspect
import re

from prefectkit.assembly import BUILT_IN_PLUGINS
from prefectkit.plugins import entry_points
from prefectkit.plugins.guards import FAILURES_IN_A_ROW, SLOW
from prefectkit.plugins.hookspecs import OBSERVERS, REGISTRATIONS, HookSpecs
from prefectkit.plugins.manager import API, HOOKS
from tests.plugins.tutorial import PAGE, files

TEXT = PAGE.read_text()


def section(title: str) -> str:
    """What stands below a heading, up to the next one of its level."""
    return TEXT.partition(f"## {title}\n")[2].partition("\n## ")[0]


def test_every_hook_has_its_own_heading_with_its_arguments_in_call_order() -> None:
    shown = re.findall(r"^### `(\w+)\((.*)\)`$", section("The hooks"), re.MULTILINE)
    taken = [(hook, list(inspect.signature(getattr(HookSpecs, hook)).parameters)[1:]) for hook in HOOKS]
    assert shown == [(hook, ", ".join(arguments)) for hook, arguments in taken]


def test_every_hook_is_said_to_be_of_its_kind() -> None:
    shown = re.findall(r"^### `(\w+)\(.*\n\n(\w+)\. ", section("The hooks"), re.MULTILINE)
    kinds = {
        hook: "Registration" if hook in REGISTRATIONS else "Observer" if hook in OBSERVERS else "Transformer"
        for hook in HOOKS
    }
    assert dict(shown) == kinds


def test_every_argument_is_explained() -> None:
    explained = set(re.findall(r"^\| `(\w+)` \|", section("The hooks"), re.MULTILINE))
    taken = {name for hook in HOOKS for name in inspect.signature(getattr(HookSpecs, hook)).parameters}
    # Seconds explain themselves where they are used.
    assert explained == taken - {"self", "delay"}


def test_every_switch_is_listed() -> None:
    known = set(re.findall(r'"(PREFECTKIT_\w+)"', inspect.getsource(entry_points)))
    assert set(re.findall(r"^\| `(\w+)` \|", section("Switches"), re.MULTILINE)) == known


def test_every_plugin_that_is_built_in_is_listed() -> None:
    listed = re.findall(r"^\| `(\w+)` \|", section("What is built in"), re.MULTILINE)
    assert listed == [*BUILT_IN_PLUGINS, "VersionCheck", "Throttle"]


def test_the_numbers_are_those_of_the_code() -> None:
    assert f"more than {SLOW * 1000:.0f} ms" in TEXT
    assert FAILURES_IN_A_ROW == 5 and "after five failures in a row" in TEXT
    assert TEXT.count(f'prefectkit_api = "{API}"') == 2


def test_the_tutorial_has_its_files() -> None:
    assert list(files()) == [
        "prefectkit_team.py",
        "test_prefectkit_team.py",
        "pyproject.toml",
        "show.py",
        "what show.py prints",
    ]
