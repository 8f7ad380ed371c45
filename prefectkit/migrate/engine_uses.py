"""Finds uses of a name that need Prefect's engine, although the name has a counterpart."""

from __future__ import annotations

from collections.abc import Mapping

import libcst as cst
from libcst.helpers import get_full_name_for_node

from prefectkit.migrate.targets import ROOT

PAUSES = {"pause_flow_run", "apause_flow_run", "suspend_flow_run", "asuspend_flow_run"}
LOADERS = {"__import__", "import_module", "importorskip", "patch", "setattr"}


class EngineUses(cst.CSTVisitor):
    """Finds names that must stay with Prefect because of their use.

    Attributes:
        retained: The reason, by path.
        loads_prefect: Whether the program loads Prefect by a name in a string.
    """

    def __init__(self, paths: Mapping[cst.CSTNode, str]) -> None:
        super().__init__()
        self.retained: dict[str, str] = {}
        self.loads_prefect = False
        self._paths = paths

    def visit_ClassDef(self, node: cst.ClassDef) -> None:
        for base in node.bases:
            path = self._paths.get(base.value, "")
            if path.startswith("prefect.blocks."):
                self.retained[path] = "a block class of your own needs Prefect"

    def visit_Call(self, node: cst.Call) -> None:
        self.loads_prefect |= loaded_module(node) is not None
        path = self._paths.get(node.func, "")
        name = path.rpartition(".")[2]
        if name not in PAUSES:
            return
        keywords = {argument.keyword.value for argument in node.args if argument.keyword is not None}
        if "wait_for_input" in keywords:
            self.retained[path] = "only Prefect's own waits for input"
        elif "suspend" in name and "flow_run_id" not in keywords:
            self.retained[path] = "only Prefect's engine can end the run that calls it"


def loaded_module(call: cst.Call) -> cst.SimpleString | None:
    """The string argument of a call that loads a Prefect module, as `mock.patch("prefect.get_client")` does."""
    called = (get_full_name_for_node(call.func) or "").split(".")
    if not call.args or (called[-1] not in LOADERS and "patch" not in called):
        return None
    argument = call.args[0].value
    text = argument.evaluated_value if isinstance(argument, cst.SimpleString) else None
    is_of_prefect = isinstance(text, str) and text.partition(".")[0] == ROOT and text.replace(".", "").isidentifier()
    return cst.ensure_type(argument, cst.SimpleString) if is_of_prefect else None
