import os

import pytest

from catalog.errors import Misconfigured
from catalog.settings import SETTINGS, read_settings


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch):
    for name in [name for name in os.environ if name.startswith("GONGKAI_")]:
        monkeypatch.delenv(name)


def test_defaults_need_no_environment(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    settings = read_settings()
    assert settings.data_dir == tmp_path / "var"
    assert settings.database_url == f"sqlite:///{tmp_path}/var/catalogue.sqlite"
    assert settings["PORT"] == 8000
    assert settings["ALLOW_HOSTS"] == []


def test_environment_wins_over_default_and_override_over_both(monkeypatch):
    monkeypatch.setenv("GONGKAI_PORT", "9000")
    monkeypatch.setenv("GONGKAI_ALLOW_HOSTS", "127.0.0.1:1,intranet")
    assert read_settings()["PORT"] == 9000
    assert read_settings()["ALLOW_HOSTS"] == ["127.0.0.1:1", "intranet"]
    assert read_settings(PORT=1)["PORT"] == 1


def test_wrong_value_names_the_setting(monkeypatch):
    monkeypatch.setenv("GONGKAI_PORT", "many")
    with pytest.raises(Misconfigured, match="GONGKAI_PORT.*integer"):
        read_settings()


def test_unknown_setting_names_the_nearest(monkeypatch):
    monkeypatch.setenv("GONGKAI_DATADIR", "/tmp/x")
    with pytest.raises(Misconfigured, match="did you mean GONGKAI_DATA_DIR"):
        read_settings()


def test_secrets_are_not_shown():
    shown = {row.name: text for row, text in read_settings(SECRET_KEY="k", DATABASE_URL="postgresql://u:p@h/d").rows()}
    assert shown["SECRET_KEY"] == "(set)"
    assert "p@h" not in shown["DATABASE_URL"]


def test_secret_key_is_made_once_and_kept_to_its_owner(tmp_path):
    settings = read_settings(DATA_DIR=str(tmp_path / "var"))
    key = settings.secret_key()
    assert len(key) == 64
    assert read_settings(DATA_DIR=str(tmp_path / "var")).secret_key() == key
    assert (tmp_path / "var" / "secret").stat().st_mode & 0o077 == 0


def test_a_secret_may_come_from_a_file(tmp_path, monkeypatch):
    (tmp_path / "key").write_text("from a file")
    monkeypatch.setenv("GONGKAI_SECRET_KEY_FILE", str(tmp_path / "key"))
    assert read_settings()["SECRET_KEY"] == "from a file"


def test_plain_postgresql_url_gets_its_driver():
    assert read_settings(DATABASE_URL="postgresql://h/d").database_url == "postgresql+psycopg://h/d"


def test_every_setting_has_help():
    assert all(len(row.help) > 10 for row in SETTINGS)
