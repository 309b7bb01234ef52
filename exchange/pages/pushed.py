"""The address to which partners push their packages."""

from pathlib import Path
from tempfile import NamedTemporaryFile

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from exchange.packages.container import MOST_BYTES
from exchange.receiving.services import take
from exchange.register.services import partner_of
from geokit.refusal import TooLarge

CHUNK = 1 << 20


@csrf_exempt  # no cookie is looked at: whoever asks has a token
@require_http_methods(["POST"])
def exchange(request: HttpRequest) -> JsonResponse:
    """Take the package that is the body; answers what it changed. Who has no token is refused before a byte is read."""
    partner = partner_of(request.headers.get("Authorization", ""))
    with NamedTemporaryFile(prefix="exchange-", suffix=".zip") as file:
        seen = 0
        while chunk := request.read(CHUNK):
            seen += len(chunk)
            if seen > MOST_BYTES:
                raise TooLarge(_("数据包超过 %d MB。") % (MOST_BYTES // CHUNK), code="package-too-large")
            file.write(chunk)
        file.flush()
        answer = take(partner, Path(file.name))
    return JsonResponse(answer.as_json() | {"status": "taken"})
