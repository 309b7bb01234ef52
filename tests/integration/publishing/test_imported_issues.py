"""Articles of a sheet that were made an issue of the journal here, and what the same sheet says of them again."""

from pathlib import Path

import pytest

from accounts.models import User
from publishing.models import SitePage
from publishing.register import services
from tests.conftest import World
from tests.integration.publishing.conftest import step
from tests.integration.publishing.test_imports import HEAD, RIVER, load, many
from tests.integration.publishing.test_issues import ISSUE


@pytest.fixture
def issue(world: World, editors: list[User], tmp_path: Path) -> SitePage:
    """An imported article that was sent back and made an issue; its PDF is not there yet."""
    load(editors[0], HEAD + RIVER, tmp_path)
    page = step(editors[1], SitePage.objects.get(), "send_back", "这是会刊")
    return services.change(editors[1], page.pk, page.version, {"title": page.title}, ISSUE)


def test_an_issue_that_a_sheet_makes_news_says_no_longer_which_issue_it_is(
    issue: SitePage, editors: list[User], tmp_path: Path
) -> None:
    assert issue.issue_number == ISSUE["issue_number"]
    answer = load(editors[0], HEAD + RIVER, tmp_path)
    assert answer.counts == {"stored": 0, "changed": 1, "same": 0, "refused": 0}, answer.outcomes
    issue.refresh_from_db()
    assert (issue.state, issue.column) == ("first", "news")
    assert (issue.issue_year, issue.issue_number, issue.issued_on) == (None, None, None)


def test_an_article_that_lacks_what_its_step_needs_costs_the_others_nothing(
    issue: SitePage, editors: list[User], tmp_path: Path
) -> None:
    """Without its PDF an issue is not submitted; the others of the file are, also those of its half."""
    row = RIVER.replace("人大新闻", "会刊").replace("视察。", "看了。")
    answer = load(editors[0], many(2) + row + many(3, 2).removeprefix(HEAD), tmp_path)
    assert answer.counts == {"stored": 5, "changed": 0, "same": 0, "refused": 1}, answer.outcomes
    [refused] = [outcome for outcome in answer.outcomes if outcome.errors]
    assert refused.number == 4 and "会刊 PDF" in refused.errors[0].message
    version, issue_number = issue.version, issue.issue_number
    issue.refresh_from_db()
    assert (issue.state, issue.version, issue.issue_number) == ("draft", version, issue_number)
    assert issue.revisions.count() == 2
    assert set(SitePage.objects.exclude(pk=issue.pk).values_list("state", flat=True)) == {"first"}
