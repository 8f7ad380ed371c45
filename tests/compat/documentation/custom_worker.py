"""A worker of a kind of its own, which runs what is scheduled."""

import asyncio

import anyio
import anyio.abc
from prefect import get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.client.schemas.objects import FlowRun
from prefect.workers.base import BaseJobConfiguration, BaseVariables, BaseWorker, BaseWorkerResult
from pydantic import Field


class Configuration(BaseJobConfiguration):
    memory: str = Field(default="1Mi", json_schema_extra=dict(template="{{ memory }}Mi"))


class Variables(BaseVariables):
    memory: int = Field(default=64, description="In mebibytes.")


class Result(BaseWorkerResult):
    """What became of the job."""


class PrintingWorker(BaseWorker):
    type = "printing"
    job_configuration = Configuration
    job_configuration_variables = Variables

    async def run(
        self,
        flow_run: FlowRun,
        configuration: BaseJobConfiguration,
        task_status: anyio.abc.TaskStatus = anyio.TASK_STATUS_IGNORED,
    ) -> BaseWorkerResult:
        task_status.started("job 1")
        print(flow_run.name, flow_run.state.type, configuration.memory)
        return Result(status_code=0, identifier="job 1")


async def main() -> None:
    template = PrintingWorker.get_default_base_job_template()
    async with get_client() as client:
        await client.create_work_pool(WorkPoolCreate(name="printers", type="printing", base_job_template=template))
        flow_id = await client.create_flow_from_name("print")
        deployment_id = await client.create_deployment(flow_id, "it", work_pool_name="printers")
        run = await client.create_flow_run_from_deployment(deployment_id, name="a page", job_variables={"memory": 7})
        async with PrintingWorker("printers") as worker:
            await worker.get_and_submit_flow_runs()
        print((await client.read_flow_run(run.id)).state.type)


asyncio.run(main())
