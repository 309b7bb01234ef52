"""One short video in a field; whether it is one is checked by whoever keeps it."""

from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from ui.videos.commands import MOST_SECONDS
from ui.videos.files import MAX_BYTES, are_taken

TYPES = "video/mp4,video/quicktime,video/3gpp,video/webm"
NOT_TAKEN = _("本站没有安装视频处理程序，不接收视频，请改发照片。")


class VideoField(forms.FileField):
    """A video from the camera or the album; where this site takes none the field says so and is closed."""

    widget = forms.FileInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, allow_empty_file=True, **kwargs)
        self.widget.attrs["accept"] = TYPES
        words = _("最长 {seconds} 秒、{megabytes} MB。会重新压缩，位置和设备信息会被清除；表单退回时要重新选。")
        self.help_text = format_lazy(words, seconds=MOST_SECONDS, megabytes=MAX_BYTES // 1024**2)


class VideoMixin(forms.Form):
    """A form that may have a video."""

    video = VideoField(label=_("短视频（可不填）"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not are_taken():
            self.fields["video"].help_text = NOT_TAKEN
            self.fields["video"].widget.attrs["disabled"] = True
