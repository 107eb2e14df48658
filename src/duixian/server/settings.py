"""Django's settings, made from the server's configuration; nothing here is set by hand on a machine."""

from __future__ import annotations

import os
import secrets
from datetime import timedelta
from typing import Any

from csp.constants import NONE, SELF
from psycopg.conninfo import conninfo_to_dict

from duixian.server.config import load

CONFIG = load(os.environ)


def database(url: str) -> dict[str, Any]:
    """Django's description of the database at a PostgreSQL address (`postgresql://…`)."""
    parts = conninfo_to_dict(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.pop("dbname", ""),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": str(parts.pop("port", "")),
        "OPTIONS": parts,
        "ATOMIC_REQUESTS": False,  # a service opens its own transaction; a page that only reads needs none
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


# Without an address (`manage` commands that need no database, the tests before their cluster is up) the
# connection is made to nowhere and says so when it is used.
DATABASES = {"default": database(CONFIG.database_url or "postgresql:///none")}
if CONFIG.database_owner_url:
    DATABASES["owner"] = database(CONFIG.database_owner_url)
if CONFIG.database_auditor_url:
    DATABASES["auditor"] = database(CONFIG.database_auditor_url)
# Used second-factor codes are remembered here, by every process alike.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "django_cache"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# With the embedded database `duixian serve` keeps both keys in files and passes them on; a process without
# them (a check, a test) gets keys of its own, with which nothing can be read that another has written.
SECRET_KEY = CONFIG.secret_key or secrets.token_urlsafe(48)
FIELD_KEY = CONFIG.field_key or secrets.token_urlsafe(48)

DEBUG = False
ALLOWED_HOSTS = CONFIG.host_names
ROOT_URLCONF = "duixian.server.urls"
WSGI_APPLICATION = "duixian.server.wsgi.application"

INSTALLED_APPS = [
    "duixian.server.accounts",
    "duixian.server.funds",
    "duixian.server.registry",
    "duixian.server.clocks",
    "duixian.server.ledger",
    "duixian.server.audit",
    "duixian.server.files",
    "duixian.server.jobs",
    "duixian.server.common.admin.OperatorAdmin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "axes",
    "csp",
    "procrastinate.contrib.django",
]

MIDDLEWARE = [
    "duixian.server.serving.requests.RequestLog",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "duixian.server.accounts.middleware.Access",
    "axes.middleware.AxesMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "duixian.server.accounts.context.sign_in",
            ],
        },
    },
]

AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
# A name and a password, then a second factor; nobody signs up, and no mail lets anybody in.
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "account_home"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "duixian.server.accounts.adapters.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "duixian.server.accounts.forms.SignIn",
    "reauthenticate": "duixian.server.accounts.forms.PasswordAgain",
    "change_password": "duixian.server.accounts.forms.PasswordChange",
}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = "sign_in"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = False  # axes counts, in the database
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
MFA_ADAPTER = "duixian.server.accounts.adapters.MFAAdapter"
MFA_FORMS = {
    "authenticate": "duixian.server.accounts.forms.Code",
    "reauthenticate": "duixian.server.accounts.forms.CodeAgain",
    "activate_totp": "duixian.server.accounts.forms.Enrolment",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = "兑现 Duixian"
MFA_TOTP_TOLERANCE = 0  # a code that has been used is remembered for one period, so it must not live longer
SOCIALACCOUNT_ADAPTER = "duixian.server.accounts.adapters.SocialAdapter"
CITY_SIGN_ON = (
    {
        "provider_id": "city",
        "name": "统一身份认证",
        "client_id": CONFIG.oidc_client,
        "secret": CONFIG.oidc_secret,
        "settings": {"server_url": CONFIG.oidc_issuer},
    }
    if CONFIG.oidc_issuer
    else {}
)
PASSWORD_RESET_TIMEOUT = 72 * 60 * 60  # how long an activation link works
AXES_HANDLER = "duixian.server.accounts.throttle.Handler"
AXES_LOCKOUT_CALLABLE = "duixian.server.accounts.throttle.locked_response"
AXES_USERNAME_CALLABLE = "duixian.server.accounts.throttle.name_of"
AXES_CLIENT_IP_CALLABLE = "duixian.server.accounts.throttle.address_of"
AXES_LOCKOUT_PARAMETERS = ["username", "ip_address"]
AXES_FAILURE_LIMIT = 5  # for a name; `throttle` has the limit for an address
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_ON_SUCCESS = False  # `throttle` forgets the name's own failures only
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_ENABLE_ACCESS_FAILURE_LOG = True
AXES_SENSITIVE_PARAMETERS = ["login", "password", "code", "csrfmiddlewaretoken", "username", "ip_address"]
AXES_VERBOSE = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["sign_in", "name"]},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

SESSION_COOKIE_AGE = 8 * 60 * 60  # a working day; counted from sign-in, whatever is done meanwhile
SESSION_IDLE_SECONDS = 30 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = CONFIG.https
SECURE_SSL_REDIRECT = False  # the proxy before us does it; a health check comes by plain http
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if CONFIG.https else None
SECURE_HSTS_SECONDS = 31_536_000 if CONFIG.https else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_TRUSTED_ORIGINS = [f"https://{name}" for name in CONFIG.host_names] if CONFIG.https else []
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

STATIC_URL = "static/"
STATIC_ROOT = None  # the files are served from the packages that they come with; nothing is copied
WHITENOISE_USE_FINDERS = True
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILES_ROOT = CONFIG.home / "files"
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_TEMP_DIR = None
UPLOAD_MAX_BYTES = CONFIG.upload_mib * 1024 * 1024

PROCRASTINATE_ON_APP_READY = None
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"

LOGGING_CONFIG = None  # `duixian.server.logs` sets logging up once for each process
