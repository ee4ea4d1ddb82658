"""Django's settings, from the environment alone (see :mod:`everycount.site.environment`)."""

from __future__ import annotations

from pathlib import Path

from csp.constants import NONCE, NONE, SELF

from everycount.site.environment import Environment

ENVIRONMENT = Environment.read()
_HERE = Path(__file__).resolve().parent

SECRET_KEY = ENVIRONMENT.secret_key
DEBUG = False
ALLOWED_HOSTS = list(ENVIRONMENT.hosts)
ROOT_URLCONF = "everycount.site.urls"
WSGI_APPLICATION = "everycount.site.wsgi.application"

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "everycount.site.ui",
    "everycount.site.ledger",
    "everycount.site.registry",
    "everycount.site.people",
    "everycount.site.vault",
    "everycount.site.collection",
    "everycount.site.questionnaires",
    "everycount.site.consent",
    "everycount.site.review",
    "everycount.site.exports",
    "everycount.site.keying",
    "everycount.site.fieldwork",
    "everycount.site.followup",
    "everycount.site.publication",
    "everycount.site.returns",
    "everycount.site.decisions",
    "everycount.site.node",
    "allauth",  # after our own: our templates win
    "allauth.account",
    "allauth.mfa",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "everycount.site.collection.phones.phones",
    "everycount.site.ui.headers.headers",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "allauth.account.middleware.AccountMiddleware",
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
                "everycount.site.ui.context.page",
            ],
        },
    }
]

DATABASES = {"default": dict(ENVIRONMENT.database)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "people.Person"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
FORM_RENDERER = "everycount.site.ui.forms.Pages"

# Coming in: by passkey, by a code in a mail, or by a password for whoever wants one.
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL, LOGIN_REDIRECT_URL, LOGOUT_REDIRECT_URL = "account_login", "initiatives", "home"
ACCOUNT_ADAPTER = "everycount.site.people.signing.Accounts"
ACCOUNT_SIGNUP_FORM_CLASS = "everycount.site.people.signing.SignUp"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60  # seconds; mail is slow where networks are
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_CHANGE_EMAIL = True  # one address a person
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = "Everycount: "
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if ENVIRONMENT.is_secure else "http"
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if ENVIRONMENT.is_secure else 0  # TLS ends at one proxy before us
MFA_ADAPTER = "everycount.site.people.signing.Factors"
MFA_SUPPORTED_TYPES = ["webauthn", "totp", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = MFA_PASSKEY_SIGNUP_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = "Everycount"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = (
    not ENVIRONMENT.is_secure
)  # browsers themselves allow it on localhost only

LANGUAGE_CODE = "en"
LANGUAGES = [
    ("en", "English"),
    ("fr", "Français"),
    ("es", "Español"),
    ("ar", "العربية"),
    ("hi", "हिन्दी"),
    ("bn", "বাংলা"),
]
FORMAT_MODULE_PATH = "everycount.site.ui.dates"
TIME_ZONE = "UTC"
USE_TZ = True

# Files of phones go through a handler of their own; what is left is small, and more is stopped as it comes.
FILE_UPLOAD_HANDLERS = [
    "everycount.site.ui.uploads.Limited",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
DATA_UPLOAD_MAX_NUMBER_FILES = 500
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
APPEND_SLASH = False  # a redirected POST would lose its body

STATIC_URL = "static/"
# Django names files after their content, and so does what builds the form in a browser.
WHITENOISE_IMMUTABLE_FILE_TEST = r"^.+(\.[0-9a-f]{12}|/form/assets/.+-[\w-]{8})\.\w+$"
STATIC_ROOT = str(ENVIRONMENT.data / "static")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# Everything comes from this node, nothing runs that is not ours, and nobody may frame a page.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
# Keys stand in some paths, so no other site is told where a reader comes from. Under "no-referrer" browsers
# would also keep the origin of a form to themselves, and no button would work.
SECURE_REFERRER_POLICY = "same-origin"
CSRF_FAILURE_VIEW = "everycount.site.ui.views.refused"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENVIRONMENT.is_secure else None
SECURE_HSTS_SECONDS = 31_536_000 if ENVIRONMENT.is_secure else 0
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENVIRONMENT.is_secure
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = [ENVIRONMENT.public_url]

globals().update(ENVIRONMENT.email)
DEFAULT_FROM_EMAIL = SERVER_EMAIL = f"everycount@{ENVIRONMENT.hosts[0]}"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"without_keys": {"()": "everycount.site.ui.redaction.WithoutKeys"}},
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "filters": ["without_keys"], "formatter": "line"}
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
}
