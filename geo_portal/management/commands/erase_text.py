"""Erase a person's words in a matter or a feedback, on a lawful ground."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from geokit.refusal import Refusal
from projects.feedback.erasure import erase_feedback
from projects.feedback.models import Feedback
from supervision.matters.models import Suggestion
from supervision.public.erasure import erase_matter
from ui.commands import REFUSED


class Command(BaseCommand):
    help = "依法删除某人在一件意见建议或一条项目反馈中留下的文字、照片和联系方式；证据链保持可信，并记下依据。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--matter", metavar="NUMBER", help="意见建议的编号")
        which.add_argument("--feedback", metavar="ID", type=int, help="项目反馈的编号")
        parser.add_argument("--by", metavar="USERNAME", required=True, help="经办人（区人大工作人员）的用户名")
        parser.add_argument("--reason", required=True, help="依据，例如：本人申请，个人信息保护法第四十七条")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            actor = User.objects.get(username=options["by"])
            if options["matter"]:
                rows = erase_matter(actor, Suggestion.objects.get(number=options["matter"]), options["reason"])
            else:
                rows = erase_feedback(actor, Feedback.objects.get(pk=options["feedback"]), options["reason"])
        except (Refusal, User.DoesNotExist, Suggestion.DoesNotExist, Feedback.DoesNotExist) as error:
            raise CommandError(str(error), returncode=REFUSED) from error
        self.stdout.write(f"{rows} rows")
