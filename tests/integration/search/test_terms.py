"""Terms of the encyclopedia stand above what a search finds, and among its suggestions."""

import pytest
from django.urls import reverse

pytestmark = pytest.mark.usefixtures("everything")


def test_a_term_is_explained_though_nothing_has_its_name(client):
    page = client.get("/search/", {"q": "决定类别的指标"}).content.decode()
    assert f'<a href="{reverse("library:term", args=["limiting"])}"><strong>决定类别的指标</strong></a>' in page


def test_suggestions_lead_to_a_term(client):
    box = client.get("/search/", {"q": "质询案"}, HTTP_HX_REQUEST="true").content.decode()
    assert "名词解释" in box and "<strong>" not in box


def test_a_word_that_is_no_term_is_not_explained(client):
    assert client.get("/search/", {"q": "西塘河"}).context["terms"] == []
