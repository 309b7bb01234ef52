"""The user of the command line: whoever may run a command may read every layer."""

from dataclasses import dataclass

from accounts.models import Role


@dataclass(frozen=True)
class UnrestrictedUser:
    """Looks like a signed-in administrator to the permissions, and has no row."""

    role: str = Role.ADMIN
    is_authenticated: bool = True
    is_active: bool = True
    pk: int | None = None


UNRESTRICTED_USER = UnrestrictedUser()
