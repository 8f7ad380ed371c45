"""Blocks, variables, artifacts, automations."""

from __future__ import annotations

import re
import sys
from collections.abc import Awaitable
from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock, patch
from uuid import UUID

from tests.compat.two_clients import ClientUnderTest, Scenario, raised

NOBODY = UUID(int=1)
SCHEMA = {
    "title": "Login",
    "type": "object",
    "properties": {"user": {"type": "string"}, "password": {"type": "string"}, "nested": {"type": "object"}},
    "secret_fields": ["password", "nested.key"],
    "block_schema_references": {},
}


class Password:
    """What pydantic's `SecretStr` is to a client."""

    def __init__(self, text: Any) -> None:
        self._text = text

    def get_secret_value(self) -> Any:
        return self._text


def is_prefects(own: SimpleNamespace) -> bool:
    return str(own.actions.__name__).startswith("prefect.")


async def otherwise(tested: ClientUnderTest, call: Awaitable[Any]) -> Any:
    """What a call returns whose requests differ between the clients: one reads all pages, the other the first."""
    before = len(tested.traffic.requests)
    response = await call
    del tested.traffic.requests[before:]
    return response


async def new_type(tested: ClientUnderTest, **more: Any) -> Any:
    made = tested.own.actions.BlockTypeCreate(name=f"key-{tested.name}", slug=f"key-{tested.name}", **more)
    return await tested.client.create_block_type(made)


async def new_schema(tested: ClientUnderTest, **more: Any) -> Any:
    block_type = await new_type(tested)
    fields = SCHEMA | {"title": f"key-{tested.name}"}
    made = tested.own.actions.BlockSchemaCreate(fields=fields, block_type_id=block_type.id, **more)
    return await tested.client.create_block_schema(made)


def without_query(refusal: Any) -> Any:
    """Prefect's own client says in the URL that it says no limit."""
    return {name: re.sub(r"\?[^']*", "", text) if isinstance(text, str) else text for name, text in refusal.items()}


def named(tested: ClientUnderTest, rows: Any) -> Any:
    """Those rows of the whole server that are of this run."""
    return [row for row in rows if tested.name in f"{row.name} {getattr(row, 'block_type_name', '')}"]


async def block_types(tested: ClientUnderTest) -> Any:
    client, own = tested.client, tested.own
    made = await new_type(tested, description="d", logo_url="https://example.com/logo.png")
    update = own.actions.BlockTypeUpdate(code_example="e", description=None)
    bad = own.actions.BlockTypeCreate(name="Prefect things", slug=f"key-{tested.name}-p")
    protected = await client.read_block_type_by_slug("secret")
    return [
        made,
        await raised(new_type(tested)),
        await raised(client.create_block_type(bad)),
        await client.update_block_type(made.id, update),
        await client.read_block_type_by_slug(made.slug),
        named(tested, await otherwise(tested, client.read_block_types())),
        await raised(client.read_block_type_by_slug("no-such-type")),
        await raised(client.update_block_type(NOBODY, update)),
        await raised(client.delete_block_type(protected.id)),
        await client.delete_block_type(made.id),
        await raised(client.delete_block_type(made.id)),
        without_query(await otherwise(tested, raised(client.read_block_documents_by_type("no-such-type")))),
    ]


async def block_schemas(tested: ClientUnderTest) -> Any:
    client, own = tested.client, tested.own
    made = await new_schema(tested, capabilities=["write-path"], version="1.2")
    newer = own.actions.BlockSchemaCreate(
        fields={**SCHEMA, "title": f"key-{tested.name} 2"}, block_type_id=made.block_type_id, version="1.3"
    )
    second = await client.create_block_schema(newer)
    assert (await client.create_block_schema(newer)).id == second.id
    assert (await client.get_most_recent_block_schema_for_block_type(made.block_type_id)).id == second.id
    # A colon in the path is quoted here.
    assert (await otherwise(tested, client.read_block_schema_by_checksum(made.checksum, "1.2"))).id == made.id
    results = [
        made,
        await otherwise(tested, client.read_block_schema_by_checksum(made.checksum)),
        await raised(client.read_block_schema_by_checksum("none")),
        await raised(client.read_block_schema_by_checksum("none", "9.9")),
        await client.get_most_recent_block_schema_for_block_type(NOBODY),
        await raised(client.create_block_schema(own.actions.BlockSchemaCreate(fields={}, block_type_id=NOBODY))),
        [
            schema
            for schema in await otherwise(tested, client.read_block_schemas())
            if tested.name in schema.fields.get("title", "")
        ],
    ]
    for response in results:
        hide_checksums(response)
    return results


def hide_checksums(response: Any) -> None:
    """Two types with the same fields would share a schema, so each run has its own."""
    for schema in response if isinstance(response, list) else [response]:
        if getattr(schema, "checksum", None):
            assert schema.checksum.startswith("sha256:")
            schema.checksum = "sha256:x"
            schema.fields["title"] = "x"


