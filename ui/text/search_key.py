"""Find Chinese names by typing their pinyin, whole (`xitanghe`) or initials only (`xth`)."""

from pypinyin import Style, lazy_pinyin


def search_key(*texts: str) -> str:
    """Return what a pinyin search of `texts` looks through: full spellings, then initials.

    Phrases are read as phrases, so 重建 is chongjian and not zhongjian. What is not Chinese stays.

    >>> search_key("西塘河")
    'xitanghe xth'
    >>> search_key("重建3号桥", "A区")
    'chongjian3haoqiao cj3hq aqu aq'
    >>> search_key("", "")
    ''
    """
    return " ".join(_spellings(text) for text in texts if text.strip())


def _spellings(text: str) -> str:
    text = "".join(text.split())
    full = "".join(lazy_pinyin(text)).lower()
    # errors="default" keeps runs of letters and digits whole in both spellings.
    initials = "".join(lazy_pinyin(text, style=Style.FIRST_LETTER)).lower()
    return f"{full} {initials}" if full != initials else full


def words_of(query: str) -> list[str]:
    """Split what somebody typed into the words that must all be found.

    >>> words_of("  西塘河 XTH ")
    ['西塘河', 'xth']
    """
    return query.lower().split()[:8]
