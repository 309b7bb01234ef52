"""Two requests at the same moment: one finding, one step."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.db import connection

from geokit.refusal import Refusal
from supervision.matters import changes, services
from supervision.models import Finding, FindingPhoto, Suggestion
from tests.at_once import all_at_once

from .conftest import jpeg

pytestmark = pytest.mark.django_db(transaction=True)


def both(work):
    """Run `work` in two threads with connections of their own; return results, refusals among them."""

    def run(_):
        try:
            return work()
        except Refusal as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(run, range(2)))


def test_a_finding_sent_twice_at_once_is_filed_once(deputy, point, file_finding):
    number = uuid4()
    results = both(lambda: file_finding(deputy, client_id=number, point_code="P1", photos=[jpeg()]))
    assert [result.pk for result in results] == [results[0].pk] * 2
    assert (Finding.objects.count(), FindingPhoto.objects.count(), Suggestion.objects.count()) == (1, 1, 1)


def test_two_findings_at_once_get_two_numbers(deputy, point, file_finding):
    both(lambda: file_finding(deputy, point_code="P1"))
    assert Suggestion.objects.values("number").distinct().count() == 2


@pytest.mark.parametrize("verb", ["said", "urged"])
def test_words_sent_twice_at_once_are_said_once(assigned, staff, verb):
    step = services.say if verb == "said" else services.urge
    results = both(lambda: step(staff, assigned.pk, text="请抓紧 "))
    assert [result.pk for result in results] == [assigned.pk] * 2
    assert assigned.events.filter(verb=verb).count() == 1


def test_other_words_are_another_message(assigned, staff, deputy):
    for person, text in ((staff, "请抓紧"), (staff, "请今天去看"), (deputy, "请今天去看"), (staff, "请抓紧")):
        services.say(person, assigned.pk, text=text)
    assert assigned.events.filter(verb="said").count() == 4


def test_of_two_replies_at_once_one_is_stale(assigned, officer):
    results = both(lambda: services.reply(officer, assigned.pk, version=1, text="已清除", result="A"))
    assert sorted(getattr(result, "code", "done") for result in results) == ["done", "stale-edit"]
    assert assigned.events.filter(verb="replied").count() == 1


def test_parts_of_parts_split_at_once_are_counted_together(assigned, staff, monkeypatch):
    monkeypatch.setattr(changes, "MAX_PARTS", 3)
    parts = []
    for version, title in enumerate(("异味", "垃圾"), 1):
        parts.append(services.split(staff, assigned.pk, version=version, title=title, text="居民反映"))

    def again(part):
        return services.split(staff, part.pk, version=part.version, title="再拆", text="居民反映")

    results = all_at_once("supervision.next_number", *[lambda part=part: again(part) for part in parts])
    refused = [error.code for each in results if not isinstance(each, Suggestion) for error in each.errors]
    assert refused == ["too-many-parts"]
    assert assigned.parts.count() == 3
