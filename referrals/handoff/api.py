"""`referrals`: a partner's program refers, reads how its own referrals stand, and writes down answers.

By the same functions as the pages (`referrals.handoff.acts`), for keys that may refer.
"""

from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.urls import reverse
from rest_framework.exceptions import NotAuthenticated
from rest_framework.permissions import AllowAny

from referrals.handoff import acts, api_examples, api_reading, api_shapes
from referrals.handoff.api_body import referral_body
from referrals.models import Referral, ReferralEvent
from services.api.answers import answer, page
from services.api.base import ApiView
from services.api.parameters import PER_PAGE, UUID, Choice, Moment, Paged, Parameters
from services.api.parsers import StrictJSONParser
from services.api.problems import Problem
from services.models import PartnerKey

#: Those that need nothing but their name; to refuse needs a reason.
ACTS = {
    "receive": acts.receive,
    "accept": acts.accept,
    "arrive": acts.arrive,
    "miss": acts.miss,
    "close": acts.close,
    "withdraw": acts.withdraw,
}
PARTNER = ReferralEvent.By.PARTNER


class ByScope(AllowAny):
    """The view asks for the scope itself, after the limits: who is refused is counted too."""


class QuietParameters(Parameters):
    """Parameters whose unknown names are not said again: a name may be somebody's."""

    @classmethod
    def read(cls, request):
        known = cls().fields
        if not set(request.query_params) <= set(known):
            raise Problem(400, "There is no such parameter.", field="query", allowed=sorted(known))
        return super().read(request)


class ReferralsQuery(QuietParameters, Paged):
    state = Choice(
        choices=Referral.State.values, required=False, help_text="Only those that stand so."
    )
    changed_after = Moment(
        required=False,
        help_text="Only those to which something happened later; without an offset it is UTC.",
    )


class ReferralView(ApiView):
    """What all views of referrals share: the scope, and that others' are as if they never were."""

    permission_classes = [ByScope]
    parser_classes = [StrictJSONParser]
    parameters = QuietParameters
    returns = api_shapes.REFERRAL
    tag = "Referrals"
    refuses = (403,)

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        # A method that is not there is refused as everywhere (405).
        if request.method in self.allowed_methods:
            _check_scope(request.auth)

    @property
    def own(self):
        """The referrals of this key, with what their bodies are made of."""
        found = Referral.objects.filter(key=self.request.auth)
        return found.select_related("city").prefetch_related("events")

    def one(self, pk):
        """One of them; 404 for anything else."""
        found = self.own.filter(pk=pk).first() if UUID.match(pk) else None
        if found is None:
            raise _unknown()
        return found

    def refuse_parameters(self):
        """What is sent belongs into the body: an address stands in logs."""
        if self.request.query_params:
            raise Problem(400, "Send nothing in the address.", field="query", allowed=[])


class ReferralsView(ReferralView):
    """The referrals of this key, newest first."""

    parameters = ReferralsQuery
    by_method = {
        "GET": {
            "returns": api_shapes.REFERRALS,
            "answer_examples": api_examples.referrals,
            "request_examples": {"Those that were refused": {"state": "cannot"}},
        },
        "POST": {
            "summary": "Refer somebody who has said yes, without a word of who it is",
            "verb": "make",
            "status": 201,
            "body": api_shapes.REFERRAL_REQUEST,
            "answer_examples": api_examples.made,
            "request_examples": api_examples.REQUEST,
            "refuses": (403, 404, 409),
            "about": (
                "Send the `code` yourself, and a request may be sent again: while the first stands open "
                "the second is refused with 409, which says its id if it is yours."
            ),
        },
    }

    def reply(self, values):
        found = self.own
        if "state" in values:
            found = found.filter(state=values["state"])
        if "changed_after" in values:
            later = ReferralEvent.objects.filter(at__gt=values["changed_after"])
            found = found.filter(Exists(later.filter(referral=OuterRef("pk"))))
        number, per_page = values["page"], values.get("per_page") or PER_PAGE
        start = (number - 1) * per_page
        contents = [referral_body(one) for one in found[start : start + per_page]]
        return answer(self.request, page(contents, found.count(), number, per_page))

    def post(self, request):
        self.refuse_parameters()
        wanted = api_reading.wanted_from(request.data, request.auth)
        try:
            made = acts.refer(wanted, consent=True, key=request.auth)
        except acts.DuplicateError as error:
            raise _duplicate(error.referral, request.auth) from None
        response = answer(request, referral_body(made))
        response.status_code = 201
        response.headers["Location"] = reverse("api-referral", args=[made.pk])
        return response


