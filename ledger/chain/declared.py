"""What each room says of its tables in the chain, so that a trigger that is gone is missed.

An app names a tuple of `Chained` by a dotted path in `chained_tables` of its AppConfig, and functions that rebuild rows
from events in `chain_checks`. Tables chained by migrations and tables declared must be the same; a test holds that.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.apps import apps
from django.utils.module_loading import import_string


@dataclass(frozen=True, slots=True)
class Stored:
    """A column that names a file, and the column with the SHA-256 (hex) of its bytes; "" where the chain keeps it."""

    column: str
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Explains:
    """That a new row of `table` explains a change of the row whose `own` column has the number in its `column`."""

    table: str
    column: str
    own: str = "id"


@dataclass(frozen=True, slots=True)
class Chained:
    """One table: its arguments for `chained`, whether it is append-only, and the files its rows name.

    A change of a row that is not history must come with one of the events `explained_by`, an audit entry on the row
    itself or on a thing of `audited_as` (label of the model, own column with its number), or an erasure, in the same
    transaction. `silent` says why a table's changes come with nothing; they are in the chain, but nobody is asked.
    `own_triggers` are those of the room that write or refuse before a row is stored.
    `once_clear` are sealed columns that were not sealed at first: older links hold them in clear.
    `deletable`: the room's pages take rows away, and the site's role may (`ledger.roles`).
    """

    table: str
    history: bool = False
    omitted: tuple[str, ...] = ()
    sealed: tuple[str, ...] = ()
    once_clear: tuple[str, ...] = ()
    files: tuple[Stored, ...] = ()
    explained_by: tuple[Explains, ...] = ()
    audited_as: tuple[tuple[str, str], ...] = ()
    silent: str = ""
    own_triggers: tuple[str, ...] = ()
    deletable: bool = False

    @property
    def must_be_explained(self) -> bool:
        """Whether a change of a row by itself is a fault. Of history any change is another one."""
        return not self.history and not self.silent


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A value of a row that its events say otherwise."""

    table: str
    row: int
    column: str
    is_now: Any
    by_events: Any


@dataclass(frozen=True, slots=True)
class Touched:
    """Which rows a check looks at: all, or those that the links since an anchor name."""

    rows: Mapping[str, frozenset[int]] | None = None

    def of(self, *tables: str) -> frozenset[int] | None:
        """Row numbers of the tables together; None means all."""
        if self.rows is None:
            return None
        return frozenset[int]().union(*(self.rows.get(table, frozenset()) for table in tables))


type Check = Callable[[Touched], Iterable[Contradiction]]


@cache
def declared() -> dict[str, Chained]:
    """Every table of the installed apps by its name. Raises ValueError where one is named twice."""
    paths = [path for config in apps.get_app_configs() for path in getattr(config, "chained_tables", ())]
    found = [spec for path in paths for spec in import_string(path)]
    named = {spec.table: spec for spec in found}
    if len(named) < len(found):
        raise ValueError("a table is declared for the chain twice")
    return named


@cache
def checks() -> tuple[Check, ...]:
    """Every function of the installed apps that rebuilds rows from events."""
    paths = [path for config in apps.get_app_configs() for path in getattr(config, "chain_checks", ())]
    return tuple(import_string(path) for path in paths)
