"""The file of a case, which each test bends in a way of its own."""

import pytest

from tests.integration.ledger.tampering.case_file import make_file


@pytest.fixture
def file(world, officer):
    return make_file(world, officer)
