"""The sign-in pages: those of allauth that are wanted, under their own names, and ours. There are no others."""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from django.urls import include, path
from django.views.decorators.cache import never_cache
from django.views.i18n import set_language

from duixian.server.accounts import single_sign_on, views

urlpatterns = [
    path("language/", set_language, name="set_language"),
    path("account/", views.home, name="account_home"),
    path("account/activate/<str:token>/", views.activate, name="activate"),
    path("account/sign-in/", account.login, name="account_login"),
    path("account/sign-in/code/", never_cache(mfa.authenticate), name="mfa_authenticate"),
    path("account/sign-in/city/", single_sign_on.start, name="single_sign_on"),
    path("account/sign-in/city/callback/", single_sign_on.callback, name="single_sign_on_callback"),
    path("account/sign-out/", never_cache(account.logout), name="account_logout"),
    path("account/closed/", account.account_inactive, name="account_inactive"),
    path("account/again/", never_cache(account.reauthenticate), name="account_reauthenticate"),
    path("account/again/code/", never_cache(mfa.reauthenticate), name="mfa_reauthenticate"),
    path("account/password/", views.change_password, name="account_change_password"),
    path("account/second-factor/", never_cache(mfa.index), name="mfa_index"),
    path("account/second-factor/set-up/", never_cache(views.Enrol.as_view()), name="mfa_activate_totp"),
    path(
        "account/second-factor/recovery-codes/",
        include(
            [
                path("", never_cache(recovery_codes.view_recovery_codes), name="mfa_view_recovery_codes"),
                path(
                    "new/",
                    never_cache(recovery_codes.generate_recovery_codes),
                    name="mfa_generate_recovery_codes",
                ),
            ]
        ),
    ),
]
