"""Content encodings of a tile: which one a client takes (RFC 9110), and the compressors."""

import gzip
import zlib
from collections.abc import Callable
from functools import lru_cache

import brotli
import zstandard
from isal import igzip, igzip_lib

MVT_TYPE = "application/vnd.mapbox-vector-tile"
GZIP = "gzip"
SMALL = 512
"""Bytes up to which a tile is stored in gzip without compression: compressing would save at most a hundred bytes of the
one packet it takes anyway, and cost more than any other step of a missing tile outside the database."""


def _gzip(content: bytes) -> bytes:
    if len(content) > SMALL:
        return igzip_lib.compress(content, 1, igzip_lib.COMP_GZIP)
    wrapper = zlib.compressobj(0, zlib.DEFLATED, wbits=25, memLevel=1)  # gzip container, least memory
    return wrapper.compress(content) + wrapper.flush()


# isal's level 1 costs a fiftieth of zlib's level 6 and loses a few percent of size. It writes no time, so the same
# content always gives the same bytes.
COMPRESS: dict[str, Callable[[bytes], bytes]] = {
    "zstd": lambda content: zstandard.ZstdCompressor(level=3).compress(content),
    "br": lambda content: brotli.compress(content, quality=5),
    GZIP: _gzip,
    "": lambda content: content,
}
"""Encodings in order of preference; "" is identity."""
BEST_COMPRESSION: dict[str, Callable[[bytes], bytes]] = {
    "zstd": lambda content: zstandard.ZstdCompressor(level=12).compress(content),
    "br": lambda content: brotli.compress(content, quality=9),
    GZIP: lambda content: gzip.compress(content, 9, mtime=0),
}
"""Smaller and slower, for tiles that are requested often."""


def decompress(body: bytes) -> bytes:
    """Return the content of a gzip body; empty stays empty."""
    content: bytes = igzip.decompress(body) if body else b""
    return content


@lru_cache(maxsize=512)
def negotiated(accepted: str) -> str:
    """Return the encoding to answer with for an Accept-Encoding header (RFC 9110, 12.5.3).

    >>> [chosen(text) for text in ("gzip, deflate, br, zstd", "gzip", "", "zstd;q=0, *", "gzip;q=0.2, br;q=0.8")]
    ['zstd', 'gzip', '', 'br', 'br']
    """
    weights = _weights(accepted)
    others = weights.pop("*", 0.0)
    best = max(COMPRESS, key=lambda name: (weights.get(name, others), name != "") if name else (0.0, False))
    return best if weights.get(best, others) > 0 else ""


@lru_cache(maxsize=512)
def negotiated_small(accepted: str) -> str:
    """Return the encoding to answer a small tile with: the one that is there already, if the client takes it.

    >>> [chosen_small(text) for text in ("gzip, deflate, br, zstd", "br", "")]
    ['gzip', 'br', '']
    """
    return GZIP if accepts(accepted, GZIP) else negotiated(accepted)


def accepts(accepted: str, name: str) -> bool:
    """Tell whether an Accept-Encoding header takes this one encoding."""
    weights = _weights(accepted)
    return weights.get(name, weights.get("*", 0.0)) > 0


def _weights(accepted: str) -> dict[str, float]:
    weights = {}
    for item in accepted.lower().split(","):
        name, _, parameter = item.strip().partition(";")
        key, _, value = parameter.strip().partition("=")
        try:
            weights[name.strip()] = float(value) if key == "q" else 1.0
        except ValueError:
            weights[name.strip()] = 0.0
    weights.pop("", None)
    return weights
