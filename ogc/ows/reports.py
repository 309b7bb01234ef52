"""Refusals as the services of OWS word them."""

from django.http import HttpResponse

from geokit.refusal import BadInput, Refusal
from ogc.ows.xml import attribute, text
from ui.refusals import status_of

XML = "text/xml; charset=utf-8"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
REPORT_VERSION = "2.0.0"
"""As WFS 2.0 has it."""
_CODES = {
    "missing": "MissingParameterValue",
    "invalid": "InvalidParameterValue",
    "unsupported": "OperationNotSupported",
    "version": "VersionNegotiationFailed",
    "missing-feature": "NotFound",
}


def exception_report(refusal: Refusal) -> HttpResponse:
    """Word a refusal as OWS does; the status is as everywhere."""
    kind, _colon, locator = refusal.code.partition(":")
    code = _CODES.get(kind, "InvalidParameterValue" if isinstance(refusal, BadInput) else "OperationProcessingFailed")
    status = 404 if code == "NotFound" else status_of(refusal)
    body = (
        f'{HEAD}<ows:ExceptionReport xmlns:ows="http://www.opengis.net/ows/1.1" version="{REPORT_VERSION}">'
        f'<ows:Exception exceptionCode="{code}" locator={attribute(locator or refusal.code)}>'
        f"<ows:ExceptionText>{text(refusal.message)}</ows:ExceptionText></ows:Exception></ows:ExceptionReport>"
    )
    return HttpResponse(body, status=status, content_type=XML)
