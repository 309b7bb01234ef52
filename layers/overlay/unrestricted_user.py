"""Who asks on the command line: whoever may run it may read everything."""

from dataclasses import dataclass

from accounts.models import Role


@dataclass(frozen=True)
class Operator:
    """Looks like a signed-in administrator to the permissions, and has no row."""

    role: str = Role.ADMIN
    is_authenticated: bool = True
    is_active: bool = True
    pk: int | None = None


OPERATOR = Operator()
