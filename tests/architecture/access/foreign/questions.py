"""A foreign questionnaire: the district's, which staff of a town do not keep."""

from datetime import timedelta

from django.utils import timezone

from tests.architecture.access.foreign.row import Foreign

HERE, DRAFT = "pk=QUESTIONNAIRE", "pk=DRAFT_QUESTIONNAIRE"
TODAY = timezone.localdate()
WHEN = {"opens_at": f"{TODAY}T09:00", "closes_at": f"{TODAY + timedelta(days=30)}T09:00"}
"""At most a year, whenever the tests run."""
TOP = {"version": "1", "title": "问卷", "area": "DISTRICT", "audience": "everybody", "once": "browser"} | WHEN
QUESTION = {"version": "1", "label": "哪里不好", "kind": "text"}

FOREIGN = [
    Foreign("questions:desk", HERE, {"version": "1", "verb": "close"}),
    Foreign("questions:edit", DRAFT, TOP),
    Foreign("questions:question_new", DRAFT, QUESTION),
    Foreign("questions:question", f"{DRAFT} name=q1", QUESTION),
    Foreign("questions:arrange", f"{DRAFT} name=q2", {"version": "1", "do": "up"}),
    Foreign("questions:codes", "pk=CODED_QUESTIONNAIRE", {"number": "3"}),
    Foreign("questions:publish", f"{HERE} number=SHEET name=q2", {"text": "河边有垃圾"}),
    Foreign("questions:new", "", TOP, "400 400 404 404 404"),
]
NO_OBJECT = {
    "questions:questionnaire": "anybody answers; `tests/integration/questions/test_answering.py` tries others",
    "questions:sheet": "a file; `tests/integration/questions/test_xlsform.py` tries it as staff of a town",
}
