"""/office/<city>/coverage/"""

from django.urls import path

from referrals.coverage import views

urlpatterns = [
    path("", views.matrix, name="office-coverage"),
    path("why/", views.why, name="office-coverage-why"),
    path("cells.csv", views.cells, name="office-coverage-cells"),
    path("dead-ends/", views.dead_ends, name="office-dead-ends"),
    path("minimums/", views.minimums, name="office-minimums"),
]
