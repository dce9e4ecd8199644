"""/office/ and /office/<city>/. Each part of the office has addresses of its own below them."""

from django.urls import path

from services import office_views

urlpatterns = [
    path("office/", office_views.cities, name="office"),
    path("office/<slug:city>/", office_views.start, name="office-city"),
]
