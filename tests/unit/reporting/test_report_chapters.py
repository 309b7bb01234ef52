"""What a chapter says is the same however often the report is made."""

from collections import Counter
from types import SimpleNamespace

from projects.models import Project
from reporting.quarterly.chapters.matters import _by_lead
from reporting.quarterly.chapters.rectification import _steps_sentence
from reporting.quarterly.facts import Facts


def test_lead_departments_with_as_many_projects_stand_in_the_order_of_their_names():
    names = [f"{letter}局" for letter in "ABCDEFGH"]
    light, status = Project.Light.GREEN, Project.Status.BUILDING
    projects = [
        SimpleNamespace(lead=SimpleNamespace(name=name, code=name), light=light, status=status)
        for name in [*names, names[-1]]
    ]
    facts: Facts = SimpleNamespace(projects=projects, span=SimpleNamespace(year=2026))
    assert [row[0] for row in _by_lead(facts).rows] == [names[-1], *names[:-1]]


def test_works_that_come_back_from_a_refusal_or_a_suspension_are_not_listed_or_started_anew():
    steps = Counter({
        ("none", "listed"): 2, ("exceeded", "listed"): 1, ("suspended", "listed"): 4, ("planned", "under_way"): 3,
        ("acceptance_asked", "under_way"): 5, ("suspended", "under_way"): 6, ("acceptance_asked", "delisted"): 1,
    })  # fmt: skip
    facts: Facts = SimpleNamespace(river=SimpleNamespace(steps=steps, overdue=()))
    said = _steps_sentence(facts).text.replace(" ", "")
    assert "挂号3个（其中反弹重新挂号1个），开工治理3个，验收销号1个" in said
