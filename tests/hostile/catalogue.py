"""All ways to misbehave, in one table; each module registers its own when it is imported."""

from tests.hostile import answers, bodies, connections, robots
from tests.hostile.way import WAYS, ways_of

MODULES = (answers, bodies, connections, robots)
GROUPS = tuple(sorted({way.group for way in WAYS.values()}))

__all__ = ["GROUPS", "MODULES", "WAYS", "ways_of"]