async def block_documents(tested: ClientUnderTest) -> Any:
    client, own = tested.client, tested.own
    schema = await new_schema(tested)
    whose = {"block_schema_id": schema.id, "block_type_id": schema.block_type_id}
    data = {"user": "me", "password": "hunter2", "nested": {"key": "k", "other": [1]}}
    made = await client.create_block_document(own.actions.BlockDocumentCreate(name="it", data=data, **whose))
    nameless = own.actions.BlockDocumentCreate(is_anonymous=True, data={}, **whose)
    slug = schema.block_type.slug
    results = [
        made,
        await client.create_block_document(nameless),
        await raised(client.create_block_document(own.actions.BlockDocumentCreate(name="it", **whose))),
        await client.read_block_document(made.id),
        await client.read_block_document(made.id, include_secrets=False),
        await client.read_block_document_by_name("it", slug),
        await client.read_block_document_by_name("it", slug, False),
        await otherwise(tested, client.read_block_documents_by_type(slug)),
        await otherwise(tested, client.read_block_documents_by_type(slug, include_secrets=False)),
        named(tested, await client.read_block_documents()),
        named(tested, await client.read_block_documents(include_secrets=False)),
        len(await client.read_block_documents(None, 0, 1)),
        await client.update_block_document(made.id, own.actions.BlockDocumentUpdate(data={"user": "you"})),
        await client.read_block_document(made.id),
        await client.update_block_document(
            made.id, own.actions.BlockDocumentUpdate(data={"user": "x"}, merge_existing_data=False)
        ),
        await client.read_block_document(made.id),
        await raised(client.read_block_documents(limit=5000)),
        await raised(client.read_block_document(NOBODY)),
        await raised(client.read_block_document_by_name("none", slug)),
        await raised(client.update_block_document(NOBODY, own.actions.BlockDocumentUpdate(data={}))),
        await client.delete_block_document(made.id),
        await raised(client.delete_block_document(made.id)),
    ]
    for response in results:
        for document in response if isinstance(response, list) else [response]:
            hide_checksums(getattr(document, "block_schema", None))
    return results


async def secrets_of_blocks(tested: ClientUnderTest) -> Any:
    client, own = tested.client, tested.own
    schema = await new_schema(tested)
    whose = {"block_schema_id": schema.id, "block_type_id": schema.block_type_id}
    data = {"user": "me", "password": Password("hunter2"), "nested": {"key": [Password(b"h\xc3\xa9")]}}
    stored = []
    # Prefect's own client knows secrets in this class alone, and that of this package has an id.
    kind = own.objects.BlockDocument if is_prefects(own) else own.actions.BlockDocumentCreate
    for number, shown in enumerate((True, False)):
        made = await client.create_block_document(kind(name=f"it-{number}", data=dict(data), **whose), shown)
        stored.append((await client.read_block_document(made.id)).data)
    return stored


async def variables(tested: ClientUnderTest) -> Any:
    client, own = tested.client, tested.own
    name = f"key-{tested.name}"
    made = await client.create_variable(own.actions.VariableCreate(name=name, value={"a": [1, None]}, tags=["t"]))
    text = await client.create_variable(own.actions.VariableCreate(name=f"{name}-2", value="x"))
    return [
        made,
        text,
        await raised(client.create_variable(own.actions.VariableCreate(name=name, value=1))),
        await otherwise(tested, client.update_variable(own.actions.VariableUpdate(name=name, tags=["u"]))),
        await client.read_variable_by_name(name),
        await otherwise(tested, client.update_variable(own.actions.VariableUpdate(name=name, value=None))),
        await client.read_variable_by_name(name),
        named(tested, await otherwise(tested, client.read_variables())),
        len(await client.read_variables(1)),
        await raised(client.read_variables(limit=5000)),
        await client.read_variable_by_name("none"),
        await otherwise(tested, raised(client.update_variable(own.actions.VariableUpdate(name="none", value=1)))),
        await client.delete_variable_by_name(name),
        await raised(client.delete_variable_by_name("none")),
        await client.read_variable_by_name(name),
    ]


