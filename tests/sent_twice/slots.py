"""Cases to send twice: concurrency limits and work pools."""

from __future__ import annotations

from uuid import UUID, uuid4

from prefectkit import Prefect
from tests.resources.stored import slug
from tests.sent_twice.doubling import Case, Cases, state

cases = Cases()


def new_tag(c: Prefect) -> tuple[UUID, str]:
    tag = slug()
    return c.concurrency_limits.create(tag=tag, concurrency_limit=9).id, tag


def taken(c: Prefect, id: UUID) -> int:
    """How many slots are: the limit of a tag is a global one too."""
    return c.global_concurrency_limits.read(id).active_slots


@cases.of("concurrency_limits.create")
def _(c: Prefect) -> Case:
    tag = slug()
    return Case(
        lambda to: to.concurrency_limits.create(tag=tag, concurrency_limit=2),
        lambda: state(c, f"/concurrency_limits/tag/{tag}"),
    )


@cases.of("concurrency_limits.delete")
def _(c: Prefect) -> Case:
    id, _ = new_tag(c)
    return Case(lambda to: to.concurrency_limits.delete(id), lambda: state(c, f"/concurrency_limits/{id}"))


@cases.of("concurrency_limits.delete_by_tag")
def _(c: Prefect) -> Case:
    id, tag = new_tag(c)
    return Case(lambda to: to.concurrency_limits.delete_by_tag(tag), lambda: state(c, f"/concurrency_limits/{id}"))


@cases.of("concurrency_limits.reset_by_tag")
def _(c: Prefect) -> Case:
    id, tag = new_tag(c)
    holder = uuid4()
    return Case(lambda to: to.concurrency_limits.reset_by_tag(tag, slot_override=[holder]), lambda: taken(c, id))


@cases.of("concurrency_limits.reset_by_tag", "without holders")
def _(c: Prefect) -> Case:
    id, tag = new_tag(c)
    c.concurrency_limits.increment(names=[tag], task_run_id=uuid4())
    return Case(lambda to: to.concurrency_limits.reset_by_tag(tag), lambda: state(c, f"/concurrency_limits/{id}"))


@cases.of("concurrency_limits.increment")
def _(c: Prefect) -> Case:
    id, tag = new_tag(c)
    holder = uuid4()
    return Case(lambda to: to.concurrency_limits.increment(names=[tag], task_run_id=holder), lambda: taken(c, id))


@cases.of("concurrency_limits.decrement")
def _(c: Prefect) -> Case:
    id, tag = new_tag(c)
    holder, other = uuid4(), uuid4()
    for each in (holder, other):
        c.concurrency_limits.increment(names=[tag], task_run_id=each)
    return Case(lambda to: to.concurrency_limits.decrement(names=[tag], task_run_id=holder), lambda: taken(c, id))


def new_limit(c: Prefect) -> tuple[UUID, str]:
    name = slug()
    return c.global_concurrency_limits.create(name=name, limit=9).id, name


@cases.of("global_concurrency_limits.create")
def _(c: Prefect) -> Case:
    name = slug()
    return Case(
        lambda to: to.global_concurrency_limits.create(name=name, limit=1),
        lambda: state(c, f"/v2/concurrency_limits/{name}"),
    )


@cases.of("global_concurrency_limits.update")
def _(c: Prefect) -> Case:
    id, name = new_limit(c)
    return Case(
        lambda to: to.global_concurrency_limits.update(name, limit=3), lambda: state(c, f"/v2/concurrency_limits/{id}")
    )


@cases.of("global_concurrency_limits.update", "renaming")
def _(c: Prefect) -> Case:
    id, name = new_limit(c)
    return Case(
        lambda to: to.global_concurrency_limits.update(name, name=name + "x"),
        lambda: state(c, f"/v2/concurrency_limits/{id}"),
    )


@cases.of("global_concurrency_limits.delete")
def _(c: Prefect) -> Case:
    id, name = new_limit(c)
    return Case(lambda to: to.global_concurrency_limits.delete(name), lambda: state(c, f"/v2/concurrency_limits/{id}"))


@cases.of("global_concurrency_limits.increment")
def _(c: Prefect) -> Case:
    id, name = new_limit(c)
    return Case(lambda to: to.global_concurrency_limits.increment(names=[name], slots=1), lambda: taken(c, id))


@cases.of("global_concurrency_limits.decrement")
def _(c: Prefect) -> Case:
    id, name = new_limit(c)
    c.global_concurrency_limits.increment(names=[name], slots=3)
    return Case(lambda to: to.global_concurrency_limits.decrement(names=[name], slots=1), lambda: taken(c, id))


