"""Settings, read once from the environment. Nothing else reads it."""

import contextlib
import os
import re
import secrets
import ssl
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parseaddr
from pathlib import Path

PROJECT_ROOT = Path(__file__).resolve().parent.parent
SHORTEST_KEY = 32
SMTP_PORTS = {"none": 25, "starttls": 587, "tls": 465}


class SettingsError(Exception):
    """A setting is missing or cannot be understood; the message says which and what to do."""


@dataclass(frozen=True, slots=True)
class RateLimit:
    """At most `count` attempts in any window of `seconds`."""

    count: int
    seconds: int

    @classmethod
    def parse(cls, text: str, name: str) -> "RateLimit":
        """Read `count/seconds`, for example `5/900`. Raises SettingsError."""
        match = re.fullmatch(r"\s*(\d+)\s*/\s*(\d+)\s*", text)
        if match is None or int(match[1]) < 1 or int(match[2]) < 1:
            raise SettingsError(f"{name} must look like count/seconds, for example 5/900; it is {text!r}.")
        return cls(int(match[1]), int(match[2]))


@dataclass(frozen=True, slots=True)
class MailServer:
    """The server that letters are handed to, and whom they are from.

    `security` is "none", "starttls" (plain at first, TLS before anything is said) or "tls". `ca_file` has
    certificates that are trusted besides those of the system; empty for none.
    """

    host: str
    port: int
    username: str
    password: str = field(repr=False)
    security: str
    sender: str
    ca_file: str = ""


@dataclass(frozen=True, slots=True)
class StripeAccount:
    """The account that online payments go to. `api_base` is empty for Stripe's own address."""

    secret_key: str = field(repr=False)
    webhook_secret: str = field(repr=False)
    publishable_key: str
    api_base: str = ""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the application can be told from outside.

    `database_url` is None while the embedded PostgreSQL under `data_dir` is to be used.
    """

    host: str
    port: int
    data_dir: Path
    database_url: str | None
    redis_url: str | None
    secret_key: str
    public_url: str | None
    demo_password: str | None
    login_rate_limit: RateLimit
    api_rate_limit: RateLimit
    upload_rate_limit: RateLimit
    workers: int
    trusted_proxies: frozenset[str]
    jobs_in_process: bool
    purge_after_days: int
    log_format: str
    log_level: str
    template_reload: bool
    mail: MailServer | None = None
    stripe: StripeAccount | None = None

    @property
    def secure_cookies(self) -> bool:
        """Whether cookies may only travel over TLS: decided by the address people use."""
        return self.public_url is not None and self.public_url.startswith("https://")

    @property
    def static_dir(self) -> Path:
        """Where the sources and the bundles of the front end are."""
        return PROJECT_ROOT / "static"

    @property
    def templates_dir(self) -> Path:
        """Where the Jinja templates are."""
        return PROJECT_ROOT / "templates"

    @property
    def files_dir(self) -> Path:
        """Where photos and uploads are kept."""
        return self.data_dir / "files"


def load_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read and check all settings. Raises SettingsError with the name of the variable at fault."""
    env = os.environ if environment is None else environment
    data_dir = Path(env.get("DATA_DIR") or PROJECT_ROOT / "var").resolve()
    database_url = _database_url(env.get("DATABASE_URL") or None)
    return Settings(
        host=env.get("HOST") or "127.0.0.1",
        port=_integer(env, "PORT", 8000),
        data_dir=data_dir,
        database_url=database_url,
        redis_url=env.get("REDIS_URL") or None,
        secret_key=_secret_key(env, data_dir, embedded=database_url is None),
        public_url=(env.get("PUBLIC_URL") or "").rstrip("/") or None,
        demo_password=env.get("DEMO_PASSWORD") or None,
        login_rate_limit=RateLimit.parse(env.get("LOGIN_RATE_LIMIT") or "5/900", "LOGIN_RATE_LIMIT"),
        api_rate_limit=RateLimit.parse(env.get("API_RATE_LIMIT") or "100/60", "API_RATE_LIMIT"),
        upload_rate_limit=RateLimit.parse(env.get("UPLOAD_RATE_LIMIT") or "5/60", "UPLOAD_RATE_LIMIT"),
        workers=_integer(env, "WEB_WORKERS", 1),
        trusted_proxies=frozenset((env.get("TRUSTED_PROXIES") or "").replace(",", " ").split()),
        jobs_in_process=_boolean(env, "JOBS_IN_PROCESS", default=database_url is None),
        purge_after_days=_integer(env, "PURGE_AFTER_DAYS", 30),
        log_format=env.get("LOG_FORMAT") or "text",
        log_level=(env.get("LOG_LEVEL") or "INFO").upper(),
        template_reload=_boolean(env, "TEMPLATE_RELOAD", default=False),
        mail=_mail_server(env),
        stripe=_stripe_account(env),
    )


