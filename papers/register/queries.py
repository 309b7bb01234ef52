"""Reads of papers: the list with its filters, counts of signatures, duplicates."""

from typing import Any

from django.db.models import Count, F, Prefetch, Q, QuerySet

from accounts.directory.levels import of_area
from accounts.permissions import Asker
from papers.register.features import places_shown_to
from papers.register.models import Paper, PaperPlace, PaperVersion, Signatory
from papers.register.table import PaperState
from ui.text.search_field import search

SEARCHED = ("title", "search_key", "number", "outer_number")


def for_lists(papers: QuerySet[Paper], user: Asker = None) -> QuerySet[Paper]:
    """Read with each paper what a row shows to `user`; None is the public."""
    places = places_shown_to(user, PaperPlace.objects.select_related("area"))
    lead = Signatory.objects.filter(is_lead=True).select_related("member__person")
    signed = Q(signatories__left_at=None, signatories__signed_version=F("text_version"))
    return (
        papers.select_related("congress__area", "session__congress__area")
        .prefetch_related(
            Prefetch("signatories", lead, "leads"), "handlings__department", Prefetch("places", places, "shown_places")
        )
        .annotate(signed=Count("signatories", filter=signed, distinct=True))
    )


def filtered(papers: QuerySet[Paper], user: Asker = None, **asked: Any) -> QuerySet[Paper]:
    """Narrow by kind, state, year, town, organ, key ones, and words; by places as far as `user` sees them."""
    for name in ("kind", "state", "category"):
        if asked.get(name):
            papers = papers.filter(**{name: asked[name]})
    if asked.get("year"):
        papers = papers.filter(submitted_at__year=asked["year"])
    if asked.get("area") is not None:
        there = PaperPlace.objects.filter(of_area(asked["area"], "area"))
        papers = papers.filter(pk__in=places_shown_to(user, there).values("paper"))
    if asked.get("department") is not None:
        papers = papers.filter(handlings__department=asked["department"], handlings__returned_on=None).distinct()
    if asked.get("is_key"):
        papers = papers.filter(is_key=True)
    return search(papers, asked["q"], SEARCHED) if asked.get("q") else papers


def filed_in(session_id: int) -> QuerySet[Paper]:
    """Return what was handed in for a session and not taken back."""
    return Paper.objects.filter(session=session_id, submitted_at__isnull=False).exclude(state=PaperState.WITHDRAWN)


def versions_shown(paper: Paper, *, is_own: bool) -> QuerySet[PaperVersion]:
    """Return the texts of a paper, the newest first: all to its deputies, to others those that were handed in."""
    rows = paper.versions.select_related("author").order_by("-number")
    if is_own:
        return rows
    handed_in = paper.events.filter(verb="submitted").values_list("detail__text_version", flat=True)
    return rows.filter(number__in=[number for number in handed_in if number is not None])


def same_as(congress: Any, title: str, outer_number: str = "") -> Paper | None:
    """Return the paper of a congress with the same number of the provincial system, or a filed one of the same title.

    A draft is its deputies' alone: its title is not compared.
    """
    known = Paper.objects.filter(congress=congress)
    if outer_number and (found := known.filter(outer_number=outer_number).first()):
        return found
    filed = known.exclude(state__in=(PaperState.WITHDRAWN, PaperState.DRAFT))
    bare = "".join(title.split())
    return next((one for one in filed.filter(title__contains=title[:6]) if "".join(one.title.split()) == bare), None)
