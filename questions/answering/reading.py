"""From what was typed to answers: question by question, from top to bottom, each fault at its field."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

from django.contrib.gis.geos import LineString, Point
from django.utils.translation import gettext as _

from accounts.areas.position import town_in_district
from accounts.permissions import Asker
from geokit.refusal import BadInput, FieldError, Refusal
from questions.logic.expressions import Value, is_true, parse
from questions.register.form import MOST_WORDS, Kind, Question, condition
from supervision.findings.intake import clean_photos
from supervision.public.geocoding import SeveralPlaces, place_of
from ui.pictures.photos import CleanPhoto

MOST_PHOTOS = 3
MOST_CORNERS = 200
MOST_NAMED_CORNERS = 10
MOST_NAMED = 8
LONGEST_NUMBER = 1e12


@dataclass
class Taken:
    """Answers by name, as they are kept, with their places and photos."""

    answers: dict[str, Any] = field(default_factory=dict)
    places: dict[str, Point | LineString] = field(default_factory=dict)
    photos: dict[str, list[CleanPhoto]] = field(default_factory=dict)


def field_of(question: Question) -> str:
    """Return what a question's field is called in a page."""
    return f"q-{question.name}"


def read_answers(user: Asker, questions: Sequence[Question], typed: Mapping[str, Any]) -> Taken:
    """Return the answers; what was typed to a question that is not asked is left out.

    `typed` has a text, a list, a list of photos, or for a place a mapping of `lng`, `lat` and `address`, by the
    question's name. Raises BadInput (``bad-answers``) with an error for each field.
    """
    taken, errors, places = Taken(), list[FieldError](), Places(user)
    for question in questions:
        asked = condition(question)
        if question.kind == Kind.NOTE or (asked is not None and not is_true(asked, taken.answers)):
            continue
        try:
            _take(places, question, typed.get(question.name), taken)
            _check_must(question, taken)
        except Refusal as refusal:
            errors.append(FieldError(field_of(question), refusal.code, refusal.message))
    if errors:
        raise BadInput(_("填写的内容有 %d 处需要修改。") % len(errors), code="bad-answers", errors=errors)
    return taken


class Places:
    """Places by name for one sheet. A name is looked up once, and only so many for the corners of lines: each look-up
    reads all names of the district, and a sheet comes from anybody."""

    def __init__(self, user: Asker) -> None:
        self._user = user
        self._found: dict[str, Point | Refusal | None] = {}
        self._corners: set[str] = set()

    def named(self, address: str) -> Point | None:
        """Return the place of that name. Raises what `place_of` raises."""
        if address not in self._found:
            try:
                self._found[address] = place_of(self._user, lon=None, lat=None, address=address, choice="", town="")
            except Refusal as refusal:
                self._found[address] = refusal
        found = self._found[address]
        if isinstance(found, Refusal):
            raise found
        return found

    def count_corner(self, address: str) -> None:
        """Raises BadInput for one name too many."""
        self._corners.add(address)
        if len(self._corners) > MOST_NAMED_CORNERS:
            words = _("一份答卷里的线最多用 %d 个地名，其余的点请写“经度,纬度”。") % MOST_NAMED_CORNERS
            raise BadInput(words, code="too-many-names")


def _take(places: Places, question: Question, typed: Any, taken: Taken) -> None:
    if question.kind in (Kind.POINT, Kind.LINE):
        is_point = question.kind == Kind.POINT
        place = _point(places, typed or {}) if is_point else _line(places, str(typed or ""))
        if place is not None:
            taken.places[question.name] = place
            taken.answers[question.name] = "; ".join(f"{x:.6f},{y:.6f}" for x, y, *_height in _corners(place))
    elif question.kind == Kind.PHOTO:
        photos = clean_photos(list(typed or []))
        if len(photos) > MOST_PHOTOS:
            raise BadInput(_("最多 %d 张照片。") % MOST_PHOTOS, code="too-many-photos")
        if photos:
            taken.photos[question.name] = photos
            taken.answers[question.name] = str(len(photos))
    else:
        value = _plain(question, typed)
        if value not in (None, "", []):
            taken.answers[question.name] = value
    if question.required and question.name not in taken.answers:
        raise BadInput(_("请回答这个问题。"), code="required")


def _plain(question: Question, typed: Any) -> Value:
    if question.kind == Kind.SEVERAL:
        return _several(question, typed if isinstance(typed, list) else [typed] if typed else [])
    text = str(typed or "").strip()
    if not text:
        return None
    if question.kind == Kind.NUMBER:
        return _number(question, text)
    if question.kind == Kind.TEXT:
        most = question.most or MOST_WORDS
        if len(text) > most:
            raise BadInput(_("最多 %(most)d 字，现在 %(now)d 字。") % {"most": most, "now": len(text)}, code="too-long")
        return text
    if text not in dict(question.options()):
        raise BadInput(_("请从选项里选择。"), code="unknown-choice")
    return text


