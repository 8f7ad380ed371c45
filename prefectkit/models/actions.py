"""The actions of automations."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any, TypeAlias, cast, get_args
from uuid import UUID

from prefectkit.models.base import JSON, Model, RedactedJobSettings, as_variant
from prefectkit.models.states import StateType


def _kind(class_name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "-", class_name).lower()


class Action(Model, tag_field="type", tag=_kind):
    """An action of an automation. Its kind is sent as `type`: `CallWebhook` is `call-webhook`."""

    @property
    def type(self) -> str:
        """The kind of action, as the server spells it."""
        return str(self.__struct_config__.tag)

    def describe_for_cli(self) -> str:
        """The kind of action in words: `Cancel flow run`."""
        return self.type.replace("-", " ").capitalize()


class DoNothing(Action):
    """Do nothing: for an automation that is only watched."""


class CancelFlowRun(Action):
    """Cancel the flow run that the event is about."""


class DeleteFlowRun(Action):
    """Delete the flow run that the event is about."""


class SuspendFlowRun(Action):
    """Suspend the flow run that the event is about."""


class ResumeFlowRun(Action):
    """Resume the flow run that the event is about."""


class ChangeFlowRunState(Action):
    """Set the state of the flow run that the event is about.

    Attributes:
        state: The type of the new state.
        name: The name of the new state. None: that of its type.
        message: A message about the change.
        force: Whether to skip the orchestration rules. Default: False.
    """

    state: StateType
    name: str | None = None
    message: str | None = None
    force: bool = False


class DeploymentAction(Action):
    """An action on a deployment.

    Attributes:
        source: `selected`: the deployment given here. `inferred`: the one that the event is about.
            Default: `selected`.
        deployment_id: The deployment, for `selected`.
    """

    source: str = "selected"
    deployment_id: UUID | None = None


class RunDeployment(RedactedJobSettings, DeploymentAction):
    """Start a run of a deployment.

    Attributes:
        source: `selected`: the deployment given here. `inferred`: the one that the event is about.
            Default: `selected`.
        deployment_id: The deployment, for `selected`.
        parameters: The parameters of the run, Jinja templates among them. None: those of the deployment.
        job_variables: The job variables of the run. None: those of the deployment.
        schedule_after: How long after the trigger the run is to start. Default: at once.
    """

    parameters: JSON | None = None
    job_variables: JSON | None = None
    schedule_after: timedelta = timedelta(0)


class PauseDeployment(DeploymentAction):
    """Pause a deployment."""


class ResumeDeployment(DeploymentAction):
    """Resume a deployment."""


class WorkPoolAction(Action):
    """An action on a work pool.

    Attributes:
        source: `selected`: the work pool given here. `inferred`: the one that the event is about.
            Default: `selected`.
        work_pool_id: The work pool, for `selected`.
    """

    source: str = "selected"
    work_pool_id: UUID | None = None


class PauseWorkPool(WorkPoolAction):
    """Pause a work pool."""


class ResumeWorkPool(WorkPoolAction):
    """Resume a work pool."""


class WorkQueueAction(Action):
    """An action on a work queue.

    Attributes:
        source: `selected`: the work queue given here. `inferred`: the one that the event is about.
            Default: `selected`.
        work_queue_id: The work queue, for `selected`.
    """

    source: str = "selected"
    work_queue_id: UUID | None = None


class PauseWorkQueue(WorkQueueAction):
    """Pause a work queue."""


class ResumeWorkQueue(WorkQueueAction):
    """Resume a work queue."""


class AutomationAction(Action):
    """An action on an automation.

    Attributes:
        source: `selected`: the automation given here. `inferred`: the one that the event is about.
            Default: `selected`.
        automation_id: The automation, for `selected`.
    """

    source: str = "selected"
    automation_id: UUID | None = None


class PauseAutomation(AutomationAction):
    """Pause an automation."""


class ResumeAutomation(AutomationAction):
    """Resume an automation."""


class SendNotification(Action):
    """Send a message by a notification block.

    Attributes:
        block_document_id: The notification block.
        subject: The subject, a Jinja template. Default: `Prefect automated notification`.
        body: The text, a Jinja template.
    """

    block_document_id: UUID
    subject: str = "Prefect automated notification"
    body: str


class CallWebhook(Action):
    """Call a webhook block.

    Attributes:
        block_document_id: The webhook block.
        payload: What is sent, a Jinja template. Default: nothing.
    """

    block_document_id: UUID
    payload: str = ""


_Known: TypeAlias = (
    DoNothing
    | CancelFlowRun
    | DeleteFlowRun
    | SuspendFlowRun
    | ResumeFlowRun
    | ChangeFlowRunState
    | RunDeployment
    | PauseDeployment
    | ResumeDeployment
    | PauseWorkPool
    | ResumeWorkPool
    | PauseWorkQueue
    | ResumeWorkQueue
    | PauseAutomation
    | ResumeAutomation
    | SendNotification
    | CallWebhook
)

ActionTypes: TypeAlias = _Known | JSON
"""Any kind of action. An unknown kind stays JSON."""

_KINDS: dict[str, type[Model]] = {kind.__struct_config__.tag: kind for kind in get_args(_Known)}


def as_actions(values: list[Any]) -> list[ActionTypes]:
    """Actions from JSON, each as the Struct of its kind."""
    return [cast(ActionTypes, as_variant(value, "type", _KINDS)) for value in values]
