from django.conf import settings
from django.urls import path

from . import views

app_name = "documents"
urlpatterns = [path("<uuid:public_id>", views.document_download, name="document-download")]

if settings.DEBUG:
    urlpatterns += [
        path("preview/assets/<str:name>", views.document_asset, name="preview-asset"),
        path("preview/<str:kind>/<int:object_id>/<str:language>", views.document_preview, name="preview"),
    ]
