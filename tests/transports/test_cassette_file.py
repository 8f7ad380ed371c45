"""The file: its format, damaged files, the lock of its writer, atomic writing."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import anyio
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from prefectkit.core.errors import CassetteError, CassetteVersionError
from prefectkit.core.http.messages import Request, Response
from prefectkit.transports.cassette import AsyncCassetteTransport, CassetteTransport, store
from prefectkit.version import __version__
from tests.transports.cassette_fakes import AsyncFake, Cassette, SyncFake, json_response, lines, record, replay, request


@pytest.fixture(autouse=True)
def _no_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.jsonl"


def test_the_form(path: Path) -> None:
    responses = iter([json_response("3.8.8"), json_response("0.8.4", 404), Response(204)])
    record(
        path,
        request("GET", "/admin/version"),
        request("GET", "/version"),
        request("GET", "/?b=1&a="),
        respond=lambda _: next(responses),
    )
    assert lines(path) == [
        {"cassette": 1, "sdk": __version__, "server": "3.8.8", "records": 3},
        {
            "request": {"method": "GET", "path": "/admin/version", "headers": {"content-type": "application/json"}},
            "response": {"status": 200, "headers": {"content-type": "application/json"}, "body": {"json": "3.8.8"}},
        },
        {
            "request": {"method": "GET", "path": "/version", "headers": {"content-type": "application/json"}},
            "response": {"status": 404, "headers": {"content-type": "application/json"}, "body": {"json": "0.8.4"}},
        },
        {
            "request": {
                "method": "GET",
                "path": "/",
                "query": [["b", "1"], ["a", ""]],
                "headers": {"content-type": "application/json"},
            },
            "response": {"status": 204},
        },
    ]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    [empty] = replay(path, request("GET", "/?a=&b=1"))
    assert (empty.status, empty.headers, empty.body) == (204, {}, b"")


def test_the_server_version_is_the_last_one_recorded_and_else_kept(path: Path) -> None:
    record(path, request("GET", "/admin/version"), respond=lambda _: json_response({"not": "a version"}))
    assert "server" not in lines(path)[0]
    record(path, request("GET", "/admin/version"), respond=lambda _: json_response("3.7.0"))
    record(path, request(), mode="new_episodes")
    assert lines(path)[0]["server"] == "3.7.0"
    record(path, request("GET", "/admin/version"), mode="all", respond=lambda _: json_response("3.8.8"))
    assert lines(path)[0]["server"] == "3.8.8"


@pytest.mark.parametrize(
    ("body", "content_type", "stored"),
    [
        (b'{"a": 1.0, "b": [null]}', "application/json", {"json": {"a": 1.0, "b": [None]}}),
        (b"[1]", "", {"json": [1]}),
        (b"null", "application/json", {"json": None}),
        (b"1.50", "text/plain", {"text": "1.50"}),
        (b'{"a": 1', "application/json", {"text": '{"a": 1'}),
        (b"\xef\xbb\xbfx,y\r\n", "text/csv", {"text": "\ufeffx,y\r\n"}),
        ("a\u2028b\n".encode(), "text/plain", {"text": "a\u2028b\n"}),
        (b"\x89PNG\xff", "image/png", {"base64": "iVBOR/8="}),
        (b'"\xff"', "application/json", {"base64": "Iv8i"}),
        (b"[" * 150 + b"]" * 150, "application/json", {"text": "[" * 150 + "]" * 150}),
        (b'{"a":' * 2000 + b"1" + b"}" * 2000, "application/json", {"text": '{"a":' * 2000 + "1" + "}" * 2000}),
        (b"123456789012345678901234567890", "application/json", {"json": 123456789012345678901234567890}),
    ],
)
def test_bodies_are_stored_in_their_most_readable_form(path: Path, body: bytes, content_type: str, stored: Any) -> None:
    asked = Request("POST", "http://a", "/x", body=body, headers={"content-type": content_type})
    record(path, asked, respond=lambda _: Response(200, {"content-type": content_type}, body))
    line = lines(path)[1]
    assert line["response"]["body"] == line["request"]["body"] == stored
    [again] = replay(path, asked)
    assert again.body == body.replace(b" ", b"") if "json" in stored else again.body == body
    assert again.headers["content-length"] == str(len(again.body))


def test_encoding_and_length_are_those_of_the_replayed_body(path: Path) -> None:
    headers = {"content-encoding": "gzip", "content-length": "99", "transfer-encoding": "chunked"}
    record(path, request(), respond=lambda _: json_response({"a": 1}, headers=headers))
    [again] = replay(path, request())
    assert again.headers == {"content-type": "application/json", "content-length": "7"}


def test_every_truncation_is_noticed(path: Path) -> None:
    record(path, request(body={"name": "é"}), request("GET", "/flows/1"))
    whole = path.read_bytes()
    for size in range(len(whole) - 1):
        path.write_bytes(whole[:size])
        with pytest.raises(CassetteError, match=r"is empty|line \d+"):
            replay(path)
    path.write_bytes(whole[:-1])
    assert len(replay(path, request("GET", "/flows/1"))) == 1


def test_any_line_end_will_do(path: Path) -> None:
    record(path, request(body={"a": 1}))
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n") + b"\n\n")
    assert len(replay(path, request(body={"a": 1}))) == 1


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "truncated"),
        ("[]", "Expected `object`"),
        ("{}", "missing required field `request`"),
        ('{"request": {"method": "GET"}}', "missing required field `path`"),
        ('{"request": {"method": "GET", "path": "/"}}', "either a `response` or a `fault`"),
        ('{"request": {"method": "GET", "path": "/"}, "response": {"status": 7}}', "status"),
        (
            '{"request": {"method": "GET", "path": "/"}, "response": {"status": 200, "body": {}}}',
            "a body has exactly one of",
        ),
        ('{"request": {"method": "GET", "path": "/", "body": {"text": "", "json": 1}}}', "a body has exactly one of"),
        ('{"request": {"method": "GET", "path": "/", "body": {"base64": "é"}}}', "body"),
        ('{"request": {"method": "GET", "path": "/", "body": {"base64": "abc"}}}', "padding"),
        (
            '{"request": {"method": "GET", "path": "/"},'
            ' "fault": {"type": "SystemExit", "phase": "ambiguous", "message": "", "retryable": true}}',
            "a fault is one of ConnectError",
        ),
        (
            '{"request": {"method": "GET", "path": "/"},'
            ' "fault": {"type": "ConnectError", "phase": "?", "message": "", "retryable": true}}',
            "Invalid enum value",
        ),
        ('{"request": "\udcff"}', "line 3"),
        ('{"request": {"method": "\udcff"}}', "UTF-8"),
        ('{"request": {"method": "GET", "path": "/", "body": {"json": ' + "[" * 300 + "]" * 300 + "}}}", "100 levels"),
        ('{"request": ' + "[" * 5000, "line 3 is damaged"),
    ],
)
def test_a_damaged_line_is_named(path: Path, line: str, reason: str) -> None:
    record(path, request())
    first, second = path.read_text().splitlines()
    path.write_bytes("\n".join([first, second, line, second]).encode("utf-8", "surrogateescape"))
    with pytest.raises(CassetteError, match="line 3 is damaged") as raised:
        replay(path)
    assert reason.lower() in str(raised.value).lower()
    assert str(path) in str(raised.value)


@pytest.mark.slow
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_the_bytes_it_loads_or_says_why(tmp_path: Path, data: st.DataObject) -> None:
    path = tmp_path / "a.jsonl"
    record(path, request("GET", "/a?b=c"), request(body={"password": "abcdef1", "n": [1.5, None, "é"]}))
    damaged = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(damaged) - 1))
        damaged[place : place + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    path.write_bytes(damaged)
    try:
        replay(path, request("GET", "/a?b=c"))
    except CassetteError as error:
        assert str(path) in str(error)


def test_a_lost_line_is_noticed_and_an_edited_count_obeyed(path: Path) -> None:
    record(path, request(body={"a": 1}), request(body={"a": 2}))
    head, first, _ = path.read_text().splitlines()
    path.write_text(f"{head}\n{first}\n")
    with pytest.raises(CassetteError, match="line 2: the file has 1 records, but its first line declares 2"):
        replay(path)
    path.write_text(f'{{"cassette": 1}}\n{first}\n')
    assert len(replay(path, request(body={"a": 1}))) == 1


@pytest.mark.parametrize("head", ['{"cassette": 2, "sdk": {"is": "new"}}', '{"cassette": 0}'])
def test_another_version_is_refused(path: Path, head: str) -> None:
    path.write_text(f"{head}\nanything\n")
    with pytest.raises(CassetteVersionError, match=r"of version \d, but this release of prefectkit reads version 1"):
        replay(path)


@pytest.mark.parametrize("head", ['{"log": {}}', "- request:", '{"cassette": "1"}', '{"cassette": 1, "records": "x"}'])
def test_another_file_is_refused(path: Path, head: str) -> None:
    path.write_text(f"{head}\n")
    with pytest.raises(CassetteError, match="line 1 is damaged") as raised:
        replay(path)
    assert not isinstance(raised.value, CassetteVersionError)


def test_unreadable_and_unwritable_files_are_reported(path: Path) -> None:
    path.mkdir()
    with pytest.raises(CassetteError, match="cannot be read"):
        replay(path)
    file = path / "file"
    file.write_text("")
    with pytest.raises(CassetteError, match="cannot be written"):
        record(file / "b.jsonl", request())


def test_a_damaged_file_leaves_no_lock_behind(path: Path) -> None:
    path.write_text("damaged")
    for _ in range(2):
        with pytest.raises(CassetteError, match="line 1 is damaged"):
            record(path, request(), mode="new_episodes")
    assert os.listdir(path.parent) == [path.name]


@pytest.mark.parametrize("failing", ["replace", "fsync"])
@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "no space"), KeyboardInterrupt()], ids=["full", "interrupted"])
def test_a_crash_while_writing_leaves_the_old_file(
    path: Path, failing: str, error: BaseException, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(path, request(body={"a": 1}))
    before = path.read_bytes()

    def crash(*_: object) -> NoReturn:
        raise error

    cassette = Cassette("sync", path, mode="new_episodes")
    cassette.send(request(body={"a": 2}))
    with monkeypatch.context() as patched:
        patched.setattr(f"os.{failing}", crash)
        with pytest.raises(CassetteError if isinstance(error, OSError) else KeyboardInterrupt):
            cassette.close()
    assert path.read_bytes() == before
    assert os.listdir(path.parent) == [path.name]
    record(path, request(body={"a": 3}), mode="new_episodes")
    assert lines(path)[0]["records"] == 2


def test_a_second_writer_is_refused_until_the_first_is_done(path: Path) -> None:
    first = Cassette("sync", path, mode="once")
    first.send(request())
    for mode in ("once", "new_episodes", "all", "rewrite"):
        with pytest.raises(CassetteError, match="is being recorded by another writer"):
            Cassette("sync", path, mode=mode)
    first.close()
    record(path, request(body={"a": 1}), mode="new_episodes")
    assert lines(path)[0]["records"] == 2


def test_another_process_is_a_second_writer(path: Path) -> None:
    script = (
        "import sys\n"
        "from prefectkit.transports.cassette.store import WriterLock\n"
        "from pathlib import Path\n"
        "lock = WriterLock(Path(sys.argv[1]))\n"
        "print('locked', flush=True)\n"
        "sys.stdin.read()\n"
    )
    root = Path(store.__file__).parents[3]
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(root)},
    )
    with process:
        assert process.stdout is not None and process.stdin is not None
        assert process.stdout.readline() == b"locked\n"
        with pytest.raises(CassetteError, match="another writer"):
            Cassette("sync", path, mode="once")
        process.stdin.close()
        process.wait()
    # It left its lock file behind, as a crashed process does, and that locks nothing.
    record(path, request(), mode="once")
    assert len(lines(path)) == 2


def test_a_lock_file_that_was_unlinked_in_between_is_no_lock(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def flock(_: int) -> None:
        Path(f"{path}.lock").unlink()

    monkeypatch.setattr(store, "_flock", flock)
    with pytest.raises(CassetteError, match="another writer"):
        store.WriterLock(path)


def test_once_replays_what_another_writer_finished_in_between(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = store.WriterLock.__init__

    def late(lock: store.WriterLock, where: Path) -> None:
        monkeypatch.setattr(store.WriterLock, "__init__", real)
        record(path, request())
        real(lock, where)

    monkeypatch.setattr(store.WriterLock, "__init__", late)
    cassette = Cassette("sync", path, mode="once")
    assert cassette.transport.is_playback
    assert os.listdir(path.parent) == [path.name]


def test_without_fcntl_it_works_unlocked(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fcntl", None)
    record(path, request(), mode="once")
    assert len(replay(path, request())) == 1


def test_threads_record_and_replay(path: Path) -> None:
    def echo(asked: Request) -> Response:
        return Response(200, {"content-type": "application/json"}, asked.body)

    def run(transport: CassetteTransport) -> list[str]:
        wrong: list[str] = []
        start = threading.Barrier(8)

        def work(number: int) -> None:
            start.wait()
            for index in range(20):
                asked = request(body={"worker": number, "index": index % 10})
                if transport.send(asked).json() != {"worker": number, "index": index % 10}:
                    wrong.append(f"{number}.{index}")

        threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        transport.close()
        return wrong

    assert run(CassetteTransport(path, SyncFake(echo), mode="once")) == []
    assert lines(path)[0]["records"] == 160
    assert run(CassetteTransport(path, strict_close=True)) == []


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio", "trio"])
async def test_tasks_record_and_replay(path: Path, anyio_backend: str) -> None:
    async def run(transport: AsyncCassetteTransport) -> dict[int, Any]:
        got: dict[int, Any] = {}

        async def work(number: int) -> None:
            got[number] = (await transport.send(request(body={"task": number}))).json()

        async with anyio.create_task_group() as group:
            for number in range(30):
                group.start_soon(work, number)
        await transport.aclose()
        return got

    expected = {number: {"task": number} for number in range(30)}
    inner = AsyncFake(lambda asked: Response(200, {"content-type": "application/json"}, asked.body))
    assert await run(AsyncCassetteTransport(path, inner, mode="once")) == expected
    assert await run(AsyncCassetteTransport(path, strict_close=True)) == expected


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio", "trio"])
async def test_a_cancelled_request_is_not_recorded(path: Path, anyio_backend: str) -> None:
    class Slow(AsyncFake):
        async def send(self, request: Request) -> Response:
            await anyio.sleep_forever()
            raise AssertionError

    transport = AsyncCassetteTransport(path, Slow(), mode="once")
    with anyio.CancelScope() as scope:
        async with anyio.create_task_group() as group:
            group.start_soon(transport.send, request())
            await anyio.lowlevel.checkpoint()
            scope.cancel()
    await transport.aclose()
    assert not path.exists()


def test_a_file_that_is_not_a_cassette_is_refused(path: Path) -> None:
    os.mkfifo(path)
    with pytest.raises(CassetteError, match="cannot be read: it is not a regular file"):
        CassetteTransport(path)
    with pytest.raises(CassetteError, match="cannot be read: it is not a regular file"):
        CassetteTransport("/dev/zero")
    with pytest.raises(CassetteError, match="cannot be read: Is a directory"):
        CassetteTransport(path.parent)
    link = path.with_name("link")
    link.symlink_to(link)
    with pytest.raises(CassetteError, match="there is no cassette at"):
        CassetteTransport(link)
    with pytest.raises(CassetteError, match="there is no cassette at"):
        store.load(path.with_name("absent"))


def test_a_cassette_is_of_bounded_size(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "MAX_LINES", 3)
    record(path, request(), request())
    assert len(replay(path, request(), request())) == 2
    before = path.read_bytes()
    path.write_bytes(before + b"\n")
    with pytest.raises(CassetteError, match="more than 3 lines"):
        CassetteTransport(path)
    with pytest.raises(CassetteError, match="at most 3 lines"):
        record(path.with_name("b"), request(), request(), request())
    assert not path.with_name("b").exists()
    path.write_bytes(before)
    monkeypatch.setattr(store, "MAX_BYTES", len(before))
    assert len(replay(path, request(), request())) == 2
    with store_limit(monkeypatch, len(before) - 1):
        with pytest.raises(CassetteError, match=f"larger than {len(before) - 1} bytes"):
            CassetteTransport(path)
        with pytest.raises(CassetteError, match="was not written"):
            store.save(path, before.splitlines())
    assert path.read_bytes() == before
    store.save(path, before.splitlines())


@contextmanager
def store_limit(monkeypatch: pytest.MonkeyPatch, most: int) -> Generator[None]:
    with monkeypatch.context() as patch:
        patch.setattr(store, "MAX_BYTES", most)
        yield


def test_a_link_in_place_of_the_lock_is_not_followed(path: Path) -> None:
    lock, victim = Path(f"{path}.lock"), path.with_name("victim")
    lock.symlink_to(victim)
    for content in (None, "precious"):
        if content is not None:
            victim.write_text(content)
        with pytest.raises(CassetteError, match=r"a\.jsonl\.lock is a symbolic link, which cannot be a lock file"):
            record(path, request())
        assert victim.exists() == (content is not None)
    assert victim.read_text() == "precious"
    lock.unlink()
    os.mkfifo(lock)
    record(path, request())
    assert path.exists()
