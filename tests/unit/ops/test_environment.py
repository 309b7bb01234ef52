"""VAR_DIR and the secret key."""

from pathlib import Path

from ops import environment


def test_the_secret_key_is_made_once_and_private(tmp_path: Path) -> None:
    first = environment.secret_key(tmp_path / "var")
    assert len(first) >= 50
    assert environment.secret_key(tmp_path / "var") == first
    assert (tmp_path / "var" / "secret_key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in (tmp_path / "var").iterdir()] == ["secret_key"]


def test_a_relative_var_dir_counts_from_the_clone() -> None:
    assert environment.var_dir({"VAR_DIR": "elsewhere"}) == environment.ROOT / "elsewhere"


def test_an_absolute_var_dir_stays(tmp_path: Path) -> None:
    assert environment.var_dir({"VAR_DIR": str(tmp_path)}) == tmp_path


def test_a_database_elsewhere_starts_nothing(tmp_path: Path) -> None:
    environ = {"DATABASE_URL": "postgis://db.example.org/map", "VAR_DIR": str(tmp_path / "var")}
    with environment.database(environ):
        assert not (tmp_path / "var").exists()
        assert "SECRET_KEY" not in environ


def test_an_empty_address_means_the_embedded_database() -> None:
    assert environment.uses_embedded({"DATABASE_URL": ""})
    assert environment.uses_embedded({})


def test_an_empty_var_dir_is_the_usual_one() -> None:
    assert environment.var_dir({"VAR_DIR": ""}) == environment.ROOT / "var"