def _several(question: Question, typed: Iterable[Any]) -> list[str]:
    chosen = list(dict.fromkeys(str(one) for one in typed))
    if not set(chosen) <= set(dict(question.options())):
        raise BadInput(_("请从选项里选择。"), code="unknown-choice")
    if question.most and len(chosen) > question.most:
        raise BadInput(_("最多选 %d 项。") % question.most, code="too-many")
    return chosen


def _number(question: Question, text: str) -> float:
    try:
        number = float(text) if len(text) <= 30 and text.isascii() and "_" not in text else float("nan")
    except ValueError:
        number = float("nan")
    if not isfinite(number) or abs(number) > LONGEST_NUMBER:
        raise BadInput(_("“%s”不是数字。") % text[:20], code="not-a-number")
    if question.whole and number != int(number):
        raise BadInput(_("请写整数。"), code="not-whole")
    if question.low is not None and number < question.low:
        raise BadInput(_("不能小于 %g。") % question.low, code="too-small")
    if question.high is not None and number > question.high:
        raise BadInput(_("不能大于 %g。") % question.high, code="too-large")
    return number


def _point(places: Places, typed: Mapping[str, Any]) -> Point | None:
    lon, lat = (_degree(str(typed.get(name) or "").strip(), most) for name, most in (("lng", 180), ("lat", 90)))
    if (lon is None) != (lat is None):
        raise BadInput(_("经度和纬度要一起写。"), code="half-a-place")
    address = _address(typed.get("address"))
    try:
        place = Point(lon, lat, srid=4326) if lon is not None and lat is not None else places.named(address)
    except SeveralPlaces as several:
        raise _ambiguous(address, several) from None
    if place is None and address:
        raise BadInput(_("没有查到“%s”，请写镇、村的名字，或者写经纬度。") % address[:30], code="unknown-place")
    if place is not None:
        town_in_district(place)
    return place


def _address(typed: Any) -> str:
    return str(typed or "").strip()[:120]


def _ambiguous(address: str, several: SeveralPlaces) -> BadInput:
    """Say which places a name may mean; written with its town it is one of them."""
    names = _("、").join(one.name for one in several.choices[:MOST_NAMED])
    words = _("“%(name)s”可能是：%(choices)s。请连镇街的名字一起写，或者写经纬度。")
    return BadInput(words % {"name": address[:30], "choices": names}, code=several.code)


def _degree(text: str, most: int) -> float | None:
    if not text:
        return None
    try:
        value = float(text) if len(text) <= 30 else float("nan")
    except ValueError:
        value = float("nan")
    if not -most <= value <= most:
        raise BadInput(_("“%s”不是经纬度。") % text[:20], code="not-a-number")
    return value


def _line(places: Places, text: str) -> LineString | None:
    """Read corners, one a line: two numbers with a comma, or the name of a place."""
    rows = [row.strip() for row in text.replace("；", "\n").replace(";", "\n").splitlines() if row.strip()]
    if not rows:
        return None
    if not 2 <= len(rows) <= MOST_CORNERS:
        raise BadInput(_("一条线要有 2 到 %d 个点，每行一个。") % MOST_CORNERS, code="bad-line")
    points = [_corner(places, row) for row in rows]
    if len({point.coords for point in points}) < 2:
        raise BadInput(_("一条线要有两个不同的点。"), code="bad-line")
    return LineString(points, srid=4326)


def _corner(places: Places, row: str) -> Point:
    parts = row.replace("，", ",").split(",")
    is_pair = len(parts) == 2 and parts[0].strip()[:1].isdigit()
    if not is_pair:
        places.count_corner(_address(row))
    place = _point(places, {"lng": parts[0], "lat": parts[1]} if is_pair else {"address": row})
    if place is None:
        raise BadInput(_("“%s”读不懂。") % row[:30], code="bad-line")
    return place


def _corners(place: Point | LineString) -> Iterable[tuple[float, ...]]:
    return [place.coords] if isinstance(place, Point) else list(place.coords)


def _check_must(question: Question, taken: Taken) -> None:
    own = taken.answers.get(question.name)
    if question.must and own is not None and not is_true(parse(question.must), taken.answers, own):
        raise BadInput(question.must_words or _("这个答案不合要求，请核对。"), code="constraint")
