"""Variables, artifacts, blocks, slots and pauses: Prefect's own helpers and ours do the same on the real server."""

from __future__ import annotations

import warnings
from collections.abc import Awaitable, Callable
from typing import Any, cast
from uuid import UUID, uuid4

import anyio
import pytest

from prefectkit import Prefect
from prefectkit.models import Completed, Paused, Running, Suspended
from tests.compat.helpers import OFFICIAL, OWN, PACKAGES, helper_module, outcome, settings_for
from tests.compat.two_clients import seen
from tests.real_server import RealServer

Name = str
Scenario = Callable[[str, Name, Prefect, bool], Awaitable[Any]]


async def variables(package: str, name: Name, _: Prefect, sync: bool) -> Any:
    variable = helper_module(package, "prefect.variables").Variable
    get, set_, unset = (
        (variable.get, variable.set, variable.unset) if sync else (variable.aget, variable.aset, variable.aunset)
    )
    key = name.replace("-", "_")

    def fields(it: Any) -> Any:
        return {"name": it.name == key, "value": it.value, "tags": it.tags} if hasattr(it, "value") else it

    results = [
        await outcome(lambda: get(key)),
        await outcome(lambda: get(key, default=3)),
        await outcome(lambda: get(key, "other")),
        fields(await outcome(lambda: set_(key, {"a": [1, None]}, tags=["x"]))),
        await outcome(lambda: get(key)),
        (await outcome(lambda: set_(key, "new")))["text"].replace(key, "<name>"),
        fields(await outcome(lambda: set_(name=key, value="new", overwrite=True))),
        await outcome(lambda: get(key, "other")),
        fields(await outcome(lambda: set_(key, 0, tags=["y"], overwrite=True))),
        await outcome(lambda: get(key, 7)),
        await outcome(lambda: unset(key)),
        await outcome(lambda: unset(key)),
    ]
    # There the name is checked by the client, here by the server.
    assert "error" in await outcome(lambda: set_("Not Allowed!", 1))
    return results


async def artifacts(package: str, name: Name, native: Prefect, sync: bool) -> Any:
    module = helper_module(package, "prefect.artifacts")

    def function(verb: str, kind: str) -> Any:
        return getattr(module, f"{'' if sync else 'a'}{verb}_{kind}_artifact")

    calls: list[Callable[[], Any]] = [
        lambda: function("create", "link")("https://a.test", key=name, description="d"),
        lambda: function("create", "link")("https://a.test", "text"),
        lambda: function("create", "markdown")("# title", key=name),
        lambda: function("create", "table")([{"a": 1, "b": float("nan")}, {"a": "é"}], name, "rows"),
        lambda: function("create", "table")({"a": [1, 2.5]}),
        lambda: function("create", "table")([[1, None], [True, "x"]], key=name),
        lambda: function("create", "progress")(33.3, key=name),
        lambda: function("create", "progress")(250),
        lambda: function("create", "progress")(-1.0),
        lambda: function("create", "image")("https://a.test/x.png", key=name, description="i"),
    ]
    results: list[Any] = []
    for call in calls:
        made = await outcome(call)
        results += [isinstance(made, UUID), native.artifacts.read(made)]
    progress = await outcome(lambda: function("create", "progress")(1.0, description="before"))
    for arguments in ({"progress": 50.0}, {"progress": 101, "description": "after"}):
        results.append(await outcome(lambda given=arguments: function("update", "progress")(progress, **given)))  # type: ignore[misc]
        results.append(native.artifacts.read(progress))
    # There the key is checked by the client, here by the server.
    assert "error" in await outcome(lambda: function("create", "link")("x", key="Not Allowed!"))
    results.append((await outcome(lambda: function("create", "table")([{"a": object()}])))["error"])
    results.append((await outcome(lambda: function("update", "progress")(uuid4(), 1.0)))["error"])
    return results


