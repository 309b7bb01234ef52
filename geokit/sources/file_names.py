"""Names of files as a bureau's computer wrote them: UTF-8, or the GBK of Chinese Windows that nothing declares."""

import os

ENCODINGS = ("utf-8", "gb18030")


def decoded(raw: bytes) -> str:
    """The name that these bytes are, in the first encoding that fits; what fits none keeps its replacement signs.

    >>> decoded("西塘河.shp".encode("gbk")), decoded("西塘河.shp".encode())
    ('西塘河.shp', '西塘河.shp')
    """
    for encoding in ENCODINGS:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode(ENCODINGS[-1], "replace")


def readable(name: str) -> str:
    """A name of the file system, which gives bytes that are no UTF-8 as surrogates: these can be neither stored nor
    printed.

    >>> readable(os.fsdecode("法规.md".encode("gbk"))), readable("法规.md")
    ('法规.md', '法规.md')
    """
    try:
        name.encode()
    except UnicodeEncodeError:
        return decoded(os.fsencode(name))
    return name
