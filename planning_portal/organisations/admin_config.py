"""Puts our own site in the place of Django's admin (a module of its own: it is read before any model)."""

from django.contrib.admin.apps import AdminConfig


class PortalAdminConfig(AdminConfig):
    default_site = "planning_portal.organisations.admin_site.PortalAdminSite"
