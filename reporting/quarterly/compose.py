"""The whole report in its order, with maps and tables numbered as printed documents have them."""

import re
from collections.abc import Iterable
from dataclasses import replace

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ledger.anchors.foot import anchor_line
from reporting.quarterly.blocks import Block, Document, Drawing, Heading, Paragraph, Table
from reporting.quarterly.chapters.matters import livelihood, suggestions
from reporting.quarterly.chapters.method import annex
from reporting.quarterly.chapters.overview import overview
from reporting.quarterly.chapters.rectification import rectification
from reporting.quarterly.chapters.river import waters
from reporting.quarterly.chapters.towns import towns
from reporting.quarterly.facts import Facts
from river_monitoring.wording.quality import span_in_words

CHAPTERS = (overview, waters, rectification, livelihood, suggestions, towns)
BETWEEN = re.compile(r"(?<=[\u4e00-\u9fff]) (?=[0-9])|(?<=[0-9%]) (?=[\u4e00-\u9fff])")
NUMERALS = "一二三四五六七八九十"


def compose(facts: Facts) -> Document:
    """Put the chapters together."""
    district = facts.district.name if facts.district else ""
    body = [block for chapter in CHAPTERS for block in chapter(facts)]
    return Document(
        title=_("河道水质与民生实事监督季报"),
        subtitle=span_in_words(facts.span),
        issuer=_("%(district)s人民代表大会常务委员会") % {"district": district},
        made_on=date_format(facts.today),
        data_until=date_format(facts.data_until),
        blocks=_numbered([*_with_numerals(body), *annex(facts)]),
        anchor=anchor_line(),
    )


def _with_numerals(blocks: Iterable[Block]) -> list[Block]:
    """Chapters one, two, three: ``一、总体情况``."""
    found: list[Block] = []
    count = 0
    for block in blocks:
        if isinstance(block, Heading) and block.level == 1:
            block = replace(block, text=f"{NUMERALS[count]}、{block.text}")
            count += 1
        found.append(block)
    return found


def _tight(text: str) -> str:
    """Take away the space between Chinese and figures: on screen it helps the eye, on paper lines are justified.

    >>> _tight("全区 121 个监测点位，占 15.8%")
    '全区121个监测点位，占15.8%'
    """
    return BETWEEN.sub("", text)


def _numbered(blocks: Iterable[Block]) -> list[Block]:
    found: list[Block] = []
    drawings = tables = 0
    for block in blocks:
        if isinstance(block, Paragraph):
            block = replace(block, text=_tight(block.text))
        elif isinstance(block, Drawing):
            drawings += 1
            block = replace(
                block, caption=_("图%(number)s  %(caption)s") % {"number": drawings, "caption": block.caption}
            )
        elif isinstance(block, Table):
            tables += 1
            block = replace(
                block, caption=_("表%(number)s  %(caption)s") % {"number": tables, "caption": block.caption}
            )
        found.append(block)
    return found
