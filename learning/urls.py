"""/learn/ for everybody, /<city>/guide/help/ beside the guide, /network/learn/ for the network's administrators."""

from django.urls import path

from learning import beside_guide, views
from learning.editing import views as editing

urlpatterns = [
    path("learn/", views.overview, name="learn"),
    # Addresses of other parts below /learn/ come before this one.
    path("learn/<slug:box>/", views.toolbox, name="toolbox"),
    path("network/learn/", editing.passages, name="passages"),
    path("network/learn/<slug:code>/", editing.passage, name="passage"),
    path("network/learn/<slug:code>/history/", editing.history, name="passage-history"),
    path(
        "network/learn/<slug:code>/history/<int:version>/",
        editing.bring_back,
        name="passage-revert",
    ),
    path("network/learn/<slug:code>/<slug:language>/", editing.words, name="passage-words"),
    path("<slug:city>/guide/help/", beside_guide.help_now, name="help"),
]
