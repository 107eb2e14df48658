"""Who may reach which page: every route stands in exactly one group, and a route that stands in none is closed."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Group(StrEnum):
    """Who may reach a route; staff always need their second factor, except on the way in."""

    PUBLIC = "public"
    ENTERING = "entering"
    """Signed in, perhaps still without a second factor: the pages that set it up, and the way out."""
    SIGNED_IN = "signed_in"
    STAFF = "staff"
    OPERATOR = "operator"


ROUTES: Final[dict[str, Group]] = {
    "health-live": Group.PUBLIC,
    "health-ready": Group.PUBLIC,
    "set_language": Group.PUBLIC,
    "account_login": Group.PUBLIC,
    "account_inactive": Group.PUBLIC,
    "activate": Group.PUBLIC,
    "mfa_authenticate": Group.PUBLIC,
    "single_sign_on": Group.PUBLIC,
    "single_sign_on_callback": Group.PUBLIC,
    "account_logout": Group.ENTERING,
    "account_reauthenticate": Group.ENTERING,
    "mfa_reauthenticate": Group.ENTERING,
    "mfa_activate_totp": Group.ENTERING,
    "mfa_view_recovery_codes": Group.ENTERING,
    "account_home": Group.SIGNED_IN,
    "account_change_password": Group.SIGNED_IN,
    "mfa_index": Group.SIGNED_IN,
    "mfa_generate_recovery_codes": Group.SIGNED_IN,
    "file_upload": Group.SIGNED_IN,
    "file": Group.SIGNED_IN,
    "dead_letters": Group.OPERATOR,
    "working_years": Group.OPERATOR,
}
"""The group of each route, by its name."""

NAMESPACES: Final[dict[str, Group]] = {"admin": Group.OPERATOR}
"""The group of all routes of a namespace."""


def group_of(route: str) -> Group | None:
    """The group of a route's name (`namespace:name`), None where nobody has thought of it."""
    namespace, _, _ = route.partition(":")
    return ROUTES.get(route) or (NAMESPACES.get(namespace) if ":" in route else None)
