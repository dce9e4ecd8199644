"""The sheet of a city."""

from django.urls import path

from referrals.sheet import views

urlpatterns = [path("<slug:city>/sheet/", views.sheet, name="sheet")]
