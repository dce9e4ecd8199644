"""Keys of partners: a good one is counted, a bad one is refused in the shape of every refusal."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from services.api.keys import reader_of
from services.models import KeyUse, PartnerKey
from services.visibility import ANYBODY, Audience, Reader
from tests.factories import make_city, make_key

PLAN = "/api/v1/referral-plan"

pytestmark = pytest.mark.django_db


class WhoAmI(APIView):
    permission_classes = [AllowAny]

    def get(self, request):
        self.readers = [reader_of(request), reader_of(request)]
        return Response({"key": request.auth and request.auth.prefix})


class Closed(WhoAmI):
    """With the permissions that a view has when it says nothing."""

    permission_classes = APIView.permission_classes


def ask(authorization=None, view=WhoAmI):
    """(answer, the readers that the view was told)."""
    headers = {} if authorization is None else {"HTTP_AUTHORIZATION": authorization}
    answer = view.as_view()(APIRequestFactory().get("/", **headers))
    seen = getattr(answer.renderer_context["view"], "readers", None)
    return answer.render(), seen


def with_key(plain):
    return ask(f"Api-Key {plain}")


@pytest.mark.parametrize("header", [None, "", "Basic dXNlcjpwYXNz", "Bearer abc", "Bearer", "abc"])
def test_without_a_key_everybody_is_anybody(header):
    with CaptureQueriesContext(connection) as queries:
        answer, readers = ask(header)
    assert answer.status_code == 200
    assert answer.data == {"key": None}
    assert readers == [ANYBODY, ANYBODY]
    assert len(queries) == 0


def test_a_good_key_is_known():
    key, plain = make_key()
    for scheme in ("Api-Key", "api-key", "API-KEY"):
        answer, readers = ask(f"{scheme} {plain}")
        assert answer.data == {"key": key.prefix}
        assert readers == [ANYBODY, ANYBODY]


def test_a_professional_key_reads_as_one_in_its_cities_asked_for_once():
    city = make_city()
    _key, plain = make_key("professional", [city])
    with_key(plain)
    with CaptureQueriesContext(connection) as queries:
        _answer, readers = with_key(plain)
    expected = Reader(Audience.PROFESSIONAL, frozenset([city.pk]), frozenset(["BE"]))
    assert readers == [expected, expected]
    # The key, its use, its cities.
    assert len(queries) == 3


def test_the_key_is_kept_as_a_hash():
    key, plain = make_key()
    secret = plain.partition(".")[2]
    kept = PartnerKey.objects.filter(pk=key.pk).values().get()
    assert kept["hashed_key"].startswith("sha512$$")
    assert not any(secret in str(value) for value in kept.values())


def assert_refused(answer):
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Api-Key"
    assert answer["Content-Type"].startswith("application/problem+json")
    assert answer.data == {
        "type": "about:blank",
        "status": 401,
        "title": "This key is wrong, revoked or expired.",
    }


WRONG = {
    "unknown": "abcdefgh." + "a" * 32,
    "wrong secret": "{prefix}." + "a" * 32,
    "wrong prefix": "abcdefgh.{secret}",
    "longer": "{prefix}.{secret}a",
    "shorter": "{prefix}.{secret:.31}",
    "prefix alone": "{prefix}",
    "prefix and point": "{prefix}.",
    "two": "{prefix}.{secret} {prefix}.{secret}",
    "space": " {prefix}.{secret}",
    "empty": "",
    "NUL": "{prefix}\x00.{secret}",
    "only NUL": "\x00",
    "NUL at the end": "{prefix}.{secret:.31}\x00",
    "line": "{prefix}.{secret}\n",
    "long": "a" * 10_000,
    "latin": "ÿþ.éééé",
    "surrogate": "\udcff\udcfe." + "a" * 32,
    "wide digits": "１２３４５６７８." + "a" * 32,
    "quotes": "' OR 1=1 --",
    "percent": "%00%ff",
}


@pytest.mark.parametrize("text", WRONG.values(), ids=WRONG.keys())
def test_a_wrong_key_is_refused(text):
    prefix, _point, secret = make_key()[1].partition(".")
    answer, _readers = with_key(text.format(prefix=prefix, secret=secret))
    assert_refused(answer)
    assert not KeyUse.objects.exists()


def test_the_scheme_alone_is_a_wrong_key():
    assert_refused(ask("Api-Key")[0])


def test_a_revoked_key_is_refused():
    key, plain = make_key()
    assert with_key(plain)[0].status_code == 200
    key.revoked = True
    key.save()
    assert_refused(with_key(plain)[0])


def test_an_expired_key_is_refused():
    _key, plain = make_key(expiry_date=timezone.now() - datetime.timedelta(seconds=1))
    assert_refused(with_key(plain)[0])
    assert not KeyUse.objects.exists()


@pytest.mark.parametrize("text", ["\x00" * 41, "abcdefgh." + "a" * 32 + "\x00", "abcdefgh"])
def test_junk_asks_the_database_nothing(text):
    with CaptureQueriesContext(connection) as queries:
        with_key(text)
    assert len(queries) == 0


def test_on_the_site_itself_a_key_is_heard(client):
    _key, plain = make_key()
    for header, status in ((plain, 400), ("\x00", 401), ("wrong", 401)):
        answer = client.post(
            PLAN, "{}", content_type="application/json", HTTP_AUTHORIZATION=f"Api-Key {header}"
        )
        assert answer.status_code == status
    assert answer["WWW-Authenticate"] == "Api-Key"
    assert KeyUse.objects.get().requests == 1


def test_a_key_does_not_open_what_is_for_administrators():
    _key, plain = make_key()
    assert ask(f"Api-Key {plain}", Closed)[0].status_code == 403
    assert ask(None, Closed)[0].status_code == 401


# The count.


def test_requests_are_counted_by_day(time_machine):
    key, plain = make_key(expiry_date=datetime.datetime(2030, 1, 1, tzinfo=datetime.UTC))
    make_key()
    time_machine.move_to("2026-11-16T23:59:00Z")
    with_key(plain)
    with_key(plain)
    time_machine.move_to("2026-11-17T00:01:00Z")
    with_key(plain)
    counts = KeyUse.objects.values_list("key", "day", "requests")
    assert set(counts) == {
        (key.pk, datetime.date(2026, 11, 16), 2),
        (key.pk, datetime.date(2026, 11, 17), 1),
    }


def test_a_request_with_a_key_costs_two_queries():
    _key, plain = make_key()
    with_key(plain)
    with CaptureQueriesContext(connection) as queries:
        with_key(plain)
    assert len(queries) == 2


def test_a_count_that_was_begun_meanwhile_goes_on(monkeypatch):
    from services.api import keys

    key, _plain = make_key()
    made = KeyUse.objects.bulk_create

    def late(rows, **options):
        KeyUse.objects.create(key=key, day=rows[0].day, requests=5)
        return made(rows, **options)

    monkeypatch.setattr(type(KeyUse.objects), "bulk_create", lambda _self, *a, **k: late(*a, **k))
    keys._count_use(key)
    assert KeyUse.objects.get().requests == 6
