"""Blocks as data: `Block` in `blocks.core`; `Secret`, `JSON` and `String` in `blocks.system`."""

# Imported, so that `Block.load` knows the classes there.
import prefectkit.compat.blocks.system as system

__all__ = ["system"]