async def artifacts(tested: ClientUnderTest) -> Any:
    client, own = tested.client, tested.own
    run = await client.create_flow_run(await tested.flow(), name="a run")
    made = own.actions.ArtifactCreate(
        key=f"key-{tested.name}", type="table", data=[{"a": 1}], description="d", flow_run_id=run.id
    )
    filters = own.filters
    these = filters.ArtifactFilter(key=filters.ArtifactFilterKey(any_=[f"key-{tested.name}"]))
    latest = filters.ArtifactCollectionFilter(key=filters.ArtifactCollectionFilterKey(any_=[f"key-{tested.name}"]))
    of_run = filters.FlowRunFilter(id=filters.FlowRunFilterId(any_=[run.id]))
    of_no_task = filters.TaskRunFilter(id=filters.TaskRunFilterId(any_=[NOBODY]))
    # What Prefect's own client emits goes to the server that the settings name, which is another.
    loaded = "prefect" in sys.modules
    with patch("prefect.events.utilities.emit_event") if loaded else nullcontext(Mock(called=False)) as emit:
        first = await client.create_artifact(made)
        second = await client.create_artifact(own.actions.ArtifactCreate(key=made.key, type="markdown", data="# new"))
        update = own.actions.ArtifactUpdate(data="# newer", metadata_={"m": "1"})
        changed = await client.update_artifact(second.id, update)
        refused = await raised(client.update_artifact(NOBODY, update))
    assert emit.called is (type(tested.raw).__module__.partition(".")[0] == "prefect")
    return [
        first,
        second,
        changed,
        refused,
        await client.read_artifacts(artifact_filter=these, sort=own.sorting.ArtifactSort.CREATED_DESC, offset=0),
        await client.read_artifacts(artifact_filter=these, flow_run_filter=of_run, limit=1, offset=0),
        await client.read_artifacts(flow_run_filter=of_run, task_run_filter=of_no_task, offset=0),
        await client.read_latest_artifacts(
            artifact_filter=latest, sort=own.sorting.ArtifactCollectionSort.KEY_ASC, limit=1, offset=0
        ),
        await client.read_latest_artifacts(artifact_filter=latest, flow_run_filter=of_run, offset=0),
        await raised(client.read_artifacts(limit=5000, offset=0)),
        await raised(client.read_latest_artifacts(limit=5000, offset=0)),
        len(await otherwise(tested, client.read_artifacts(limit=None, sort=None))) > 0,
        len(await otherwise(tested, client.read_latest_artifacts())) > 0,
        await client.delete_artifact(first.id),
        await raised(client.delete_artifact(first.id)),
    ]


def automation_words(tested: ClientUnderTest) -> Any:
    """What users import to write automations."""
    if is_prefects(tested.own):
        from prefect.events import actions, filters
        from prefect.events.schemas import automations

        return SimpleNamespace(new=automations.AutomationCore, triggers=automations, actions=actions, filters=filters)
    models = tested.own.objects
    return SimpleNamespace(new=models.AutomationCreate, triggers=models, actions=models, filters=tested.own.filters)


async def automations(tested: ClientUnderTest) -> Any:
    client, words = tested.client, automation_words(tested)
    name = f"Watch key-{tested.name}"
    owner = f"prefect.deployment.key-{tested.name}"
    trigger = words.triggers.EventTrigger(
        expect={"order.paid"}, posture="Reactive", threshold=2, within=60, match={"prefect.resource.id": "order.*"}
    )
    both = words.triggers.CompoundTrigger(triggers=[trigger, trigger], require="all", within=30)
    new = words.new(
        name=name,
        trigger=trigger,
        actions=[words.actions.DoNothing()],
        tags=[f"key-{tested.name}"],
        owner_resource=owner,
    )
    made = await otherwise(tested, client.create_automation(new))
    assert isinstance(made, UUID)
    update = words.new(name=name.lower(), trigger=both, actions=[words.actions.RunDeployment(source="inferred")])
    filters = words.filters
    tagged = filters.AutomationFilter(tags=filters.AutomationFilterTags(all_=[f"key-{tested.name}"]))
    await client.pause_automation(made)
    paused = await client.read_automation(made)
    await client.resume_automation(made)
    return [
        paused,
        await client.read_automation(str(made)),
        await client.find_automation(made),
        await client.find_automation(str(made)),
        await otherwise(tested, client.find_automation(name)),
        await otherwise(tested, client.find_automation(name.upper())),
        await otherwise(tested, client.find_automation(f"no {name}")),
        await raised(client.find_automation(NOBODY)),
        await raised(client.find_automation(str(NOBODY))),
        await client.read_automations(automations=tagged, sort=tested.own.sorting.AutomationSort.NAME_DESC, limit=2),
        await client.read_automations(automations=tagged, offset=1),
        await raised(client.read_automations(limit=5000)),
        await client.read_automations_by_name(name),
        await client.read_automations_by_name(name.lower()),
        await client.read_resource_related_automations(owner),
        await otherwise(tested, client.update_automation(made, update)),
        await client.read_automation(made),
        await raised(client.read_automation(NOBODY)),
        await otherwise(tested, raised(client.update_automation(NOBODY, update))),
        await raised(client.pause_automation(NOBODY)),
        await raised(client.resume_automation(NOBODY)),
        await raised(client.delete_automation(NOBODY)),
        await client.delete_resource_owned_automations(owner),
        await client.read_resource_related_automations(owner),
        await raised(client.read_automation(made)),
        await client.delete_automation(await otherwise(tested, client.create_automation(update))),
    ]


ALL: list[Scenario] = [
    block_types,
    block_schemas,
    block_documents,
    secrets_of_blocks,
    variables,
    artifacts,
    automations,
]
