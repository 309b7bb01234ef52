"""Leave from a reception day and who comes instead; and who may not."""

from datetime import timedelta

import pytest

from accounts.models import Notice, Robot, Role, User
from geokit.refusal import BadInput, NotPermitted
from ledger.chain import settle, verify
from stations.inbox import waiting
from stations.models import Deputy, Reception, ReceptionLeave
from stations.receptions import services as receptions


@pytest.fixture
def colleague(west):
    """Another deputy in office of the western station, with an account."""
    user = User.objects.create_user("colleague", password="a long phrase", role=Role.DEPUTY, email="c@example.test")
    return Deputy.objects.create(code="D-同事", name="陈四", station=west, user=user)


@pytest.fixture
def eastern_deputy(east):
    user = User.objects.create_user("eastern", password="a long phrase", role=Role.DEPUTY)
    return Deputy.objects.create(code="D-东", name="东一", station=east, user=user)


@pytest.fixture
def away(announced, receiving, colleague):
    """The day from which the first deputy has taken leave."""
    return receptions.take_leave(receiving.user, announced.pk, reason="住院", version=1)


def names(day):
    return sorted(day.deputies.values_list("name", flat=True))


def test_a_deputy_takes_leave_and_the_station_and_her_colleagues_are_told(away, receiving, colleague, town_officer):
    assert names(away) == ["陈二"]
    leave = away.leaves.get()
    assert (leave.deputy, leave.reason, leave.substitute) == (receiving, "住院", None)
    assert "住院" not in str(away.events.latest("pk").detail)  # events hold no personal data
    told = Notice.objects.filter(key=f"reception:{away.pk}:leave:{leave.pk}")
    assert set(told.values_list("recipient", flat=True)) == {colleague.user.pk, town_officer.pk}
    assert "住院" not in told[0].title + told[0].body


def test_a_colleague_takes_the_place_and_both_are_told(away, receiving, colleague, town_officer):
    leave = away.leaves.get()
    receptions.substitute(colleague.user, away.pk, leave.pk)
    assert names(away) == ["陈二", "陈四"]
    told = Notice.objects.filter(key=f"reception:{away.pk}:substitute:{leave.pk}")
    assert set(told.values_list("recipient", flat=True)) == {receiving.user.pk, town_officer.pk}
    with pytest.raises(BadInput):
        receptions.substitute(receiving.user, away.pk, leave.pk)  # somebody comes already


def test_who_can_come_after_all_takes_her_own_place_again(away, receiving):
    receptions.substitute(receiving.user, away.pk, away.leaves.get().pk)
    assert names(away) == ["陈一", "陈二"]
    again = receptions.take_leave(receiving.user, away.pk, reason="又病了")
    assert again.leaves.count() == 2


def test_leave_says_why(announced, receiving):
    with pytest.raises(BadInput) as refused:
        receptions.take_leave(receiving.user, announced.pk, reason="  ")
    assert refused.value.errors[0].field == "reason"


def test_no_leave_once_it_has_begun(announced, receiving, noon):
    noon.move_to(announced.starts_at + timedelta(minutes=1))
    with pytest.raises(NotPermitted):
        receptions.take_leave(receiving.user, announced.pk, reason="住院")


def test_the_station_writes_down_leave_that_was_said_on_the_telephone(announced, town_officer, deputies):
    day = receptions.take_leave(town_officer, announced.pk, reason="出差", deputy=deputies[1])
    assert names(day) == ["陈一"]


def test_she_is_told_of_a_leave_that_somebody_else_wrote_down_for_her(announced, receiving, town_officer):
    day = receptions.take_leave(town_officer, announced.pk, reason="出差", deputy=receiving)
    told = Notice.objects.filter(key=f"reception:{day.pk}:leave:{day.leaves.get().pk}")
    assert receiving.user.pk in told.values_list("recipient", flat=True)


