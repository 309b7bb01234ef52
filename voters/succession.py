"""What a deputy who leaves has in hand here: letters of voters, which go to her station by themselves."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.succession import Belonging
from voters.line.models import Message
from voters.line.table import TABLE


def unanswered(user: User) -> QuerySet[Message]:
    waiting = Message.objects.filter(deputies__user=user, state__in=TABLE.in_group("with_deputy"))
    return waiting.order_by("due_on", "pk")


BELONGINGS = (
    Belonging(
        kind="messages",
        title=gettext_lazy("等本人答复的选民来信"),
        rows=unanswered,
        words=str,
        url=lambda message: str(message.get_absolute_url()),
        note=gettext_lazy("来信只给选区的代表看，不交给别人；到期没有答复的，自动转到联络站。"),
    ),
)
