"""What becomes of import statements, and of what names something of an imported module."""

from __future__ import annotations

import pytest

from prefectkit.migrate.migration import migrate

CHANGED = {
    "one name": (
        "from prefect.client.orchestration import get_client\n",
        "from prefectkit.compat import get_client\n",
    ),
    "of the package": ("from prefect import get_client\n", "from prefectkit.compat import get_client\n"),
    "with an alias": (
        "from prefect.client.orchestration import get_client as connect, PrefectClient as PrefectClient\n",
        "from prefectkit.compat import get_client as connect, PrefectClient as PrefectClient\n",
    ),
    "another name": (
        "from prefect.client.schemas.responses import DeploymentResponse, FlowRunResponse as Run, SetStateStatus\n",
        "from prefectkit.models import Deployment as DeploymentResponse, FlowRun as Run, SetStateStatus\n",
    ),
    "module from": (
        "from prefect.client.schemas import filters, FlowRun\nfilters.FlowFilter()\n",
        "from prefectkit.models import filters, FlowRun\nfilters.FlowFilter()\n",
    ),
    "module from a package that is none of the table": (
        "from prefect.client import orchestration\nasync with orchestration.get_client() as c: ...\n",
        "from prefectkit import compat as orchestration\nasync with orchestration.get_client() as c: ...\n",
    ),
    "module as": (
        "import prefect.client.schemas.responses as r\nr.FlowRunResponse, r.SetStateStatus.ACCEPT.value\n",
        "import prefectkit.models as r\nr.FlowRun, r.SetStateStatus.ACCEPT.value\n",
    ),
    "names of several modules below one": (
        "from prefect.client import schemas\nschemas.filters.FlowFilter, schemas.objects.FlowRun\n",
        (
            "import prefectkit.models\nimport prefectkit.models.filters\n"
            "prefectkit.models.filters.FlowFilter, prefectkit.models.FlowRun\n"
        ),
    ),
    "dotted": (
        "import prefect\nwith prefect.get_client(sync_client=True).x as c: prefect.client.orchestration.get_client()\n",
        "import prefectkit.compat\nwith prefectkit.compat.get_client(sync_client=True).x as c: "
        "prefectkit.compat.get_client()\n",
    ),
    "dotted, a submodule": (
        "import os, prefect.client.schemas.filters, sys\nx = (prefect.client.schemas.filters.FlowFilter)()\n",
        "import os, prefectkit.models.filters, sys\nx = (prefectkit.models.filters.FlowFilter)()\n",
    ),
    "two statements for one name": (
        "import prefect\nimport prefect.states\nprefect.get_client, prefect.states.Failed\n",
        "import prefectkit.compat\nimport prefectkit.models\nprefectkit.compat.get_client, prefectkit.models.Failed\n",
    ),
    "in a function, above its use": (
        "def f():\n    return o.get_client()\n\nimport prefect.client.orchestration as o\n",
        "def f():\n    return o.get_client()\n\nimport prefectkit.compat as o\n",
    ),
    "within a function": (
        "def f():\n    from prefect.variables import Variable  # late\n    return Variable\n",
        "def f():\n    from prefectkit.compat.variables import Variable  # late\n    return Variable\n",
    ),
    "for type checkers": (
        "if TYPE_CHECKING:\n    from prefect.client.orchestration import PrefectClient\nelse:\n    x = None\n",
        "if TYPE_CHECKING:\n    from prefectkit.compat import PrefectClient\nelse:\n    x = None\n",
    ),
    "tried": (
        "try:\n    from prefect.client import orchestration\nexcept ImportError:\n    orchestration = None\n"
        "orchestration.get_client()\n",
        "try:\n    from prefectkit import compat as orchestration\nexcept ImportError:\n    orchestration = None\n"
        "orchestration.get_client()\n",
    ),
    "with the type of a result": (
        "from prefect import State\ndef f() -> State[int]: ...\n",
        "from prefectkit.models import State\ndef f() -> State[int]: ...\n",
    ),
    "in one line": (
        "if x: from prefect import get_client, State; y = 1\n",
        "if x: from prefectkit.compat import get_client; from prefectkit.models import State; y = 1\n",
    ),
    "exported": (
        'from prefect.client.schemas.responses import WorkerResponse\n__all__ = ["WorkerResponse"]\n',
        'from prefectkit.models import Worker as WorkerResponse\n__all__ = ["WorkerResponse"]\n',
    ),
    "another scope": (
        "import prefect as p\np.get_client()\ndef f(p):\n    p.get_client(); g(p=1)\n    x.p.get_client()\n",
        "import prefectkit.compat\nprefectkit.compat.get_client()\ndef f(p):\n    p.get_client(); g(p=1)\n"
        "    x.p.get_client()\n",
    ),
    "comments": (
        "# above\nfrom prefect.exceptions import (  # why\n    # first\n    ObjectNotFound,  # 404\n)  # after\n",
        "# above\nfrom prefectkit.compat.errors import (  # why\n    # first\n    ObjectNotFound,  # 404\n)  # after\n",
    ),
}


