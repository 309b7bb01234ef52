"""Questions to the people (征求意见): questionnaires, answers, results, what became of them."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class QuestionsConfig(AppConfig):
    name = "questions"
    verbose_name = _("征求意见")
    jobs = ("questions.jobs.hourly",)
    step_tables = ("questions.register.table.TABLE",)
    chained_tables = ("questions.chain.CHAINED",)
    chain_checks = ("questions.chain.questionnaires_follow_their_events",)

    def ready(self) -> None:
        from django.db.models.signals import post_migrate

        from questions.jobs import schedule

        post_migrate.connect(schedule, sender=self)
