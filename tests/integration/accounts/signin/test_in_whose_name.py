"""What a device kept goes out in the name that it was written in, or not at all."""

import pytest

from supervision.models import Finding
from tests.integration.supervision.public.conftest import typed

pytestmark = pytest.mark.django_db


def test_what_was_kept_without_a_name_is_nobodys_though_somebody_is_signed_in(as_user, deputy, world):
    answer = as_user(deputy).post("/report/", typed(), headers={"Accept": "application/json", "X-Filed-As": ""})
    assert answer.status_code == 201
    assert Finding.objects.get().reporter is None


def test_the_name_counts_at_every_address_before_anything_is_done(client, world, deputy):
    answer = client.post("/report/", typed(), headers={"Accept": "application/json", "X-Filed-As": str(deputy.pk)})
    assert (answer.status_code, answer.json()["code"]) == (409, "signed-out")
    assert not Finding.objects.exists()
