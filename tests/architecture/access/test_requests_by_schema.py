"""What the API's own description allows, and what it does not: drawn by schemathesis, answered without a fault.

`SCHEMA_EXAMPLES` in the environment is how many are drawn for each operation and each of the two ways.
"""

import logging
import os
from contextlib import suppress

import pytest
import requests
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode

from tests.api_operations import described
from tests.architecture.access.answers import PEOPLE
from tests.fuzz.fuzzer import Fuzzer

pytestmark = pytest.mark.slow

EXAMPLES = int(os.environ.get("SCHEMA_EXAMPLES", "3"))
AS_DRAWN = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(autouse=True)
def quiet():
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def fuzzer(foreign_scene):
    return Fuzzer(list(PEOPLE), foreign_scene.client, [], [], 1)


@pytest.fixture
def operations(foreign_scene):
    return described()


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_nothing_drawn_from_the_schema_is_a_fault(fuzzer, operations, mode):
    for operation in operations:
        with suppress(Unsatisfiable):  # without a parameter nothing can be wrong
            _ask(fuzzer, operation.as_strategy(generation_mode=mode))
    assert len(operations) > 40
    assert sum(fuzzer.statuses.values()) >= len(operations)
    assert not fuzzer.faults, fuzzer.report()


def _ask(fuzzer, cases):
    @AS_DRAWN
    @given(cases)
    def each(case):
        asked = requests.Request(**case.as_transport_kwargs(base_url="http://testserver")).prepare()
        body = asked.body.encode() if isinstance(asked.body, str) else asked.body or b""
        headers = {
            name: value for name, value in asked.headers.items() if name not in ("Content-Type", "Content-Length")
        }
        kind = asked.headers.get("Content-Type", "application/json")
        fuzzer.send(fuzzer.draw.choice(fuzzer.people), asked.method, asked.path_url, body, kind, headers)

    each()