class OneReferralView(ReferralView):
    """How a referral of this key stands, and what has happened to it."""

    by_method = {
        "GET": {"answer_examples": api_examples.referral},
        "DELETE": {
            "summary": "Forget a referral now; one that is open is recalled first",
            "verb": "erase",
            "status": 204,
            "returns": None,
        },
    }

    def reply(self, values, pk):
        return answer(self.request, referral_body(self.one(pk)))

    def delete(self, _request, **of_address):
        self.refuse_parameters()
        try:
            acts.erase(self.one(*of_address.values()).pk, PARTNER)
        except Referral.DoesNotExist:
            raise _unknown() from None
        return HttpResponse(status=204)


_ABOUT_ACTS = (
    "The second time an act changes nothing. One that no longer fits is refused with 409, which says "
    "the `state` as it stands."
)


class ReferralActView(ReferralView):
    """Write down what became of a referral, or that the person took back their yes."""

    http_method_names = ["post"]
    by_method = {
        "POST": {
            "verb": "do",
            "parameters": None,
            "path_parameters": {"act": {"type": "string", "enum": list(ACTS), "example": "accept"}},
            "answer_examples": api_examples.accepted,
            "refuses": (403, 409),
            "about": f"It takes no body. {_ABOUT_ACTS}",
        }
    }

    def post(self, request, **of_address):
        written, act = of_address.values()
        if act not in ACTS:
            raise Problem(404, "There is no such act.", field="act", allowed=[*ACTS, "refuse"])
        return self.done(written, ACTS[act], api_reading.nothing_from)

    def done(self, written, act, read):
        """The referral after `act(pk, by, …)` with what `read(body)` finds; raises a `Problem`."""
        self.refuse_parameters()
        pk = self.one(written).pk
        given = read(self.request.data)
        try:
            act(pk, PARTNER, *given)
        except acts.TooLateError as error:
            raise _too_late(error) from None
        except Referral.DoesNotExist:
            raise _unknown() from None
        return answer(self.request, referral_body(self.one(written)))


class ReferralRefusalView(ReferralActView):
    """Write down that the service cannot take the person, and why."""

    by_method = {
        "POST": {
            "verb": "write",
            "body": api_shapes.REFUSAL_REQUEST,
            "answer_examples": api_examples.refused,
            "request_examples": api_examples.REFUSAL,
            "refuses": (403, 409),
            "about": _ABOUT_ACTS,
        }
    }

    def post(self, _request, **of_address):
        return self.done(*of_address.values(), acts.refuse, api_reading.reason_from)


def _check_scope(key):
    if not isinstance(key, PartnerKey):
        raise NotAuthenticated("Referrals need a key that may refer: Authorization: Api-Key …")
    if not key.may_refer:
        raise Problem(
            403,
            "This key may not refer.",
            detail="Who runs the site can allow it, where partners' keys are made.",
        )


def _unknown():
    return Problem(404, "There is no such referral.", field="id")


def _duplicate(referral, key):
    """That this code waits with this service already; which referral it is learns its own key alone."""
    known = referral.key_id == key.pk
    more = {"referral": str(referral.pk), "state": referral.state} if known else {}
    title = "This code was referred to this service already, and that is still open."
    return Problem(409, title, field="code", **more)


def _too_late(error):
    over = isinstance(error, acts.ConsentOverError)
    title = (
        "The person's yes has run out: ask again, and refer anew."
        if over
        else "The referral stands otherwise than this act needs."
    )
    more = {"referral": str(error.referral.pk), "state": error.referral.state}
    return Problem(409, title, field="act", **more)
