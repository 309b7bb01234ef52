"""Forms of the editor: what a page is, each kind of block, a step."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.congress.permissions import groups_seen_by
from accounts.directory.levels import and_below
from accounts.models import Area, User
from accounts.permissions import scope_of
from geokit.refusal import BadInput
from publishing.body import blocks
from publishing.body.blocks import Block, BlockKind, read_table, write_table
from publishing.body.contents import read_contents, write_contents
from publishing.body.subtitles import MOST_BYTES as MOST_SUBTITLE_BYTES
from publishing.body.subtitles import SUFFIXES as SUBTITLE_SUFFIXES
from publishing.body.subtitles import read_subtitles
from publishing.files.models import PageFile
from publishing.files.services import ISSUE, MOST_BYTES, PICTURES, SUFFIXES
from publishing.issues.child import MOST_PAGES
from publishing.register.models import MAX_REASON, MAX_SUMMARY, MAX_TITLE, SitePage
from publishing.register.table import TABLE
from publishing.videos.models import MOST_MINUTES, OF_THE_SITE
from ui.forms.refusable import RefusableForm, RefusableMixin, VersionedForm
from ui.forms.videos import TYPES
from ui.forms.widgets import COORDINATE, DayInput, MomentInput
from ui.videos.files import are_taken

WIDE = (Area.Level.DISTRICT, Area.Level.TOWN, Area.Level.VILLAGE)


class PlaceFields(RefusableForm):
    """A place by its name, or by its position."""

    address = forms.CharField(
        label=pgettext_lazy("page", "地名"),
        required=False,
        max_length=120,
        help_text=_("镇街、村社或联络站的名字；查不到的填经纬度"),
    )
    lng = forms.FloatField(
        label=_("经度"), required=False, min_value=-180, max_value=180, widget=forms.TextInput(attrs=COORDINATE)
    )
    lat = forms.FloatField(
        label=_("纬度"), required=False, min_value=-90, max_value=90, widget=forms.TextInput(attrs=COORDINATE)
    )


class PageForm(RefusableMixin, forms.ModelForm):
    """What a page is and for whom; its blocks are edited one by one."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=2_000_000_000)
    title = forms.CharField(label=_("标题"), max_length=MAX_TITLE)
    summary = forms.CharField(
        label=pgettext_lazy("page", "摘要"), required=False, max_length=MAX_SUMMARY,
        widget=forms.Textarea(attrs={"rows": 3}), help_text=_("列表、订阅和转发时显示"),
    )  # fmt: skip
    source = forms.CharField(label=_("来源"), required=False, max_length=80, help_text=_("转载的写明出处"))
    address = PlaceFields.base_fields["address"]
    lng = PlaceFields.base_fields["lng"]
    lat = PlaceFields.base_fields["lat"]

    class Meta:
        model = SitePage
        fields = ("column", "area", "audience", "for_area", "group", "place_area", "publish_at", "withdraw_at", "code",
                  "issue_year", "issue_number", "issued_on")  # fmt: skip
        widgets = {
            "issued_on": DayInput,
            "column": forms.RadioSelect,
            "audience": forms.RadioSelect,
            "publish_at": MomentInput,
            "withdraw_at": MomentInput,
        }
        help_texts = {
            "for_area": _("给一个镇街看时才选"),
            "group": _("给一个代表小组看时才选"),
            "issue_year": _("会刊才写"),
            "issue_number": _("会刊才写"),
            "issued_on": _("会刊才写"),
            "code": _("留空自动编；本站说明可写 about、privacy、accessibility、contact"),
        }

    field_order = (
        "version", "title", "summary", "source", "column", "audience", "for_area", "group", "area", "issue_year",
        "issue_number", "issued_on", "place_area", "address", "lng", "lat", "publish_at", "withdraw_at", "code",
    )  # fmt: skip

    rare = (
        (pgettext_lazy("column", "会刊"), ("issue_year", "issue_number", "issued_on")),
        (_("地点"), ("place_area", "address", "lng", "lat")),
        (_("定时和网址"), ("publish_at", "withdraw_at", "code")),
    )
    """What most pages do without stands folded at the end, under these heads."""

    def __init__(self, *args: Any, user: User, **more: Any) -> None:
        super().__init__(*args, **more)
        scope = scope_of(user)
        areas = Area.objects.all() if scope is None else and_below(scope)
        for name, levels in (("area", WIDE), ("for_area", (Area.Level.TOWN,)), ("place_area", WIDE[1:])):
            self.fields[name].queryset = areas.filter(level__in=levels).order_by("code")  # type: ignore[attr-defined]
        self.fields["group"].queryset = groups_seen_by(user)  # type: ignore[attr-defined]
        self.fields["code"].required = False
        for name in ("for_area", "group", "place_area"):
            self.fields[name].empty_label = _("不选")  # type: ignore[attr-defined]

    def usual_fields(self) -> list[forms.BoundField]:
        """Return the fields that every page asks for, hidden ones among them."""
        folded = {name for _head, names in self.rare for name in names}
        return [field for field in self if field.name not in folded]

    def folded_fields(self) -> list[tuple[Any, list[forms.BoundField], bool]]:
        """Return the other fields by head, and whether something is written or wrong there."""
        groups = [(head, [self[name] for name in names]) for head, names in self.rare]
        return [(head, own, any(map(_is_filled, own))) for head, own in groups]

    def _post_clean(self) -> None:
        """The service checks the whole; the instance is not written to from here."""

    def words(self) -> dict[str, Any]:
        """Return what a version says besides its blocks."""
        return {name: self.cleaned_data[name] for name in ("title", "summary", "source")}

    def facts(self) -> dict[str, Any]:
        """Return what the service takes, but the place; an address that was left out stays or is made."""
        found = {name: self.cleaned_data.get(name) for name in self.Meta.fields}
        if not found["code"]:
            del found["code"]
        return found


