"""`docs/migrating.md`: its tables are what `make docs` writes, and say what is so."""

from __future__ import annotations

import inspect
import re
import runpy
from importlib import import_module
from operator import attrgetter
from pathlib import Path
from typing import Any

import pytest

import prefectkit
from prefectkit import Prefect
from prefectkit.compat import PrefectClient, import_map

DOCS = Path(__file__).parents[1] / "docs"

# What only flows, blocks, agents or Prefect Cloud need, and names that the schemas use among themselves; some of these
# are in `prefectkit.models.filters`.
LEFT_OUT = {
    "prefect.blocks.core": {"BlockNotSavedError", "InvalidBlockRegistration", "UnknownBlockType"},
    "prefect.client.schemas.actions": {"BlockDocumentReferenceCreate"},
    "prefect.client.schemas.filters": {"FilterSet", "LogFilterName", "OperatorMixin", "WorkerFilterWorkPoolId"},
    "prefect.client.schemas.objects": {
        "Agent",
        "BlockDocumentReference",
        "BlockSchemaReference",
        "Configuration",
        "RunType",
    },
    "prefect.client.schemas.schedules": {"NoSchedule"},
    "prefect.events.actions": {"DeclareIncident"},
    "prefect.events.filters": {"EventDataFilter"},
    "prefect.server.schemas.actions": {"ActionBaseModel", "BlockDocumentReferenceCreate"},
    "prefect.server.schemas.core": {"Agent", "BlockDocumentReference", "BlockSchemaReference", "Configuration"},
    "prefect.server.schemas.filters": {
        "DeploymentScheduleFilter",
        "DeploymentScheduleFilterActive",
        "FilterSet",
        "LogFilterName",
        "PrefectFilterBaseModel",
        "PrefectOperatorFilterBaseModel",
        "WorkerFilterWorkPoolId",
    },
    "prefect.server.schemas.responses": {"WorkQueueWithStatus"},
    "prefect.server.schemas.states": {"StateBaseModel"},
    "prefect.states": {"StateGroup"},
}
# Of these only what is about clients is here.
PARTLY = {"prefect.client.orchestration", "prefect.exceptions", "prefect.settings"}


@pytest.fixture(scope="module")
def generator() -> dict[str, Any]:
    """The names in the program that writes the tables."""
    return runpy.run_path(str(DOCS / "generate_migrating.py"))


def test_the_page_is_up_to_date(generator: dict[str, Any]) -> None:
    written = (DOCS / "migrating.md").read_text(encoding="utf-8")
    assert written == generator["page"](written), "docs/migrating.md is not what the methods call: run `make docs`"


def test_the_command_writes_the_tables_and_nothing_else(tmp_path: Path) -> None:
    written = (DOCS / "migrating.md").read_text(encoding="utf-8")
    program = tmp_path / "generate_migrating.py"
    program.write_text((DOCS / "generate_migrating.py").read_text())
    emptied = re.sub(r"(<!-- \w+: [^>]*-->\n).*?(<!-- end -->)", r"\1\2", written, flags=re.DOTALL)
    assert len(emptied) < len(written)
    (tmp_path / "migrating.md").write_text(emptied, encoding="utf-8")
    runpy.run_path(str(program), run_name="__main__")
    assert (tmp_path / "migrating.md").read_text(encoding="utf-8") == written


def test_a_page_without_a_place_for_a_table_is_an_error(generator: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="needs one place for the table 'methods', it has 0"):
        generator["page"]("# Moving")


def test_every_flat_method_has_a_row_with_what_it_calls(generator: dict[str, Any]) -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| (.+) \|$", generator["methods"](), re.MULTILINE))
    assert rows.keys() == {name for name in dir(PrefectClient) if not name.startswith("_")}
    with Prefect("http://prefect.test/api") as client:
        for name, told in rows.items():
            paths = re.findall(r"`client\.([\w.]+)`", told)
            assert paths or name in ("client_version", "loop")
            assert all(attrgetter(path)(client) for path in paths)


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("read_flow_run", ["flow_runs.read"]),
        ("create_work_pool", ["work_pools.create", "work_pools.read", "work_pools.update"]),
        ("match_work_queues", ["work_pools.queues.list", "work_queues.list"]),
        ("request", ["request"]),
        ("raise_for_api_version_mismatch_once", ["version"]),
        ("loop", []),
    ],
)
def test_what_a_flat_method_calls_is_read_off_its_source(
    generator: dict[str, Any], name: str, called: list[str]
) -> None:
    assert generator["resources"](name) == called


