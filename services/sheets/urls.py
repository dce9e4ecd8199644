"""/office/<city>/sheets/"""

from django.urls import path

from services.sheets import views

urlpatterns = [
    path("office/<slug:city>/sheets/", views.sheets, name="sheets"),
    path("office/<slug:city>/sheets/export/", views.export, name="sheets-export"),
    path("office/<slug:city>/sheets/template/", views.template, name="sheets-template"),
    path("office/<slug:city>/sheets/<uuid:pk>/", views.show, name="sheet-import"),
    path("office/<slug:city>/sheets/<uuid:pk>/columns/", views.columns, name="sheet-columns"),
    path("office/<slug:city>/sheets/<uuid:pk>/apply/", views.apply, name="sheet-apply"),
    path("office/<slug:city>/sheets/<uuid:pk>/check/", views.check, name="sheet-check"),
    path("office/<slug:city>/sheets/<uuid:pk>/discard/", views.discard, name="sheet-discard"),
    path("office/<slug:city>/sheets/<uuid:pk>/rejected.csv", views.rejected, name="sheet-rejected"),
]
