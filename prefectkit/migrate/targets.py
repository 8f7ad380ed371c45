"""Finds the counterpart of a name of Prefect in `prefectkit.compat.import_map`. If there is none, gives the reason."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any, NamedTuple

from prefectkit.compat.import_map import MODULES, NAMES, RENAMED

ROOT = "prefect"
OWN = ("prefectkit.compat", "prefectkit.models")

ENGINE_NAMES = {
    *("Flow", "Task", "allow_failure", "deploy", "flow", "get_run_logger", "serve", "tags", "task", "unmapped"),
}
ENGINE_MODULES = {
    *("assets", "cache_policies", "context", "engine", "filesystems", "flow_engine", "flows", "futures", "input"),
    *("locking", "logging", "results", "runner", "runtime", "serializers", "states", "task_engine", "task_runners"),
    *("task_runs", "task_worker", "tasks", "transactions", "workers"),
}

EXCHANGED = (
    "prefect.exceptions",
    "prefect.settings",
    "prefect.states",
    "prefect.State",
    "prefect.client.schemas.State",
    "prefect.client.schemas.objects.State",
    "prefect.client.schemas.schedules",
    "prefect.events.actions",
    "prefect.events.schemas.automations",
)
"""Objects that a program and Prefect's engine exchange. This client accepts the engine's, but not the reverse."""


class Target(NamedTuple):
    """The counterpart of a Prefect name.

    Attributes:
        module: Its module in prefectkit.
        name: Its name in the module.
    """

    module: str
    name: str

    @property
    def path(self) -> str:
        """The dotted path."""
        return f"{self.module}.{self.name}"


def is_module(path: str) -> bool:
    """Whether a dotted path of Prefect is a module of the table, or a package of one."""
    return any(module == path or module.startswith(f"{path}.") for module in MODULES)


@cache
def find(path: str) -> Target | None:
    """The counterpart of a name or module of Prefect.

    Args:
        path: Its dotted path, `prefect.client.orchestration.get_client`.

    Returns:
        None if there is none.
    """
    if counterpart := MODULES.get(path) or NAMES.get(path):
        return Target(*counterpart.rpartition(".")[::2])
    module, _, name = path.rpartition(".")
    if module not in MODULES or name.startswith("_"):
        return None
    target = Target(MODULES[module], RENAMED.get(name, name))
    return target if _is_public(target) else None


def value_of(target: Target) -> Any:
    """The object at the target."""
    return getattr(import_module(target.module), target.name, None)


def is_exchanged(path: str) -> bool:
    """Whether a program and Prefect's engine exchange such objects."""
    return any(path == prefix or path.startswith(f"{prefix}.") for prefix in EXCHANGED)


def reason(path: str) -> str:
    """Why a name has no counterpart."""
    module, _, name = path.rpartition(".")
    part = path.split(".")[1] if "." in path else ""
    if (module == ROOT and name in ENGINE_NAMES) or part in ENGINE_MODULES or is_exchanged(path):
        return "it belongs to Prefect's engine"
    if module in MODULES:
        return f"{MODULES[module]} has no such name"
    return "prefectkit has nothing like it"


def _is_public(target: Target) -> bool:
    """Whether the name is public in the module, and not only imported for the module's own use."""
    value = value_of(target)
    if target.name in getattr(import_module(target.module), "__all__", ()):
        return True
    return str(getattr(value, "__module__", "")).startswith(OWN)
