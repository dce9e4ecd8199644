"""/office/<city>/statistics/ and /office/<city>/statistics.csv"""

from django.urls import path

from referrals.statistics import views

urlpatterns = [
    path("office/<slug:city>/statistics/", views.statistics, name="office-statistics"),
    path("office/<slug:city>/statistics.csv", views.statistics_csv, name="office-statistics-csv"),
]