def test_most_operations_of_the_table_exist(generator: dict[str, Any]) -> None:
    called = {path for name in dir(PrefectClient) if name[0] != "_" for path in generator["resources"](name)}
    made_of_others = {path for path in called if path == "request" or path.endswith(".iterate")}
    assert called - made_of_others <= prefectkit.operations().keys()


def test_what_is_imported_from_prefect_is_found_where_the_page_says() -> None:
    for theirs, ours in import_map.MODULES.items():
        module = import_module(theirs)
        public = {
            name
            for name, each in vars(module).items()
            if isinstance(each, type) and each.__module__ == theirs and name.isidentifier() and name[0] != "_"
        }
        if theirs in PARTLY:
            continue
        here = import_module(ours)
        missing = {name for name in public if not hasattr(here, import_map.RENAMED.get(name, name))}
        assert missing == LEFT_OUT.get(theirs, set()), theirs


def test_both_sides_of_every_row_can_be_imported() -> None:
    for theirs, ours in {**import_map.MODULES, **import_map.NAMES}.items():
        for path in (theirs, ours):
            module, _, name = path.rpartition(".")
            assert hasattr(import_module(module), name) or import_module(path), path


def test_the_names_of_client_schemas_are_here() -> None:
    public = set(import_module("prefect.client.schemas")._public_api)
    here = import_module(import_map.MODULES["prefect.client.schemas"])
    assert {name for name in public if not hasattr(here, name)} == {"TaskRunInput"}


HELPERS = {
    "prefect.artifacts": [
        f"{a}{verb}_{kind}_artifact"
        for a in ("", "a")
        for kind in ("link", "markdown", "table", "progress", "image")
        for verb in (("create", "update") if kind == "progress" else ("create",))
    ],
    "prefect.concurrency.asyncio": [
        "concurrency",
        "rate_limit",
        "AcquireConcurrencySlotTimeoutError",
        "ConcurrencySlotAcquisitionError",
    ],
    "prefect.concurrency.sync": ["concurrency", "rate_limit"],
    "prefect.flow_runs": [f"{a}{verb}_flow_run" for a in ("", "a") for verb in ("pause", "suspend", "resume")],
    "prefect.settings": ["temporary_settings", "get_current_settings", "PREFECT_API_URL", "PREFECT_API_KEY"],
    "prefect.variables": ["Variable"],
    "prefect.blocks.system": ["Secret"],
}


@pytest.mark.parametrize("theirs", HELPERS)
def test_helpers_have_the_official_parameters(theirs: str) -> None:
    module, here = import_module(theirs), import_module(import_map.MODULES[theirs])
    for name in HELPERS[theirs]:
        official, own = getattr(module, name), getattr(here, name)
        if inspect.isfunction(official):
            assert list(inspect.signature(own).parameters) == list(inspect.signature(official).parameters), name


def test_the_methods_that_people_import_are_here(generator: dict[str, Any]) -> None:
    for theirs, names in {
        "prefect.client.orchestration": ["get_client", "PrefectClient", "SyncPrefectClient", "ServerType"],
        "prefect.client.utilities": ["client_injector", "get_or_create_client", "inject_client"],
        "prefect.client.cloud": ["CloudClient", "CloudUnauthorizedError", "get_cloud_client"],
        "prefect.states": [
            "AwaitingRetry",
            "Cancelled",
            "Completed",
            "Failed",
            "Late",
            "Paused",
            "Running",
            "Scheduled",
        ],
    }.items():
        assert all(hasattr(import_module(theirs), name) for name in names)
        assert all(hasattr(import_module(import_map.MODULES[theirs]), name) for name in names)
