"""Who gets what at the addresses of `voters/`."""

from tests.architecture.access.answers import EVERYBODY, NOBODY_BY_GET, NOTHING, NOTHING_SIGNED_IN, STAFF_ONLY

READS = [
    ("voters:find", "", EVERYBODY),
    ("voters:write", "code=S1", EVERYBODY),
    ("voters:write", "code=never-printed", NOTHING),
    ("voters:lost", "", NOTHING),
    ("voters:mine_by_text", "code=a-guess", NOTHING),
    ("voters:mine", "token=a-guess", NOTHING),
    ("voters:mine_by_mail", "pk=1 signature=a-guess", NOTHING),
    ("voters:mine_step", "token=a-guess step=say", NOBODY_BY_GET),
    # A deputy of no register is told so on the page.
    ("voters:list", "", "302 200 404 404 404 200 200"),
    ("voters:figures", "", STAFF_ONLY),
    ("voters:sheets", "", STAFF_ONLY),
    ("voters:sheet", "code=000000000000", NOTHING_SIGNED_IN),
    ("voters:reception_slip", "pk=999999", NOTHING_SIGNED_IN),
    ("voters:photo", "pk=999999", NOTHING_SIGNED_IN),
    ("voters:video", "pk=999999 part=film", NOTHING_SIGNED_IN),
    ("voters:message", "pk=999999", NOTHING_SIGNED_IN),
    ("voters:reissue", "pk=999999", NOBODY_BY_GET),
    ("voters:step", "pk=999999 verb=answer", NOBODY_BY_GET),
]

WRITES = [
    ("voters:write", "code=S1", "400 400 400 400 400 400 400"),
    ("voters:mine_step", "token=a-guess step=say", NOTHING),
    ("voters:sheet", "code=000000000000", NOTHING_SIGNED_IN),
    ("voters:reception_slip", "pk=999999", NOTHING_SIGNED_IN),
    ("voters:reissue", "pk=999999", NOTHING_SIGNED_IN),
    ("voters:step", "pk=999999 verb=answer", NOTHING_SIGNED_IN),
]