async def artifact_classes(package: str, name: Name, native: Prefect, sync: bool) -> Any:
    module = helper_module(package, "prefect.artifacts")

    def call(method: str, of: Any, *args: Any, **kwargs: Any) -> Any:
        return outcome(lambda: getattr(of, method if sync else f"a{method}")(*args, **kwargs))

    made = [
        module.LinkArtifact(link="https://a.test", key=name, description="d"),
        module.LinkArtifact(link="https://a.test", link_text="text"),
        module.MarkdownArtifact(markdown="# title"),
        module.TableArtifact(table=[{"a": 1, "b": float("nan")}]),
        module.ProgressArtifact(progress=250),
        module.ImageArtifact(image_url="https://a.test/x.png"),
        module.Artifact(type="result", data={"rows": [1, None]}, metadata_={"by": "me"}),
    ]
    results: list[Any] = []
    for artifact in made:
        created = await call("create", artifact)
        results += [artifact.type, await call("format", artifact), native.artifacts.read(created.id)]
    latest = await call("get", module.Artifact, name)
    results += [latest.key == name, latest.data, await call("get", module.LinkArtifact, key=f"{name}-other")]
    for key in (name, f"{name}-other", f"{name}-other"):
        found, is_new = await call("get_or_create", module.Artifact, key=key, description="d", data=[1], type="result")
        results += [native.artifacts.read(found.id), is_new]
    results.append((await call("create", module.TableArtifact(table=[{"a": object()}])))["error"])
    return results


async def secrets(package: str, name: Name, native: Prefect, sync: bool) -> Any:
    secret = helper_module(package, "prefect.blocks.system").Secret
    load = secret.load if sync else secret.aload
    any_block = helper_module(package, "prefect.blocks.core").Block
    results: list[Any] = [await outcome(lambda: load(name))]
    for value in ("plain", '{"a": 1}', {"a": [1, None]}, ["x"], "17"):
        block = secret(value=value)
        saved = await outcome(lambda it=block: (it.save if sync else it.asave)(name, overwrite=True))  # type: ignore[misc]
        loaded = await outcome(lambda: load(name))
        results += [isinstance(saved, UUID), loaded.get(), loaded.value.get_secret_value()]
        assert set(str(loaded.value)) == {"*"}
        results.append(native.block_documents.read(saved, include_secrets=True).data)
        assert "plain" not in repr(block)
    taken = secret(value="other")
    results.append(await outcome(lambda: (taken.save if sync else taken.asave)(name)))
    results.append((await outcome(lambda: (taken.save if sync else taken.asave)()))["value"])
    results.append((await outcome(lambda: (any_block.load if sync else any_block.aload)(f"secret/{name}"))).get())
    results.append((await outcome(lambda: (any_block.load if sync else any_block.aload)("no-slash")))["value"])
    results.append(await outcome(lambda: (secret.delete if sync else secret.adelete)(name)))
    results.append(await outcome(lambda: load(name)))
    return results


async def slots(package: str, name: Name, native: Prefect, sync: bool) -> Any:
    kind = "sync" if sync else "asyncio"
    module = helper_module(package, f"prefect.concurrency.{kind}")
    holder = helper_module(package, "prefect.client.schemas.objects").ConcurrencyLeaseHolder(
        type="flow_run", id=uuid4()
    )
    native.global_concurrency_limits.create(name=name, limit=2)
    native.global_concurrency_limits.create(name=f"{name}-rate", limit=2, slot_decay_per_second=0.001)

    async def hold(names: Any, *, error: type[Exception] | None = None, **options: Any) -> Any:
        manager = module.concurrency(names, **options)
        if sync:
            with manager:
                if error:
                    raise error("from the block")
                return native.global_concurrency_limits.read(name).active_slots
        async with manager:
            if error:
                raise error("from the block")
            return native.global_concurrency_limits.read(name).active_slots

    def without_text(result: Any) -> Any:
        return cast("dict[str, Any]", result) | {"text": ""} if isinstance(result, dict) else result

    results: list[Any] = []
    held: list[tuple[Any, dict[str, Any]]] = [
        (name, {}),
        ([name, name], {"occupy": 2}),
        ([], {}),
        ("no-such-limit", {}),
        ("no-such-limit", {"strict": True}),
        (name, {"occupy": 3}),
        (name, {"error": KeyError}),
        (name, {"lease_duration": 60, "holder": holder}),
        (name, {"lease_duration": 5}),
    ]
    for names, options in held:
        results.append(without_text(await outcome(lambda: hold(names, **options))))  # noqa: B023 -- awaited at once
        results.append(native.global_concurrency_limits.read(name).active_slots)
    native.global_concurrency_limits.update(name, active_slots=2)
    results.append(without_text(await outcome(lambda: hold(name, timeout_seconds=0.1))))
    results.append(without_text(await outcome(lambda: hold(name, max_retries=0))))
    limited: list[tuple[Any, dict[str, Any]]] = [
        (f"{name}-rate", {}),
        ([f"{name}-rate"], {"occupy": 1}),
        (f"{name}-rate", {"timeout_seconds": 0.1}),
        (name, {}),
        ("no-such-limit", {}),
        ("no-such-limit", {"strict": True}),
        ([], {}),
    ]
    for names, options in limited:
        results.append(without_text(await outcome(lambda: module.rate_limit(names, **options))))  # noqa: B023 -- as above
    return results


