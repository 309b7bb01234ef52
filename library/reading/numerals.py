"""Numbers as laws write them."""

DIGITS = {letter: value for value, letter in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
TENS = {"十": 10, "百": 100, "千": 1000}


def number_of(text: str) -> int:
    """Return the number that Chinese numerals or digits stand for; 0 for nothing.

    >>> [number_of(text) for text in ("十二", "一百零五", "二十", "一千二百六十", "37", "１２", "")]
    [12, 105, 20, 1260, 37, 12, 0]
    """
    if text.isdecimal():
        return int(text)
    total, digit = 0, 0
    for letter in text:
        if letter in TENS:
            total += (digit or 1) * TENS[letter]
            digit = 0
        else:
            digit = DIGITS.get(letter, digit)
    return total + digit
