"""A voter who has lost her private link: she types number and telephone, and it comes by text message."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.notices import text_messages
from accounts.notices.links import sealed
from geokit.refusal import Refusal
from ui.forms.refusable import posted, render_form
from ui.private_pages import private_page
from voters.line import by_text
from voters.line.private_links import unsealed_path
from voters.line.rate_limits import spend_guess
from voters.pages.forms import LostForm


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def lost(request: HttpRequest) -> HttpResponse:
    """Ask for the link; the answer is the same for everybody. Not there where no text messages are set up."""
    if not text_messages.are_offered():
        raise Http404
    form = LostForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            by_text.ask(request, **form.cleaned_data)
        except Refusal as refusal:
            form.show(refusal)
        else:
            return render(request, "voters/lost.html", {"is_asked": True})
    return render_form(request, "voters/lost.html", {"form": form})


@never_cache
@require_safe
def mine_by_text(request: HttpRequest, code: str) -> HttpResponse:
    """The link of a text message leads on to the page of the message; a guess is a page that is not there."""
    message = by_text.find_by_text(code)
    if message is None:
        spend_guess(request)
        raise Http404
    return private_page(redirect(sealed(unsealed_path(message))))
