"""What `check --deploy` says before the site meets people, and the demo account it looks for."""

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.db import DatabaseError

from services import checks
from tests.factories import make_city

pytestmark = pytest.mark.django_db

GOOD_SECRET = "k7Qm2xVb9TzR4wLc8NpY6sHd3JfG5aEu1XoZiKvBqWtMnCyPrS"


@pytest.fixture
def production(settings):
    settings.PRODUCTION, settings.DEBUG, settings.SECRET_KEY = True, False, GOOD_SECRET
    return settings


def found():
    return [message.id for message in checks.fit_for_production(None)]


def test_a_clean_production_has_nothing_to_say(production):
    make_city(is_sample=False)
    assert found() == []


@pytest.mark.parametrize("name", [checks.DEMO_USERNAME, *checks.DEMO_ADDRESSES])
def test_a_demo_account_is_an_error(production, name):
    get_user_model().objects.create_user(name)
    assert found() == ["services.E003"]


def test_debug_is_an_error(production):
    production.DEBUG = True
    assert found() == ["services.E001"]


@pytest.mark.parametrize(
    "secret", ["", "short", "demo-" + GOOD_SECRET, "django-insecure-" + GOOD_SECRET]
)
def test_a_secret_that_others_could_know_is_an_error(production, secret):
    production.SECRET_KEY = secret or "x"
    assert found() == ["services.E002"]


def test_sample_cities_are_an_error(production):
    make_city(is_sample=True)
    assert found() == ["services.E004"]


def test_outside_production_nothing_is_checked(production):
    production.PRODUCTION, production.DEBUG = False, True
    make_city(is_sample=True)
    assert found() == []


def test_a_database_without_tables_does_not_stop_the_check(production, monkeypatch):
    def no_tables(_self):
        raise DatabaseError

    monkeypatch.setattr("django.db.models.query.QuerySet.exists", no_tables)
    assert found() == []


def test_the_check_runs_with_the_deploy_checks_only(production, capsys):
    get_user_model().objects.create_user(checks.DEMO_USERNAME)
    call_command("check", tag=["security"], verbosity=0)
    with pytest.raises(Exception, match=r"services\.E003"):
        call_command("check", tag=["security"], deploy=True, verbosity=0)


@pytest.fixture
def demo(settings, monkeypatch):
    settings.PRODUCTION = False
    monkeypatch.delenv("DEMO_PASSWORD", raising=False)
    return monkeypatch


def administrator():
    return get_user_model().objects.get(username=checks.DEMO_ADDRESSES[0])


def test_the_demo_administrator_gets_the_password_of_the_environment(demo, capsys):
    demo.setenv("DEMO_PASSWORD", "harbour-lantern")
    call_command("demo_account")
    assert "harbour-lantern" in capsys.readouterr().out
    assert administrator().check_password("harbour-lantern")
    assert administrator().is_staff
    assert not administrator().is_superuser


def test_without_one_the_password_is_random_and_printed(demo, capsys):
    printed = []
    for _start in range(2):
        call_command("demo_account")
        printed.append(capsys.readouterr().out.split()[-1])
    assert printed[0] != printed[1]
    assert administrator().check_password(printed[1])


def test_the_same_password_keeps_sessions_alive(demo):
    demo.setenv("DEMO_PASSWORD", "harbour-lantern")
    call_command("demo_account", verbosity=0)
    before = administrator().get_session_auth_hash()
    call_command("demo_account", verbosity=0)
    assert administrator().get_session_auth_hash() == before


def test_production_gets_no_demo_account(demo, settings):
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="not for production"):
        call_command("demo_account")
    assert not get_user_model().objects.exists()
