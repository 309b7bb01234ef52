"""Reports by citizens: the form as a browser sends it, a report filed, and a matter in each state of its life."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from supervision.matters import services as chain
from supervision.models import RoutingRule
from supervision.public import private_links, services

from ..conftest import IN_THE_WEST, assigned, candidate, file_finding, jpeg, point, project, replied, unrouted

__all__ = ["assigned", "candidate", "file_finding", "point", "project", "replied", "unrouted"]

TEXT = "河面有油污\n约二十平方米，<script>alert(1)</script>"


def typed(**more: Any) -> dict[str, Any]:
    """Return what a browser sends for a report in the west."""
    return {
        "client_id": str(uuid4()),
        "secret": private_links.fresh_secret(),
        "lng": "121.32",
        "lat": "29.85",
        "category": "environment",
        "text": TEXT,
        **more,
    }


@pytest.fixture
def rule(world) -> RoutingRule:
    """What is about the environment goes to the water department."""
    return RoutingRule.objects.create(category="environment", department=world.water)


@pytest.fixture
def file_report(world) -> Callable[..., tuple[Any, str]]:
    """File a citizen's report; return its finding and the secret of its private link."""

    def file(**more: Any) -> tuple[Any, str]:
        secret = more.pop("secret", None) or private_links.fresh_secret()
        given = {"client_id": uuid4(), "secret": secret, "text": TEXT, "category": "environment", **IN_THE_WEST, **more}
        return services.file_report(**given), secret

    return file


@pytest.fixture
def received(file_report):
    """A report that staff have not looked at, with its secret and one photo."""
    return file_report(photos=[jpeg()])


@pytest.fixture
def accepted(received, staff, rule):
    """Accepted, and with the water department."""
    finding, secret = received
    return chain.accept(staff, finding.suggestion.pk, version=finding.suggestion.version), secret


@pytest.fixture
def answered(accepted, officer):
    """Answered by the water department."""
    matter, secret = accepted
    return chain.reply(officer, matter.pk, version=matter.version, text="已清除油污，张三负责", result="A"), secret


@pytest.fixture
def published(accepted, staff):
    """In the public list, with words of the staff's own."""
    matter, secret = accepted
    return services.publish(staff, matter.pk, version=matter.version, text="望春桥下有油污\n正在清理"), secret
