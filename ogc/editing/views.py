"""Features 4: features created, replaced, updated and deleted by those who keep the layer, with optimistic locking.

A feature's `ETag` names its shape and values. A write that brings it in `If-Match` is done only while they are still
those; one that brings none is done whatever they are, for QGIS sends none, and undo brings back what it overwrote.
"""

from typing import Any

from django.db import transaction
from django.http import Http404, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import parse_etags
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException, MethodNotAllowed
from rest_framework.request import Request

from accounts.tokens.models import ApiToken
from geokit.refusal import NotPermitted
from ogc import views
from ogc.crs import CRS84
from ogc.editing import received
from ogc.features import state_of, stored_feature
from ogc.links import Links
from ogc.query import one
from tiles.layer.vector import Editing, VectorLayer, Writer

READ = ("GET", "HEAD", "OPTIONS")


class PreconditionFailed(APIException):
    """The feature is not what the client had in mind when it sent the write."""

    status_code = 412
    default_code = "precondition-failed"
    default_detail = _("这个要素在您读取之后被改过或删除了，请重新读取再改。")


class _Edited(views.OgcView):
    """An address below which features are written."""

    token_scope = ApiToken.Scope.LAYERS
    writes: tuple[str, ...] = ()

    def layer(self, request: Request, name: str) -> VectorLayer:
        """Return the layer, and say in `Allow` what this very person may do with it."""
        found = super().layer(request, name)
        allowed = found.editing is not None and found.editing.allows(request.user)
        self.headers["Allow"] = ", ".join([*READ, *(self.writes if allowed else ())])
        return found

    def editing(self, request: Request, name: str) -> Editing:
        """Return how the layer is written. Raises NotPermitted, MethodNotAllowed where nobody writes it so."""
        layer = self.layer(request, name)
        if layer.editing is None:
            raise MethodNotAllowed(str(request.method))
        if not layer.editing.allows(request.user):
            raise NotPermitted(str(_("这个图层由负责它的部门和 GIS 人员编辑。")))
        return layer.editing

    def options(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:  # type: ignore[override]
        self.layer(request, kwargs["name"])
        return HttpResponse(status=200)


class EditedItems(_Edited, views.Items):
    writes = ("POST",)

    def post(self, request: Request, name: str) -> HttpResponse:
        """Add a feature; `Location` is its address."""
        editing, feature = self.editing(request, name), received.whole_feature(request)
        with transaction.atomic():
            writer = editing.hold(request.user)
            key = writer.create(feature)
            answer = _tagged(HttpResponse(status=201), writer, request, str(key))
        links = Links.of(request._request)
        answer["Location"] = f"{links.root}{links.collection(name)}/items/{key}"
        return answer


class EditedItem(_Edited, views.Item):
    writes = ("PUT", "PATCH", "DELETE")

    def get(self, request: Request, name: str, key: str) -> HttpResponse:
        """The feature with its `ETag`, and 304 for who has it already."""
        answer = super().get(request, name, key)
        tag = answer.get("ETag")
        return (get_conditional_response(request._request, etag=tag, response=answer) if tag else None) or answer

    def put(self, request: Request, name: str, key: str) -> HttpResponse:
        """Put a whole feature in the place of this one."""
        editing, feature = self.editing(request, name), received.whole_feature(request)
        with transaction.atomic():
            writer = editing.hold(request.user)
            writer.replace(_there(request, writer, key), feature)
            return _tagged(HttpResponse(status=204), writer, request, key)

    def patch(self, request: Request, name: str, key: str) -> HttpResponse:
        """Change some values, or the shape, of this feature. A shape that is not sent stays to the last digit."""
        editing, patch = self.editing(request, name), received.patch_of(request)
        crs = received.content_crs(request) if "geometry" in patch else CRS84
        with transaction.atomic():
            writer = editing.hold(request.user)
            found = _there(request, writer, key)
            now = stored_feature(writer.layer, one(writer.layer, request.user, key), crs)
            writer.replace(found, received.given_feature(received.merged(now, patch), crs))
            return _tagged(HttpResponse(status=204), writer, request, key)

    def delete(self, request: Request, name: str, key: str) -> HttpResponse:
        """Take this feature away."""
        editing = self.editing(request, name)
        with transaction.atomic():
            writer = editing.hold(request.user)
            writer.delete(_there(request, writer, key))
        return HttpResponse(status=204)


def _there(request: Request, writer: Writer, key: str) -> int:
    """Return the feature's id, if it is there and as the client has it. Raises Http404, PreconditionFailed."""
    layer = writer.layer
    state = state_of(layer, one(layer, request.user, key))
    wanted = request.headers.get("If-Match")
    if wanted is not None and (state is None or ("*" not in (tags := parse_etags(wanted)) and state[1] not in tags)):
        raise PreconditionFailed
    if state is None:
        raise Http404
    return int(state[0])


def _tagged(answer: HttpResponse, writer: Writer, request: Request, key: str) -> HttpResponse:
    layer = writer.layer
    if state := state_of(layer, one(layer, request.user, key)):
        answer["ETag"] = state[1]
    return answer
