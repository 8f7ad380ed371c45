"""Names and schedules that no server takes: found nowhere, or refused with a ValueError, as with Prefect's client."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from prefectkit.compat import ObjectNotFound, SyncPrefectClient
from prefectkit.compat.schedule_checks import check_schedule, check_schedules
from prefectkit.errors import InvalidParameterError, UnaddressableNameError
from tests.compat.flat_clients import KINDS, use
from tests.compat.two_clients import official_names, own_names
from tests.real_server import RealServer

SLASH = "a/b?c"
BY_NAME = [
    "delete_concurrency_limit_by_tag",
    "delete_global_concurrency_limit_by_name",
    "delete_variable_by_name",
    "delete_work_pool",
    "get_scheduled_flow_runs_for_work_pool",
    "read_block_type_by_slug",
    "read_concurrency_limit_by_tag",
    "read_global_concurrency_limit_by_name",
    "read_variable_by_name",
    "read_work_pool",
    "read_work_pool_concurrency_status",
    "read_work_queue_by_name",
    "reset_concurrency_limit_by_tag",
]

# What is created or changed, with a name, by the method of the client.
NAMED: dict[str, Callable[[Any, str], Any]] = {
    "create_artifact": lambda actions, name: actions.ArtifactCreate(key=name, data="x"),
    "create_block_document": lambda actions, name: actions.BlockDocumentCreate(
        name=name, data={}, block_type_id=uuid4(), block_schema_id=uuid4()
    ),
    "create_block_type": lambda actions, name: actions.BlockTypeCreate(name=name, slug=name),
    "create_global_concurrency_limit": lambda actions, name: actions.GlobalConcurrencyLimitCreate(name=name, limit=1),
    "create_variable": lambda actions, name: actions.VariableCreate(name=name, value=1),
    "create_work_pool": lambda actions, name: actions.WorkPoolCreate(name=name),
    "update_variable": lambda actions, name: actions.VariableUpdate(name=name, value=1),
}


def outcome(call: Callable[[], Any]) -> str:
    try:
        return str(call())
    except ValueError:
        return "refused"
    except Exception as error:
        return type(error).__name__


def both(server: RealServer, call: Callable[[Any, Any], Any]) -> tuple[str, str]:
    """What comes of it with our client and with Prefect's own."""
    from prefect.client.orchestration import SyncPrefectClient as Official

    with SyncPrefectClient(server.url) as ours, Official(server.url) as theirs:
        return outcome(lambda: call(ours, own_names())), outcome(lambda: call(theirs, official_names()))


@pytest.mark.parametrize("method", BY_NAME)
def test_nothing_has_a_name_with_a_slash(method: str, server: RealServer) -> None:
    ours, theirs = both(server, lambda client, own: getattr(client, method)(SLASH))
    assert ours == theirs == ("None" if method == "read_variable_by_name" else "ObjectNotFound")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "a\n"])
def test_a_name_that_no_path_carries_is_not_sent(kind: str, name: str) -> None:
    def respond(request: Any) -> Any:
        raise AssertionError(f"{request.url} was sent")

    with pytest.raises(ObjectNotFound) as caught:
        use(kind, respond, lambda client: client.read_flow_by_name(name))
    assert repr(name) in str(caught.value)
    response: Any = caught.value.http_exc
    assert response.response.status_code == 404
    assert isinstance(caught.value.__cause__, UnaddressableNameError)


def test_prefects_own_error_catches_it() -> None:
    from prefect.exceptions import ObjectNotFound as Official

    with pytest.raises(Official), SyncPrefectClient("http://prefect.test/api") as client:
        client.read_work_pool(SLASH)


@pytest.mark.parametrize("method", NAMED)
@pytest.mark.parametrize("name", ["a/b", "ä&b"])
def test_a_name_that_the_server_bans_is_refused(method: str, name: str, server: RealServer) -> None:
    ours, theirs = both(server, lambda client, own: getattr(client, method)(NAMED[method](own.actions, name)))
    assert ours == theirs == "refused"


@pytest.mark.parametrize("name", ["", " ", "'\""])
def test_a_work_pool_needs_a_name(name: str, server: RealServer) -> None:
    pool = NAMED["create_work_pool"]
    ours, theirs = both(server, lambda client, own: client.create_work_pool(pool(own.actions, name)))
    assert ours == theirs == "refused"


def test_a_limit_is_not_given_a_banned_name(server: RealServer) -> None:
    def rename(client: Any, own: Any) -> Any:
        return client.update_global_concurrency_limit("x", own.actions.GlobalConcurrencyLimitUpdate(name="a/b"))

    assert both(server, rename) == ("refused", "refused")
    assert both(server, lambda client, own: client.upsert_global_concurrency_limit_by_name("a/b", 1)) == (
        "refused",
        "refused",
    )


