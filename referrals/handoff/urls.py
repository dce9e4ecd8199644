"""/handoff/<secret>/ for services, /my-referrals/ for workers, /<city>/refer/ between them."""

from django.urls import path

from referrals.handoff import consent_page, receiver, worker

urlpatterns = [
    path("handoff/<str:secret>/", receiver.handoff, name="handoff"),
    path("my-referrals/", worker.my_referrals, name="my-referrals"),
    path("my-referrals/<uuid:pk>/", worker.my_referral, name="my-referral"),
    path("<slug:city>/refer/", consent_page.refer, name="refer"),
]
