"""What the project's own addresses write belongs to no town."""

from tests.architecture.access.foreign.row import Foreign

FOREIGN: list[Foreign] = []
NO_OBJECT = {"anchors": "another instance deposits its own, by a token"}
