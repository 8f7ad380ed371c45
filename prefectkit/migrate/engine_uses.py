"""Names that are found here, but are used as only Prefect's own can be."""

from __future__ import annotations

from collections.abc import Mapping

import libcst as cst

PAUSES = {"pause_flow_run", "apause_flow_run", "suspend_flow_run", "asuspend_flow_run"}


class EngineUses(cst.CSTVisitor):
    """Finds names that have to stay with Prefect for how they are used.

    Attributes:
        kept: Why, for each path.
    """

    def __init__(self, paths: Mapping[cst.CSTNode, str]) -> None:
        super().__init__()
        self.kept: dict[str, str] = {}
        self._paths = paths

    def visit_ClassDef(self, node: cst.ClassDef) -> None:
        for base in node.bases:
            path = self._paths.get(base.value, "")
            if path.startswith("prefect.blocks."):
                self.kept[path] = "a block class of your own needs Prefect"

    def visit_Call(self, node: cst.Call) -> None:
        path = self._paths.get(node.func, "")
        name = path.rpartition(".")[2]
        if name not in PAUSES:
            return
        keywords = {each.keyword.value for each in node.args if each.keyword is not None}
        if "wait_for_input" in keywords:
            self.kept[path] = "only Prefect's own waits for input"
        elif "suspend" in name and "flow_run_id" not in keywords:
            self.kept[path] = "only Prefect's engine can end the run that calls it"
