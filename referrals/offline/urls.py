"""What can be kept of a city on a device, and the worker that shows it there."""

from django.urls import path

from referrals.offline import views

urlpatterns = [
    path("offline.js", views.worker, name="offline-worker"),
    path("<slug:city>/offline/", views.offline, name="offline"),
    path("<slug:city>/offline/list/", views.to_keep, name="offline-list"),
    path("<slug:city>/offline/no-line/", views.no_line, name="no-line"),
]
