"""The client of the tests: every answer of the API that it gets is held against the API's own description."""

from importlib import import_module
from typing import Any

from django.http import HttpResponse
from django.test import Client

PREFIX = "/api/v1/"


class ContractClient(Client):
    """A client that fails where the API's answer is not what its description says, by status, type and content."""

    def request(self, **request: Any) -> HttpResponse:
        answer = super().request(**request)
        path = str(request.get("PATH_INFO", ""))
        if path.startswith(PREFIX):
            # Reading the description takes seconds, which most processes of tests never need.
            operations = import_module("tests.api_operations")
            operations.check_answer(str(request.get("REQUEST_METHOD", "GET")), path, answer)
        return answer
