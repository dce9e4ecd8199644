"""/learn/practice/: the cases, the guide on the practice city, the comparison, and paper."""

from django.urls import path

from learning.practice import views

urlpatterns = [
    path("", views.index, name="practice"),
    path("print/<slug:group>/", views.print_group, name="practice-print-group"),
    path("<slug:case>/", views.scene, name="practice-case"),
    path("<slug:case>/print/", views.print_case, name="practice-print"),
    path("<slug:case>/compare/", views.comparison, name="practice-comparison"),
    path("<slug:case>/start-again/", views.start_again, name="practice-start-again"),
    path("<slug:case>/guide/plan/", views.plan, name="practice-plan"),
    path(
        "<slug:case>/guide/<slug:question>/",
        views.PracticeQuestionPage.as_view(),
        name="practice-question",
    ),
]
