"""/, /<city>/, /<city>/services/ and /<city>/services/<service>/."""

from django.urls import path

from services import views

urlpatterns = [
    path("", views.home, name="home"),
    path("<slug:city>/", views.city, name="city"),
    path("<slug:city>/services/", views.services, name="services"),
    path("<slug:city>/services/<slug:service>/", views.service, name="service"),
]
