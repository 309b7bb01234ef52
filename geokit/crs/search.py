"""Find a CRS by what people type: a code, words of its name, a Chinese datum, a central meridian or a zone."""

from dataclasses import dataclass
from functools import lru_cache

from pyproj.database import query_crs_info
from pyproj.enums import PJType

MOST = 20
LONGEST = 60
WORDS = {
    "国家2000": "cgcs2000", "大地2000": "cgcs2000", "西安80": "xian 1980", "西安": "xian 1980",
    "北京54": "beijing 1954",
    "北京": "beijing 1954", "高斯": "gauss-kruger", "三度": "3-degree", "3度": "3-degree", "分带": "zone", "带": "zone",
    "中央经线": "cm", "中央子午线": "cm",
}  # fmt: skip
"""What Chinese words stand for in the names of EPSG."""


@dataclass(frozen=True, slots=True)
class Found:
    """One CRS of EPSG: its code and name."""

    code: str
    name: str

    @property
    def label(self) -> str:
        return f"EPSG:{self.code}"


@lru_cache(maxsize=1)
def _all() -> tuple[Found, ...]:
    kinds = [PJType.GEOGRAPHIC_2D_CRS, PJType.PROJECTED_CRS]
    found = query_crs_info(auth_name="EPSG", pj_types=kinds, allow_deprecated=False)
    return tuple(Found(item.code, item.name) for item in found)


def search(text: str) -> list[Found]:
    """CRSs whose code begins with the text or whose name has all its words, codes first; nothing for nothing typed."""
    plain = text[:LONGEST].strip().lower().removeprefix("epsg:")
    if not plain:
        return []
    by_code = [item for item in _all() if item.code.startswith(plain)]
    words = _words(plain)
    by_name = [item for item in _all() if item not in by_code and all(_has(item, word) for word in words)]
    return [*by_code, *sorted(by_name, key=lambda item: ("cgcs2000" not in item.name.lower(), len(item.name)))][:MOST]


def _words(plain: str) -> list[str]:
    for chinese, english in WORDS.items():
        plain = plain.replace(chinese, f" {english.replace(' ', '+')} ")
    return plain.replace("°", " ").split()


def _has(item: Found, word: str) -> bool:
    return all(part in item.name.lower() for part in word.split("+"))
