"""Rules, toolboxes, samples and people."""

import datetime

import pytest
from django.contrib.auth import get_user_model

from learning.models import today
from operations.doctor.site import Site
from tests.factories import make_city
from tests.learning.passages import make_passage
from tests.operations.doctor.seen import found, levels
from tests.people import make_person

DAY = datetime.timedelta(days=1)


def test_rules_are_good_today():
    assert found("D50", Site(now=datetime.datetime(2026, 12, 1, tzinfo=datetime.UTC))) == []


def test_rules_that_expire_soon(monkeypatch):
    from operations.doctor import content
    from referrals import checks

    first = min(r.expires_on for p in checks.every_pathway() for r in content.reviews(p))
    noon = datetime.datetime.combine(first, datetime.time(12), datetime.UTC)
    assert levels("D50", Site(now=noon - 30 * DAY)) == ["risk"]
    assert found("D50", Site(now=noon - 31 * DAY)) == []


def test_rules_that_have_expired(monkeypatch):
    from referrals import checks
    from referrals.pathway.loading import PathwayError

    def expired():
        raise PathwayError("windows.toml", "hiv-pep", "expired on 2026-01-01: review it")

    monkeypatch.setattr(checks, "every_pathway", expired)
    [(level, what)] = found("D50")
    assert level == "fault"
    assert "windows.toml: hiv-pep" in what


@pytest.mark.django_db
class TestPeopleAndData:
    def test_a_passage_past_its_review(self, production):
        make_passage("quay")
        assert found("D51") == []
        make_passage("pier", reviewed_on=today() - 9 * DAY, next_review=today() - DAY)
        assert found("D51")[0][1].startswith("1 passages")

    def test_accounts_of_the_demonstration(self, production):
        get_user_model().objects.create_user("somebody@example.org")
        assert found("D52") == []
        get_user_model().objects.create_user("editor@example.org")
        assert levels("D52") == ["fault"]

    def test_samples(self, production):
        make_city(is_sample=False)
        assert found("D53") == []
        make_city(is_sample=True, geoname_id=1)
        assert levels("D53") == ["risk"]
        make_city(is_sample=True)
        assert levels("D53") == ["fault", "risk"]

    def test_nobody_keeps_the_network(self, production):
        make_person("network", strong=False)
        assert levels("D54") == ["risk"]
        make_person("network")
        assert found("D54") == []

    def test_a_role_without_a_second_step(self, production):
        city = make_city()
        make_person("editor", city)
        assert found("D55") == []
        person = make_person("editor", city, strong=False)
        [(level, what)] = found("D55")
        assert level == "risk"
        assert what.startswith("1 people")
        assert person.email not in what
        person.is_active = False
        person.save()
        assert found("D55") == []
