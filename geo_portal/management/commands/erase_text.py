"""Erase a person's words, on a lawful ground: in a matter, a message, a proposal and whatever else has such words."""

from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.core.management.base import BaseCommand, CommandError
from django.db.models import Model

from accounts.models import User
from geokit.refusal import Refusal
from meetings.comments.erasure import erase_comment
from meetings.models import ArticleComment, PresenceEvent
from meetings.presence.erasure import erase_presence
from projects.feedback.erasure import erase_feedback
from projects.models import Feedback, Proposal
from projects.proposals.erasure import erase_proposal
from stations.activities.erasure import erase_sign_up
from stations.duty.erasure import erase_duty
from stations.models import Booking, DutyRecord, Matter, Reception, SignUp
from stations.receptions.erasure import erase_booking, erase_reception, erase_visit
from supervision.matters.models import Suggestion
from supervision.public.erasure import erase_matter
from ui.commands import REFUSED
from voters.line.erasure import erase_message
from voters.models import Message


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of thing that may be erased: by which column it is found, how, and what the help says of it."""

    model: type[Model]
    erase: Callable[[User, Any, str], int]
    help: str
    by: str = "pk"


KINDS = {
    "matter": Kind(Suggestion, erase_matter, "意见建议的编号", "number"),
    "message": Kind(Message, erase_message, "选民来信的编号", "number"),
    "proposal": Kind(Proposal, erase_proposal, "项目建议的编号", "number"),
    "feedback": Kind(Feedback, erase_feedback, "项目反馈的编号"),
    "visit": Kind(Matter, erase_visit, "接待事项的编号，见“给来访人一张回执”的地址"),
    "booking": Kind(Booking, erase_booking, "接待预约的编号，见接待日的预约名单"),
    "reception": Kind(Reception, erase_reception, "接待日的编号，见其地址；删除小结和请假原因"),
    "sign-up": Kind(SignUp, erase_sign_up, "活动报名的编号；删除请假原因"),
    "duty": Kind(DutyRecord, erase_duty, "履职记录的编号，见管理后台"),
    "presence": Kind(PresenceEvent, erase_presence, "人代会到会记录的编号；删除请假等说明"),
    "comment": Kind(ArticleComment, erase_comment, "审议意见的编号"),
}


class Command(BaseCommand):
    help = "依法删除某人留下的文字、照片和联系方式；证据链保持可信，并记下依据。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        which = parser.add_mutually_exclusive_group(required=True)
        for name, kind in KINDS.items():
            named: dict[str, Any] = {"metavar": "ID", "type": int} if kind.by == "pk" else {"metavar": "NUMBER"}
            which.add_argument(f"--{name}", help=kind.help, **named)
        parser.add_argument("--by", metavar="USERNAME", required=True, help="经办人（区人大工作人员）的用户名")
        parser.add_argument("--reason", required=True, help="依据，例如：本人申请，个人信息保护法第四十七条")

    def handle(self, *args: Any, **options: Any) -> None:
        chosen = {name: options.get(name.replace("-", "_")) for name in KINDS}
        name, number = next((name, number) for name, number in chosen.items() if number is not None)
        kind = KINDS[name]
        try:
            actor = User.objects.get(username=options["by"])
            thing = kind.model._default_manager.get(**{kind.by: number})
            rows = kind.erase(actor, thing, options["reason"])
        except (Refusal, ObjectDoesNotExist) as error:
            raise CommandError(str(error), returncode=REFUSED) from error
        self.stdout.write(f"{rows} rows")
