"""Terms of congresses, and their members, as rows."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.congress.models import NATIONAL, Congress, Membership, Person
from accounts.congress.services import group_named, save_congress, save_member, save_person
from accounts.congress.together import GivenMember, save_members
from accounts.directory.models import Area, User
from accounts.loads import Column, Dataset, GivenRow
from accounts.loads.cells import day_cell, number_cell, parse_whole
from accounts.loads.removal import remove_unused
from accounts.loads.together import Named, by_code, read_and_written
from accounts.permissions import Asker
from geokit.refusal import refuse
from ui.sheet_rows import choice_value, optional_text, parse_day, required_text, split_names
from ui.sheets import SheetRow

MOST_POSTS = 10
AREA_HELP = _("人大所在区划的代码或名称；全国人大写“全国”。")
CONGRESS_COLUMNS = (
    Column("area", _("人大"), "999901", needed=True, help=AREA_HELP, aliases=("区域", "区划代码")),
    Column("term", _("届次"), "10", needed=True, help=_("第几届，写数字；不知道写 0。"), aliases=("届",)),
    Column("seats", _("代表名额"), "200", help=_("应选代表的总数。"), aliases=("名额",)),
    Column("starts_on", _("本届开始"), "2022-03-01", help=_("新增时必填。"), aliases=("任期开始",)),
    Column("ends_on", _("本届结束"), "", help=_("还没有结束就不写。"), aliases=("任期结束",)),
)
CONGRESS_HEADS = {column.name: column.head for column in CONGRESS_COLUMNS}


def find_congress(row: SheetRow) -> Congress | None:
    level, area = _place(row, _areas([row]))
    if not row["term"]:
        return None
    return Congress.objects.filter(level=level, area=area, term=_term(row)).first()


def write_congress(actor: Asker, row: GivenRow) -> Congress:
    level, area = _place(row, _areas([row]))
    facts: dict[str, Any] = {}
    if row["seats"] or row.is_restored:
        facts["seats"] = parse_whole(row, "seats", CONGRESS_HEADS, least=1, most=10_000) if row["seats"] else None
    if row["starts_on"]:
        facts["starts_on"] = parse_day(row, "starts_on")
    if row["ends_on"] or row.is_restored:
        facts["ends_on"] = parse_day(row, "ends_on") if row["ends_on"] else None
    return save_congress(actor, level, area, _term(row), facts)


def congress_cells(congress: Congress) -> dict[str, str]:
    return {
        "area": place_cell(congress),
        "term": str(congress.term),
        "seats": number_cell(congress.seats),
        "starts_on": day_cell(congress.starts_on),
        "ends_on": day_cell(congress.ends_on),
    }


MEMBER_COLUMNS = (
    Column("code", _("代表证号"), "DB-001", needed=True, help=_("每一届一个，以后不改。"), aliases=("证号",)),
    Column("name", _("姓名"), _("示例"), needed=True),
    Column("area", _("人大"), "999901", needed=True, help=AREA_HELP, aliases=("区域", "区划代码")),
    Column("term", _("届次"), "", help=_("不写就是现在这一届。"), aliases=("届",)),
    Column("person", _("人员编号"), "", help=_("同一人在几级人大任职时写同一个；不写就取代表证号。")),
    Column("account", _("账号"), "", help=_("有平台账号的写账号名；没有就不写，用纸质选票。")),
    Column("constituency", _("选区"), _("示例第1选区"), aliases=("选举单位", "选区或选举单位")),
    Column("group", _("代表小组"), "", help=_("没有的小组会新建。"), aliases=("小组",)),
    Column("committee", _("专门委员会"), ""),
    Column("posts", _("职务"), "", help=_("用顿号隔开，例如 主任、小组组长。")),
    Column("starts_on", _("任职开始"), "", help=_("不写就是本届开始。")),
    Column("ends_on", _("任职最后一天"), ""),
    Column("began", _("产生方式"), "", choices=tuple(Membership.Began.choices)),
    Column("ended", _("终止原因"), "", choices=tuple(Membership.Ended.choices), help=_("写了最后一天就要写。")),
)
MEMBER_HEADS = {column.name: column.head for column in MEMBER_COLUMNS}


def _members() -> QuerySet[Membership]:
    rows = Membership.objects.select_related("congress__area", "person__user", "group")
    return rows.defer("congress__area__geom", "congress__area__point")


def find_member(row: SheetRow) -> Membership | None:
    return _members().filter(code=row["code"]).first()


def write_member(actor: Asker, row: GivenRow) -> Membership:
    code = required_text(row, "code", MEMBER_HEADS, 30)
    known = find_member(row)
    given = _given(row, Congresses([row]), _accounts([row]))
    person_code = given.person or (known.person.code if known else code)
    person = save_person(actor, person_code, given.name, given.user)
    facts = dict(given.facts)
    if "group" in facts:
        facts["group"] = group_named(actor, given.congress, facts["group"])
    return save_member(actor, code, given.congress, person, facts)


def write_members(actor: Asker, rows: Sequence[GivenRow]) -> list[Any]:
    congresses, accounts = Congresses(rows), _accounts(rows)
    return read_and_written(
        rows, lambda row: _given(row, congresses, accounts), lambda given: save_members(actor, given)
    )


def _accounts(rows: Sequence[SheetRow]) -> Named:
    words = (row["account"] for row in rows)
    return Named(words, User.objects.filter(is_service=False), gettext("账号"), "username")


def _given(row: GivenRow, congresses: "Congresses", accounts: Named) -> GivenMember:
    """What a row says of a member. Raises BadInput."""
    return GivenMember(
        code=required_text(row, "code", MEMBER_HEADS, 30),
        congress=congresses.of(row),
        name=required_text(row, "name", MEMBER_HEADS, 40),
        person=optional_text(row, "person", MEMBER_HEADS, 30),
        user=accounts.of(row, "account"),
        facts=_facts(row),
    )


def _facts(row: GivenRow) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    for column, most in (("constituency", 60), ("committee", 60)):
        if column in row:
            facts[column] = optional_text(row, column, MEMBER_HEADS, most)
    if "group" in row:
        facts["group"] = optional_text(row, "group", MEMBER_HEADS, 60)
    if "posts" in row:
        facts["posts"] = _posts(row)
    if row["starts_on"]:
        facts["starts_on"] = parse_day(row, "starts_on")
    if "ends_on" in row:
        facts["ends_on"] = parse_day(row, "ends_on") if row["ends_on"] else None
        facts["ended"] = choice_value(row, "ended", Membership.Ended.choices, MEMBER_HEADS) if row["ended"] else ""
    if row["began"]:
        facts["began"] = choice_value(row, "began", Membership.Began.choices, MEMBER_HEADS)
    return facts


def _posts(row: SheetRow) -> list[str]:
    posts = split_names(row["posts"])
    if len(posts) > MOST_POSTS or any(len(post) > 40 for post in posts):
        raise refuse("posts", "too-long", gettext("职务最多 %d 个，每个最多 40 字。") % MOST_POSTS)
    return posts


def member_cells(member: Membership) -> dict[str, str]:
    congress, user = member.congress, member.person.user
    return {
        "code": member.code,
        "name": member.person.name,
        "area": place_cell(congress),
        "term": str(congress.term),
        "person": member.person.code,
        "account": user.username if user is not None else "",
        "constituency": member.constituency,
        "group": member.group.name if member.group is not None else "",
        "committee": member.committee,
        "posts": "、".join(member.posts),
        "starts_on": day_cell(member.starts_on),
        "ends_on": day_cell(member.ends_on),
        "began": member.began,
        "ended": member.ended,
    }


def remove_member(actor: Asker, member: Membership) -> None:
    """Take back a membership that a load entered, and the person, where she sits nowhere else."""
    person = member.person
    remove_unused(actor, member)
    if not person.memberships.exists() and not hasattr(person, "register_entry"):
        remove_unused(actor, Person.objects.get(pk=person.pk))


def _areas(rows: Sequence[SheetRow]) -> Named:
    words = (row["area"] for row in rows)
    return Named(words, Area.objects.defer("geom", "point"), gettext("区划"), "code", "name")


def _place(row: SheetRow, areas: Named) -> tuple[str, Area | None]:
    if row["area"] in (str(Congress.Level.NATIONAL.label), "全国", NATIONAL):
        return NATIONAL, None
    area = areas.of(row, "area")
    if area is None:
        raise refuse("area", "required", gettext("没有写“%s”。") % CONGRESS_HEADS["area"])
    return area.level, area


def place_cell(congress: Congress) -> str:
    return congress.area.code if congress.area is not None else "全国"


def _term(row: SheetRow) -> int:
    return parse_whole(row, "term", CONGRESS_HEADS, least=0, most=999)


class Congresses:
    """The congresses that rows of a file name, read at once."""

    def __init__(self, rows: Sequence[SheetRow]) -> None:
        self._areas, self._today = _areas(rows), timezone.localdate()
        self._known = list(Congress.objects.select_related("area").defer("area__geom", "area__point"))

    def of(self, row: SheetRow) -> Congress:
        """Return the congress that a row names: in the term given, else the one that sits today. Raises BadInput."""
        level, area = _place(row, self._areas)
        term = _term(row) if row["term"] else None
        fits = [one for one in self._known if (one.level, one.area_id) == (level, area.pk if area else None)]
        if term is None:
            fits = sorted((one for one in fits if self._sits(one)), key=lambda one: (one.term, one.starts_on))
        else:
            fits = [one for one in fits if one.term == term]
        if not fits:
            column = "term" if row["term"] else "area"
            raise refuse(column, "unknown", gettext("没有这一届人大，请先导入人大届次。"))
        return fits[-1]

    def _sits(self, congress: Congress) -> bool:
        return congress.starts_on <= self._today and (congress.ends_on is None or congress.ends_on >= self._today)


DATASETS = (
    Dataset(
        slug="congresses",
        title=_("人大届次"),
        about=_("各级人大的届次和代表名额：全国、省、市、区县、乡镇。街道不设人大。"),
        columns=CONGRESS_COLUMNS,
        key=("area", "term"),
        rows=lambda: Congress.objects.select_related("area"),
        find=find_congress,
        write=write_congress,
        cells=congress_cells,
        remove=remove_unused,
    ),
    Dataset(
        slug="memberships",
        title=_("代表任职"),
        about=_("谁是哪一届人大的代表、从哪天到哪天、在哪个小组；票决的名册就是它。先导入人大届次。"),
        columns=MEMBER_COLUMNS,
        key=("code",),
        rows=_members,
        find=find_member,
        write=write_member,
        find_many=by_code(_members),
        write_many=write_members,
        cells=member_cells,
        remove=remove_member,
        areas=lambda member: [member.congress.area],
        stays=("account",),
    ),
)
