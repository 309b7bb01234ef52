"""Every sentence of a room is in the room's English catalogue, and English."""

import ast
import re
import shutil
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.core.management import call_command

ROOT = Path(__file__).parents[3]
ROOMS = (
    "accounts",
    "demo",
    "exchange",
    "geo_portal",
    "geokit",
    "inspections",
    "layers",
    "ledger",
    "library",
    "meetings",
    "ogc",
    "papers",
    "projects",
    "questions",
    "publishing",
    "reporting",
    "river_monitoring",
    "search",
    "stations",
    "supervision",
    "tiles",
    "ui",
    "voters",
)
CHINESE = re.compile(r"[\u3001-\u303f\u4e00-\u9fff\uff00-\uffef]")
CHARACTER = re.compile(r"[\u4e00-\u9fff]")
HALF_WIDTH_BRACKETS = re.compile(rf"{CHINESE.pattern}\s*\([^()]*\)|\([^()]*{CHINESE.pattern}[^()]*\)")
NAMED = re.compile(r"%\(\w+\)[sd]")
GETTEXTS = ("_", "_t", "gettext", "gettext_lazy", "ngettext", "pgettext")
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[-+0 #]*\d*(?:\.\d+)?[a-zA-Z%]|\{\w+\}|<[^>]+>")


@dataclass
class Entry:
    """One message of a catalogue."""

    flags: str = ""
    parts: dict[str, str] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, str]:
        return self.parts.get("msgctxt", ""), self.parts.get("msgid", "")

    @property
    def sources(self) -> list[str]:
        return [self.parts[name] for name in ("msgid", "msgid_plural") if name in self.parts]

    @property
    def translations(self) -> list[str]:
        return [text for name, text in self.parts.items() if name.startswith("msgstr")]


def read_catalogue(path: Path) -> dict[tuple[str, str], Entry]:
    """Read a .po file; the header is left out."""
    entries = [_read_entry(block) for block in path.read_text(encoding="utf-8").split("\n\n")]
    return {entry.key: entry for entry in entries if entry.key[1]}


def _read_entry(block: str) -> Entry:
    entry, name = Entry(), ""
    for line in block.splitlines():
        if line.startswith("#,"):
            entry.flags += line
        if line.startswith("#") or not line:
            continue
        if not line.startswith('"'):
            name, _space, line = line.partition(" ")
            entry.parts[name] = ""
        entry.parts[name] += ast.literal_eval(line)
    return entry


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """What makemessages finds today: room -> keys, taken from a copy so that the repository is left alone."""
    copies = tmp_path_factory.mktemp("rooms")
    keys = {}
    with pytest.MonkeyPatch.context() as patch:
        for room in ROOMS:
            leave_out = shutil.ignore_patterns("__pycache__", "migrations", "static", "locale")
            shutil.copytree(ROOT / room, copies / room, ignore=leave_out)
            (copies / room / "locale").mkdir()
            patch.chdir(copies / room)
            call_command("makemessages", locale=["en"], verbosity=0, no_location=True)
            keys[room] = set(read_catalogue(copies / room / "locale/en/LC_MESSAGES/django.po"))
    return keys


@pytest.fixture(params=ROOMS)
def room(request):
    return request.param


@pytest.fixture
def catalogue(room):
    return read_catalogue(ROOT / room / "locale/en/LC_MESSAGES/django.po")


def test_every_message_is_in_the_catalogue(room, catalogue, found):
    assert found[room] - set(catalogue) == set()


def test_the_catalogue_has_nothing_that_is_no_longer_said(room, catalogue, found):
    assert set(catalogue) - found[room] == set()


def test_every_message_is_translated_and_none_is_fuzzy(catalogue):
    assert catalogue
    for entry in catalogue.values():
        assert "fuzzy" not in entry.flags, entry
        assert len(entry.translations) == len(entry.sources), entry
        assert all(text.strip() for text in entry.translations), entry


def test_translations_are_english(catalogue):
    left = {
        entry.key: entry.translations for entry in catalogue.values() if CHINESE.search("".join(entry.translations))
    }
    assert left == {}


def test_placeholders_and_tags_are_the_same_on_both_sides(catalogue):
    for entry in catalogue.values():
        for source, text in zip(entry.sources, entry.translations, strict=True):
            assert Counter(PLACEHOLDER.findall(source)) == Counter(PLACEHOLDER.findall(text)), entry


def test_a_message_has_one_translation_in_all_rooms():
    """Django puts all rooms into one catalogue, so a second translation would depend on the order of apps."""
    said: dict[tuple[str, str], set[tuple[str, ...]]] = {}
    for name in ROOMS:
        for key, entry in read_catalogue(ROOT / name / "locale/en/LC_MESSAGES/django.po").items():
            said.setdefault(key, set()).add(tuple(entry.translations))
    assert {key: texts for key, texts in said.items() if len(texts) > 1} == {}


@pytest.mark.parametrize("room", [name for name in ROOMS if name != "demo"], indirect=True)
def test_every_refusal_goes_through_the_catalogue(room):
    """A sentence without gettext is Chinese on an English page. Commands speak Chinese; only they load the demo."""
    assert [said for path in sorted((ROOT / room).rglob("*.py")) for said in untranslated_refusals(path)] == []


def untranslated_refusals(path: Path) -> list[str]:
    """Chinese words that are raised, or kept as the reason of a row, without gettext."""
    left = []
    nodes: list[tuple[ast.AST, bool]] = [(ast.parse(path.read_text(encoding="utf-8")), False)]
    while nodes:
        node, is_said = nodes.pop()
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func).rpartition(".")[2]
            if name in GETTEXTS or name == "CommandError":
                continue
            is_said |= name == "Issue"
        is_said |= isinstance(node, ast.Raise)
        if is_said and isinstance(node, ast.Constant) and CHARACTER.search(str(node.value)):
            left.append(f"{path.relative_to(ROOT)}:{node.lineno}: {node.value}")
        nodes += [(child, is_said) for child in ast.iter_child_nodes(node)]
    return left


def test_the_parser_tells_a_bad_catalogue(tmp_path):
    path = tmp_path / "django.po"
    path.write_text('msgid ""\nmsgstr "Language: en\\n"\n\n#, fuzzy\nmsgctxt "step"\nmsgid "甲"\n"乙%s"\nmsgstr ""\n')
    (entry,) = read_catalogue(path).values()
    assert entry.key == ("step", "甲乙%s")
    assert "fuzzy" in entry.flags
    assert entry.translations == [""]


def test_brackets_in_chinese_are_as_wide_as_its_letters(catalogue):
    said = [NAMED.sub("", source) for entry in catalogue.values() for source in entry.sources]
    assert [source for source in said if HALF_WIDTH_BRACKETS.search(source)] == []
