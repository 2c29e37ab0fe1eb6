from django.urls import path

from . import views

app_name = "jobs"
urlpatterns = [
    path("", views.job_list, name="job-list"),
    path("groups/<uuid:group>", views.group_progress, name="group-progress"),
    path("<uuid:job>/retry", views.job_retry, name="job-retry"),
]
