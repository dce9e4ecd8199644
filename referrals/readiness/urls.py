"""/office/<city>/readiness/ and /office/<city>/legal/."""

from django.urls import path

from referrals.readiness import legal, views

urlpatterns = [
    path("office/<slug:city>/readiness/", views.readiness, name="readiness"),
    path("office/<slug:city>/readiness/live/", views.go_live, name="go-live"),
    path("office/<slug:city>/legal/", legal.legal, name="legal"),
]
