"""Addresses of package registries are found, their names in prose are not."""

import pytest

from ops import forbidden

NPM = ".".join(["registry", "npmjs", "org"])
DOCKER = ".".join(["docker", "io"])


@pytest.mark.parametrize("line", [f'"resolved": "https://{NPM}/htmx"', f"FROM {DOCKER}/library/debian"])
def test_an_address_is_found_with_its_line(line: str) -> None:
    assert forbidden.addresses_in(f"first\n{line}\n") == [(2, line)]


@pytest.mark.parametrize("line", [f"apt-get install {DOCKER}", "from PyPI", "omit-lockfile-registry-resolved=true"])
def test_the_name_of_a_package_is_not_an_address(line: str) -> None:
    assert forbidden.addresses_in(line) == []
