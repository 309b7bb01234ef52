"""A made-up clone on which `ops` works."""

import pytest

from tests.data.clone import Clone


@pytest.fixture
def clone(tmp_path, monkeypatch):
    made = Clone(tmp_path)
    made.take_over(monkeypatch)
    return made
