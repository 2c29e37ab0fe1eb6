from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from planning_portal import urls as portal
from planning_portal.jobs.services import enqueue

from .work import KIND


@csrf_exempt
@login_not_required
def ask(request):
    with transaction.atomic():
        enqueue(KIND, {"number": int(request.POST["number"])})
    return HttpResponse("asked", status=202)


urlpatterns = [path("chaos/ask", ask), *portal.urlpatterns]
