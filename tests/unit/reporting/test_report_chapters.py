"""What a chapter says is the same however often the report is made."""

from types import SimpleNamespace

from projects.models import Project
from reporting.quarterly.chapters.matters import _by_lead
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
