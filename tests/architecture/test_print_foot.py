"""The foot of every printed report bears the newest anchor of the chain of evidence."""

import re

from ops.environment import ROOT

NO_REPORT = {
    "to_print.html": "the frame of pages that are printed, which say themselves what stands at their foot",
    "projects/_share.html": "a poster with a QR code: it states nothing",
    "river/signboard.html": "a board on a river bank, which says who is responsible",
    "accounts/people/invitation_sheet.html": "secrets for single persons, who keep or destroy them",
    "accounts/people/invited.html": "the link of one person, given to her at the counter",
    "mfa/recovery_codes/index.html": "secrets of one person",
    "questions/code_sheet.html": "codes to cut out, each for one person",
    "meetings/code_sheet.html": "a code to hang beside a door",
    "voters/sheet.html": "codes to be pasted on doors and walls",
    "voters/slip.html": "a slip for one person, with her own link",
    "charts/picture.html": "a picture of a chart, to be set into something else",
    "map_sheet/sheet.html": "a map, with its own line of source, review number and day",
    "map_sheet/card.html": "a picture for other sites' links",
    "map_sheet/poster.html": "a poster with a QR code: it states nothing",
    "papers/picture_sheet.html": "an enclosed picture as a page of a whole file, whose front bears the foot",
}
"""What is printed and is no report, each with its reason."""
BUTTON = re.compile(r'data-print|{% extends "to_print.html" %}')
FOOT = re.compile(r"{% load [^%]*\banchors\b[^%]*%}.*{% anchor_line\b|{{ document\.anchor }}", re.DOTALL)


def templates():
    """Every template of the rooms by its name, with its text."""
    return {
        str(path.relative_to(folder)): path.read_text("utf-8")
        for folder in ROOT.glob("*/templates")
        for path in folder.rglob("*.html")
    }


def printed():
    """Templates with a button that prints, and those that a module makes a PDF of."""
    found = {name for name, text in templates().items() if BUTTON.search(text)}
    for path in ROOT.glob("*/**/*.py"):
        if path.relative_to(ROOT).parts[0] not in ("tests", ".venv", "web", "var") and "print_pdf(" in (
            text := path.read_text("utf-8")
        ):
            found |= set(re.findall(r'"([\w/]+\.html)"', text))
    return found


def test_every_printed_report_names_the_newest_anchor():
    known, wanted = templates(), printed()
    assert {"river/acceptance_sheet.html", "reporting/quarterly/print.html", "patrols/print.html"} <= wanted
    assert set(NO_REPORT) <= wanted
    assert [name for name in sorted(wanted - set(NO_REPORT)) if not FOOT.search(known[name])] == []
