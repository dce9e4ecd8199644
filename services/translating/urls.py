"""/office/<city>/languages/ and /network/languages/"""

from django.urls import path

from services.translating import views

urlpatterns = [
    path("office/<slug:city>/languages/", views.languages, name="languages"),
    path("office/<slug:city>/languages/export/", views.export, name="languages-export"),
    path("office/<slug:city>/languages/preview/", views.preview, name="languages-preview"),
    path("office/<slug:city>/languages/apply/", views.apply, name="languages-apply"),
    path("network/languages/", views.network_languages, name="network-languages"),
]
