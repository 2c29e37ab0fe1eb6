"""Every address of the portal. Stages bring their own; this page only puts them together."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path
from django.views.i18n import set_language

from planning_portal.languages.urls import pages as languages_pages
from planning_portal.organisations.sign_in import sign_in
from planning_portal.web.switching import keeps_typed

urlpatterns = [
    path("language", set_language, name="set_language"),
    path("", include("planning_portal.web.urls_plain")),
    path("", include("planning_portal.programme.urls_plain")),
    path("", include("workshops.urls_plain")),
    *i18n_patterns(
        path("", include("planning_portal.programme.urls")),
        path("my/", include("planning_portal.web.urls")),
        path("people/", include("planning_portal.organisations.urls")),
        path("texts/", include(languages_pages(keeps_typed))),
        path("jobs/", include("planning_portal.jobs.urls")),
        path("documents/", include("planning_portal.documents.urls")),
        path("consultations/", include("consultations.urls")),
        path("workshops/", include("workshops.urls")),
        path("plans/", include("actionplans.urls")),
        path("account/login/", sign_in, name="account_login"),
        path("account/", include("allauth.urls")),
        path("admin/", admin.site.urls),
        prefix_default_language=True,
    ),
]

handler400 = "planning_portal.web.views.bad_request"
handler403 = "planning_portal.web.views.forbidden"
handler404 = "planning_portal.web.views.not_found"
handler500 = "planning_portal.web.views.server_error"
