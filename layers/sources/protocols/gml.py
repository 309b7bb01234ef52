"""Features of a GML page as they are written into the file: GML's own names prefixed, all others plain."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape, quoteattr

from django.utils.translation import gettext as _

from layers.sources.client import unfetched
from layers.sources.protocols.geojson import VOLATILE

GML = ("http://www.opengis.net/gml", "http://www.opengis.net/gml/3.2")
DEEPEST = 60
MEMBERS = ("member", "featureMember", "featureMembers")
NO_SHAPES = ("boundedBy", "name", "description", "identifier")
TAIL = "\n</wfs:FeatureCollection>\n"


def local(name: str) -> str:
    """A name without its namespace."""
    return name.rpartition("}")[2]


def head(namespace: str) -> str:
    """What stands before the features."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<wfs:FeatureCollection'
        f' xmlns:wfs="http://www.opengis.net/wfs" xmlns:gml="{namespace}">\n'
    )


def namespace_in(root: Element) -> str:
    """The namespace of GML that a page uses."""
    used = (name[1:].partition("}")[0] for element in root.iter() if (name := element.tag).startswith("{"))
    return next((name for name in used if name in GML), GML[1])


def features_in(root: Element, declared: str) -> Iterator[tuple[str, str]]:
    """Identifier and text of each feature; a shape that names no CRS gets the declared one. Raises BadInput."""
    if local(root.tag) != "FeatureCollection":
        raise unfetched("source-unreadable", _("对方的答复不是要素集合（FeatureCollection）。"))
    for holder in root:
        if local(holder.tag) not in MEMBERS:
            continue
        for feature in holder:
            if local(feature.tag) == "FeatureCollection":
                yield from features_in(feature, declared)
                continue
            text = f"<gml:featureMember>{_written(feature, declared, 0, within_gml=False)}</gml:featureMember>"
            yield _identifier(feature), text


def _identifier(feature: Element) -> str:
    return next((value for name, value in feature.attrib.items() if local(name) in ("id", "fid")), "")


def _written(element: Element, declared: str, depth: int, *, within_gml: bool) -> str:
    if depth > DEEPEST:
        raise unfetched("source-unreadable", _("对方的答复不是完整的 XML。"))
    is_gml = element.tag.startswith("{") and element.tag[1:].partition("}")[0] in GML
    name = f"gml:{local(element.tag)}" if is_gml else local(element.tag)
    attributes = {_attribute(key): value for key, value in element.attrib.items() if not _is_idle(key, value)}
    is_shape = is_gml and not within_gml and depth and local(element.tag) not in NO_SHAPES
    if is_shape and declared:
        attributes.setdefault("srsName", declared)
    said = "".join(f" {key}={quoteattr(attributes[key])}" for key in sorted(attributes))
    inner = escape((element.text or "").strip())
    children = (_written(child, declared, depth + 1, within_gml=within_gml or is_gml) for child in element)
    return f"<{name}{said}>{inner}{''.join(children)}</{name}>"


def _is_idle(name: str, value: str) -> bool:
    """Whether an attribute says nothing of the feature: where its schema lies, an identifier of this answer only."""
    return local(name) == "schemaLocation" or (local(name) in ("id", "fid") and bool(VOLATILE.search(value)))


def _attribute(name: str) -> str:
    return f"gml:{local(name)}" if name.startswith("{") and name[1:].partition("}")[0] in GML else local(name)
