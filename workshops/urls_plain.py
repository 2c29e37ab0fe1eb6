"""The screen of a room: an address without a language, for the room has its own."""

from django.urls import path

from .views import room

app_name = "workshops-room"
urlpatterns = [
    path("room/<str:code>/", room.room_screen, name="room-screen"),
    path("room/<str:code>/live/", room.room_screen_live, name="room-screen-live"),
]
