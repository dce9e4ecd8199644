"""Addresses of the API: each is found with and without a slash at its end."""

from django.urls import path


def either(route, view, name):
    """Both forms of a route. The one written here is the one that is told and linked to."""
    other = route.removesuffix("/") if route.endswith("/") else f"{route}/"
    return [path(route, view.as_view(), name=name), path(other, view.as_view())]
