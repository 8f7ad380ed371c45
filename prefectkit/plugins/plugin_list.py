"""The list of a client's plugins: `client.plugins`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

BUILT_IN: Final = "built-in"
"""The source of the SDK's own plugins."""

OWN: Final = "this client"
"""The source of plugins that the user passes to the client as objects or modules."""


class LoadedPlugin:
    """A plugin of a client.

    Attributes:
        name: Its name.
        source: Its distribution and version, `built-in`, or `this client` if the user passed it as an object.
        hooks: The hooks that it implements, in call order.
        secrets: Whether it sees secrets: the user passed it as an object, or it asks to and is allowed.
        failures: How often its observers raised on this client.
        switched_off: Its observers that are not called any more, after too many failures in a row.
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
        refused: Why plugins were refused, by name.
    """

    refused: Mapping[str, str]

    @classmethod
    def of(cls, plugins: Iterable[LoadedPlugin], refused: Mapping[str, str]) -> PluginList:
        made = cls(plugins)
        made.refused = dict(refused)
        return made

    @property
    def names(self) -> list[str]:
        """The names of the plugins."""
        return [plugin.name for plugin in self]
