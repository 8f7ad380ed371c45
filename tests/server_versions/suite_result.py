"""The result of one run of the test suite against one server: the operations sent, and how each ended."""

from __future__ import annotations

from pathlib import Path

import msgspec


class SuiteResult(msgspec.Struct):
    """Operations by name.

    Attributes:
        version: The version that the server reports.
        tried: The operations that were sent.
        absent: The operations missing from the server's OpenAPI document, whose calls raised for that reason.
        refused_fields: The fields, by operation, that only a newer server accepts.
        failed: The failures by operation, or by test if they belong to no operation.
        not_tried: The operations that no test sent.
    """

    version: str
    tried: set[str] = msgspec.field(default_factory=set)
    absent: set[str] = msgspec.field(default_factory=set)
    refused_fields: dict[str, set[str]] = msgspec.field(default_factory=dict)
    failed: dict[str, list[str]] = msgspec.field(default_factory=dict)
    not_tried: set[str] = msgspec.field(default_factory=set)

    @property
    def passed(self) -> set[str]:
        """The operations that were sent, that the server has, and whose tests passed."""
        return self.tried - self.absent - self.failed.keys()

    def fail(self, name: str, why: str) -> None:
        self.failed.setdefault(name, []).append(why)

    def save(self, path: Path) -> None:
        path.write_bytes(msgspec.json.format(msgspec.json.encode(self, order="sorted")))

    @classmethod
    def load(cls, path: Path) -> SuiteResult:
        return msgspec.json.decode(path.read_bytes(), type=cls)


HEAD = ("version", "operations tried", "passed", "absent", "failed")


def table(results: list[SuiteResult]) -> str:
    """One line for each server, then the operations that each lacks or failed."""
    counts = [(it.version, len(it.tried), len(it.passed), len(it.absent), len(it.failed)) for it in results]
    rows = [HEAD, *(tuple(map(str, row)) for row in counts)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    for it in results:
        lines += [f"{it.version} has no {name}" for name in sorted(it.absent)]
        fields = {name: ", ".join(sorted(it.refused_fields[name])) for name in sorted(it.refused_fields)}
        lines += [f"{it.version} takes no {refused} in {name}" for name, refused in fields.items()]
        lines += [f"{it.version}: no test sends {name}" for name in sorted(it.not_tried)]
        lines += [f"{it.version} FAILED {name}: {why}" for name in sorted(it.failed) for why in it.failed[name]]
    return "\n".join(lines)
