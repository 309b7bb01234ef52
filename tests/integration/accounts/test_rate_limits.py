"""Limits per network address: counted for everybody at once, forgotten with time, and not to be talked round."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from accounts.models import RateCount
from accounts.rate_limits import Limit, address_of, forget_ended, spend
from geokit.refusal import TooMany
from ogc.pictures.throttles import MapThrottle
from ui.network.throttles import PersonThrottle, PublicThrottle
from ui.printing import SheetThrottle

pytestmark = pytest.mark.django_db

THREE = Limit("test", 3, timedelta(hours=1))
NOON = datetime(2026, 11, 24, 12, 20, tzinfo=UTC)


def test_the_limit_lets_so_many_through_and_says_when_to_come_back():
    assert [spend(THREE, "192.0.2.1", NOON) for _turn in range(3)] == [1, 2, 3]
    with pytest.raises(TooMany) as refused:
        spend(THREE, "192.0.2.1", NOON)
    assert refused.value.retry_after == 40 * 60
    assert "40" in refused.value.message


def test_other_addresses_other_things_and_the_next_hour_count_for_themselves():
    for _turn in range(3):
        spend(THREE, "192.0.2.1", NOON)
    assert spend(THREE, "192.0.2.2", NOON) == 1
    assert spend(Limit("other", 3, timedelta(hours=1)), "192.0.2.1", NOON) == 1
    assert spend(THREE, "192.0.2.1", NOON + timedelta(hours=1)) == 1


def test_ten_thousand_attempts_are_one_row_without_the_address():
    for _turn in range(3):
        spend(THREE, "192.0.2.1", NOON)
    row = RateCount.objects.get()
    assert row.count == 3
    assert "192" not in row.who


def test_old_counters_are_forgotten_and_new_ones_kept():
    spend(THREE, "192.0.2.1", NOON - timedelta(days=3))
    spend(THREE, "192.0.2.1", NOON)
    assert forget_ended(NOON) == 1
    assert RateCount.objects.count() == 1


def test_no_limit_counts_for_longer_than_counters_are_kept():
    with pytest.raises(ValueError, match="two-weeks"):
        Limit("two-weeks", 3, timedelta(days=14))


@pytest.mark.parametrize(
    ("proxies", "passed_on", "seen"),
    [
        (0, "203.0.113.9", "192.0.2.1"),
        (1, "198.51.100.7, 203.0.113.9", "203.0.113.9"),
        (2, "198.51.100.7, 203.0.113.9", "198.51.100.7"),
        (2, "203.0.113.9", "192.0.2.1"),
        (1, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        (1, "not an address", "not an address"),
        (1, "198.51.100.7, 203.0.113.9:51234", "203.0.113.9"),
        (1, "[2001:db8:1:2:3::4]:443", "2001:db8:1:2::/64"),
    ],
)
def test_only_our_own_proxies_are_believed(settings, proxies, passed_on, seen):
    settings.TRUSTED_PROXIES = proxies
    request = RequestFactory().get("/", REMOTE_ADDR="192.0.2.1", HTTP_X_FORWARDED_FOR=passed_on)
    assert address_of(request) == seen


@pytest.mark.parametrize("throttle", [PublicThrottle, PersonThrottle, SheetThrottle, MapThrottle])
def test_what_the_framework_counts_is_counted_of_the_same_address(settings, throttle):
    """By its own reading a household had as many turns as it has addresses, and a stranger's word was believed."""

    def key(**meta):
        request = RequestFactory().get("/", **meta)
        request.user = AnonymousUser()
        return throttle().get_cache_key(request, None)

    assert key(REMOTE_ADDR="2001:db8:1:2::5") == key(REMOTE_ADDR="2001:db8:1:2:ffff::6")
    settings.TRUSTED_PROXIES = 2
    past = [key(REMOTE_ADDR="192.0.2.1", HTTP_X_FORWARDED_FOR=f"203.0.113.{number}") for number in (1, 2)]
    assert past[0] == past[1]


def test_visitors_of_a_socket_for_both_kinds_of_address_are_counted_apart():
    """Such a socket hands over IPv4 addresses inside IPv6; their /64 would be everybody's."""
    visitors = ("::ffff:203.0.113.7", "::ffff:198.51.100.9", "203.0.113.7")
    seen = [address_of(RequestFactory().get("/", REMOTE_ADDR=address)) for address in visitors]
    assert seen == ["203.0.113.7", "198.51.100.9", "203.0.113.7"]
