"""Attribution: headers with the worker, flow run and deployment that a call is made in, if there is one."""

from __future__ import annotations

import os
import string
import sys
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

from prefectkit.core.hooks import Call
from prefectkit.plugins import hookimpl

VARIABLES: Final = {
    "x-prefect-worker-id": "PREFECT__WORKER_ID",
    "x-prefect-worker-name": "PREFECT__WORKER_NAME",
    "x-prefect-flow-id": "PREFECT__FLOW_ID",
    "x-prefect-flow-name": "PREFECT__FLOW_NAME",
    "x-prefect-deployment-id": "PREFECT__DEPLOYMENT_ID",
    "x-prefect-deployment-name": "PREFECT__DEPLOYMENT_NAME",
}
"""The headers, and the environment variables that a worker sets for the processes that it starts."""

_OF_RUN: Final = ("x-prefect-flow-id", "x-prefect-flow-name", "x-prefect-deployment-id")
_PLAIN: Final = "".join(set(string.printable) - set(string.whitespace) - {"%"}) + " "


class Attribution:
    """Sends the headers of `VARIABLES`, unless the call has its own.

    The values come from the current flow run if Prefect is loaded and runs one, else from the environment variables
    when the client is made. Those not allowed in a header are percent-encoded.
    """

    # It reads no secrets, but redacted views would take twice as long as the plugin itself.
    prefectkit_secrets = True

    def __init__(self, environ: Mapping[str, str] | None = None) -> None:
        environ = os.environ if environ is None else environ
        self._headers = _sent({header: environ.get(variable, "") for header, variable in VARIABLES.items()})

    @staticmethod
    def has_use() -> bool:
        """Whether this process may be in a run: a worker started it, or Prefect is loaded."""
        return "prefect.context" in sys.modules or any(map(os.environ.get, VARIABLES.values()))

    @hookimpl
    def before_call(self, call: Call) -> None:
        context = _run_context()
        headers = self._headers if context is None else self._within(context)
        if headers:
            call.request.headers = {**headers, **call.request.headers}

    def _within(self, context: Any) -> dict[str, str]:
        known = (
            getattr(context.flow_run, "flow_id", None),
            getattr(getattr(context, "flow", None), "name", None),
            getattr(context.flow_run, "deployment_id", None),
        )
        others = {name: value for name, value in self._headers.items() if name not in _OF_RUN}
        return others | _sent({name: str(value or "") for name, value in zip(_OF_RUN, known, strict=True)})


def _sent(values: Mapping[str, str]) -> dict[str, str]:
    stripped = {name: value.strip() for name, value in values.items()}
    return {
        name: value if value.isascii() and value.isprintable() else quote(value, safe=_PLAIN, errors="replace")
        for name, value in stripped.items()
        if value
    }


def _run_context() -> Any:
    """Prefect's context of the flow run in this thread or task. Never imports Prefect."""
    kind = getattr(sys.modules.get("prefect.context"), "FlowRunContext", None)
    context = None if kind is None else kind.get()
    return context if getattr(context, "flow_run", None) else None