@pytest.mark.parametrize("kind", CHANGED)
def test_names_with_a_counterpart_are_imported_from_prefectkit(kind: str) -> None:
    before, after = CHANGED[kind]
    first = migrate(before)
    assert first.text == after
    assert (first.retained, first.used_prefect, first.needs_prefect) == ([], kind != "for type checkers", False)
    assert migrate(after).text == after


SPLIT = {
    "two names": (
        "from prefect import flow, get_client\n",
        "from prefect import flow\nfrom prefectkit.compat import get_client\n",
    ),
    "the first moves": (
        "    # why\n    from prefect import get_client, task  # noqa\n",
        "    # why\n    from prefect import task  # noqa\n    from prefectkit.compat import get_client  # noqa\n",
    ),
    "a comment stays once": (
        "    from prefect import get_client, task  # both\n",
        "    from prefect import task  # both\n    from prefectkit.compat import get_client\n",
    ),
    "comments go with their names": (
        (
            "    from prefect import (\n        # the job\n        flow,  # F\n"
            "        # its client\n        get_client,  # C\n        task,\n        # no more\n    )\n"
        ),
        (
            "    from prefect import (\n        # the job\n        flow,  # F\n"
            "        task,\n        # no more\n    )\n"
            "    from prefectkit.compat import (\n        # its client\n        get_client,  # C\n    )\n"
        ),
    ),
    "no comma at the end": (
        "    from prefect import (flow, get_client,\n                         task)\n",
        "    from prefect import (flow, task)\n    from prefectkit.compat import (get_client)\n",
    ),
    "a backslash": (
        "    from prefect import flow, \\\n        get_client\n",
        "    from prefect import flow\n    from prefectkit.compat import get_client\n",
    ),
    "after a semicolon": (
        "    x = 1; from prefect import flow, get_client; y = 2\n",
        "    x = 1; from prefect import flow; from prefectkit.compat import get_client; y = 2\n",
    ),
    "a module": (
        "    import prefect, os\n    @prefect.flow\n    def g(): prefect.get_client()\n",
        "    import prefect, prefectkit.compat, os\n    @prefect.flow\n    def g(): prefectkit.compat.get_client()\n",
    ),
    "a module alone": (
        "import prefect as p  # why\np.flow, p.get_client()\n",
        "import prefect as p  # why\nimport prefectkit.compat\np.flow, prefectkit.compat.get_client()\n",
    ),
    "a module from a package": (
        "    from prefect import client\n    client.orchestration.get_client(), client.base.app_lifespan_context\n",
        "    from prefect import client\n    import prefectkit.compat\n"
        "    prefectkit.compat.get_client(), client.base.app_lifespan_context\n",
    ),
}


@pytest.mark.parametrize("kind", SPLIT)
def test_names_without_a_counterpart_stay_in_a_separate_statement(kind: str) -> None:
    before, after = ("def f():\n" + text if text[0] == " " else text for text in SPLIT[kind])
    first = migrate(before)
    assert first.text == after
    assert first.needs_prefect
    assert migrate(after).text == after


