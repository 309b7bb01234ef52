"""Who sets the rules of the district. Everybody may read them: who is judged by a rule may know it."""

from accounts.permissions import Asker, is_district_staff


def may_keep_rules(user: Asker) -> bool:
    """Administrators, and congress staff who are not narrowed to a town; no program ever."""
    return is_district_staff(user) and not getattr(user, "is_service", False)
