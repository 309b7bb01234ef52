"""Passwords that somebody would guess are refused with a reason, without any network."""

from time import process_time

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from accounts.models import Area
from accounts.notices import links
from accounts.people import invitations, services


@pytest.mark.parametrize(
    "password",
    [
        "password1",  # Django's own list
        "woaini1314",
        "zhangwei88",
        "Haishu@2026",
        "haishuqu330203",
        "renda2026!",
        "ningbo12345",
        "1qaz2wsx3edc",
        "qwertyuiop123",
        "13957412345",
        "13957412345a",
        "33020319850312123X",
        "1985031212",
        "P@ssw0rd123",
        "mima123456",
        "demo-anything-long-enough-77",
        "xizhen2026",  # a town of this district
        "a-deputy2026",
        "zhangdaibiao1",
        "ｐａｓｓｗｏｒｄ１２３",  # as an input method types it
        "ｗｏａｉｎｉ１３１４",
        "１２３４５６７８９０",
        "𝗽𝗮𝘀𝘀𝘄𝗼𝗿𝗱𝟭𝟮",
        "Ｈａｉｓｈｕ＠２０２６",
        "renda2026!   ",
        "　haishu2026　　",
        "pass\u200bword\u200b12",
        "            ",
    ],
)
def test_a_guessable_password_is_refused(deputy, password):
    with pytest.raises(ValidationError):
        validate_password(password, deputy)


@pytest.mark.parametrize(
    "password", ["river-bank-at-noon-7", "kettle under seven maples", "gV7#qLp2!xTz", "江边 老树 三只鸭 2"]
)
def test_words_that_have_nothing_to_do_with_each_other_are_taken(deputy, password):
    validate_password(password, deputy)


def test_a_password_of_all_signs_is_judged_soon(deputy):
    """Seven hundred ways to read signs as letters took ten seconds, in which no other thread could work."""
    began = process_time()
    validate_password("4@8({[<369&1!|7$5+%2z0" * 4, deputy)
    assert process_time() - began < 2


def test_the_names_are_those_of_this_district(deputy):
    validate_password("yunwushanbeihu", deputy)
    Area.objects.create(code="999999", name="云雾山北湖镇", level=Area.Level.TOWN)
    with pytest.raises(ValidationError):
        validate_password("yunwushanbeihu", deputy)


def test_it_is_refused_where_an_invitation_is_taken(deputy, client, staff):
    services.invite_again(staff, deputy.pk)
    deputy.refresh_from_db()
    link = links.absolute(invitations.unsealed_path(deputy))
    answer = client.post(
        link[link.index("/invitations/") :], {"new_password1": "Haishu@2026", "new_password2": "Haishu@2026"}
    )
    assert answer.status_code == 400
    assert "又长又好记" in answer.text
