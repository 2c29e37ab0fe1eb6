from django.urls import path

from . import views

app_name = "organisations"
urlpatterns = [
    path("", views.organisation_home, name="organisation-home"),
    path("organisations/", views.organisation_list, name="organisation-list"),
    path("organisations/<uuid:public_id>/", views.organisation_detail, name="organisation-detail"),
    path("organisations/<uuid:public_id>/identity/", views.identity_edit, name="identity-edit"),
    path("organisations/<uuid:public_id>/invite/", views.person_invite, name="person-invite"),
    path("invite/", views.person_invite, name="person-invite-alone"),
    path("invitations/<uuid:public_id>/withdraw/", views.invitation_withdraw, name="invitation-withdraw"),
    path("join/<slug:token>/", views.invitation_accept, name="invitation-accept"),
    path("profile/", views.profile, name="profile"),
]
