"""Published motions and suggestions as files to take away, the same for everybody, with their licence."""

import json

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.looking import as_public
from accounts.tokens.by_token import by_token
from accounts.tokens.reading import READS
from papers.exchange.open_data import MOST, for_download, record, table
from papers.pages.lists import PaperFilter
from papers.register.permissions import papers_published
from papers.register.queries import filtered
from projects.open_data.downloads import LICENCE, LICENCE_URL
from ui.downloads import csv_text, file_response

TYPES = {"csv": "text/csv; charset=utf-8; header=present", "json": "application/json"}


@by_token(READS)
@require_safe
def download(request: HttpRequest, suffix: str) -> HttpResponse:
    """What the list with the same filters shows to the public, in full text; a filter that is none leaves nothing."""
    if suffix not in TYPES:
        raise Http404
    chosen = PaperFilter(request.GET, user=request.user)
    reader = as_public(request.user)
    everybodys = papers_published(reader)
    found = filtered(everybodys, reader, **chosen.cleaned_data) if chosen.is_valid() else everybodys.none()
    papers, root = for_download(found, reader), request.build_absolute_uri("/").rstrip("/")
    if suffix == "csv":
        text = csv_text(table(papers, LICENCE, root))
    else:
        text = json.dumps(
            {"license": LICENCE_URL, "most": MOST, "papers": [record(one, root) for one in papers]}, ensure_ascii=False
        )
    answer = file_response(text.encode(), f"{_('议案和代表建议')}.{suffix}", content_type=TYPES[suffix])
    answer["Link"] = f'<{LICENCE_URL}>; rel="license"'
    answer["Cache-Control"] = "public, max-age=300"
    return answer
