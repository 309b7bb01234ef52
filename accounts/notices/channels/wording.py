"""Other people's words and our links in messages of other programs."""

from django.utils.translation import gettext as _

_HARMLESS = str.maketrans("[]()<>*`@!", "［］（）＜＞＊｀＠！")


def plain(text: str) -> str:
    """Keep people's words from becoming links, pictures or mentions: their signs become full-width ones."""
    return text.translate(_HARMLESS)


def link(address: str) -> str:
    """A link in markdown; nothing for none."""
    return f"\n\n[{_('查看')}]({address})" if address else ""


def cut(text: str, most: int) -> str:
    """Return what fits into `most` bytes of UTF-8, without half a character.

    >>> cut("布政村", 7), cut("abc", 7)
    ('布政', 'abc')
    """
    return text.encode()[:most].decode(errors="ignore")
