"""Who may change what of whom: roles, the last administrator, lost second factors."""

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.urls import reverse

from accounts import inviting
from accounts.models import Event, Invitation
from services.models import Membership
from services.roles import standing_of_user
from tests.factories import make_city
from tests.people import browser_of, make_person, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def city():
    return make_city("harbour")


def role_of(person, city):
    return Membership.objects.get(user=person, city=city)


def page_of(person, city):
    return reverse("office-person", args=[city.slug, role_of(person, city).pk])


def do(keeper, person, city, what, **more):
    return signed_in(keeper).post(page_of(person, city), {"do": what} | more)


def test_an_administrator_changes_a_role_and_takes_it_away(city):
    keeper, worker = make_person("administrator", city), make_person("worker", city)
    assert do(keeper, worker, city, "role", role="editor").status_code == 302
    assert role_of(worker, city).role == "editor"
    assert do(keeper, worker, city, "role", role="network").status_code == 400
    assert do(keeper, worker, city, "remove").status_code == 302
    assert not Membership.objects.filter(user=worker).exists()
    page = signed_in(keeper).get(reverse("office-people", args=[city.slug])).content.decode()
    assert "role changed" in page
    assert "role taken away" in page
    events = Event.objects.order_by("pk").values_list("kind", "actor", "subject", "city", "role")
    assert list(events) == [
        ("role-changed", keeper.pk, worker.pk, city.pk, "editor"),
        ("role-removed", keeper.pk, worker.pk, city.pk, "editor"),
    ]


@pytest.mark.parametrize(("what", "more"), [("role", {"role": "editor"}), ("remove", {})])
def test_a_city_keeps_its_last_administrator(city, what, more):
    """One whose second factor is missing could not act, and so does not count."""
    last, network = make_person("administrator", city), make_person("network")
    make_person("administrator", city, strong=False)
    assert do(last, last, city, what, **more).status_code == 409
    # The one who cannot act may be taken away; the network may take away the last, too.
    assert do(network, last, city, what, **more).status_code == 302


def test_nobody_changes_their_own_role_but_may_give_it_up(city):
    keeper = make_person("administrator", city)
    make_person("administrator", city)
    assert do(keeper, keeper, city, "role", role="worker").status_code == 409
    assert do(keeper, keeper, city, "remove").status_code == 302
    assert not Membership.objects.filter(user=keeper).exists()


def test_the_network_keeps_its_last_administrator():
    first, second = make_person("network"), make_person("network")
    address = reverse("network-person", args=[second.memberships.get().pk])
    assert signed_in(first).post(address, {"do": "remove"}).status_code == 302
    address = reverse("network-person", args=[first.memberships.get().pk])
    answer = signed_in(first).post(address, {"do": "remove"})
    assert answer.status_code == 409
    assert "invite another administrator" in answer.content.decode()


def test_what_somebody_promised_ends_with_their_role(city):
    keeper, leaver = make_person("administrator", city), make_person("administrator", city)
    _invitation, token = inviting.invite("x@example.org", "administrator", city, by=leaver)
    do(keeper, leaver, city, "role", role="worker")
    assert Invitation.objects.get().withdrawn_at
    assert inviting.with_hash(inviting.hash_of(token)).is_open is False


def test_a_restored_person_is_signed_out_told_and_has_no_second_step(city):
    keeper, loser, other = (make_person("administrator", city) for _each in range(3))
    theirs, others = signed_in(loser), signed_in(other)
    assert do(keeper, loser, city, "restore").status_code == 302
    assert not Authenticator.objects.filter(user=loser).exists()
    assert theirs.get("/office/harbour/").headers["Location"].startswith("/accounts/login/")
    assert others.get("/office/harbour/").status_code == 200
    assert standing_of_user(loser).waits
    event = Event.objects.get(kind="restored")
    assert (event.actor, event.subject, event.city) == (keeper, loser, city)


def test_the_mail_of_a_restoring_goes_to_the_person(city, django_capture_on_commit_callbacks):
    keeper, loser = make_person("administrator", city), make_person("worker", city)
    with django_capture_on_commit_callbacks(execute=True):
        do(keeper, loser, city, "restore")
    (message,) = mail.outbox
    assert message.to == [loser.email]
    assert keeper.email in message.body
    assert "http://127.0.0.1:8000/accounts/login/" in message.body


def test_who_may_restore_whom(city):
    """Whoever also has a role elsewhere is restored by somebody who looks after people there too."""
    elsewhere = make_city("elsewhere", country="IT")
    keeper, network = make_person("administrator", city), make_person("network")
    both, upper = make_person("worker", city), make_person("network")
    Membership.objects.create(user=both, city=elsewhere, role="editor")
    Membership.objects.create(user=upper, city=city, role="worker")
    assert do(keeper, both, city, "restore").status_code == 409
    assert do(keeper, upper, city, "restore").status_code == 409
    assert do(keeper, keeper, city, "restore").status_code == 409
    assert do(network, network_worker(network, city), city, "restore").status_code == 409
    assert Authenticator.objects.count() == 4
    Membership.objects.create(user=keeper, city=elsewhere, role="administrator")
    assert do(keeper, both, city, "restore").status_code == 302
    assert do(network, upper, city, "restore").status_code == 302
    assert Authenticator.objects.filter(user__in=[both, upper]).count() == 0


def network_worker(network, city):
    """The network's administrator with a role in the city beside, so that a page of theirs exists."""
    Membership.objects.create(user=network, city=city, role="worker")
    return network


def test_another_citys_people_and_invitations_are_not_found(city):
    far = make_city("faraway", country="IT")
    worker = make_person("worker", far, email="farawaywoman@example.org")
    invitation, _token = inviting.invite("farawayguest@example.org", "editor", far)
    keeper = browser_of("administrator", city)
    for address in (
        reverse("office-person", args=[city.slug, role_of(worker, far).pk]),
        reverse("office-invitation", args=[city.slug, invitation.pk]),
    ):
        for what in ("remove", "restore", "withdraw", "send"):
            assert keeper.post(address, {"do": what}).status_code == 404
    assert "faraway" not in keeper.get(reverse("office-people", args=[city.slug])).content.decode()
    assert role_of(worker, far).role == "worker"
    assert Invitation.objects.get().is_open


def test_the_page_does_not_grow_with_its_people(city, django_assert_max_num_queries):
    keeper = make_person("administrator", city)
    for number in range(12):
        person = make_person("worker", city)
        inviting.invite(f"guest{number}@example.org", "worker", city, by=keeper)
        Event.objects.create(kind="signed-in", actor=person, subject=person)
    browser = signed_in(keeper)
    browser.get("/office/")
    with django_assert_max_num_queries(9):
        assert browser.get(reverse("office-people", args=[city.slug])).status_code == 200


@pytest.mark.parametrize(
    "data", [{"email": "x"}, {"email": "a\0@example.org", "role": "editor"}, {}]
)
def test_a_bad_invitation_is_refused_and_what_was_typed_stays(city, data):
    answer = browser_of("administrator", city).post(
        reverse("office-people", args=[city.slug]), data
    )
    assert answer.status_code == 400
    assert "Send the invitation" in answer.content.decode()
    assert not Invitation.objects.exists()
