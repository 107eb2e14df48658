"""Django's admin as operators see it: to look at, within their scope, with what is personal starred.

Nothing is added, changed or deleted here. Where an operator may do something there is a service, and an action
of the list calls it. Models of other packages are not shown: nothing there asks our scopes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, ClassVar, cast

from django.contrib import admin
from django.contrib.admin.apps import AdminConfig
from django.db.models import Field, ForeignKey, Model, QuerySet, TextField
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, URLResolver, reverse

from duixian.register.identity import mask
from duixian.server.common.acting import Actor
from duixian.server.common.scopes import scoped

if TYPE_CHECKING:
    _Admin = admin.ModelAdmin[Any]
else:
    _Admin = admin.ModelAdmin

_MOST_COLUMNS = 7
_LEFT_OUT = {"login", "logout", "password_change", "password_change_done", "view_on_site", "autocomplete"}
"""Routes of Django's admin that are ours (`accounts`) or lead around the scopes."""


class OperatorAdmin(AdminConfig):
    """Django's admin app, with the site below."""

    default_site = "duixian.server.common.admin.OperatorSite"


class OperatorSite(admin.AdminSite):
    """The admin of this server. The access middleware has let in who acts as operator, and nobody else."""

    site_title = site_header = "兑现 · 系统管理"
    index_title = "数据查看"
    site_url = None

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether the middleware has found an operator."""
        return operator(request) is not None

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Nobody signs in here."""
        return HttpResponseRedirect(reverse("account_login"))

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Django's routes without those that are left out."""
        return [route for route in super().get_urls() if getattr(route, "name", None) not in _LEFT_OUT]

    def register(
        self,
        model_or_iterable: type[Model] | Iterable[type[Model]],
        admin_class: type[admin.ModelAdmin[Any]] | None = None,
        **options: Any,
    ) -> None:
        """Takes what looks only; other packages' admins, which would change things, stay out."""
        if admin_class is not None and issubclass(admin_class, LookOnly):
            super().register(model_or_iterable, admin_class, **options)


def operator(request: HttpRequest) -> Actor | None:
    """The operator who makes a request."""
    return getattr(request, "operator", None)


class LookOnly(_Admin):
    """A model to look at: the rows of the operator's scope, without what is hidden, with what is personal starred."""

    hidden: ClassVar[frozenset[str]] = frozenset()
    """Fields that are not shown at all: secrets."""
    personal: ClassVar[frozenset[str]] = frozenset()
    """Fields of which only a sign or two are shown."""

    show_full_result_count = False

    def __init__(self, model: type[Model], site: admin.AdminSite) -> None:
        super().__init__(model, site)
        self._shown: dict[str, str] = {}
        for field in model._meta.concrete_fields:
            if field.name in self.personal:
                setattr(self, f"starred_{field.name}", _starred(field))
                self._shown[field.name] = f"starred_{field.name}"
            elif field.name not in self.hidden:
                self._shown[field.name] = field.name

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Every field that is not hidden."""
        return tuple(self._shown.values())

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """All of them."""
        return tuple(self._shown.values())

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        """What the class says, else the first fields without long texts."""
        if tuple(self.list_display) != ("__str__",):
            return tuple(str(name) for name in self.list_display)
        short = (name for name in self._shown if not isinstance(self.model._meta.get_field(name), TextField))
        return tuple(self._shown[name] for name in short)[:_MOST_COLUMNS]

    def get_list_select_related(self, request: HttpRequest) -> list[str]:
        """The rows that the list names, so that it takes one query however long it is."""
        return [
            name
            for name in self.get_list_display(request)
            if name in self._shown and isinstance(self.model._meta.get_field(name), ForeignKey)
        ]

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        """The newest first, unless the model says otherwise."""
        return tuple(str(name) for name in self.model._meta.ordering or ["-pk"])

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The rows of the operator's scope."""
        by = operator(request)
        return self.model._default_manager.none() if by is None else scoped(self.model, by)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Operators."""
        return operator(request) is not None

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Operators."""
        return operator(request) is not None

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False


def look_at(*models: type[Model], hidden: Iterable[str] = (), personal: Iterable[str] = ()) -> None:
    """Shows models of which there is nothing more to say."""
    kind = type("LookedAt", (LookOnly,), {"hidden": frozenset(hidden), "personal": frozenset(personal)})
    for model in models:
        admin.site.register(model, cast("type[admin.ModelAdmin[Any]]", kind))


def starred(text: str) -> str:
    """A name or number of which only the first sign is shown, and of a long one the last two."""
    return text[:1] + "＊" * (len(text) - 1) if len(text) < 8 else mask(text, first=1)


def _starred(field: Field[Any, Any]) -> Callable[[Model], str]:
    @admin.display(description=str(field.verbose_name))
    def shown(row: Model) -> str:
        return starred(str(getattr(row, field.name) or ""))

    return shown
