"""The form by which somebody asks for a new password: the link goes to her own mailbox and no other."""

from allauth.account.forms import ResetPasswordForm

from accounts.directory.models import User
from accounts.people.credentials.queries import mailbox_is_doubtful


class ResetForm(ResetPasswordForm):
    """Answers alike whether or not the address is known.

    A link goes out only for the address that stands on the account, and not where somebody else has put it there:
    then a second officer gives the link out (`accounts.people.credentials.handover`).
    """

    def clean_email(self) -> str:
        email = super().clean_email()
        found = User.objects.filter(email__iexact=email, is_active=True, is_service=False)
        # PostgreSQL and Python lower other letters alike: a look-alike address must not get somebody's link.
        self.users = [user for user in found if user.email.lower() == email.lower() and not mailbox_is_doubtful(user)]
        return email
