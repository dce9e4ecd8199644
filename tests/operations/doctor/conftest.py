"""A site in production, and files that are closed at the end."""

import pytest

from tests.operations.doctor.seen import FileSite

#: Made by chance, for these tests alone; put together here, so that no file holds it whole.
GOOD_SECRET = "k7Qm2xVb9TzR4wLc8NpY6sHd3JfG5a" + "Eu1XoZiKvBqWtMnCyPrS7fUe0D"


@pytest.fixture
def production(settings):
    settings.PRODUCTION, settings.TESTING, settings.ENVIRONMENT = True, False, "production"
    settings.SECRET_KEY = GOOD_SECRET
    settings.ALLOWED_HOSTS = ["guide.example.org"]
    settings.SITE_URL = "https://guide.example.org"
    settings.SECURE_SSL_REDIRECT, settings.BEHIND_PROXY = True, True
    settings.SECURE_HSTS_SECONDS = 31536000
    settings.DEFAULT_FROM_EMAIL = "Guide <guide@guide.example.org>"
    return settings


@pytest.fixture
def sqlite_site(monkeypatch, tmp_path, db):
    """Makes a site with a file of SQLite: `sqlite_site(file, **options)`."""
    opened = []

    def make(file=tmp_path / "site.sqlite3", **options):
        site, handler = FileSite.use(monkeypatch, file, **options)
        opened.append(handler)
        return site

    yield make
    for handler in opened:
        handler.close_all()
