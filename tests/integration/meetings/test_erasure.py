"""Notes of presence and comments of a session go on a lawful ground; the chain stays sound."""

from typing import Any

import pytest

from geokit.refusal import NotPermitted
from ledger.chain import settle, verify
from meetings.comments.erasure import erase_comment
from meetings.comments.services import comment
from meetings.presence import services
from meetings.presence.erasure import erase_presence
from tests.erased import GROUND, stored_anywhere


def test_why_a_deputy_has_leave_is_erased_and_that_she_has_it_stays(
    staff: Any, deputy: Any, congress: Any, sitting: Any
) -> None:
    made = services.excuse(staff, sitting, congress.lead, text="张三住院")
    settle()
    with pytest.raises(NotPermitted):
        erase_presence(deputy, made, GROUND)
    assert erase_presence(staff, made, GROUND) == 1
    assert stored_anywhere("张三") == set()
    made.refresh_from_db()
    assert made.verb == "excused"
    assert verify(files=False).faults == ()


def test_a_comment_is_erased(staff: Any, deputy: Any, congress: Any, document: Any) -> None:
    made = comment(deputy, document, "a1", "张三家的事也应写进去")
    settle()
    with pytest.raises(NotPermitted):
        erase_comment(deputy, made, GROUND)
    assert erase_comment(staff, made, GROUND) == 1
    assert stored_anywhere("张三") == set()
    assert verify(files=False).faults == ()
