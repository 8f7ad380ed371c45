"""What one run of the suite learnt of one server: which operations were sent, and what became of them."""

from __future__ import annotations

from pathlib import Path

import msgspec


class Tally(msgspec.Struct):
    """Operations by name.

    Attributes:
        version: The version that the server says it is.
        tried: What was sent.
        absent: What the server's own document does not have, and what a call of it therefore raised.
        refused_fields: The fields, by operation, that only a newer server takes.
        failed: What went wrong, by operation; by test where no operation is to blame.
        not_tried: What no test sent.
    """

    version: str
    tried: set[str] = msgspec.field(default_factory=set)
    absent: set[str] = msgspec.field(default_factory=set)
    refused_fields: dict[str, set[str]] = msgspec.field(default_factory=dict)
    failed: dict[str, list[str]] = msgspec.field(default_factory=dict)
    not_tried: set[str] = msgspec.field(default_factory=set)

    @property
    def passed(self) -> set[str]:
        """What was sent and did what its tests say, wherever the server has it."""
        return self.tried - self.absent - self.failed.keys()

    def fail(self, name: str, why: str) -> None:
        self.failed.setdefault(name, []).append(why)

    def save(self, path: Path) -> None:
        path.write_bytes(msgspec.json.format(msgspec.json.encode(self, order="sorted")))

    @classmethod
    def load(cls, path: Path) -> Tally:
        return msgspec.json.decode(path.read_bytes(), type=cls)


HEAD = ("version", "operations tried", "passed", "absent", "failed")


def table(tallies: list[Tally]) -> str:
    """One line for each server, and under them what each of them lacks and where it failed."""
    counts = [(it.version, len(it.tried), len(it.passed), len(it.absent), len(it.failed)) for it in tallies]
    rows = [HEAD, *(tuple(map(str, row)) for row in counts)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    for it in tallies:
        lines += [f"{it.version} has no {name}" for name in sorted(it.absent)]
        fields = {name: ", ".join(sorted(it.refused_fields[name])) for name in sorted(it.refused_fields)}
        lines += [f"{it.version} takes no {refused} in {name}" for name, refused in fields.items()]
        lines += [f"{it.version}: no test sends {name}" for name in sorted(it.not_tried)]
        lines += [f"{it.version} FAILED {name}: {why}" for name in sorted(it.failed) for why in it.failed[name]]
    return "\n".join(lines)