async def pauses(package: str, name: Name, native: Prefect, sync: bool) -> Any:
    module = helper_module(package, "prefect.flow_runs")
    pause, suspend, resume = (
        getattr(module, f"{'' if sync else 'a'}{verb}_flow_run") for verb in ("pause", "suspend", "resume")
    )
    flow = native.flows.create(name=name)
    deployment = native.deployments.create(name=name, flow_id=flow.id)

    def run_of(*states: Any) -> UUID:
        run = native.deployments.create_flow_run(deployment.id).id
        for state in (Running(), *states):
            native.flow_runs.set_state(run, state, force=True)
        return run

    def state_of(run: UUID) -> Any:
        state = native.flow_runs.read(run).state
        return None if state is None else [state.type.value, state.name]

    paused, suspended, running = run_of(Paused(timeout_seconds=60)), run_of(Suspended()), run_of()
    timed_out = run_of(Paused(timeout_seconds=-5))
    results = [await outcome(lambda it=run: resume(it)) for run in (paused, suspended, running, timed_out)]  # type: ignore[misc]
    results += [state_of(run) for run in (paused, suspended, timed_out)]
    results.append(await outcome(lambda: suspend(flow_run_id=running, timeout=60)))
    results.append(state_of(running))
    details = native.flow_runs.read(running).state
    assert details is not None
    results.append(details.state_details.pause_key is not None)
    results.append(await outcome(lambda: resume(running, run_input={})))
    results.append((await outcome(lambda: resume(uuid4())))["error"])
    results.append(await outcome(lambda: pause(timeout=1)))
    results.append((await outcome(lambda: suspend()))["error"])
    done = run_of()
    native.flow_runs.set_state(done, Completed())
    results.append((await outcome(lambda: suspend(flow_run_id=done)))["error"])
    return results


SCENARIOS = [variables, artifacts, artifact_classes, secrets, slots, pauses]


@pytest.mark.prefect_engine
@pytest.mark.parametrize("sync", [True, False], ids=["sync", "async"])
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda it: it.__name__)
def test_both_packages_do_the_same(scenario: Scenario, sync: bool, server: RealServer) -> None:
    results: dict[str, Any] = {}
    with Prefect(server.url) as native:
        for package in PACKAGES:
            with settings_for(package, server.url), warnings.catch_warnings():
                warnings.simplefilter("ignore", FutureWarning)  # an official one, outside of runs
                play = scenario(package, f"key-{uuid4().hex[:8]}", native, sync)
                results[package] = seen(_run_sync(play) if sync else anyio.run(lambda it=play: it))  # type: ignore[misc]
    assert results[OWN] == results[OFFICIAL]


def _run_sync(play: Any) -> Any:
    """Outside of event loops, where the helpers block."""
    try:
        play.send(None)
    except StopIteration as stop:
        return stop.value
    raise AssertionError("a blocking helper returned a coroutine")