def _is_filled(field: forms.BoundField) -> bool:
    """Tell whether something is wrong or written in a field; every page that is there has an address."""
    return bool(field.errors) or (field.name != "code" and field.value() not in (None, ""))


class BlockForm(VersionedForm):
    """A block of any kind; each kind has fields of its own."""

    kind = BlockKind.TEXT

    def block(self) -> Block:
        """Return the block as `body.blocks` takes it."""
        names = blocks.FIELDS[self.kind]
        return {"kind": str(self.kind)} | {name: self.cleaned_data.get(name) or "" for name in names}

    @classmethod
    def typed(cls, block: Block) -> dict[str, Any]:
        """Return a block as it stands in the form."""
        return block


class HeadingForm(BlockForm):
    kind = BlockKind.HEADING
    text = forms.CharField(label=_("小标题"), max_length=blocks.MOST_LINE)


class TextForm(BlockForm):
    text = forms.CharField(
        label=_("正文"), max_length=blocks.MOST_TEXT, widget=forms.Textarea(attrs={"rows": 12}),
        help_text=_("空一行另起一段；网址自动成为链接。"),
    )  # fmt: skip


class QuoteForm(BlockForm):
    kind = BlockKind.QUOTE
    text = forms.CharField(label=_("引文"), max_length=blocks.MOST_TEXT, widget=forms.Textarea(attrs={"rows": 5}))
    source = forms.CharField(label=_("出处"), required=False, max_length=blocks.MOST_LINE)


class FileBlockForm(BlockForm):
    """A block with a file: one is sent now, or one that the page has."""

    accepts = ""
    upload = forms.FileField(label=_("选择文件"), required=False)
    file = forms.ModelChoiceField(
        PageFile.objects.none(), label=_("或用本页已有的"), required=False, to_field_name="number",
        empty_label=_("不用"),
    )  # fmt: skip

    def __init__(self, *args: Any, page: SitePage, **more: Any) -> None:
        super().__init__(*args, **more)
        kept = self.fields["file"]
        kept.queryset = page.files.filter(kind=self.kind)  # type: ignore[attr-defined]
        self.fields["upload"].widget.attrs["accept"] = self.accepts

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not given.get("upload") and not given.get("file") and not {"upload", "file"} & set(self.errors):
            self.add_error("upload", _("请选一个文件。"))
        return given

    def block(self) -> Block:
        kept = self.cleaned_data.get("file")
        return super().block() | {"file": str(kept.number) if kept else ""}


class PictureForm(FileBlockForm):
    kind = BlockKind.PICTURE
    accepts = PICTURES
    alt = forms.CharField(label=_("替代文字"), max_length=blocks.MOST_LINE, help_text=_("图上是什么，一句话"))
    caption = forms.CharField(label=_("图注"), required=False, max_length=blocks.MOST_LINE)
    field_order = ("version", "upload", "file", "alt", "caption")

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["upload"].help_text = _("JPEG、PNG 或 WebP；会重新压缩，位置和设备信息会被清除。")


