"""Who gets what at the addresses of `questions/`."""

from tests.architecture.access.answers import EVERYBODY, NOBODY_BY_GET, NOTHING, NOTHING_SIGNED_IN, STAFF_ONLY

BAD_FORM = "302 404 404 404 404 400 400"
BAD_ANSWER = "400 400 400 400 400 400 400"
HERE = "pk=QUESTIONNAIRE"

READS = [
    ("questions:list", "", EVERYBODY),
    ("questions:petitions", "", EVERYBODY),
    ("questions:contributions", "", EVERYBODY),
    ("questions:new", "", STAFF_ONLY),
    ("questions:by_code", "code=no-such", NOTHING),
    ("questions:photo", "number=00000000-0000-4000-8000-000000000000 sha256=no-such", NOTHING_SIGNED_IN),
    ("questions:questionnaire", HERE, EVERYBODY),
    ("questions:questionnaire", "pk=999999", NOTHING),
    ("questions:desk", HERE, STAFF_ONLY),
    ("questions:edit", HERE, STAFF_ONLY),
    ("questions:question_new", HERE, STAFF_ONLY),
    ("questions:question", f"{HERE} name=q1", STAFF_ONLY),
    ("questions:question", f"{HERE} name=no-such", NOTHING_SIGNED_IN),
    ("questions:arrange", f"{HERE} name=q1", NOBODY_BY_GET),
    ("questions:sheet", HERE, NOBODY_BY_GET),
    ("questions:codes", HERE, NOBODY_BY_GET),
    ("questions:code_sheet", HERE, STAFF_ONLY),
    ("questions:texts", HERE, STAFF_ONLY),
    ("questions:publish", f"{HERE} number=SHEET name=q2", STAFF_ONLY),
    ("questions:publish", f"{HERE} number=00000000-0000-4000-8000-000000000000 name=q2", NOTHING_SIGNED_IN),
    ("questions:results", HERE, STAFF_ONLY),
    ("questions:download", f"{HERE} suffix=csv", STAFF_ONLY),
    ("questions:download", f"{HERE} suffix=docx", NOTHING_SIGNED_IN),
]

WRITES = [
    ("questions:questionnaire", HERE, BAD_ANSWER),
    ("questions:new", "", BAD_FORM),
    ("questions:desk", HERE, BAD_FORM),
    ("questions:edit", HERE, BAD_FORM),
    ("questions:question_new", HERE, BAD_FORM),
    ("questions:question", f"{HERE} name=q1", BAD_FORM),
    ("questions:arrange", f"{HERE} name=q1", NOTHING_SIGNED_IN),
    ("questions:sheet", HERE, BAD_FORM),
    ("questions:codes", HERE, BAD_FORM),
    ("questions:publish", f"{HERE} number=SHEET name=q2", BAD_FORM),
]
