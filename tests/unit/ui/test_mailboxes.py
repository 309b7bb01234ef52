"""Which addresses a letter can be written to: what our mail library refuses, no form takes."""

import pytest
from django import forms
from django.core.mail import EmailMessage

from ui.forms.mailboxes import MailboxField, NoMailbox, is_mailbox, require_mailbox


class Form(forms.Form):
    email = MailboxField(required=False)


@pytest.mark.parametrize("address", ["a@b.cn", "li+x@例子.中国", "o'x@b.cn", "a@xn--fsqu00a.cn", f"{'a' * 64}@b.cn"])
def test_what_a_letter_can_be_written_to_is_taken(address):
    assert Form({"email": address}).is_valid()
    assert EmailMessage(to=[address]).message()["To"]
    require_mailbox(address)


@pytest.mark.parametrize(
    "address",
    [
        "李@b.cn", "é@b.cn", "a@b.cn\nBcc: c@d.cn", "a\r@b.cn", f"{'a' * 65}@b.cn", f"a@{'b' * 60}.{'c.' * 100}cn",
        f"a@{'长' * 60}.cn", "a@\u00ad.cn", "a@xn--中.cn", '"\\\x01"@b.cn',
        "a,b@c.cn", "a b@c.cn", "a@", "@b.cn", "", "nobody",
    ],
)  # fmt: skip
def test_what_no_letter_can_be_written_to_is_refused_with_words_and_not_repeated(address):
    assert not is_mailbox(address)
    if address:
        form = Form({"email": address})
        assert not form.is_valid()
    with pytest.raises(NoMailbox, match=r"name@example\.com") as refused:
        require_mailbox(address)
    assert refused.value.code == "mailbox-invalid"
    assert not address or address not in str(refused.value)


@pytest.mark.parametrize("address", [f"a@{'长' * 60}.cn", "李@b.cn"])
def test_the_form_says_how_an_address_is_written(address):
    assert "name@example.com" in str(Form({"email": address}).errors)
