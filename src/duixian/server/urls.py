"""Every address that the server answers."""

from __future__ import annotations

from django.contrib import admin
from django.urls import URLPattern, URLResolver, path

from duixian.server.serving import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("health/live", health.live, name="health-live"),
    path("health/ready", health.ready, name="health-ready"),
    path("admin/", admin.site.urls),
]
