"""Two drafts approved at the same moment: a project stands in one vote."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from accounts.models import User
from projects.models import Candidacy, VoteDraft, VoteSession
from projects.voting.drafts import services
from projects.voting.drafts.table import Verb
from tests.at_once import all_at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_project_on_two_drafts_approved_at_once_stands_in_one_vote(
    terms: Callable, candidates: list, deputies: list, staff: User, second: User, now: Any
) -> None:
    later = terms(opens_at=now + timedelta(hours=1), closes_at=now + timedelta(hours=2))
    drafts = [services.begin(later, candidates, staff, send=True) for _number in range(2)]
    results = all_at_once(
        Candidacy, *[lambda d=d: services.step(d.pk, Verb.APPROVE, second, d.version) for d in drafts]
    )
    refused = [result for result in results if not isinstance(result, VoteDraft)]
    assert [(error.field, error.code) for each in refused for error in each.errors] == [("projects", "in-another-vote")]
    assert VoteSession.objects.count() == 1
    assert sorted(VoteDraft.objects.values_list("state", flat=True)) == ["called", "review"]
