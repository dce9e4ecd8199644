"""/office/<city>/listings/… and what helps the listing form, /office/<city>/form/…."""

from django.urls import path

from services.keeping import form_views, place_views, views

LISTING = "office/<slug:city>/listings/<uuid:pk>/"

urlpatterns = [
    path("office/<slug:city>/listings/", views.listings, name="office-listings"),
    path(f"{LISTING}confirm/", views.confirm, name="office-confirm"),
    path(f"{LISTING}publish/", views.publish, name="office-publish"),
    path(f"{LISTING}withdraw/", views.withdraw, name="office-withdraw"),
    path(f"{LISTING}preview/", views.preview, name="office-preview"),
    path(f"{LISTING}place/", place_views.place, name="office-place"),
    path("office/<slug:city>/form/hours/", form_views.hours, name="office-form-hours"),
    path("office/<slug:city>/form/alike/", form_views.look_alikes, name="office-form-alike"),
    path("office/<slug:city>/form/address/", form_views.address, name="office-form-address"),
]
