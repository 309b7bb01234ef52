"""Pages whose address is a secret of one person."""

from django.http.response import HttpResponseBase


def private_page[T: HttpResponseBase](response: T) -> T:
    """No cache keeps this page, no other site is given its address, no search engine lists it."""
    response["Cache-Control"] = "no-store, private"
    response["Referrer-Policy"] = "strict-origin"  # with no-referrer a form here would post from nowhere and be refused
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