def _mail_server(env: Mapping[str, str]) -> MailServer | None:
    """Where letters are handed in; None where no host is named."""
    host, sender = env.get("SMTP_HOST") or "", (env.get("MAIL_FROM") or "").strip()
    security = (env.get("SMTP_SECURITY") or "starttls").strip().lower()
    if not host:
        return None
    if security not in SMTP_PORTS:
        raise SettingsError(f"SMTP_SECURITY must be none, starttls or tls; it is {security!r}.")
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", parseaddr(sender)[1]):
        raise SettingsError("MAIL_FROM must be the address letters are from, like Shop <hire@shop.example>.")
    return MailServer(
        host=host,
        port=_integer(env, "SMTP_PORT", SMTP_PORTS[security]),
        username=env.get("SMTP_USERNAME") or "",
        password=env.get("SMTP_PASSWORD") or "",
        security=security,
        sender=sender,
        ca_file=_certificates(env.get("SMTP_CA_FILE") or ""),
    )


def _certificates(path: str) -> str:
    """A file with certificates to trust, which has to be readable; empty for none."""
    if path:
        try:
            ssl.create_default_context(cafile=path)
        except OSError as error:
            raise SettingsError(f"SMTP_CA_FILE must be a file with certificates (PEM): {error}") from error
    return path


def _stripe_account(env: Mapping[str, str]) -> StripeAccount | None:
    """The account for online payments; None where no secret key is given."""
    secret, base = env.get("STRIPE_SECRET_KEY") or "", (env.get("STRIPE_API_BASE") or "").rstrip("/")
    if not secret:
        return None
    if not env.get("STRIPE_WEBHOOK_SECRET"):
        raise SettingsError("STRIPE_WEBHOOK_SECRET must be set together with STRIPE_SECRET_KEY.")
    if base and not re.match(r"https://|http://(127\.0\.0\.1|localhost)(:\d+)?$", base):
        raise SettingsError("STRIPE_API_BASE must start with https://, or be on this machine.")
    return StripeAccount(
        secret_key=secret,
        webhook_secret=env["STRIPE_WEBHOOK_SECRET"],
        publishable_key=env.get("STRIPE_PUBLISHABLE_KEY") or "",
        api_base=base,
    )


def _database_url(text: str | None) -> str | None:
    """Accept the usual spellings of a PostgreSQL URL and name the driver we use."""
    if text is None:
        return None
    scheme, separator, rest = text.partition("://")
    if not separator or scheme.split("+")[0] not in {"postgres", "postgresql"}:
        raise SettingsError("DATABASE_URL must start with postgresql://")
    return f"postgresql+asyncpg://{rest}"


def _secret_key(env: Mapping[str, str], data_dir: Path, *, embedded: bool) -> str:
    given = env.get("SECRET_KEY")
    if given:
        if len(given) < SHORTEST_KEY:
            raise SettingsError(f"SECRET_KEY must have at least {SHORTEST_KEY} characters.")
        return given
    if not embedded:
        raise SettingsError(
            "SECRET_KEY must be set together with DATABASE_URL, the same for every process. "
            "Make one with: python -c 'import secrets; print(secrets.token_urlsafe(48))'"
        )
    return _kept_secret_key(data_dir / "secret_key")


def _kept_secret_key(path: Path) -> str:
    """The key of this data directory, made on first use and readable by its owner only."""
    if not path.exists():
        _make_secret_key(path)
    key = path.read_text("utf-8").strip()
    if len(key) < SHORTEST_KEY:
        raise SettingsError(
            f"{path} must hold at least {SHORTEST_KEY} characters. Put back the file of a backup, or delete "
            "it to have a new key made; everybody then signs in again."
        )
    return key


def _make_secret_key(path: Path) -> None:
    """Write a new key beside its place, then put it there in one step: nobody finds half of one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, unfinished = tempfile.mkstemp(prefix=f"{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(secrets.token_urlsafe(48))
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            # another process may have been faster: its key is the key
            os.link(unfinished, path)
    finally:
        Path(unfinished).unlink()


def _integer(env: Mapping[str, str], name: str, default: int) -> int:
    text = env.get(name) or str(default)
    if not text.isascii() or not text.isdigit():
        raise SettingsError(f"{name} must be a whole number; it is {text!r}.")
    return int(text)


def _boolean(env: Mapping[str, str], name: str, *, default: bool) -> bool:
    text = (env.get(name) or "").strip().lower()
    if not text:
        return default
    if text in {"1", "true", "yes", "on"}:
        return True
    if text in {"0", "false", "no", "off"}:
        return False
    raise SettingsError(f"{name} must be true or false; it is {text!r}.")