STAYS = {
    "from prefect import flow": "`prefect.flow` it belongs to Prefect's engine",
    "from prefect.runtime import flow_run": "`prefect.runtime.flow_run` it belongs to Prefect's engine",
    "from prefect.states import raise_state_exception": (
        "`prefect.states.raise_state_exception` it belongs to Prefect's engine"
    ),
    "from prefect.blocks.notifications import SlackWebhook": (
        "`prefect.blocks.notifications.SlackWebhook` prefectkit has nothing like it"
    ),
    "from prefect.client.schemas.objects import Nothing": (
        "`prefect.client.schemas.objects.Nothing` prefectkit.models has no such name"
    ),
    "from prefect.artifacts import UUID": "`prefect.artifacts.UUID` prefectkit.compat.artifacts has no such name",
    "from prefect.client.schemas.objects import *": (
        "`prefect.client.schemas.objects.*` an import of everything does not say what it imports"
    ),
    "import prefect": "`prefect` no use of it was found",
    "import prefect\nprint(prefect.__version__)": "`prefect.__version__` prefectkit has nothing like it",
    "import prefect\nsetattr(prefect.client.orchestration, 'get_client', 1)": (
        "`prefect.client.orchestration` the module itself is used as an object"
    ),
    "import prefect\nprefect.get_client = None": "`prefect.get_client` it is assigned to or deleted",
    "import prefect\ndef f(x: 'list[prefect.State]'): ...": "`prefect` the module itself is used as an object",
    "import prefect\n__all__ = ['prefect']": "`prefect` the module itself is used as an object",
    "try:\n    import prefect\nexcept ImportError:\n    prefect = None\nprefect.get_client()": (
        "`prefect` `prefect` is bound to something else as well"
    ),
    "from prefect.blocks.core import Block\nclass Mine(Block): ...": (
        "`prefect.blocks.core.Block` a block class of your own needs Prefect"
    ),
    "from prefect import pause_flow_run\npause_flow_run(wait_for_input=str)": (
        "`prefect.pause_flow_run` only Prefect's own waits for input"
    ),
    "from prefect.flow_runs import suspend_flow_run\nsuspend_flow_run()": (
        "`prefect.flow_runs.suspend_flow_run` only Prefect's engine can end the run that calls it"
    ),
}


@pytest.mark.parametrize("source", STAYS)
def test_retained_imports_are_listed_with_the_reason(source: str) -> None:
    result = migrate(f"{source}\n")
    assert result.text == f"{source}\n"
    assert [f"`{path}` {why}" for _, path, why in result.retained] == [STAYS[source]]
    assert result.needs_prefect


@pytest.mark.parametrize(
    "line",
    [
        "from prefect.exceptions import ObjectNotFound",
        "from prefect.states import Failed",
        "from prefect import State",
        "from prefect.settings import temporary_settings",
        "from prefect.client.schemas.schedules import CronSchedule",
        "from prefect.events.actions import RunDeployment",
    ],
)
def test_objects_exchanged_with_the_engine_stay_with_prefect_if_the_engine_does(line: str) -> None:
    assert "prefectkit" in migrate(f"{line}\n").text
    result = migrate(f"from prefect import flow, get_client\n{line}\n")
    assert result.text == f"from prefect import flow\nfrom prefectkit.compat import get_client\n{line}\n"
    assert result.retained[1][2] == "the file needs Prefect anyway, whose own works with both"


def test_an_import_that_only_type_checkers_see_does_not_need_prefect() -> None:
    source = "if typing.TYPE_CHECKING:\n    from prefect import Flow\nfrom prefect.states import Failed\n"
    result = migrate(source)
    assert result.text == source.replace("prefect.states", "prefectkit.models")
    assert (result.used_prefect, result.needs_prefect) == (True, False)
    assert [path for _, path, _ in result.retained] == ["prefect.Flow"]


def test_an_import_instead_of_one_that_failed_does_not_need_prefect() -> None:
    tried = "try:\n    from prefect import get_client\nexcept ImportError:\n    from prefect.client import get_client\n"
    result = migrate(f"{tried}from prefect.exceptions import ObjectNotFound\n")
    assert result.text == (
        "try:\n    from prefectkit.compat import get_client\nexcept ImportError:\n"
        "    from prefect.client import get_client\nfrom prefectkit.compat.errors import ObjectNotFound\n"
    )
    assert not result.needs_prefect
    assert migrate(tried.replace("import get_client", "import flow", 1)).needs_prefect


@pytest.mark.parametrize(
    "source",
    ["from .prefect import get_client\n", "from . import prefect\nprefect.get_client()\n", "import prefect_aws\n"],
)
def test_other_packages_are_left_alone(source: str) -> None:
    result = migrate(source)
    assert (result.text, result.used_prefect) == (source, False)


def test_a_suspension_of_another_run_is_here() -> None:
    result = migrate("from prefect.flow_runs import suspend_flow_run\nsuspend_flow_run(flow_run_id=x)\n")
    assert result.text.startswith("from prefectkit.compat.flow_runs import suspend_flow_run\n")