@pytest.mark.parametrize(
    "schedule",
    [
        ("CronSchedule", {"cron": ""}),
        ("CronSchedule", {"cron": "0 9 * *"}),
        ("CronSchedule", {"cron": "61 * * * *"}),
        ("CronSchedule", {"cron": "*/0 * * * *"}),
        ("CronSchedule", {"cron": "@never"}),
        ("CronSchedule", {"cron": "R * * * *"}),
        ("CronSchedule", {"cron": "0 0 * * fri#6"}),
        ("CronSchedule", {"cron": "0 0 * * *", "timezone": "Nowhere/X"}),
        ("IntervalSchedule", {"interval": timedelta(0)}),
        ("IntervalSchedule", {"interval": timedelta(-1)}),
        ("IntervalSchedule", {"interval": timedelta(1), "timezone": "Nowhere/X"}),
        ("RRuleSchedule", {"rrule": ""}),
        ("RRuleSchedule", {"rrule": "every day"}),
        ("RRuleSchedule", {"rrule": "FREQ=NEVER"}),
        ("RRuleSchedule", {"rrule": "FREQ=DAILY;X=1"}),
        ("RRuleSchedule", {"rrule": "FREQ=DAILY;BYHOUR=" + ",".join(["1"] * 4000)}),
        ("RRuleSchedule", {"rrule": "FREQ=DAILY", "timezone": "Nowhere/X"}),
    ],
    ids=lambda schedule: f"{schedule[0]}-{list(schedule[1].values())[-1]!r:.40}",
)
def test_a_schedule_that_makes_no_sense_is_refused(schedule: tuple[str, Any], server: RealServer) -> None:
    name, fields = schedule
    new = UUID(int=1)

    def made(own: Any) -> Any:
        return own.actions.DeploymentScheduleCreate(schedule=getattr(own.schedules, name)(**fields))

    for call in (
        lambda client, own: client.create_deployment(new, "d", description="", schedules=[made(own)]),
        lambda client, own: client.update_deployment(new, own.actions.DeploymentUpdate(schedules=[made(own)])),
        lambda client, own: client.create_deployment_schedules(new, [made(own)]),
        lambda client, own: client.create_deployment_schedules(new, [(made(own).schedule, True)]),
        lambda client, own: client.update_deployment_schedule(new, new, schedule=made(own).schedule),
    ):
        assert both(server, call) == ("refused", "refused")


@pytest.mark.parametrize(
    "cron",
    [
        "0 9 * * 1-5",
        "@daily",
        "*/15 0,12 1-15/2 jan-mar mon,wed",
        "0 0 L * *",
        "0 0 ? * 5#2",
        "0 0 * * l5",
        "0 0 31 2 *",
        "0 0 * * SUN",
        "* * * * * 30",
        "5-1 * * * *",
    ],
)
def test_a_cron_expression_of_prefect_is_taken(cron: str) -> None:
    from prefect.client.schemas.schedules import CronSchedule

    check_schedule(CronSchedule(cron=cron))
    check_schedule({"cron": cron, "timezone": "Europe/Berlin"})


@pytest.mark.parametrize(
    "rrule",
    [
        "FREQ=WEEKLY;BYDAY=MO,WE",
        "RRULE:FREQ=MONTHLY;BYDAY=+1MO;COUNT=3",
        "DTSTART:20240101T000000\nRRULE:FREQ=DAILY;UNTIL=20250101T000000",
        "DTSTART:20240101T000000 RRULE:FREQ=DAILY",
        "DTSTART;TZID=Europe/Berlin:20240101T000000\nRRULE:FREQ=DAILY\nEXDATE:20240102T000000",
        "RDATE:20240101T000000",
        "interval=2;freq=daily",
    ],
)
def test_a_rule_of_prefect_is_taken(rrule: str) -> None:
    from prefect.client.schemas.schedules import RRuleSchedule

    check_schedule(RRuleSchedule(rrule=rrule))


def test_a_deployment_keeps_at_least_one_run_scheduled() -> None:
    with pytest.raises(InvalidParameterError, match="max_scheduled_runs must be at least 1, got 0"):
        check_schedules([{"schedule": {"cron": "@daily"}, "max_scheduled_runs": 0}])


def test_where_there_are_no_timezones_the_server_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> Any:
        raise KeyError(name)

    monkeypatch.setattr("prefectkit.compat.schedule_checks.ZoneInfo", missing)
    check_schedule({"cron": "@daily", "timezone": "Nowhere/X"})
