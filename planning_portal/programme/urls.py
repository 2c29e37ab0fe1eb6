from django.urls import path

from . import views

app_name = "programme"
urlpatterns = [
    path("", views.home, name="home"),
    path("steps/<slug:slug>/", views.step_detail, name="step-detail"),
    path("steps/<slug:step_slug>/<slug:slug>/", views.input_detail, name="input-detail"),
    path("themes/<slug:slug>/", views.theme_detail, name="theme-detail"),
    path("pages/<slug:slug>/", views.page_detail, name="page-detail"),
    path("library/", views.resource_list, name="resource-list"),
]
