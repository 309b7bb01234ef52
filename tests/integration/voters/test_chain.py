"""What the chain of evidence says of a voter's message whose state is changed past its deputies."""

import pytest

from ledger.chain import verify
from voters.line import services
from voters.models import Message


@pytest.mark.django_db(transaction=True)
def test_a_message_is_not_answered_by_sql_alone(message, deputy):
    services.act(deputy, message.pk, "hand_over", version=message.version)
    message.refresh_from_db()
    services.act(deputy, message.pk, "answer", version=message.version, text="路灯已修")
    message.refresh_from_db()
    services.rate(message, version=message.version, rating="satisfied")
    assert verify(files=False).is_sound
    Message.objects.filter(pk=message.pk).update(state="dismissed", answer="不归我们管")
    found = {(fault.kind, fault.column) for fault in verify(files=False).faults}
    assert found == {("state-differs", "state"), ("unexplained-change", "")}