@cases.of("global_concurrency_limits.increment_with_lease")
def _(c: Prefect) -> Case:
    id, name = new_limit(c)
    return Case(
        lambda to: to.global_concurrency_limits.increment_with_lease(names=[name], slots=1), lambda: taken(c, id)
    )


@cases.of("global_concurrency_limits.decrement_with_lease")
def _(c: Prefect) -> Case:
    id, name = new_limit(c)
    lease, _ = [c.global_concurrency_limits.increment_with_lease(names=[name], slots=1) for _ in range(2)]
    return Case(
        lambda to: to.global_concurrency_limits.decrement_with_lease(lease_id=lease.lease_id), lambda: taken(c, id)
    )


@cases.of("global_concurrency_limits.renew_lease")
def _(c: Prefect) -> Case:
    id, name = new_limit(c)
    lease = c.global_concurrency_limits.increment_with_lease(names=[name], slots=1)
    return Case(lambda to: to.global_concurrency_limits.renew_lease(lease.lease_id), lambda: taken(c, id))


def new_pool(c: Prefect) -> str:
    return c.work_pools.create(name=slug()).name


@cases.of("work_pools.create")
def _(c: Prefect) -> Case:
    name = slug()
    return Case(lambda to: to.work_pools.create(name=name), lambda: state(c, f"/work_pools/{name}"))


@cases.of("work_pools.update")
def _(c: Prefect) -> Case:
    name = new_pool(c)
    return Case(lambda to: to.work_pools.update(name, is_paused=True), lambda: state(c, f"/work_pools/{name}"))


@cases.of("work_pools.delete")
def _(c: Prefect) -> Case:
    name = new_pool(c)
    return Case(lambda to: to.work_pools.delete(name), lambda: state(c, f"/work_pools/{name}"))


@cases.of("work_pools.queues.create")
def _(c: Prefect) -> Case:
    pool = new_pool(c)
    return Case(
        lambda to: to.work_pools.queues.create(pool, name="a"),
        lambda: state(c, f"/work_pools/{pool}/queues/filter", {}),
    )


@cases.of("work_pools.queues.update")
def _(c: Prefect) -> Case:
    pool = new_pool(c)
    for name in ("a", "b"):
        c.work_pools.queues.create(pool, name=name)
    return Case(
        lambda to: to.work_pools.queues.update(pool, "b", priority=1),
        lambda: state(c, f"/work_pools/{pool}/queues/filter", {}),
    )


@cases.of("work_pools.queues.update", "renaming")
def _(c: Prefect) -> Case:
    pool = new_pool(c)
    c.work_pools.queues.create(pool, name="a")
    return Case(
        lambda to: to.work_pools.queues.update(pool, "a", name="b"),
        lambda: state(c, f"/work_pools/{pool}/queues/filter", {}),
    )


@cases.of("work_pools.queues.delete")
def _(c: Prefect) -> Case:
    pool = new_pool(c)
    c.work_pools.queues.create(pool, name="a")
    return Case(
        lambda to: to.work_pools.queues.delete(pool, "a"), lambda: state(c, f"/work_pools/{pool}/queues/filter", {})
    )


@cases.of("work_pools.workers.heartbeat")
def _(c: Prefect) -> Case:
    pool = new_pool(c)
    return Case(
        lambda to: to.work_pools.workers.heartbeat(pool, name="a"),
        lambda: state(c, f"/work_pools/{pool}/workers/filter", {}),
    )


@cases.of("work_pools.workers.delete")
def _(c: Prefect) -> Case:
    pool = new_pool(c)
    c.work_pools.workers.heartbeat(pool, name="a")
    return Case(
        lambda to: to.work_pools.workers.delete(pool, "a"), lambda: state(c, f"/work_pools/{pool}/workers/filter", {})
    )


def new_queue(c: Prefect) -> UUID:
    return c.work_queues.create(name=slug()).id


@cases.of("work_queues.create")
def _(c: Prefect) -> Case:
    name = slug()
    return Case(lambda to: to.work_queues.create(name=name), lambda: state(c, f"/work_queues/name/{name}"))


@cases.of("work_queues.update")
def _(c: Prefect) -> Case:
    id, name = new_queue(c), slug()
    return Case(lambda to: to.work_queues.update(id, name=name, is_paused=True), lambda: state(c, f"/work_queues/{id}"))


@cases.of("work_queues.delete")
def _(c: Prefect) -> Case:
    id = new_queue(c)
    return Case(lambda to: to.work_queues.delete(id), lambda: state(c, f"/work_queues/{id}"))
