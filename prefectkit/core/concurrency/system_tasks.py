"""System tasks: tasks that no scope owns and that outlive the function that starts them, on asyncio and trio."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from contextvars import Context, copy_context
from typing import Any

import sniffio


def spawn_system_task(
    run: Callable[[], Coroutine[Any, Any, None]],
    *,
    context: Context | None = None,
    on_end: Callable[[], object] | None = None,
) -> Callable[[], object]:
    """Start a task in the running event loop that no scope owns.

    Args:
        run: What the task runs. It must not raise: nothing handles its errors.
        context: The task runs in a copy of it; the caller's context if not given. It may come from another event loop.
        on_end: Called when the task ends, even if it never ran.

    Returns:
        A function that cancels the task. Keep it while the task runs: asyncio itself does not keep tasks alive.
    """
    library = sniffio.current_async_library()
    context = copy_context() if context is None else context.copy()
    context.run(sniffio.current_async_library_cvar.set, library)
    if library == "trio":
        # trio may not be installed, but it is imported if it runs.
        import trio

        scope = trio.CancelScope()

        async def run_in_scope() -> None:
            try:
                with scope:
                    await run()
            finally:
                if on_end is not None:
                    on_end()

        trio.lowlevel.spawn_system_task(run_in_scope, context=context)
        return scope.cancel
    # Imported lazily: a sync client never needs it.
    import asyncio

    task = asyncio.get_running_loop().create_task(run(), context=context)
    if on_end is not None:
        task.add_done_callback(lambda _: on_end())
    return task.cancel
