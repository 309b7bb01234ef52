"""Lists of patrols ask the database as often for many rows as for few."""

import pytest

from tests.queries import asked


@pytest.mark.parametrize("address", ["/patrols/", "/api/v1/patrols/", "/patrols/coverage/"])
def test_lists_of_patrols_ask_as_often_for_many_as_for_few(address, as_user, staff, walk):
    client = as_user(staff)
    walk(5)
    few = asked(client, address)
    for _number in range(6):
        walk(5)
    assert asked(client, address) == few
