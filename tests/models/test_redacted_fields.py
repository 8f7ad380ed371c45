"""Job templates and job variables, whose environment is where keys are passed, are not shown."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
import pytest

from prefectkit.core.security.secrets import MASK
from prefectkit.models import (
    Deployment,
    DeploymentCreate,
    DeploymentFlowRunCreate,
    DeploymentUpdate,
    FlowRun,
    FlowRunCreate,
    FlowRunUpdate,
    RunDeployment,
    WorkPool,
    WorkPoolCreate,
    WorkPoolUpdate,
)

ID = UUID(int=1)
ENVIRONMENT = {"env": {"KEY": "hunter2"}}
TEMPLATE = {"base_job_template": ENVIRONMENT}
VARIABLES = {"job_variables": ENVIRONMENT}


@pytest.mark.parametrize(
    "model",
    [
        WorkPool(id=ID, name="a", type="process", **TEMPLATE),
        WorkPoolCreate(name="a", type="process", **TEMPLATE),
        WorkPoolUpdate(**TEMPLATE),
        Deployment(id=ID, name="a", flow_id=ID, **VARIABLES),
        DeploymentCreate(name="a", flow_id=ID, **VARIABLES),
        DeploymentUpdate(**VARIABLES),
        DeploymentFlowRunCreate(**VARIABLES),
        FlowRun(id=ID, name="a", flow_id=ID, **VARIABLES),
        FlowRunCreate(flow_id=ID, **VARIABLES),
        FlowRunUpdate(**VARIABLES),
        RunDeployment(**VARIABLES),
    ],
    ids=lambda model: type(model).__name__,
)
def test_they_are_not_shown_and_are_there(model: Any) -> None:
    for text in (repr(model), str(model), repr(list(model.__rich_repr__()))):
        assert "hunter2" not in text
        assert MASK in text
    assert b"hunter2" in msgspec.json.encode(model)


def test_an_empty_one_is_shown() -> None:
    assert "job_variables={}" in repr(Deployment(id=ID, name="a", flow_id=ID))
    assert "job_variables=None" in repr(FlowRun(id=ID, name="a", flow_id=ID))
    assert "base_job_template=UNSET" in repr(WorkPoolUpdate())
