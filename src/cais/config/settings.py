"""Django's settings, in one file; what an operator may set comes from the environment (docs/operators.md)."""

from __future__ import annotations

import os

import pghistory

from cais.config.database import databases
from cais.config.folders import data_folder
from cais.config.secrets import credential_keys, secret_key

DEMO = os.environ.get("CAIS_DEMO") == "1"
DEBUG = False
SECRET_KEY = secret_key(os.environ)
CREDENTIAL_KEYS = credential_keys(os.environ)
DATA_FOLDER = data_folder(os.environ)
DATABASES = databases(os.environ)
DATABASE_ROUTERS: list[str] = []

PUBLIC_URL = os.environ.get("CAIS_PUBLIC_URL", "").rstrip("/")
# A stand-in for every SEFAZ (homologação or demo only), and the authorities that SEFAZ's own certificates end in.
SEFAZ_URL = os.environ.get("CAIS_SEFAZ_URL", "").rstrip("/")
SEFAZ_CA = os.environ.get("CAIS_SEFAZ_CA", "")
ALLOWED_ADDRESSES = os.environ.get("CAIS_ALLOW_ADDRESSES", "none")
ALLOWED_HOSTS = [*filter(None, os.environ.get("CAIS_HOSTS", "").split(",")), "127.0.0.1", "localhost", "[::1]"]
if PUBLIC_URL:
    ALLOWED_HOSTS.append(PUBLIC_URL.split("//", 1)[-1].split("/", 1)[0].rsplit(":", 1)[0])
    CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
SECURE = PUBLIC_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None

INSTALLED_APPS = [
    "cais.companies.apps.CompaniesConfig",
    "cais.journal",
    "cais.connections",
    "cais.customers",
    "cais.catalog",
    "cais.stock",
    "cais.inbox",
    "cais.statuses",
    "cais.mappings",
    "cais.orders",
    "cais.warehousing",
    "cais.movements",
    "cais.offering.apps.OfferingConfig",
    "cais.pricing.apps.PricingConfig",
    "cais.intake",
    "cais.hooks",
    "cais.publishing",
    "cais.settling",
    "cais.nfe",
    "cais.shelves.apps.ShelvesConfig",
    "cais.exporting.apps.ExportingConfig",
    "cais.rehearsals",
    "cais.backoffice.apps.BackofficeConfig",
    "cais.web",
    "cais.ops.apps.OpsConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "procrastinate.contrib.django",
    "pgtrigger",
    "pghistory",
    "django_htmx",
    "heroicons",
    "allauth",
    "allauth.account",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "cais.web.middleware.content_security_policy",
    "cais.web.middleware.sign_in_as_a_page",
    "cais.web.held_forms.hold_what_was_typed",
    "cais.web.middleware.stay_signed_in",
    "cais.web.middleware.scope_of_person",
]
ROOT_URLCONF = "cais.config.urls"
WSGI_APPLICATION = "cais.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "cais.web.shell.shell",
            ],
            "builtins": [
                "cais.web.templatetags.cais_lists",
                "cais.web.templatetags.cais_ui",
                "cais.web.templatetags.cais_words",
                "heroicons.templatetags.heroicons",
            ],
        },
    }
]

AUTH_USER_MODEL = "companies.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "cais.web.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if 'CAIS_EMAIL_HOST' in os.environ else 'console'}.EmailBackend"
EMAIL_HOST = os.environ.get("CAIS_EMAIL_HOST", "localhost")
DEFAULT_FROM_EMAIL = os.environ.get("CAIS_EMAIL_FROM", "cais@localhost")

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LANGUAGE_CODE = "pt-br"
TIME_ZONE = "America/Sao_Paulo"
USE_TZ = True
USE_I18N = True
# The keys of rows stand in forms: from a thousand on, one written 1.234 would name no row. `count`, `qty` and `money`
# write the figures that people read.
USE_THOUSAND_SEPARATOR = False

STATIC_URL = "/static/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
SESSION_COOKIE_AGE = 14 * 24 * 3600  # since the last day of work, see cais.web.middleware.stay_signed_in
CSRF_FAILURE_VIEW = "cais.web.held_forms.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024

PROCRASTINATE_IMPORT_PATHS = ["cais.ops.tasks"]
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = None
PGHISTORY_CONTEXT_FIELD = pghistory.ContextJSONField()
PGHISTORY_CONTEXT_ID_FIELD = pghistory.ContextUUIDField(null=True)
PGHISTORY_DEFAULT_TRACKERS = (pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("CAIS_LOG_LEVEL", "WARNING")},
    "loggers": {"cais": {"level": os.environ.get("CAIS_LOG_LEVEL", "INFO")}},
}
