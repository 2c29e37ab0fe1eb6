"""The sign-in page in another language, with the address that was typed; everything else is allauth's."""

from __future__ import annotations

from typing import Any

from allauth.account.views import LoginView
from django.http import HttpRequest, HttpResponse

from planning_portal.web.switching import is_sent, keeps_typed


class SignInView(LoginView):  # type: ignore[misc]
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if is_sent(request):
            return super().post(request, *args, **kwargs)
        form = self.get_form_class()(request=request, initial={"login": request.POST.get("login", "")})
        return self.render_to_response(self.get_context_data(form=form))


sign_in = keeps_typed(SignInView.as_view())
