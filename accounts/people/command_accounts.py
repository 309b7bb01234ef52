"""Accounts in whose name commands act: what they write has an author, and nobody can sign in with one."""

from accounts.directory.models import Role, User


def command_account(username: str, name: str) -> User:
    """Return the service account of a command, with the rights of an administrator; made at its first use."""
    user = User.objects.filter(username=username, is_service=True).first()
    if user is None:
        user = User(username=username, display_name=name, role=Role.ADMIN, is_service=True)
        user.set_unusable_password()
        user.save()
    return user
