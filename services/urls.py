"""/, /<city>/, /<city>/services/."""

urlpatterns = []
