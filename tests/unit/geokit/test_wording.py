"""Refusals are said in the language of whoever asks, when there is somebody to translate."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation

from geokit import wording
from geokit.geometry.bbox import parse_bbox
from geokit.refusal import BadInput

MODULES = sorted(path for path in Path(wording.__file__).parent.glob("*.py") if path.name != "wording.py")


@pytest.fixture
def alone() -> Iterator[None]:
    """geokit without the project around it, put back afterwards."""
    wording.translate_with(None)
    yield
    wording.translate_with(translation.gettext)


def test_without_a_translator_the_text_stands_as_written(alone: None) -> None:
    assert wording.gettext("文件是空的。") == "文件是空的。"


def test_a_translator_is_asked_at_every_sentence(alone: None) -> None:
    wording.translate_with({"点": "point"}.__getitem__)
    assert wording.gettext("点") == "point"
    with pytest.raises(KeyError):
        wording.gettext("线")


def test_the_project_hands_over_its_own_translator() -> None:
    with translation.override("en"):
        assert wording.gettext("登录") == translation.gettext("登录") == "Sign in"
    assert wording.gettext("登录") == "登录"


def test_what_varies_survives_the_translation(alone: None) -> None:
    wording.translate_with(lambda message: message.replace("范围", "box "))
    with pytest.raises(BadInput, match="box “a,b”"):
        parse_bbox("a,b")


def bare_sentences(source: str) -> list[int]:
    """Lines with a Chinese sentence that is not inside `_()`."""
    tree = ast.parse(source)
    spoken = {
        id(part)
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") in ("_", "gettext_noop")
        for part in ast.walk(call.args[0])
    }
    texts = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str))
    return [node.lineno for node in texts if "。" in node.value and id(node) not in spoken]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_a_module_says_its_sentences_through_the_seam(path: Path) -> None:
    assert bare_sentences(path.read_text("utf-8")) == []


@pytest.mark.parametrize("source", ['f("空的。")', 'x = f"{n} 是空的。"', '_(a) or "空的。"'])
def test_a_sentence_beside_the_seam_is_noticed(source: str) -> None:
    assert bare_sentences(source) == [1]
