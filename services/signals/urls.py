"""/office/<city>/told/: what was met at the city's doors lately."""

from django.urls import path

from services.signals import office

urlpatterns = [path("office/<slug:city>/told/", office.told, name=office.PAGE)]
