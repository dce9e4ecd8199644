"""/join/ for everybody, /network/… for the network's administrators."""

from django.urls import path

from services.joining import network, views

urlpatterns = [
    path("join/", views.join, name="join"),
    path("join/sent/", views.sent, name="join-sent"),
    path("network/requests/", network.requests, name="join-requests"),
    path("network/requests/<uuid:pk>/", network.accept, name="join-accept"),
    path("network/requests/<uuid:pk>/decline/", network.decline, name="join-decline"),
    path("network/cities/new/", network.new_city, name="city-new"),
]
