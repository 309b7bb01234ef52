"""Who may set how matters are handled."""

from accounts.models import Role
from accounts.permissions import Asker, has_role, scope_of


def may_keep_rules(user: Asker) -> bool:
    """Tell whether `user` may set the rules of routing and the clocks: the staff of the whole district."""
    return has_role(user, Role.STAFF) and scope_of(user) is None
