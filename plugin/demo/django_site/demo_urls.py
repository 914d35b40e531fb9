"""Addresses of the demo's site: the helpdesk, Django's own administration, static files."""

from django.contrib import admin
from django.contrib.staticfiles.views import serve
from django.urls import include, path, re_path

urlpatterns = [
    path("admin/", admin.site.urls),
    # No web server stands in front of the demo, so Django serves the pages' styles itself.
    re_path(r"^static/(?P<path>.*)$", serve, {"insecure": True}),
    path("", include("helpdesk.urls", namespace="helpdesk")),
]
