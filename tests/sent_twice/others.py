"""Cases to send twice: everything except runs."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from prefectkit import Prefect
from prefectkit.models import BlockDocument, BlockType, DoNothing, Event, EventTrigger
from prefectkit.models.filters import EventFilter, EventResourceFilter
from tests.resources.stored import RESULT_STORAGE, slug, stored_events
from tests.sent_twice.doubling import Case, Cases, state

cases = Cases()


def new_block_type(c: Prefect) -> BlockType:
    name = slug()
    return c.block_types.create(name=name, slug=name)


def new_block_schema(c: Prefect) -> tuple[UUID, UUID]:
    """A block type and a schema of it."""
    block_type = new_block_type(c)
    fields = {"title": block_type.name, "type": "object", "properties": {}}
    return block_type.id, c.block_schemas.create(block_type_id=block_type.id, fields=fields).id


def new_block_document(c: Prefect) -> BlockDocument:
    type_id, schema_id = new_block_schema(c)
    return c.block_documents.create(name=slug(), block_type_id=type_id, block_schema_id=schema_id, data={"a": 1})


@cases.of("block_types.create")
def _(c: Prefect) -> Case:
    name = slug()
    return Case(lambda to: to.block_types.create(name=name, slug=name), lambda: state(c, f"/block_types/slug/{name}"))


@cases.of("block_types.update")
def _(c: Prefect) -> Case:
    id = new_block_type(c).id
    return Case(lambda to: to.block_types.update(id, description="new"), lambda: state(c, f"/block_types/{id}"))


@cases.of("block_types.delete")
def _(c: Prefect) -> Case:
    id = new_block_type(c).id
    return Case(lambda to: to.block_types.delete(id), lambda: state(c, f"/block_types/{id}"))


@cases.of("block_types.install_system_block_types")
def _(c: Prefect) -> Case:
    return Case(
        lambda to: to.block_types.install_system_block_types(), lambda: sorted(it.slug for it in c.block_types.list())
    )


@cases.of("block_schemas.create")
def _(c: Prefect) -> Case:
    type_id = new_block_type(c).id
    fields: dict[str, Any] = {"title": slug(), "type": "object", "properties": {}}
    body = {"block_schemas": {"block_type_id": {"any_": [str(type_id)]}}}
    return Case(
        lambda to: to.block_schemas.create(block_type_id=type_id, fields=fields),
        lambda: state(c, "/block_schemas/filter", body),
    )


@cases.of("block_schemas.delete")
def _(c: Prefect) -> Case:
    _, id = new_block_schema(c)
    return Case(lambda to: to.block_schemas.delete(id), lambda: state(c, f"/block_schemas/{id}"))


@cases.of("block_documents.create")
def _(c: Prefect) -> Case:
    type_id, schema_id = new_block_schema(c)
    body = {"block_documents": {"block_type_id": {"any_": [str(type_id)]}, "is_anonymous": {"eq_": True}}}
    return Case(
        lambda to: to.block_documents.create(block_type_id=type_id, block_schema_id=schema_id, is_anonymous=True),
        lambda: state(c, "/block_documents/count", body),
    )


@cases.of("block_documents.create", "with a name")
def _(c: Prefect) -> Case:
    type_id, schema_id = new_block_schema(c)
    body = {"block_documents": {"block_type_id": {"any_": [str(type_id)]}}}
    return Case(
        lambda to: to.block_documents.create(name="a", block_type_id=type_id, block_schema_id=schema_id),
        lambda: state(c, "/block_documents/count", body),
    )


@cases.of("block_documents.update")
def _(c: Prefect) -> Case:
    id = new_block_document(c).id
    return Case(lambda to: to.block_documents.update(id, data={"b": 2}), lambda: state(c, f"/block_documents/{id}"))


@cases.of("block_documents.delete")
def _(c: Prefect) -> Case:
    id = new_block_document(c).id
    return Case(lambda to: to.block_documents.delete(id), lambda: state(c, f"/block_documents/{id}"))


@cases.of("admin.update_storage")
def _(c: Prefect) -> Case:
    id = new_result_storage(c)
    return Case(
        lambda to: to.admin.update_storage(default_result_storage_block_id=id), lambda: state(c, "/admin/storage")
    )


@cases.of("admin.clear_storage")
def _(c: Prefect) -> Case:
    c.admin.update_storage(default_result_storage_block_id=new_result_storage(c))
    return Case(lambda to: to.admin.clear_storage(), lambda: state(c, "/admin/storage"))


def new_result_storage(c: Prefect) -> UUID:
    c.block_types.install_system_block_types()
    kind = c.block_types.read_by_slug(RESULT_STORAGE)
    schemas = c.block_schemas.list(block_schemas={"block_type_id": {"any_": [kind.id]}})
    return c.block_documents.create(
        name=slug(), block_type_id=kind.id, block_schema_id=schemas[0].id, data={"basepath": "x"}
    ).id


def automation(**fields: Any) -> dict[str, Any]:
    return {"name": slug(), "trigger": EventTrigger(expect={"a"}), "actions": [DoNothing()]} | fields


@cases.of("automations.create")
def _(c: Prefect) -> Case:
    wanted = automation()
    body = {"automations": {"name": {"any_": [wanted["name"]]}}}
    return Case(lambda to: to.automations.create(**wanted), lambda: state(c, "/automations/count", body))


@cases.of("automations.update")
def _(c: Prefect) -> Case:
    id, wanted = c.automations.create(**automation()).id, automation(tags=["a"])
    return Case(lambda to: to.automations.update(id, **wanted), lambda: state(c, f"/automations/{id}"))


@cases.of("automations.patch")
def _(c: Prefect) -> Case:
    id = c.automations.create(**automation()).id
    return Case(lambda to: to.automations.patch(id, enabled=False), lambda: state(c, f"/automations/{id}"))


@cases.of("automations.delete")
def _(c: Prefect) -> Case:
    id = c.automations.create(**automation()).id
    return Case(lambda to: to.automations.delete(id), lambda: state(c, f"/automations/{id}"))


@cases.of("automations.delete_owned_by")
def _(c: Prefect) -> Case:
    owner = f"prefect.deployment.{uuid4()}"
    id = c.automations.create(**automation(owner_resource=owner)).id
    return Case(lambda to: to.automations.delete_owned_by(owner), lambda: state(c, f"/automations/{id}"))


@cases.of("events.create")
def _(c: Prefect) -> Case:
    resource = {"prefect.resource.id": slug()}
    these = EventFilter(resource=EventResourceFilter(id=[resource["prefect.resource.id"]]))

    def count() -> int:
        stored_events(c)
        return c.events.list(filter=these).total

    return Case(lambda to: to.events.create([Event(event="a", resource=resource)]), count)


@cases.of("saved_searches.create")
def _(c: Prefect) -> Case:
    name = slug()
    filters = [{"object": "flow_run", "property": "name", "type": "string", "operation": "equals", "value": "a"}]
    return Case(
        lambda to: to.saved_searches.create(name=name, filters=filters),
        lambda: [each for each in state(c, "/saved_searches/filter", {}) if each["name"] == name],
    )


@cases.of("saved_searches.delete")
def _(c: Prefect) -> Case:
    id = c.saved_searches.create(name=slug()).id
    return Case(lambda to: to.saved_searches.delete(id), lambda: state(c, f"/saved_searches/{id}"))


def new_variable(c: Prefect) -> tuple[UUID, str]:
    name = slug()
    return c.variables.create(name=name, value=1).id, name


@cases.of("variables.create")
def _(c: Prefect) -> Case:
    name = slug()
    return Case(lambda to: to.variables.create(name=name, value=1), lambda: state(c, f"/variables/name/{name}"))


@cases.of("variables.update")
def _(c: Prefect) -> Case:
    id, name = new_variable(c)
    return Case(lambda to: to.variables.update(id, name=name + "x", value=2), lambda: state(c, f"/variables/{id}"))


@cases.of("variables.update_by_name")
def _(c: Prefect) -> Case:
    id, name = new_variable(c)
    return Case(lambda to: to.variables.update_by_name(name, value=2), lambda: state(c, f"/variables/{id}"))


@cases.of("variables.update_by_name", "renaming")
def _(c: Prefect) -> Case:
    id, name = new_variable(c)
    return Case(lambda to: to.variables.update_by_name(name, name=name + "x"), lambda: state(c, f"/variables/{id}"))


@cases.of("variables.delete")
def _(c: Prefect) -> Case:
    id, _ = new_variable(c)
    return Case(lambda to: to.variables.delete(id), lambda: state(c, f"/variables/{id}"))


@cases.of("variables.delete_by_name")
def _(c: Prefect) -> Case:
    id, name = new_variable(c)
    return Case(lambda to: to.variables.delete_by_name(name), lambda: state(c, f"/variables/{id}"))
