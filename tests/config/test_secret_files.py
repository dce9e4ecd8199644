"""A secret may stand in a file, which wins over the variable."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.secret_files import Env


def test_a_secret_may_stand_in_a_file(tmp_path, monkeypatch):
    """With the line break that editors put at its end; other variables are never files."""
    (tmp_path / "key").write_text("from a file\n")
    for name in ("SECRET_KEY_FILE", "SECRET_KEY_FALLBACKS_FILE", "SITE_NAME_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "key"))
    monkeypatch.setenv("SITE_NAME", "Guide")
    env = Env()
    assert (env("SECRET_KEY"), env("SITE_NAME")) == ("from a file", "Guide")
    assert env("SECRET_KEY_FALLBACKS") == "from a file"


def test_a_file_that_cannot_be_read_is_named_by_its_variable(tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL_FILE", str(tmp_path / "none"))
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL_FILE names a file"):
        Env()("DATABASE_URL")
