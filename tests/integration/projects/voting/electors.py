"""What tests of a roll ask: an elector's line on it, and with which code something is refused."""

from collections.abc import Callable

import pytest

from accounts.models import User
from geokit.refusal import BadInput, NotPermitted
from projects.models import Elector, VoteSession


def refusal_of(work: Callable, *given: object) -> str:
    with pytest.raises((BadInput, NotPermitted)) as caught:
        work(*given)
    return caught.value.code


def elector_of(session: VoteSession, deputy: User) -> Elector:
    return session.electors.get(deputy=deputy)
