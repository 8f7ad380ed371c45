"""What a client says of its plugins: `client.plugins`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

BUILT_IN: Final = "built-in"
"""Where the SDK's own plugins come from."""


class LoadedPlugin:
    """A plugin of a client.

    Attributes:
        name: What it goes by.
        source: The distribution and version that it came with, `built-in`, or `this client` for its own.
        hooks: Those that it implements, in call order.
        secrets: Whether it sees secrets: it asked to, and the user allowed it.
        failures: How often its observers raised on this client.
        switched_off: Its observers that are not called any more, having failed too often in a row.
    """

    __slots__ = ("failures", "hooks", "name", "secrets", "source", "switched_off")

    def __init__(self, name: str, source: str, *, secrets: bool = False, hooks: Iterable[str] = ()) -> None:
        self.name = name
        self.source = source
        self.secrets = secrets
        self.hooks = tuple(hooks)
        self.failures = 0
        self.switched_off: list[str] = []

    def __repr__(self) -> str:
        text = f"{self.name} ({self.source}): {', '.join(self.hooks)}"
        if self.failures:
            text += f"; failed {self.failures} times"
        if self.switched_off:
            text += f"; {', '.join(self.switched_off)} switched off"
        return f"<{text}>"


class PluginList(tuple[LoadedPlugin, ...]):
    """The plugins of a client, in call order.

    Attributes:
        refused: The plugins that are not in use, by name, and why.
    """

    refused: Mapping[str, str]

    @classmethod
    def of(cls, plugins: Iterable[LoadedPlugin], refused: Mapping[str, str]) -> PluginList:
        made = cls(plugins)
        made.refused = dict(refused)
        return made

    @property
    def names(self) -> list[str]:
        """What they go by."""
        return [plugin.name for plugin in self]
