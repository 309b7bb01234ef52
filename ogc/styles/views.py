"""OGC API Styles: each layer's style as the map has it, as SLD and as QGIS has it; only read here."""

from typing import Any

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from rest_framework.request import Request

from geokit.refusal import BadInput
from ogc.links import Links
from ogc.pictures.tiles import Drawing
from ogc.styles.documents import LANGUAGES, OF_THE_MAP, languages_of, metadata, styles
from ogc.views import OgcView, kept_by, send_json
from tiles.layer.vector import VectorLayer
from ui.downloads import file_response


class StylesView(OgcView):
    """One address of the styles; beside the site's are those below each layer, which are the same."""

    drawing: Drawing = None  # type: ignore[assignment]  # `urls` gives it

    def drawn(self, request: Request, style: str) -> VectorLayer:
        """Return the layer whose style that is; 404 where the map does not draw it."""
        layer = self.layer(request, style)
        if not self.layers_of(request, layer):
            raise Http404
        return layer

    def layers_of(self, request: Request, layer: VectorLayer) -> list[Any]:
        return self.drawing.layers_of(layer.name, request.user, Links.of(request._request).site)

    def languages(self, request: Request, layer: VectorLayer) -> list[str]:
        return languages_of(layer, self.drawing.with_sheets(request.user))


class Styles(StylesView):
    """All styles, or that of one layer."""

    def get(self, request: Request, name: str = "") -> HttpResponse:
        links = Links.of(request._request)
        if name:
            layer = self.layer(request, name)
            shown = [layer] if self.layers_of(request, layer) else []
        else:
            drawn = {each.get("source-layer") for each in self.drawing.style(request.user, links.site)["layers"]}
            shown = [layer for layer in self.catalogue.vector_layers(request.user) if layer.name in drawn]
        with_sheets = self.drawing.with_sheets(request.user)
        listed = [(layer, languages_of(layer, with_sheets)) for layer in shown]
        return send_json(request, styles(links, listed, links.collection(name) if name else ""))


class OneStyle(StylesView):
    """A style in the language that `f` asks for, the map's in plain words without it."""

    def get(self, request: Request, style: str, name: str = "") -> HttpResponse:
        if name and name != style:
            raise Http404
        layer = self.drawn(request, style)
        language = request.query_params.get("f", "mapbox")
        if language not in self.languages(request, layer):
            message = _("这个样式没有“%(asked)s”格式，有的是：%(known)s。")
            known = _("、").join(self.languages(request, layer))
            raise BadInput(message % {"asked": language[:20], "known": known}, code="bad-format")
        if language in OF_THE_MAP:
            body = self._by_itself(request, layer)
            body = self.drawing.plain(body) if language == "mapbox" else body
            return send_json(request, body, LANGUAGES[language], layer.audience(request.user))
        sheet = self.drawing.sheet(layer.name, request.user, language) or ""
        answer = file_response(sheet, f"{layer.name}.{language}", content_type=LANGUAGES[language])
        return kept_by(answer, layer.audience(request.user))

    def _by_itself(self, request: Request, layer: VectorLayer) -> dict[str, Any]:
        """The layers of the map that draw this one, with a source of their own: a style that works by itself."""
        site = Links.of(request._request).site
        source = {"type": "vector", "url": f"{site}/tiles/{layer.name}.json"}
        return {
            "version": 8,
            "name": str(layer.title),
            "sprite": f"{site}/styles/sprite",
            "glyphs": f"{site}/fonts/{{fontstack}}/{{range}}.pbf",
            "sources": {layer.name: source},
            "layers": [{**each, "source": layer.name} for each in self.layers_of(request, layer)],
        }


class StyleMetadata(StylesView):
    def get(self, request: Request, style: str, name: str = "") -> HttpResponse:
        if name and name != style:
            raise Http404
        layer = self.drawn(request, style)
        body = metadata(Links.of(request._request), layer, self.languages(request, layer))
        return send_json(request, body, audience=layer.audience(request.user))
