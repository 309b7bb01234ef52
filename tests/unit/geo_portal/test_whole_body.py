"""A body that is not all there is refused where it ends, whoever reads it and in whatever pieces."""

import io

import pytest

from geo_portal.middleware.whole_body import CutShort, WholeBody

FORM = b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\noil\r\n--x--\r\n'


def read_all(body, size):
    return b"".join(iter(lambda: body.read(size), b""))


@pytest.mark.parametrize("size", [1, 3, 7, 1024, -1])
def test_a_whole_form_is_read_in_pieces_of_any_size(size):
    assert read_all(WholeBody(io.BytesIO(FORM), len(FORM), "x"), size) == FORM


@pytest.mark.parametrize("size", [1, 3, 7, 1024, -1, None])
@pytest.mark.parametrize("missing", [1, 4, 30, len(FORM)])
def test_fewer_bytes_than_announced_are_refused(size, missing):
    body = WholeBody(io.BytesIO(FORM[: len(FORM) - missing]), len(FORM), "x")
    with pytest.raises(CutShort):
        read_all(body, size)
    assert body.is_cut


@pytest.mark.parametrize("size", [1, 3, 1024, -1])
def test_a_form_without_its_closing_boundary_is_refused_though_the_length_is_right(size):
    cut = FORM[:-6]
    with pytest.raises(CutShort):
        read_all(WholeBody(io.BytesIO(cut), len(cut), "x"), size)


def test_what_follows_the_closing_boundary_does_not_matter():
    longer = FORM + b"epilogue" * 1000
    assert read_all(WholeBody(io.BytesIO(longer), len(longer), "x"), 16) == longer


def test_no_more_than_the_announced_length_is_read():
    body = WholeBody(io.BytesIO(b"textGET / HTTP/1.1"), 4)
    assert (body.read(), body.read()) == (b"text", b"")


def test_lines_are_checked_too():
    body = WholeBody(io.BytesIO(b"one\ntw"), 8)
    assert (body.readline(), body.readline()) == (b"one\n", b"tw")
    with pytest.raises(CutShort):
        body.readline()


def test_a_stream_that_breaks_is_a_cut_one():
    class Broken:
        def read(self, size):
            raise OSError("connection reset")

    with pytest.raises(CutShort):
        WholeBody(Broken(), 10).read(5)


def test_a_large_body_is_not_kept_in_memory():
    body = WholeBody(io.BytesIO(bytes(5_000_000)), 5_000_000, "x" * 60)
    body.read(4_000_000)
    assert len(body._tail) <= 64
