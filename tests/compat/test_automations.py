"""Automations: found by name, and written as they are meant."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import httpx
import pytest

from prefectkit.compat import PrefectHTTPStatusError, SyncPrefectClient
from prefectkit.models import Automation, CancelFlowRun, CompoundTrigger, EventTrigger, PauseAutomation
from tests.compat.flat_clients import KINDS, use
from tests.real_server import RealServer

ID = UUID(int=1)


def pages(*names: str) -> Any:
    """Automations in pages of two."""
    rows = [{"id": str(UUID(int=index)), "name": name, "trigger": {}} for index, name in enumerate(names)]

    def respond(request: httpx.Request) -> httpx.Response:
        offset = json.loads(request.content).get("offset", 0)
        return httpx.Response(200, json=rows[offset : offset + 2])

    return respond


@pytest.mark.parametrize("kind", KINDS)
def test_a_name_is_looked_for_on_every_page(kind: str) -> None:
    def index(name: str) -> int | None:
        found = use(kind, pages("a", "B", "c", "Watch", "d", "watch"), lambda client: client.find_automation(name))
        return None if found is None else int(found.id)

    assert (index("watch"), index("Watch"), index("WATCH"), index("b"), index("e")) == (5, 3, 3, 1, None)


def test_a_refusal_is_not_taken_for_a_name() -> None:
    def respond(request: httpx.Request) -> httpx.Response:
        return httpx.Response(403, json={"detail": "no"}) if request.method == "GET" else pages("a")(request)

    with pytest.raises(PrefectHTTPStatusError, match="403"):
        use("sync", respond, lambda client: client.find_automation(ID))


@pytest.mark.parametrize("action", ["CancelFlowRun", "PauseAutomation"])
def test_an_action_stays_what_it_is_when_an_automation_changes(action: str, server: RealServer) -> None:
    from prefect.events import actions
    from prefect.events.schemas.automations import AutomationCore, EventTrigger

    given = getattr(actions, action)(**({} if action == "CancelFlowRun" else {"source": "inferred"}))
    automation = AutomationCore(name="a", trigger=EventTrigger(expect={"x"}), actions=[given])
    with SyncPrefectClient(server.url) as client:
        made = client.create_automation(automation)
        client.update_automation(made, automation)
        assert type(client.read_automation(made).actions[0]).__name__ == action


def test_an_automation_that_was_read_can_be_written_back(server: RealServer) -> None:
    trigger = CompoundTrigger(triggers=[EventTrigger(expect={"x"}, threshold=3)], require="any", within=20)
    actions = [CancelFlowRun(), PauseAutomation(source="inferred")]
    with SyncPrefectClient(server.url) as client:
        made = client.create_automation({"name": "a", "trigger": trigger, "actions": actions, "description": "d"})
        read = client.read_automation(made)
        read.name = "b"
        client.update_automation(made, read)
        changed = client.read_automation(made)
        again = client.read_automation(client.create_automation(changed))
        assert (changed.name, again.name, changed.description, changed.actions) == ("b", "b", "d", actions)
        assert isinstance(changed.trigger, CompoundTrigger)
        assert changed.trigger.triggers[0].threshold == 3
        client.delete_automation(made)
        client.delete_automation(again.id)


def test_a_dump_says_what_kind_of_trigger_and_action_it_is() -> None:
    automation = Automation(
        id=ID,
        name="a",
        trigger=EventTrigger(expect={"x"}),
        actions=[CancelFlowRun(), PauseAutomation(automation_id=ID)],
    )
    for options in ({}, {"mode": "json"}, {"exclude_unset": True}, {"exclude_defaults": True}):
        dumped = automation.model_dump(**options)
        assert dumped["trigger"]["type"] == "event"
        assert [action["type"] for action in dumped["actions"]] == ["cancel-flow-run", "pause-automation"]
    assert Automation.model_validate(automation.model_dump()) == automation
    assert "type" not in automation.trigger.model_dump(exclude={"type"})
