"""Every address that the server answers."""

from __future__ import annotations

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from duixian.server.clocks import views as clocks
from duixian.server.files import views as files
from duixian.server.jobs import views as jobs
from duixian.server.serving import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("health/live", health.live, name="health-live"),
    path("health/ready", health.ready, name="health-ready"),
    path("", include("duixian.server.accounts.urls")),
    path("files/", files.upload, name="file_upload"),
    path("files/<int:number>", files.download, name="file"),
    path("operate/jobs/", jobs.dead, name="dead_letters"),
    path("operate/years/", clocks.years, name="working_years"),
    path("admin/", admin.site.urls),
]
