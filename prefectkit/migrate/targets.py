"""Where a name of Prefect is found in prefectkit, by the table `prefectkit.compat.import_map`, and why one is not."""

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

CROSSING = (
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
"""What a program and Prefect's engine exchange. Our client takes and raises the engine's, but not the other way."""


class Target(NamedTuple):
    """Where something is found.

    Attributes:
        module: The module here.
        name: The name in it.
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
    """Where a name or module of Prefect is found here.

    Args:
        path: Its dotted path, `prefect.client.orchestration.get_client`.

    Returns:
        None if it is not here.
    """
    if own := MODULES.get(path) or NAMES.get(path):
        return Target(*own.rpartition(".")[::2])
    module, _, name = path.rpartition(".")
    if module not in MODULES or name.startswith("_"):
        return None
    target = Target(MODULES[module], RENAMED.get(name, name))
    return target if _is_public(target) else None


def value_of(target: Target) -> Any:
    """The object that is found there."""
    return getattr(import_module(target.module), target.name, None)


def crosses(path: str) -> bool:
    """Whether a program and Prefect's engine exchange what is found there."""
    return any(path == each or path.startswith(f"{each}.") for each in CROSSING)


def reason(path: str) -> str:
    """Why something stays with Prefect that is not found here."""
    module, _, name = path.rpartition(".")
    part = path.split(".")[1] if "." in path else ""
    if (module == ROOT and name in ENGINE_NAMES) or part in ENGINE_MODULES or crosses(path):
        return "it belongs to Prefect's engine"
    if module in MODULES:
        return f"{MODULES[module]} has no such name"
    return "prefectkit has nothing like it"


def _is_public(target: Target) -> bool:
    """Whether a module here has the name on purpose, and not because it imports it for itself."""
    value = value_of(target)
    if target.name in getattr(import_module(target.module), "__all__", ()):
        return True
    return str(getattr(value, "__module__", "")).startswith(OWN)
