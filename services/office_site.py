"""The administration's own site: who gets in, by which addresses, under which policy."""

from csp.constants import UNSAFE_INLINE
from csp.decorators import csp_update
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from unfold.sites import UnfoldAdminSite

from services.office import SECOND_FACTOR_PAGE, refused
from services.roles import Power, standing_of

#: Of Django's and Unfold's own addresses these alone: searching every model, looking up any object
#: by its type and changing passwords beside the accounts' own pages are doors that nobody needs.
OWN_ADDRESSES = frozenset({"index", "login", "logout", "autocomplete", "jsi18n", "app_list"})
MODELS_OF = "services"


class OfficeSite(UnfoldAdminSite):
    """Opens to those who edit listings somewhere, and to the network's administrators."""

    site_header = site_title = index_title = _("Directory")
    enable_nav_sidebar = False

    def __init__(self, name="admin"):
        super().__init__(name)
        # Its confirmation names everything that goes along; listings are withdrawn instead.
        self.disable_action("delete_selected")

    def register(self, model_or_iterable, admin_class=None, **options):
        """The directory's own models alone: other apps register theirs unasked."""
        models = model_or_iterable
        models = [models] if isinstance(models, type) else models
        ours = [model for model in models if model._meta.app_label == MODELS_OF]
        super().register(ours, admin_class, **options)

    def has_permission(self, request):
        """Whether the person has a role that edits; Django's own permissions say nothing here."""
        standing = standing_of(request)
        return standing.network or bool(standing.cities_with(Power.EDIT))

    def get_urls(self):
        """The models' addresses, the few of Django's that are needed, and the one that catches the rest."""
        return [
            url
            for url in super().get_urls()
            if getattr(url, "name", None) is None or url.name in OWN_ADDRESSES
        ]

    def admin_view(self, view, cacheable=False):
        """Unfold writes style attributes: the one thing that the policy allows here and nowhere else."""
        inner = super().admin_view(view, cacheable)
        return csp_update({"style-src-attr": [UNSAFE_INLINE]})(inner)

    @method_decorator([never_cache, login_not_required])
    def login(self, request, extra_context=None):
        """Nobody signs in here: to the accounts' pages, or on to what is missing."""
        if not request.user.is_authenticated:
            wanted = request.GET.get("next", "")
            is_ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
            return redirect_to_login(wanted if is_ours else reverse("admin:index"))
        if standing_of(request).waits:
            return redirect(SECOND_FACTOR_PAGE)
        if self.has_permission(request):
            return redirect("admin:index")
        return refused(request)

    @method_decorator([never_cache, require_POST])
    def logout(self, request, extra_context=None):
        """Sign out, and to the first page: nothing of the administration is left on screen."""
        logout(request)
        return redirect("home")
