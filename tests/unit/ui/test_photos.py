"""Photos: what is kept, what is read first, what is refused."""

import datetime as dt
import io
import struct
import zlib

import pytest
from PIL import ExifTags, Image

from ui.pictures import copies, photos
from ui.pictures.photos import PhotoRefused, PhotoTooLarge, sanitise_photo
from ui.printing import print_pdf


def picture(
    kind: str = "JPEG", size: tuple[int, int] = (40, 20), mode: str = "RGB", exif: Image.Exif | None = None
) -> io.BytesIO:
    image = Image.new(mode, size, 200 if mode == "L" else None)
    image.paste(1 if mode == "P" else (255, 0, 0) if mode == "RGB" else 90, (0, 0, size[0] // 2, size[1]))
    out = io.BytesIO()
    image.save(out, kind, **({"exif": exif} if exif else {}))
    out.seek(0)
    return out


def phone_exif(orientation: int = 1) -> Image.Exif:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    exif[ExifTags.Base.Make] = "SecretPhone"
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "2026:03:05 09:30:00"
    exif.get_ifd(ExifTags.IFD.GPSInfo).update({1: "N", 2: (29.0, 51.0, 36.0), 3: "E", 4: (121.0, 33.0, 0.0)})
    return exif


def test_place_and_time_are_read_and_then_gone() -> None:
    clean = sanitise_photo(picture(exif=phone_exif()))
    assert (clean.lon, clean.lat) == pytest.approx((121.55, 29.86))
    assert clean.taken_at == dt.datetime(2026, 3, 5, 9, 30, tzinfo=photos.LOCAL_ZONE)
    again = Image.open(io.BytesIO(clean.content))
    assert dict(again.getexif()) == {}
    assert b"SecretPhone" not in clean.content


def test_a_photo_taken_upright_stays_upright() -> None:
    clean = sanitise_photo(picture(size=(40, 20), exif=phone_exif(orientation=6)))
    assert (clean.width, clean.height) == (20, 40)
    top = Image.open(io.BytesIO(clean.content)).convert("RGB").getpixel((10, 5))
    assert top[0] > 200 and top[1] < 60


@pytest.mark.parametrize(
    ("kind", "content_type"), [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp")]
)
def test_the_three_kinds_are_kept(kind: str, content_type: str) -> None:
    clean = sanitise_photo(picture(kind))
    assert (clean.content_type, clean.width, clean.height) == (content_type, 40, 20)
    assert len(clean.sha256) == 64


@pytest.mark.parametrize("mode", ["L", "P"])
def test_grey_and_palette_pictures_are_kept(mode: str) -> None:
    assert sanitise_photo(picture("PNG", mode=mode)).width == 40


def test_without_exif_there_is_no_place_and_no_time() -> None:
    clean = sanitise_photo(picture())
    assert (clean.lon, clean.lat, clean.taken_at) == (None, None, None)


def test_a_nonsensical_place_is_no_place() -> None:
    exif = phone_exif()
    exif.get_ifd(ExifTags.IFD.GPSInfo)[4] = (999.0, 0.0, 0.0)
    assert sanitise_photo(picture(exif=exif)).lon is None


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"<svg xmlns='x'/>", b"\xff\xd8\xff\xe0 cut", b"GIF89a" + b"\0" * 40]
)
def test_what_is_no_photo_is_refused(content: bytes) -> None:
    with pytest.raises(PhotoRefused):
        sanitise_photo(io.BytesIO(content))


def test_a_cut_photo_is_refused() -> None:
    whole = picture("PNG", size=(400, 400)).getvalue()
    with pytest.raises(PhotoRefused):
        sanitise_photo(io.BytesIO(whole[: len(whole) // 2]))


def test_a_cut_photo_is_refused_also_by_a_process_that_has_printed() -> None:
    print_pdf("<p>一</p>")
    test_a_cut_photo_is_refused()


def test_bytes_at_the_limit_pass_and_one_more_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    data = picture().getvalue()
    monkeypatch.setattr(photos, "MAX_BYTES", len(data))
    assert sanitise_photo(io.BytesIO(data)).width == 40
    with pytest.raises(PhotoTooLarge) as caught:
        sanitise_photo(io.BytesIO(data + b"x"))
    assert caught.value.code == "photo-too-large"


def test_pixels_at_the_limit_pass_and_one_more_column_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photos, "MOST_PIXELS", {"JPEG": 800})
    assert sanitise_photo(picture(size=(40, 20))).width == 40
    with pytest.raises(PhotoTooLarge):
        sanitise_photo(picture(size=(41, 20)))


def test_a_small_file_that_claims_a_huge_picture_is_refused_before_it_is_unpacked() -> None:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    bomb = (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0))
        + chunk(b"IDAT", b"")
    )
    with pytest.raises(PhotoTooLarge):
        sanitise_photo(io.BytesIO(bomb))


@pytest.mark.parametrize("year", ["0001", "1904", "1980", "9999"])
def test_a_camera_whose_clock_was_never_set_says_no_time(year: str) -> None:
    """Near the year 1 a moment is stored that no page can read again."""
    exif = phone_exif()
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = f"{year}:01:01 00:00:00"
    assert sanitise_photo(picture(exif=exif)).taken_at is None


def clear_picture(kind: str, mode: str = "RGBA") -> io.BytesIO:
    """A picture that looks white: every pixel is red and fully transparent."""
    image = Image.new("RGBA", (40, 20), (255, 0, 0, 0))
    if mode == "P":
        image = Image.new("P", (40, 20), 0)
        image.putpalette([255, 0, 0])
    out = io.BytesIO()
    how = {"transparency": 0} if mode == "P" else {}
    image.save(out, kind, **({"lossless": True, "exact": True} if kind == "WEBP" else {}), **how)
    out.seek(0)
    return out


@pytest.mark.parametrize(("kind", "mode"), [("PNG", "RGBA"), ("PNG", "P"), ("WEBP", "RGBA")])
def test_what_is_hidden_under_transparent_pixels_is_not_kept(kind: str, mode: str) -> None:
    clean = sanitise_photo(clear_picture(kind, mode))
    kept = Image.open(io.BytesIO(clean.content))
    assert (kept.mode, kept.getpixel((10, 10))) == ("RGB", (255, 255, 255))


def test_no_copy_of_a_photo_on_file_shows_what_its_transparent_pixels_hide() -> None:
    """Photos that were kept before have their transparent pixels still."""
    size = (40, 20)
    small = copies.small_jpeg(clear_picture("PNG"))
    covered = copies.covered_jpeg(clear_picture("PNG"), [(0, 0, 10, 10)], size)
    for made in (small, covered):
        assert min(Image.open(io.BytesIO(made)).getpixel((30, 15))) > 250
