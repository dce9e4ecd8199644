"""What the site says, and who keeps it: rules, toolboxes, samples, people."""

import datetime

from django.contrib.auth import get_user_model
from django.db.models import Exists, OuterRef

from operations.doctor.finding import check, fault, risk

SOON = datetime.timedelta(days=30)


@check("D50", "rules of the pathway")
def rules(site):
    """An expired rule stops the site at its next start."""
    from referrals.checks import every_pathway
    from referrals.pathway.loading import PathwayError

    mend = "Review it in referrals/pathways/ and set a new expires_on, or install a newer release"
    try:
        pathways = every_pathway()
    except PathwayError as error:
        yield fault(f"Rules cannot be used: {error}", mend)
        return
    first = min(review.expires_on for pathway in pathways for review in reviews(pathway))
    if first - site.now.date() <= SOON:
        yield risk(f"The first rule expires on {first}: the site does not start after that.", mend)


def reviews(pathway):
    """Of each rule, notice and window, who reviewed it and until when."""
    for item in (*pathway.rules, *pathway.notices, *pathway.windows.values()):
        yield item.review


@check("D51", "toolboxes", needs=["D20"], production=True)
def toolboxes(site):
    from learning.models import Passage

    overdue = Passage.objects.filter(is_shown=True, next_review__lt=site.now.date()).count()
    if overdue:
        yield risk(
            f"{overdue} passages of the toolboxes are past their review.",
            "A network administrator reviews them at /learn/; or manage.py load_toolboxes",
        )


@check("D52", "demo accounts", needs=["D20"], production=True)
def demo_accounts(site):
    from services.checks import DEMO_ADDRESSES, DEMO_USERNAME

    names = (DEMO_USERNAME, *DEMO_ADDRESSES)
    if get_user_model().objects.filter(username__in=names).exists():
        yield fault(
            "Accounts of the demonstration exist: their password may be known.",
            "Delete them in the administration; then manage.py invite ADDRESS --role network",
        )


@check("D53", "samples", needs=["D20"], production=True)
def samples(site):
    """Those of the fixture files keep production from starting; those that the network opened do not."""
    from django.db.models import Q

    from services.models import City

    found = City.objects.filter(is_sample=True)
    of_network = Q(geoname_id__isnull=False) | Q(fell_back_at__isnull=False)
    if shipped := found.exclude(of_network).count():
        yield fault(
            f"{shipped} cities hold sample data that nobody has confirmed.",
            "Take each live on its page “Readiness”, or delete it",
        )
    if opened := found.filter(of_network).count():
        yield risk(
            f"{opened} cities are not ready, or what they need has expired.",
            "manage.py check_readiness says what each lacks",
        )


def _roles():
    """Roles of people who may sign in, with `strong`: they have a second step."""
    from services.models import Membership
    from services.roles import second_factors_of

    people = Membership.objects.filter(user__is_active=True)
    return people.annotate(strong=Exists(second_factors_of(OuterRef("user"))))


@check("D54", "network's administrators", needs=["D20"], production=True)
def network(site):
    strong = _roles().filter(role="network", strong=True).count()
    if not strong:
        yield risk(
            "Nobody with a second step has the network's role: nobody can let others in again.",
            "manage.py invite ADDRESS --role network",
        )


@check("D55", "second steps", needs=["D20"], production=True)
def second_steps(site):
    people = _roles().filter(strong=False).values("user").distinct().count()
    if people:
        yield risk(
            f"{people} people with a role have no second step: their role opens nothing yet.",
            "They set one up at /accounts/2fa/; take away roles that nobody uses",
        )