def test_who_is_announced_again_has_no_open_leave_and_may_take_leave_again(away, receiving, town_officer, plan):
    receptions.change(
        town_officer, away.pk, plan(deputies=[receiving]), version=Reception.objects.get(pk=away.pk).version
    )
    assert not away.leaves.filter(substitute=None).exists()
    receptions.take_leave(receiving.user, away.pk, reason="又病了")
    assert away.leaves.filter(substitute=None).count() == 1


@pytest.mark.parametrize("who", ["eastern_officer", "east_staff", "eastern_deputy"])
def test_strangers_give_no_leave_and_take_no_place(who, request, away, deputies):
    person = request.getfixturevalue(who)
    actor = getattr(person, "user", person)
    with pytest.raises(NotPermitted):
        receptions.take_leave(actor, away.pk, reason="出差", deputy=deputies[1])
    with pytest.raises(NotPermitted):
        receptions.substitute(actor, away.pk, away.leaves.get().pk)
    assert names(away) == ["陈二"]


def test_a_deputy_of_another_station_or_out_of_office_takes_no_place(away, town_officer, eastern_deputy, deputies):
    leave = away.leaves.get()
    for nobody in (eastern_deputy, deputies[2]):
        with pytest.raises(NotPermitted):
            receptions.substitute(town_officer, away.pk, leave.pk, nobody)
    with pytest.raises(BadInput):
        receptions.substitute(town_officer, away.pk, leave.pk, deputies[1])  # announced already


def test_a_leave_of_another_day_is_none_of_this_day(away, town_officer, colleague, west, plan):
    other = receptions.announce(town_officer, west, plan(starts_at=away.starts_at + timedelta(days=7)))
    with pytest.raises(BadInput):
        receptions.substitute(colleague.user, other.pk, away.leaves.get().pk)


def test_the_page_shows_leave_to_the_station_and_to_nobody_else(
    away, client, as_user, town_officer, colleague, eastern_deputy
):
    address = away.get_absolute_url()
    assert "住院" not in client.get(address).content.decode()
    client = as_user(eastern_deputy.user)
    assert "住院" not in client.get(address).content.decode()
    for insider in (town_officer, colleague.user):
        client = as_user(insider)
        assert "住院" in client.get(address).content.decode()
    sent = client.post(f"{address}substitute/", {"leave": away.leaves.get().pk, "deputy": colleague.pk})
    assert sent.status_code == 302
    assert names(away) == ["陈二", "陈四"]


@pytest.mark.parametrize("leave", ["", "x", "0", "99999999999999999999", "²"])
def test_an_odd_leave_is_refused(away, client, as_user, town_officer, colleague, leave):
    client = as_user(town_officer)
    sent = client.post(f"{away.get_absolute_url()}substitute/", {"leave": leave, "deputy": colleague.pk})
    assert sent.status_code == 400
    assert ReceptionLeave.objects.get().substitute is None


def test_an_inbox_shows_the_gap_until_somebody_comes(away, town_officer, colleague, noon):
    def gaps(user):
        return [row.pk for one in waiting(user, noon) if one.kind == "receptions-to-substitute" for row in one.rows]

    assert gaps(town_officer) == gaps(colleague.user) == [away.pk]
    receptions.substitute(colleague.user, away.pk, away.leaves.get().pk)
    assert gaps(town_officer) == []


def test_leave_is_in_the_chain_without_its_reason(away):
    settle()
    assert verify().is_sound


def test_leave_is_posted_to_the_group_of_who_runs_the_station_and_of_nobody_else(
    announced, receiving, colleague, town_officer, officer
):
    """An officer of another department who sits receives too; that is none of her department's."""
    Deputy.objects.filter(pk=colleague.pk).update(user=officer)
    groups = [
        Robot.objects.create(
            name="群", form="wecom", department=each.department, url="https://qyapi.weixin.qq.com/x", created_by=each
        )
        for each in (town_officer, officer)
    ]
    receptions.take_leave(receiving.user, announced.pk, reason="住院", version=1)
    assert Notice.objects.filter(recipient=officer, kind="station-reception").exists()
    assert [group.deliveries.count() for group in groups] == [1, 0]
