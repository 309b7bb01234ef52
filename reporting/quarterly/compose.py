"""A report in its order: chapters of the rooms, texts of people, boards; with maps and tables numbered."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.district import name_of_district
from accounts.models import Congress
from ledger.anchors.foot import anchor_line
from papers.models import CongressSession
from reporting.quarterly.blocks import Block, Document, Heading, Paragraph
from reporting.quarterly.chapters import session as of_session
from reporting.quarterly.chapters.matters import livelihood, suggestions
from reporting.quarterly.chapters.method import annex
from reporting.quarterly.chapters.overview import overview
from reporting.quarterly.chapters.rectification import rectification
from reporting.quarterly.chapters.river import waters
from reporting.quarterly.chapters.stations import duty, receptions
from reporting.quarterly.chapters.towns import towns
from reporting.quarterly.facts import Facts
from reporting.quarterly.numbering import numbered, with_numerals
from reporting.quarterly.texts import PREFACE, PROPOSALS, SLOTS
from reporting.quarterly.wording import is_year, lists_in_words
from river_monitoring.wording.quality import span_in_words
from ui.control_characters import for_xml

CHAPTERS = (overview, waters, rectification, livelihood, suggestions, towns)
PARTS: Mapping[str, object] = {
    "agenda": gettext_lazy("会议议程和文件"),
    "papers": gettext_lazy("议案和建议"),
    "votes": gettext_lazy("民生实事项目票决"),
    "receptions": gettext_lazy("代表接待"),
    "duty": gettext_lazy("代表履职"),
}
"""What a session's pack may hold."""
A_YEAR = timedelta(days=365)


def compose(facts: Facts, texts: Mapping[str, str] | None = None, boards: Sequence[Block] = ()) -> Document:
    """Put the report on a quarter or a year together; the year has stations and votes as well."""
    span = facts.span
    body = [block for chapter in CHAPTERS for block in chapter(facts)]
    if is_year(span):
        days = (span.first_day, facts.data_until)
        body += [*of_session.votes(*days), *receptions(*days), *duty(*days)]
    written = with_numerals(with_texts([*body, *boards], texts or {}))
    return Document(
        title=_("河道水质与民生实事监督年度报告") if is_year(span) else _("河道水质与民生实事监督季报"),
        subtitle=span_in_words(span),
        issuer=_issuer(facts.district.name if facts.district else ""),
        made_on=date_format(facts.today),
        data_until=date_format(facts.data_until),
        blocks=numbered([*written, *annex(facts)]),
        anchor=anchor_line(),
    )


def compose_pack(
    session: CongressSession, parts: Iterable[str], today: date, texts: Mapping[str, str], boards: Sequence[Block]
) -> Document:
    """Put the pack for a session together: the parts that were asked for, in their order, of its congress's area."""
    since, until = days_of(session, today)
    area = session.congress.area
    chapters: Mapping[str, Callable[[], list[Block]]] = {
        "agenda": lambda: of_session.agenda(session),
        "papers": lambda: of_session.papers(session),
        "votes": lambda: of_session.votes(since, until, area),
        "receptions": lambda: receptions(since, until, area),
        "duty": lambda: duty(since, until, area),
    }
    wanted = set(parts)
    body = [block for part, chapter in chapters.items() if part in wanted for block in chapter()]
    days = {"since": date_format(since), "until": date_format(until)}
    said = [Paragraph(_("票决、接待和履职的数字从%(since)s到%(until)s。") % days, is_note=True)]
    if boards or "receptions" in wanted:
        said.append(Paragraph(lists_in_words(), is_note=True))
    return Document(
        title=_("会议材料汇编"),
        subtitle=for_xml(str(session)),
        issuer=_issuer_of(session.congress),
        made_on=date_format(today),
        data_until=date_format(until),
        blocks=numbered([*with_numerals(with_texts([*body, *boards], texts)), *said]),
        anchor=anchor_line(),
    )


def days_of(session: CongressSession, today: date) -> tuple[date, date]:
    """The days between two sessions: from the end of the one before, or a year, to the end of this one or today."""
    earlier = CongressSession.objects.filter(congress=session.congress_id, opens_on__lt=session.opens_on)
    before = earlier.order_by("-opens_on").first()
    since = before.closes_on + timedelta(days=1) if before else session.opens_on - A_YEAR
    return since, max(since, min(session.closes_on, today))


def with_texts(blocks: Iterable[Block], texts: Mapping[str, str]) -> list[Block]:
    """Texts of people where they belong: one before all, one that opens each chapter, one after all."""
    found = _chapter(PREFACE, texts)
    for block in blocks:
        found.append(block)
        if isinstance(block, Heading) and block.level == 1 and block.anchor in texts:
            found += _paragraphs(texts[block.anchor])
    return found + _chapter(PROPOSALS, texts)


def _chapter(slot: str, texts: Mapping[str, str]) -> list[Block]:
    return [Heading(str(SLOTS[slot]), 1, slot), *_paragraphs(texts[slot])] if slot in texts else []


def _paragraphs(text: str) -> list[Block]:
    return [Paragraph(line.strip()) for line in text.splitlines() if line.strip()]


def _issuer_of(congress: Congress) -> str:
    """Who gives a pack out: a town's congress has a presidium, and no standing committee."""
    name = congress.area.name if congress.area else name_of_district()
    return _("%(town)s人民代表大会主席团") % {"town": name} if congress.level == Congress.Level.TOWN else _issuer(name)


def _issuer(district: str) -> str:
    return _("%(district)s人民代表大会常务委员会") % {"district": district}
