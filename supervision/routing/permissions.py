"""Who may set where matters go."""

from accounts.models import Role
from accounts.permissions import Asker, has_role, scope_of


def may_keep_rules(user: Asker) -> bool:
    """Tell whether `user` may set the rules of routing: the staff of the whole district."""
    return has_role(user, Role.STAFF) and scope_of(user) is None
