"""Addresses without a language prefix."""

from django.urls import path

from . import views

urlpatterns = [path("", views.root, name="root")]
