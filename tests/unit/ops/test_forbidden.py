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


@pytest.fixture
def tree(clone):
    clone.git("init", "-q")
    return clone


def found(tree, capsys):
    clean = forbidden.report(tree.root)
    heading, *lines = capsys.readouterr().out.splitlines()
    assert heading == "── registry addresses"
    assert clean is (not lines)
    return lines


def test_a_clean_tree_is_clean(tree, capsys):
    assert found(tree, capsys) == []


def test_tracked_and_new_files_are_read_ignored_ones_are_not(tree, capsys):
    for name in ("a.txt", "tracked.txt", "var/log.txt"):
        tree.write(name, f"one\n  see https://{NPM}/htmx\n")
    tree.write(".gitignore", "var/\n")
    tree.git("add", "tracked.txt")
    places = [f"{name}:2: see https://{NPM}/htmx" for name in ("a.txt", "tracked.txt")]
    assert sorted(found(tree, capsys)) == places


def test_binary_files_and_deleted_ones_are_passed_over(tree, capsys):
    tree.write("picture.bin", f"\0https://{NPM}/")
    tree.write("gone.txt", f"https://{NPM}/")
    tree.git("add", ".")
    (tree.root / "gone.txt").unlink()
    assert found(tree, capsys) == []


def test_a_name_in_chinese_and_a_file_that_is_no_utf8_are_read(tree, capsys):
    tree.write("说明.txt", "").write_bytes(b"\xff\n//" + NPM.encode())
    assert found(tree, capsys) == [f"说明.txt:2: //{NPM}"]


def test_a_long_line_is_cut(tree, capsys):
    tree.write("long.min.js", f"//{NPM}/" + "x" * 100_000)
    (line,) = found(tree, capsys)
    assert len(line) < 200
