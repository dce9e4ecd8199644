"""Partners in the administration: for the network, and a key or a secret is shown once."""

import datetime
import re

import pytest
from django.apps import apps
from django.contrib import admin
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from services import webhooks
from services.models import Delivery, KeyUse, PartnerKey, Webhook
from tests.factories import make_city, make_key
from tests.people import browser_of
from tests.services import test_admin
from tests.services.test_webhooks import make_change

URL = "https://hooks.partner.example/hook"
MODELS = ["partnerkey", "webhook"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def colleague():
    """An administrator of a city, with every power there."""
    return browser_of("administrator", make_city())


@pytest.fixture
def network():
    """An administrator of the network."""
    return browser_of("network")


@pytest.fixture
def webhook():
    return webhooks.make_webhook(make_key()[0], URL)[0]


def page(model, name, *args):
    return reverse(f"admin:services_{model}_{name}", args=args)


def form_of(response):
    """What a browser would send back, unchanged: a moment has a date and a time."""
    values = test_admin.form_of(response)
    if moment := values.pop("expiry_date", None):
        values["expiry_date_0"], values["expiry_date_1"] = (
            f"{moment:%Y-%m-%d}",
            f"{moment:%H:%M:%S}",
        )
    return values


def add(client, model, **values):
    """Open the form for a new one, fill it in and send it; the page that follows."""
    form = form_of(client.get(page(model, "add")))
    return client.post(page(model, "add"), form | values, follow=True)


def text(response):
    return response.content.decode()


@pytest.mark.parametrize("model", MODELS)
def test_nobody_but_the_network_gets_in(colleague, network, webhook, model):
    thing = {"partnerkey": webhook.key, "webhook": webhook}[model]
    addresses = [
        page(model, "changelist"),
        page(model, "add"),
        *(page(model, name, thing.pk) for name in ("change", "delete", "history")),
    ]
    for address in addresses:
        assert colleague.get(address).status_code == 403
        assert colleague.post(address, {}).status_code == 403
    assert f"/admin/services/{model}/" not in text(colleague.get(reverse("admin:index")))
    for address in addresses:
        # Listings alone have a history.
        assert network.get(address).status_code == (404 if "history" in address else 200)
    assert f"/admin/services/{model}/" in text(network.get(reverse("admin:index")))


def test_the_librarys_own_keys_are_not_there(network):
    assert not admin.site.is_registered(apps.get_model("rest_framework_api_key", "APIKey"))
    with pytest.raises(NoReverseMatch):
        reverse("admin:rest_framework_api_key_apikey_changelist")


def test_a_new_key_is_shown_once_and_works(network):
    city = make_city()
    shown = text(
        add(network, "partnerkey", name="App", level="professional", cities=[str(city.pk)])
    )
    [plain] = re.findall(r"[A-Za-z0-9]{8}\.[A-Za-z0-9]{32}", shown)
    key = PartnerKey.objects.get_from_key(plain)
    assert (key.name, key.level, list(key.cities.all())) == ("App", "professional", [city])
    for address in (page("partnerkey", "changelist"), page("partnerkey", "change", key.pk)):
        again = text(network.get(address))
        assert plain not in again
        assert key.hashed_key not in again
        assert key.hashed_key not in address


def test_a_new_key_is_good_for_a_year_unless_one_says_otherwise(network):
    add(network, "partnerkey", name="App")
    left = PartnerKey.objects.get().expiry_date - timezone.now()
    assert datetime.timedelta(364) < left < datetime.timedelta(366)


def test_a_key_without_an_end_is_refused(network):
    response = add(network, "partnerkey", name="App", expiry_date_0="", expiry_date_1="")
    assert "This field is required." in text(response)
    assert not PartnerKey.objects.exists()


def test_a_key_that_is_changed_stays_the_key(network):
    key, plain = make_key()
    address = page("partnerkey", "change", key.pk)
    form = form_of(network.get(address)) | {"name": "New name"}
    assert network.post(address, form).status_code == 302
    assert PartnerKey.objects.get_from_key(plain).name == "New name"


def test_a_revoked_key_stays_revoked(network):
    key, _plain = make_key()
    address = page("partnerkey", "change", key.pk)
    network.post(address, form_of(network.get(address)) | {"revoked": "on"})
    assert PartnerKey.objects.get().revoked
    network.post(address, form_of(network.get(address)) | {"name": "Other"})
    again = PartnerKey.objects.get()
    assert (again.revoked, again.name) == (True, key.name)


def test_only_a_key_that_sees_whom_it_refers_to_may_refer(network):
    refused = add(network, "partnerkey", name="App", may_refer="on")
    assert refused.context["adminform"].form.errors == {
        "may_refer": ["Only a key that sees what vetted workers may see can refer."]
    }
    city = make_city()
    values = {"level": "professional", "cities": [str(city.pk)], "may_refer": "on"}
    add(network, "partnerkey", name="App", **values)
    assert PartnerKey.objects.get().may_refer


def test_the_use_of_a_key_is_there_to_read(network):
    key, _plain = make_key()
    KeyUse.objects.create(key=key, day=datetime.date(2026, 11, 16), requests=4711)
    address = page("partnerkey", "change", key.pk)
    response = network.get(address)
    assert "4711" in text(response)
    assert not any("requests" in name for name in form_of(response))


def test_a_new_webhook_shows_its_secret_once(network):
    key, _plain = make_key()
    shown = text(add(network, "webhook", key=key.pk, url=URL, active="on"))
    [secret] = re.findall(r"whsec_[A-Za-z0-9+/=]+", shown)
    webhook = Webhook.objects.get(key=key, url=URL)
    assert webhooks.PREFIX + webhooks.base64.b64encode(webhooks._key(webhook)).decode() == secret
    for address in (page("webhook", "changelist"), page("webhook", "change", webhook.pk)):
        again = text(network.get(address))
        assert secret not in again
        assert webhook.secret not in again


@pytest.mark.parametrize("url", ["http://hooks.partner.example/", "https://10.0.0.1/", ""])
def test_an_address_that_will_not_do_is_refused_on_the_page(network, url):
    response = add(network, "webhook", key=make_key()[0].pk, url=url, active="on")
    assert response.context["adminform"].form.errors["url"]
    assert not Webhook.objects.exists()


def test_a_webhook_that_is_changed_keeps_its_secret_and_its_key(network, webhook):
    address, other = page("webhook", "change", webhook.pk), make_key()[0]
    form = form_of(network.get(address)) | {"url": URL + "2", "key": other.pk}
    assert network.post(address, form).status_code == 302
    again = Webhook.objects.get()
    assert (again.url, again.secret, again.key) == (URL + "2", webhook.secret, webhook.key)


def test_the_list_counts_what_waits_and_what_was_given_up(network, webhook):
    for state in ("waiting", "waiting", "given-up", "delivered"):
        Delivery.objects.create(webhook=webhook, change=make_change(), state=state)
    shown = text(network.get(page("webhook", "changelist")))
    counts = re.findall(r"<td[^>]*field-(?:waiting|given_up)[^>]*>\s*(\d+)", shown)
    assert counts == ["2", "1"]
