"""What ffmpeg is asked. It reads the one file it is given, as the format that its first bytes say, and nothing else.

A playlist that names other files or addresses is no format that is tried; of a film with a thousand tracks one picture
track and one sound track are read; a frame larger than a telephone's is not decoded.
"""

MOST_SECONDS = 30
MOST_PIXELS = 9_000_000
"""Of one frame: a little more than 4K (3840 by 2160)."""
MOST_STREAMS = 16
LONGEST_PX = 1280
DEMUXERS = {"mp4": "mov", "webm": "matroska"}
CODECS = "h264,hevc,vp8,vp9,av1,libdav1d,mpeg4,h263,mjpeg,aac,aac_fixed,opus,vorbis,mp3,mp3float,amrnb,amrwb,pcm_s16le"
_QUIET = ["-nostdin", "-hide_banner", "-loglevel", "error"]
_FITTING = (
    f"scale='min({LONGEST_PX},iw)':'min({LONGEST_PX},ih)':force_original_aspect_ratio=decrease:force_divisible_by=2,"
    "setsar=1,fps=30"
)
_BARE = ["-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact", "-flags:v", "+bitexact"]


def _reading(path: str, container: str, *more: str) -> list[str]:
    limits = ["-max_streams", str(MOST_STREAMS), "-codec_whitelist", CODECS, *more]
    return ["-protocol_whitelist", "file", *limits, "-f", DEMUXERS[container], "-i", f"file:{path}"]


def probe(path: str, container: str) -> list[str]:
    """Ask for length and picture size, as JSON; a frame too large says its size here, so that words can say so."""
    wanted = "format=duration,nb_streams:stream=codec_type,width,height,duration:stream_disposition=attached_pic"
    return ["-hide_banner", "-loglevel", "error", "-of", "json", "-show_entries", wanted, *_reading(path, container)]


def encode(path: str, container: str, target: str, seconds: int = MOST_SECONDS) -> list[str]:
    """H.264 and AAC in MP4, at most so long and 1280 px, upright, without anything that the camera wrote beside."""
    return [
        *_QUIET, "-threads", "1", "-t", str(seconds), *_reading(path, container, "-max_pixels", str(MOST_PIXELS)),
        "-map", "0:V:0", "-map", "0:a:0?", "-sn", "-dn", *_BARE, "-flags:a", "+bitexact",
        "-c:v", "libx264", "-preset", "veryfast", "-crf", "26", "-maxrate", "2500k", "-bufsize", "5000k",
        "-pix_fmt", "yuv420p", "-vf", _FITTING, "-threads", "2",
        "-c:a", "aac", "-b:a", "96k", "-ac", "2", "-movflags", "+faststart", "-t", str(seconds),
        "-f", "mp4", f"file:{target}",
    ]  # fmt: skip


def poster(path: str, target: str, at_s: float) -> list[str]:
    """One picture of what was encoded."""
    reading = ["-protocol_whitelist", "file", "-f", "mov", "-i", f"file:{path}"]
    return [*_QUIET, "-ss", f"{at_s:.2f}", *reading, "-frames:v", "1", "-q:v", "4", "-f", "image2", f"file:{target}"]
