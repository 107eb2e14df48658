"""The pages about one's own account that allauth does not have, or not as we want them."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.account.views import password_change
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from duixian.calendar.days import Both
from duixian.server.accounts.forms import NewPassword
from duixian.server.accounts.languages import shown
from duixian.server.accounts.models import Person
from duixian.server.accounts.roles import Role
from duixian.server.accounts.selectors import holdings, self_actor
from duixian.server.accounts.services import sign_in
from duixian.server.common.refusals import NotFound

_SET = Both("密码已设置，请登录", "the password is set; now sign in")


@never_cache
def home(request: HttpRequest) -> HttpResponse:
    """My account: my roles and their ends, my second factor."""
    assert isinstance(request.user, Person)
    held = holdings(request.user)
    rows = [
        {
            "role": shown(Role(row.role).names),
            "fund": row.fund_id,
            "district": row.district,
            "organisation": row.organisation,
            "until": row.until,
            "deputy": row.mandate is not None and row.mandate.principal_id is not None,
        }
        for row in held
    ]
    page = {
        "roles": rows,
        "protected": is_mfa_enabled(request.user),
        "operates": any(row.role == Role.OPERATOR for row in held),
    }
    return render(request, "account/home.html", page)


@never_cache
def change_password(request: HttpRequest) -> HttpResponseBase:
    """Changes a password; who comes by single sign-on alone has none to change."""
    if not isinstance(request.user, Person) or not request.user.has_usable_password():
        raise Http404
    response: HttpResponseBase = password_change(request)
    return response


@never_cache
@sensitive_post_parameters()
def activate(request: HttpRequest, token: str) -> HttpResponse:
    """Sets the password by a link that an administrator handed over; the link works once."""
    try:
        person = sign_in.invited(token)
    except NotFound:
        return render(request, "account/activation_over.html", status=404)
    form = NewPassword(request.POST or None, person=person)
    if request.method == "POST" and form.is_valid():
        sign_in.set_password(self_actor(person), person=person.pk, password=form.cleaned_data["password"])
        logout(request)
        messages.success(request, shown(_SET))
        return HttpResponseRedirect(reverse("account_login"))
    return render(request, "account/activate.html", {"form": form, "person": person})


class Enrol(ActivateTOTPView):  # type: ignore[misc]
    """Sets up the second factor; the code that proves it is this session's second factor as well."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Who has one keeps it: only an administrator takes it away."""
        if is_mfa_enabled(request.user, [Authenticator.Type.TOTP]):
            return HttpResponseRedirect(reverse("mfa_index"))
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response

    def form_valid(self, form: Any) -> HttpResponse:
        """Switches it on."""
        response: HttpResponse = super().form_valid(form)
        person = self.request.user
        if not isinstance(person, Person):
            raise Http404
        person.epoch = sign_in.second_factor_set(self_actor(person), person=person.pk).epoch
        update_session_auth_hash(self.request, person)
        record_authentication(self.request, person, "mfa", type=str(Authenticator.Type.TOTP))
        return response
