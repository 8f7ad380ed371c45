"""Lines whose meaning changes."""

from __future__ import annotations

import pytest

from prefectkit.migrate.migration import migrate

IMPORTS = """\
from prefect import get_client
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.client.schemas.responses import SetStateStatus
from prefect.states import Failed
"""
DIFFERENT = {
    "def f():\n    return Failed()": "`Failed` is returned: a flow or task refuses one that was made outside of a run",
    "def f():\n    return 1, Failed()": "`Failed` is returned",
    "isinstance(x, FlowRun)": "isinstance: `FlowRun` is prefectkit's",
    "isinstance(x, (dict, FlowRun))": "isinstance: `FlowRun` is prefectkit's",
    "for run in await client.read_flow_runs():\n    run.model_fields": "no `model_fields`",
    "[run.start_time.in_timezone('UTC') for run in client.read_flow_runs()]": "which have no `in_timezone`",
    "FlowRun.model_json_schema()": "no `model_json_schema()`",
    "if flow := client.read_flow(id):\n    flow.model_fields": "no `model_fields`",
    "run: FlowRun = client.read_flow_run(id)\nrun.state.result()": "loads a result only while Prefect is loaded",
    "client.read_flow(a) == client.read_flow(b)": "two models are equal if all their fields are",
    "client._client.build_request('GET', '/')": "it may have no `build_request`",
    "get_client(manage_lifespan=False)": "no `manage_lifespan`",
    "client.read_flows(work_queue_filter=x)": "the API ignores `work_queue_filter`",
    "client.create_work_pool(pool, overwrite=True)": "`overwrite` changes what is given",
    "trigger.within.total_seconds()": "the `within` of a trigger is a number of seconds",
    "client.read_flow(id).model_dump(exclude_unset=True)": "includes what the server left out",
    "class Run(FlowRun): ...": "`FlowRun` is a msgspec Struct",
    "from prefect.variables import Variable as V\nV(client=c)": "of the kind that is called",
    "mock.patch('prefect.client.orchestration.get_client')": "here it is 'prefectkit.compat.get_client'",
    "x = 'prefect.get_client'": "here it is 'prefectkit.compat.get_client'",
    "import_module('prefect.states')": "here it is 'prefectkit.models'",
}


@pytest.mark.parametrize("code", DIFFERENT)
def test_a_line_whose_meaning_changes_is_listed(code: str) -> None:
    (warning,) = migrate(f"{IMPORTS}{code}\n").warnings
    assert warning[0] == len(IMPORTS.splitlines()) + len(code.splitlines())
    assert DIFFERENT[code] in warning[1]


@pytest.mark.parametrize(
    "code",
    [
        "response = httpx.get(url)\nresponse.json()",
        "client.hello().json()",
        "client._client.get('/hello').json()",
        "run = client.read_flow_run(id)\nrun.json(), run.dict(), str(run.state.type)",
        "print(run.state.type.value, run.state.name, StateType.FAILED.name)",
        "run.state.type == StateType.FAILED",
        "isinstance(x, dict)",
        "return_value = Failed()",
        "logging.getLogger('prefect.flow_runs')",
        "print('import prefect', {}.copy())",
        "client.set_flow_run_state(id, Failed())",
    ],
)
def test_other_lines_are_not_listed(code: str) -> None:
    assert migrate(f"{IMPORTS}{code}\n").warnings == []


def test_a_state_that_a_flow_returns_stays_with_prefect() -> None:
    source = "from prefect import flow\nfrom prefect.states import Failed\n@flow\ndef f():\n    return Failed()\n"
    result = migrate(source)
    assert result.text == source
    assert result.warnings == [(5, "`Failed` is returned: it stays, since flows return Prefect's own states")]


@pytest.mark.parametrize(
    "name", ["prefect.states import State", "prefect.client.schemas.schedules import CronSchedule"]
)
def test_isinstance_with_a_class_that_stays_means_the_same(name: str) -> None:
    source = f"from prefect import flow\nfrom {name}\nisinstance(x, {name.rpartition(' ')[2]})\n"
    assert migrate(source).warnings == []


def test_a_name_in_a_text_that_loads_prefect_needs_it() -> None:
    result = migrate("from prefect.exceptions import ObjectNotFound\nmock.patch('prefect.flows.load_flow')\n")
    assert result.needs_prefect
    assert result.text.startswith("from prefect.exceptions")
