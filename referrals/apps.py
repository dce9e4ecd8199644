from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReferralsConfig(AppConfig):
    name = "referrals"
    verbose_name = _("Referral pathway")

    def ready(self):
        from referrals import checks  # noqa: F401  (registers the check that refuses bad pathway data)
        from referrals.coverage import office
        from referrals.handoff import under_way, webhooks
        from referrals.readiness import views  # noqa: F401  (its entries of the menu, and its task)
        from referrals.statistics import office as statistics

        office.register()
        statistics.register()
        under_way.register()
        webhooks.register()
