"""Signing in and out, one's account, invitations, and the people of an office.

Of allauth's routes only those that are needed stand here, under the names that it looks for: there
is no sign-up, no change of address, no sign-in by a code in a mail.
"""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from accounts import invitation_views, people_views, views

#: /accounts/
signing_in = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", account.password_change, name="account_change_password"),
    # Without a password one is set by mail, as by whoever forgot it.
    path(
        "password/set/",
        RedirectView.as_view(pattern_name="account_reset_password"),
        name="account_set_password",
    ),
    path("password/reset/", account.password_reset, name="account_reset_password"),
    path("password/reset/done/", account.password_reset_done, name="account_reset_password_done"),
    path(
        "password/reset/key/done/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[^/]+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("signed-in/", views.signed_in, name="sessions"),
    path("close/", views.close, name="account-close"),
    path("late-form/", views.late_form, name="late-form"),
    path("invitation/", invitation_views.invitation, name="invitation"),
    path("invitation/<str:token>/", invitation_views.link, name="invitation-link"),
]

#: /accounts/second-step/
second_step = [
    path("", views.Factors.as_view(), name="mfa_index"),
    path("authenticate/", views.SecondStep.as_view(), name="mfa_authenticate"),
    path("reauthenticate/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("codes/activate/", totp.activate_totp, name="mfa_activate_totp"),
    path("codes/deactivate/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("recovery/", views.RecoveryCodes.as_view(), name="mfa_view_recovery_codes"),
    path("recovery/new/", codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("recovery/download/", codes.download_recovery_codes, name="mfa_download_recovery_codes"),
    path("passkeys/", passkeys.list_webauthn, name="mfa_list_webauthn"),
    path("passkeys/add/", passkeys.add_webauthn, name="mfa_add_webauthn"),
    path("passkeys/login/", passkeys.login_webauthn, name="mfa_login_webauthn"),
    path(
        "passkeys/reauthenticate/",
        passkeys.reauthenticate_webauthn,
        name="mfa_reauthenticate_webauthn",
    ),
    path("passkeys/<int:pk>/edit/", passkeys.edit_webauthn, name="mfa_edit_webauthn"),
    path("passkeys/<int:pk>/remove/", views.RemovePasskey.as_view(), name="mfa_remove_webauthn"),
]

#: /office/<city>/people/ and /network/people/
people = [
    path("office/<slug:city>/people/", people_views.city_people, name="office-people"),
    path("office/<slug:city>/people/<int:pk>/", people_views.city_person, name="office-person"),
    path(
        "office/<slug:city>/people/invitations/<int:pk>/",
        people_views.city_invitation,
        name="office-invitation",
    ),
    path("network/people/", people_views.network_people, name="network-people"),
    path("network/people/<int:pk>/", people_views.network_person, name="network-person"),
    path(
        "network/people/invitations/<int:pk>/",
        people_views.network_invitation,
        name="network-invitation",
    ),
]


urlpatterns = [
    path("accounts/", include(signing_in)),
    path("accounts/second-step/", include(second_step)),
    *people,
]
