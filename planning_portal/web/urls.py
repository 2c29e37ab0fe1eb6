from django.urls import path

from . import style, views

app_name = "web"
urlpatterns = [
    path("", views.work, name="work"),
    path("kept/", views.kept, name="kept"),
    path("leave/", views.leave, name="leave"),
    path("safety/", views.safety, name="safety"),
    path("style/", style.style, name="style"),
]
