"""The forms of the sign-in pages: allauth's own, with our words, and throttled alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.forms import ChangePasswordForm, LoginForm, ReauthenticateForm
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm as CodeForm
from allauth.mfa.base.forms import ReauthenticateForm as CodeAgainForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from duixian.server.accounts import throttle
from duixian.server.accounts.languages import later
from duixian.server.accounts.models import Person
from duixian.server.accounts.services import sign_in

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_WRONG = later("登录名或密码不正确", "the sign-in name or the password is wrong")
_WRONG_CODE = later(
    "验证码不正确或已用过；请等待下一个", "this code is wrong or has been used; wait for the next one"
)
_LOCKED = later("尝试次数过多", "too many attempts")
_PASSWORD = later("密码", "Password")
_CODE = later("验证码（六位）或备用码（八位）", "Code (six digits) or recovery code (eight digits)")


def _plain(form: forms.Form, **labels: StrOrPromise) -> None:
    """Labels instead of placeholders, which vanish when somebody types and which screen readers may skip."""
    for name, label in labels.items():
        form.fields[name].label = label
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)
        field.help_text = ""


class SignIn(LoginForm):  # type: ignore[misc]
    """Name and password."""

    error_messages = {"username_password_mismatch": _WRONG}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self, login=later("登录名", "Sign-in name"), password=_PASSWORD)
        self.fields["login"].widget.attrs["autofocus"] = True

    def clean_login(self) -> str:
        """The name as it is stored, however it was typed."""
        return throttle.name_of(self.request, {"username": super().clean_login()})

    def clean(self) -> dict[str, Any]:
        """One message for a wrong name and a wrong password."""
        try:
            cleaned: dict[str, Any] = super().clean()
        except ValidationError:
            raise ValidationError(_WRONG) from None
        return cleaned


class _Throttled:
    """A form whose second factor counts as a sign-in attempt."""

    user: Person

    def clean_code(self) -> str:
        """The code, unless the name or the address is locked."""
        request, name = context.request, self.user.sign_in
        if throttle.is_locked(request, name):
            throttle.failed(request, name)
            raise ValidationError(_LOCKED)
        try:
            code: str = super().clean_code()  # type: ignore[misc]
        except ValidationError:
            throttle.failed(request, name)
            sign_in.note_failure(name, "accounts.wrong_code")
            raise ValidationError(_WRONG_CODE) from None
        return code


class Code(_Throttled, CodeForm):  # type: ignore[misc]
    """The second factor at sign-in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self, code=_CODE)
        self.fields["code"].widget.attrs |= {"inputmode": "numeric", "autofocus": True}


class CodeAgain(_Throttled, CodeAgainForm):  # type: ignore[misc]
    """The second factor once more, before something that matters."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self, code=_CODE)


class PasswordAgain(ReauthenticateForm):  # type: ignore[misc]
    """The password once more, before something that matters."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self, password=_PASSWORD)


class Enrolment(ActivateTOTPForm):  # type: ignore[misc]
    """The first code of a new second factor."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self, code=later("应用显示的六位验证码", "The six digits that the app shows"))
        self.fields["code"].widget.attrs |= {"inputmode": "numeric"}

    def clean_code(self) -> str:
        """The code, which proves that the app has the secret."""
        try:
            code: str = super().clean_code()
        except ValidationError:
            raise ValidationError(_WRONG_CODE) from None
        return code


class NewPassword(forms.Form):
    """A first password, or a new one after an administrator's link."""

    password = forms.CharField(
        label=later("新密码（至少12位）", "New password (at least 12 characters)"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        strip=False,
    )
    again = forms.CharField(
        label=later("再次输入", "Once more"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        strip=False,
    )

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_password(self) -> str:
        """A password that is long, uncommon, and not the person's name."""
        password: str = self.cleaned_data["password"]
        validate_password(password, self.person)
        return password

    def clean(self) -> dict[str, Any]:
        """Typed twice alike."""
        cleaned = super().clean() or {}
        if cleaned.get("password") and cleaned.get("password") != cleaned.get("again"):
            self.add_error("again", later("两次输入不一致", "the two are not the same"))
        return cleaned


class PasswordChange(ChangePasswordForm):  # type: ignore[misc]
    """Another password in place of the present one, of which guesses count like those at sign-in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(
            self,
            oldpassword=later("当前密码", "Present password"),
            password1=later("新密码（至少12位）", "New password (at least 12 characters)"),
            password2=later("再次输入", "Once more"),
        )

    def clean_oldpassword(self) -> str:
        """The present password, unless the name or the address is locked."""
        request, name = context.request, self.user.sign_in
        if throttle.is_locked(request, name):
            throttle.failed(request, name)
            raise ValidationError(_LOCKED)
        try:
            old: str = super().clean_oldpassword()
        except ValidationError:
            throttle.failed(request, name)
            sign_in.note_failure(name, "accounts.wrong_password")
            raise
        return old
