"""What each room says of its tables in the chain is of tables, columns and models that there are."""

import pytest
from django.apps import apps

from ledger.chain.declared import declared


@pytest.mark.parametrize("name", sorted(declared()))
def test_what_explains_a_change_names_tables_and_columns_that_are_there(name):
    spec, by_table = declared()[name], {model._meta.db_table: model for model in apps.get_models()}
    assert not (spec.silent and (spec.explained_by or spec.audited_as or spec.history))
    for each in spec.explained_by:
        assert each.own in columns(by_table[name]) and each.column in columns(by_table[each.table])
        assert declared()[each.table].history
    for label, own in spec.audited_as:
        assert own in columns(by_table[name]) and apps.get_model(label)


def columns(model):
    return {field.column for field in model._meta.concrete_fields}
