"""The lookup of a state transition in the history of a run: whether an earlier attempt of `set_state` was applied."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prefectkit.core.http.paths import uuid_segment
from prefectkit.core.operation import Fields, Lookup


def _of_run(path: Mapping[str, Any]) -> Mapping[str, str]:
    return {"flow_run_id": uuid_segment("id", path["id"])}


def _accepted(sent: Any, states: Any) -> Fields | None:
    wanted = sent["state"]["state_details"]["transition_id"]
    for state in states:
        if state["state_details"].get("transition_id") == wanted:
            return {"status": "ACCEPT", "state": state, "details": {"type": "accept_details"}}
    return None


STATE_HISTORY = Lookup("/flow_run_states/", query=_of_run, response=_accepted)
