"""System checks refuse what this site cannot run on."""

import importlib.util

import pytest

from geo_portal import checks


def test_psycopg_3_is_refused(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: object())
    assert [problem.id for problem in checks.driver_is_psycopg2()] == ["geo_portal.E001"]


def test_psycopg2_alone_is_fine():
    assert checks.driver_is_psycopg2() == []


@pytest.mark.parametrize("name", ["DEMO", "TESTING_HOOKS", "DEBUG"])
def test_what_only_a_demonstration_may_have_is_refused_in_production(settings, name):
    settings.DEMO = settings.TESTING_HOOKS = settings.DEBUG = False
    assert checks.settings_are_safe() == []
    setattr(settings, name, True)
    assert [problem.id for problem in checks.settings_are_safe()] == ["geo_portal.E003"]


def test_a_variable_that_became_a_rule_of_the_district_is_named(settings):
    settings.RETIRED_VARIABLES = ["RELAPSE_MONTHS"]
    [warning] = checks.rules_are_not_in_the_environment()
    assert (warning.id, "RELAPSE_MONTHS" in warning.msg) == ("geo_portal.W004", True)
    settings.RETIRED_VARIABLES = []
    assert checks.rules_are_not_in_the_environment() == []


def test_a_bucket_without_its_packages_is_refused(settings, monkeypatch):
    settings.FILES_BUCKET = "files"
    assert checks.a_bucket_has_its_packages() == []
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert [error.id for error in checks.a_bucket_has_its_packages()] == ["geo_portal.E006"]
    settings.FILES_BUCKET = ""
    assert checks.a_bucket_has_its_packages() == []
