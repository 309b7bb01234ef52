"""Subtitles: WebVTT and SubRip become WebVTT of times and words alone."""

import pytest

from geokit.refusal import BadInput
from publishing.body.subtitles import MOST_BYTES, MOST_CUES, read_subtitles, words_of_subtitles

SRT = "1\n00:00:01,000 --> 00:00:02,500\n各位代表\n\n2\n00:00:03,000 --> 00:00:04,000\n<b>现在</b>开会\n"
VTT = (
    "WEBVTT - 标题\n\nSTYLE\n::cue { background: url(https://evil.example/) }\n\nNOTE 备注\n\n"
    "a\n00:01.000 --> 00:02.500 line:0 position:20%\n<v 王五>各位代表\n\nREGION\nid:x\n"
)


def test_subrip_becomes_webvtt() -> None:
    text = read_subtitles(SRT.encode("gb18030"))
    assert text == ("WEBVTT\n\n00:00:01.000 --> 00:00:02.500\n各位代表\n\n00:00:03.000 --> 00:00:04.000\n现在开会\n")
    assert words_of_subtitles(text) == "各位代表 现在开会"
    assert read_subtitles(text.encode()) == text


def test_styles_notes_and_tags_are_left_out() -> None:
    assert read_subtitles(VTT.encode()) == "WEBVTT\n\n00:00:01.000 --> 00:00:02.500\n各位代表\n"


def test_what_is_left_of_a_tag_is_no_tag() -> None:
    text = read_subtitles(b"00:01.000 --> 00:02.000\n<<b>script>x</script> --> 00:03.000 &lt;\n")
    assert "<" not in text.replace("-->", "") and text.count("-->") == 1 and "&" not in text


@pytest.mark.parametrize(
    "content",
    [b"", b"WEBVTT\n", "没有时间".encode(), b"\xff\xfe\x00", b"00:02.000 --> 00:01.000\nx\n", b"0" * (MOST_BYTES + 1),
     b"00:01.000 --> 00:02.000\n" + b"x" * 501, b"00:01.000 --> 00:02.000\nx\n\n" * (MOST_CUES + 1),
     b"00:01.000 --> 00:02.000\na\x00b\n"],
)  # fmt: skip
def test_what_is_no_subtitle_is_refused(content: bytes) -> None:
    with pytest.raises(BadInput):
        read_subtitles(content)
