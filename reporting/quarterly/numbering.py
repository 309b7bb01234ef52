"""Numerals of headings, maps and tables, as official papers have them: 一、（一）, 图1, 表1."""

import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import replace

from reporting.quarterly.blocks import Block, Drawing, Figures, Heading, Link, Paragraph, Table
from ui.control_characters import for_xml
from ui.text.numerals import chinese_number

BETWEEN = re.compile(r"(?<=[\u4e00-\u9fff]) (?=[0-9])|(?<=[0-9%]) (?=[\u4e00-\u9fff])")


def with_numerals(blocks: Iterable[Block]) -> list[Block]:
    """Chapters ``一、总体情况``, their parts ``（一）分布``, and what lies below ``1.``."""
    counts = [0, 0, 0]
    found: list[Block] = []
    for block in blocks:
        if isinstance(block, Heading):
            counts[block.level - 1] += 1
            counts[block.level :] = [0] * (len(counts) - block.level)
            block = replace(block, text=numeral(block.level, counts[block.level - 1]) + block.text)
        found.append(block)
    return found


def numeral(level: int, count: int) -> str:
    """What stands before a heading of a level (GB/T 9704-2012, 7.3.3).

    >>> numeral(1, 3), numeral(2, 12), numeral(3, 2)
    ('三、', '（十二）', '2.')
    """
    return (f"{chinese_number(count)}、", f"（{chinese_number(count)}）", f"{count}.")[level - 1]


def tight(text: str) -> str:
    """Take away the space between Chinese and figures: on screen it helps the eye, on paper lines are justified.

    >>> tight("全区 121 个监测点位，占 15.8%")
    '全区121个监测点位，占15.8%'
    """
    return BETWEEN.sub("", text)


def tightened(block: Paragraph) -> Paragraph:
    """A paragraph with its text made tight; its links stay on their words."""
    taken = [found.start() for found in BETWEEN.finditer(block.text)]
    links = [
        Link(link.begin - bisect_left(taken, link.begin), link.end - bisect_left(taken, link.end), link.url)
        for link in block.links
    ]
    return replace(block, text=tight(block.text), links=links)


def printable(block: Block) -> Block:
    """A block without the control characters that a pasted name may hold: Word takes none, nor does a sheet's name.

    Cells of tables are written without them as it is.
    """
    if isinstance(block, Heading | Paragraph):
        return replace(block, text=_plain(block.text))
    if isinstance(block, Figures):
        items = [(value, unit, _plain(name), _plain(of)) for value, unit, name, of in block.items]
        return replace(block, items=items)
    if isinstance(block, Drawing):
        return replace(block, caption=_plain(block.caption))
    return replace(block, caption=_plain(block.caption), empty=_plain(block.empty))


def _plain(text: str) -> str:
    """A space for each, so that links stay on their words."""
    return for_xml(text, " ")


def numbered(blocks: Iterable[Block]) -> list[Block]:
    """Count drawings and tables through the whole report; what cannot be printed is left out."""
    found: list[Block] = []
    drawings = tables = 0
    for block in map(printable, blocks):
        if isinstance(block, Paragraph):
            block = tightened(block)
        elif isinstance(block, Drawing):
            drawings += 1
            block = replace(block, number=drawings)
        elif isinstance(block, Table):
            tables += 1
            block = replace(block, number=tables)
        found.append(block)
    return found
