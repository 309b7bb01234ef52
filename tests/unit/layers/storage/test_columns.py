"""Names and kinds of columns, slugs out of file names."""

import pytest

from geokit.records.rows import Field
from geokit.refusal import BadInput
from layers.importing.options import LoadOptions, slug_from
from layers.storage.columns import Column, find_column, make_columns, merge_columns


def columns(*names: str) -> list[str]:
    return [column.column for column in make_columns([Field(name, "text") for name in names])]


def test_good_names_stay_as_they_are() -> None:
    assert columns("名称", "CODE", "area_m2") == ["名称", "CODE", "area_m2"]


def test_reserved_odd_and_repeated_names_get_a_column_of_their_own() -> None:
    assert columns("id", "geom", "FLD#1", "2026年", "a b", "a__b", "", "名称", "名称") == [
        "id_1", "geom_1", "FLD_1", "f_2026年", "a_b", "a_b_1", "field_7", "名称", "名称_1",
    ]  # fmt: skip


def test_a_field_is_never_a_system_column_and_never_one_too_many() -> None:
    assert columns("ctid", "XMIN", "tableoid") == ["ctid_1", "XMIN_1", "tableoid_1"]
    with pytest.raises(BadInput) as caught:
        columns(*(f"c{number}" for number in range(1_501)))
    assert caught.value.code == "row-too-wide"


def test_a_name_differing_in_case_only_is_told_apart() -> None:
    assert columns("Name", "NAME") == ["Name", "NAME_1"]


def test_long_names_are_cut_between_characters() -> None:
    (name,) = columns("污" * 40)
    assert len(name.encode()) <= 58
    assert set(name) == {"污"}


@pytest.mark.parametrize("name", ['a"; DROP TABLE x; --', "a%s", "a'b", "a\nb"])
def test_nothing_that_sql_would_notice_is_left(name: str) -> None:
    assert columns(name)[0].isidentifier()


def test_merging_keeps_old_columns_adds_new_ones_and_widens() -> None:
    old = [Column("n", "n", "integer"), Column("名称", "名称", "text")]
    new = [Column("N", "N", "bigint"), Column("备注", "备注", "text")]
    assert merge_columns(old, new) == [
        Column("n", "n", "bigint"),
        Column("名称", "名称", "text"),
        Column("备注", "备注", "text"),
    ]


def test_merging_what_does_not_go_together_is_refused() -> None:
    with pytest.raises(BadInput) as caught:
        merge_columns([Column("n", "n", "boolean")], [Column("n", "n", "date")])
    assert caught.value.code == "field-type-changed"


def test_a_key_is_found_by_name_or_column_and_a_wrong_one_refused() -> None:
    known = make_columns([Field("id", "text"), Field("编号", "text")])
    assert find_column(known, "id").column == "id_1"
    assert find_column(known, "id_1").name == "id"
    with pytest.raises(BadInput) as caught:
        find_column(known, "代码")
    assert caught.value.code == "key-not-found"


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("小微水体2026", "xiao_wei_shui_ti_2026"),
        ("My File (1)", "my_file_1"),
        ("***", "layer"),
        ("areas", "areas_layer"),
    ],
)
def test_slugs_come_out_of_file_names(name: str, slug: str) -> None:
    assert slug_from(name) == slug


@pytest.mark.parametrize(
    ("slug", "code"), [("Not Good", "slug-invalid"), ("a" * 49, "slug-invalid"), ("stations", "slug-reserved")]
)
def test_a_slug_that_cannot_be_is_refused(slug: str, code: str) -> None:
    with pytest.raises(BadInput) as caught:
        LoadOptions(path=None, file_name="x", slug=slug).checked()  # type: ignore[arg-type]
    assert caught.value.code == code


def test_the_longest_slug_is_accepted() -> None:
    assert LoadOptions(path=None, file_name="x", slug="a" * 48).checked().slug == "a" * 48  # type: ignore[arg-type]