class AttachmentForm(FileBlockForm):
    kind = BlockKind.FILE
    accepts = ",".join(SUFFIXES)
    title = forms.CharField(label=_("附件名称"), required=False, max_length=blocks.MOST_LINE)
    field_order = ("version", "upload", "file", "title")

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        words = _("PDF、DOCX、XLSX、CSV 或 TXT，最大 %d MB；带宏的不收。")
        self.fields["upload"].help_text = words % (MOST_BYTES // 1024**2)


class IssueForm(FileBlockForm):
    kind = BlockKind.ISSUE
    accepts = ISSUE
    contents = forms.CharField(
        label=_("目录"), required=False, max_length=60_000, widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("每行一条：页码 | 题目 | 本站的网址（可以不写），例如 3 | 工作报告 | /library/…/"),
    )  # fmt: skip
    field_order = ("version", "upload", "file", "contents")

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        words = _("PDF，最大 %(size)d MB、%(pages)d 页；上传后逐页画成图，要等一会儿。")
        self.fields["upload"].help_text = words % {"size": MOST_BYTES // 1024**2, "pages": MOST_PAGES}

    def block(self) -> Block:
        return super().block() | {"contents": read_contents(self.cleaned_data["contents"])}

    @classmethod
    def typed(cls, block: Block) -> dict[str, Any]:
        return block | {"contents": write_contents(block["contents"])}


class VideoForm(FileBlockForm):
    kind = BlockKind.VIDEO
    accepts = TYPES
    field_of = {"video": "upload"}
    title = forms.CharField(label=_("视频名称"), max_length=blocks.MOST_LINE)
    subtitles_file = forms.FileField(
        label=_("字幕"), required=False, widget=forms.FileInput(attrs={"accept": SUBTITLE_SUFFIXES}),
        help_text=_("WebVTT 或 SRT；听不到声音的人靠它。不选就用原来的。"),
    )  # fmt: skip
    subtitles = forms.CharField(widget=forms.HiddenInput, required=False, max_length=blocks.MOST_SUBTITLES)
    field_order = ("version", "upload", "file", "title", "subtitles_file", "subtitles")

    def __init__(self, *args: Any, page: SitePage, **more: Any) -> None:
        super().__init__(*args, page=page, **more)
        self.fields["file"].queryset = page.videos.all()  # type: ignore[attr-defined]
        words = _("MP4、MOV 或 WebM，最长 %(minutes)d 分钟、%(size)d MB；会重新压缩，几分钟后可以播放。")
        upload = self.fields["upload"]
        upload.help_text = words % {"minutes": MOST_MINUTES, "size": OF_THE_SITE.bytes // 1024**2}
        if not are_taken():
            upload.help_text, upload.widget.attrs["disabled"] = _("这台机器没有 ffmpeg，不能上传视频。"), True

    def clean_subtitles_file(self) -> Any:
        """Read the file at once, so that what is wrong stands beside its field."""
        upload = self.cleaned_data["subtitles_file"]
        if upload:
            try:
                self.read_subtitles = read_subtitles(upload.read(MOST_SUBTITLE_BYTES + 1))
            except BadInput as refusal:
                raise ValidationError(refusal.message, code=refusal.code) from refusal
        return upload

    def block(self) -> Block:
        kept = self.cleaned_data.get("subtitles") or ""
        return super().block() | {"subtitles": getattr(self, "read_subtitles", "") or _checked_again(kept)}


def _checked_again(text: str) -> str:
    """Subtitles that came back with the form, as strictly as those of a file."""
    return read_subtitles(text.encode()) if text.strip() else ""


class TableForm(BlockForm):
    kind = BlockKind.TABLE
    rows = forms.CharField(
        label=_("表格的行"), max_length=blocks.MOST_CHARACTERS, widget=forms.Textarea(attrs={"rows": 10}),
        help_text=_("从表格软件复制粘贴；手写的每行一行，各格之间用 | 隔开。"),
    )  # fmt: skip
    head = forms.BooleanField(label=_("第一行是表头"), required=False, initial=True)
    caption = forms.CharField(label=_("表题"), required=False, max_length=blocks.MOST_LINE)

    def block(self) -> Block:
        return super().block() | {"rows": read_table(self.cleaned_data["rows"]), "head": self.cleaned_data["head"]}

    @classmethod
    def typed(cls, block: Block) -> dict[str, Any]:
        return block | {"rows": write_table(block["rows"])}


class MapForm(PlaceFields, BlockForm):
    kind = BlockKind.MAP
    caption = forms.CharField(label=_("说明"), required=False, max_length=blocks.MOST_LINE)
    field_order = ("version", "address", "lng", "lat", "caption")


FORMS: dict[str, type[BlockForm]] = {
    form.kind: form
    for form in (
        HeadingForm, TextForm, PictureForm, AttachmentForm, QuoteForm, TableForm, MapForm, VideoForm, IssueForm,
    )
}  # fmt: skip


class StepForm(VersionedForm):
    """A step with its words."""

    verb = forms.CharField(widget=forms.HiddenInput, max_length=20)
    text = forms.CharField(
        label=pgettext_lazy("page", "意见"), required=False, max_length=MAX_REASON,
        widget=forms.Textarea(attrs={"rows": 3}), help_text=_("退回和撤下要写；其他可不写。"),
    )  # fmt: skip


class BatchForm(RefusableForm):
    """One review of all that waits in a batch; `seen` is how many that were."""

    decision = forms.CharField(widget=forms.HiddenInput, max_length=20)
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=100_000)
    text = StepForm.base_fields["text"]


class DeskFilter(forms.Form):
    """The filters of the editor's list; what is not understood counts as not said."""

    q = forms.CharField(
        label=_("查找"), required=False, max_length=80, widget=forms.TextInput(attrs={"type": "search"})
    )
    state = forms.ChoiceField(required=False, choices=TABLE.choices())
    column = forms.ChoiceField(required=False, choices=SitePage.Column.choices)
