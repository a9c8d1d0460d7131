"""Settings: every variable, and what is said about a wrong one."""

import stat
from pathlib import Path

import pytest

from app.config import PROJECT_ROOT, MailServer, RateLimit, SettingsError, load_settings

KEY = "k" * 32


def settings_of(tmp_path: Path, **given: str) -> object:
    return load_settings({"DATA_DIR": str(tmp_path), "SECRET_KEY": KEY, **given})


def test_nothing_has_to_be_set(tmp_path: Path) -> None:
    settings = load_settings({"DATA_DIR": str(tmp_path)})
    assert (settings.host, settings.port, settings.workers) == ("127.0.0.1", 8000, 1)
    assert settings.database_url is None
    assert settings.redis_url is None
    assert settings.public_url is None
    assert settings.demo_password is None
    assert settings.login_rate_limit == RateLimit(5, 900)
    assert settings.api_rate_limit == RateLimit(100, 60)
    assert settings.upload_rate_limit == RateLimit(5, 60)
    assert settings.trusted_proxies == frozenset()
    assert settings.jobs_in_process
    assert (settings.log_format, settings.log_level, settings.template_reload) == ("text", "INFO", False)
    assert settings.files_dir == tmp_path / "files"
    assert settings.mail is None


def test_data_are_kept_beside_the_code_unless_told_otherwise() -> None:
    assert load_settings({"SECRET_KEY": KEY}).data_dir == PROJECT_ROOT / "var"


@pytest.mark.parametrize(
    ("variable", "text", "attribute", "value"),
    [
        ("HOST", "0.0.0.0", "host", "0.0.0.0"),
        ("PORT", "9000", "port", 9000),
        ("REDIS_URL", "redis://cache:6379/0", "redis_url", "redis://cache:6379/0"),
        ("PUBLIC_URL", "https://gear.example/", "public_url", "https://gear.example"),
        ("DEMO_PASSWORD", "rigging", "demo_password", "rigging"),
        ("LOGIN_RATE_LIMIT", "3/60", "login_rate_limit", RateLimit(3, 60)),
        ("API_RATE_LIMIT", " 7 / 8 ", "api_rate_limit", RateLimit(7, 8)),
        ("UPLOAD_RATE_LIMIT", "9/10", "upload_rate_limit", RateLimit(9, 10)),
        ("WEB_WORKERS", "4", "workers", 4),
        ("TRUSTED_PROXIES", "10.0.0.1, 10.0.0.2", "trusted_proxies", frozenset({"10.0.0.1", "10.0.0.2"})),
        ("JOBS_IN_PROCESS", "off", "jobs_in_process", False),
        ("LOG_FORMAT", "json", "log_format", "json"),
        ("LOG_LEVEL", "debug", "log_level", "DEBUG"),
        ("TEMPLATE_RELOAD", "yes", "template_reload", True),
        ("SECRET_KEY", "s" * 40, "secret_key", "s" * 40),
    ],
)
def test_each_variable_is_read(
    tmp_path: Path, variable: str, text: str, attribute: str, value: object
) -> None:
    assert getattr(settings_of(tmp_path, **{variable: text}), attribute) == value


@pytest.mark.parametrize(
    "given",
    ["postgres://u:p@h/d", "postgresql://u:p@h/d", "postgresql+psycopg://u:p@h/d"],
)
def test_the_usual_spellings_of_a_database_url_are_understood(tmp_path: Path, given: str) -> None:
    settings = load_settings({"DATA_DIR": str(tmp_path), "SECRET_KEY": KEY, "DATABASE_URL": given})
    assert settings.database_url == "postgresql+asyncpg://u:p@h/d"
    assert not settings.jobs_in_process, "a server of one's own has workers of its own"


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("PORT", "eighty"),
        ("PORT", "-1"),
        ("WEB_WORKERS", "1.5"),
        ("LOGIN_RATE_LIMIT", "5"),
        ("API_RATE_LIMIT", "0/60"),
        ("UPLOAD_RATE_LIMIT", "5/0"),
        ("JOBS_IN_PROCESS", "perhaps"),
        ("TEMPLATE_RELOAD", "2"),
        ("DATABASE_URL", "mysql://h/d"),
        ("DATABASE_URL", "just-a-host"),
        ("SECRET_KEY", "too-short"),
        ("SMTP_SECURITY", "ssl"),
        ("SMTP_PORT", "mail"),
        ("SMTP_CA_FILE", "/nowhere/certificates.pem"),
        ("SMTP_CA_FILE", __file__),
        ("MAIL_FROM", "hire at shop.example"),
        ("MAIL_FROM", ""),
    ],
)
def test_an_error_names_the_variable(tmp_path: Path, variable: str, text: str) -> None:
    with pytest.raises(SettingsError, match=variable):
        settings_of(tmp_path, **{"SMTP_HOST": "mail.example", "MAIL_FROM": "a@b.example", variable: text})


def test_a_database_of_ones_own_needs_a_secret_key_and_the_error_says_how_to_make_one() -> None:
    with pytest.raises(SettingsError) as refused:
        load_settings({"DATABASE_URL": "postgresql://h/d"})
    assert "SECRET_KEY must be set together with DATABASE_URL" in str(refused.value)
    assert "token_urlsafe" in str(refused.value)


def test_the_secret_key_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    place = tmp_path / "new" / "data"
    first = load_settings({"DATA_DIR": str(place)}).secret_key
    assert len(first) >= 32
    assert stat.S_IMODE((place / "secret_key").stat().st_mode) == 0o600
    assert load_settings({"DATA_DIR": str(place)}).secret_key == first
    assert load_settings({"DATA_DIR": str(tmp_path / "other")}).secret_key != first


@pytest.mark.parametrize(
    ("public_url", "secure"), [("https://gear.example", True), ("http://gear.example", False), ("", False)]
)
def test_cookies_are_for_tls_alone_when_people_come_over_tls(
    tmp_path: Path, public_url: str, secure: object
) -> None:
    settings = load_settings({"DATA_DIR": str(tmp_path), "SECRET_KEY": KEY, "PUBLIC_URL": public_url})
    assert settings.secure_cookies is secure


@pytest.mark.parametrize(("security", "port"), [("", 587), ("starttls", 587), ("TLS", 465), ("none", 25)])
def test_letters_go_through_the_usual_port_of_a_server_unless_another_is_named(
    tmp_path: Path, security: str, port: int
) -> None:
    given = {"SMTP_HOST": "mail.example", "MAIL_FROM": "Shop <hire@shop.example>", "SMTP_SECURITY": security}
    mail = load_settings({"DATA_DIR": str(tmp_path), "SECRET_KEY": KEY, **given}).mail
    assert mail == MailServer(
        "mail.example", port, "", "", security.lower() or "starttls", given["MAIL_FROM"]
    )
    named = {"SMTP_PORT": "2525", "SMTP_USERNAME": "shop", "SMTP_PASSWORD": "rigging"}
    mail = load_settings({"DATA_DIR": str(tmp_path), "SECRET_KEY": KEY, **given, **named}).mail
    assert mail is not None
    assert (mail.port, mail.username, mail.password) == (2525, "shop", "rigging")
    assert "rigging" not in repr(mail), "what is printed tells no password"


def test_online_payment_needs_both_secrets_and_keeps_them_to_itself(tmp_path: Path) -> None:
    base = {"DATA_DIR": str(tmp_path), "SECRET_KEY": KEY}
    assert load_settings(base).stripe is None
    with pytest.raises(SettingsError, match="STRIPE_WEBHOOK_SECRET"):
        load_settings({**base, "STRIPE_SECRET_KEY": "sk_live_rigging"})
    given = {**base, "STRIPE_SECRET_KEY": "sk_live_rigging", "STRIPE_WEBHOOK_SECRET": "whsec_rigging"}
    stripe = load_settings(given).stripe
    assert stripe is not None
    assert (stripe.secret_key, stripe.webhook_secret, stripe.api_base) == (
        "sk_live_rigging",
        "whsec_rigging",
        "",
    )
    assert "rigging" not in repr(stripe), "what is printed tells no secret"


@pytest.mark.parametrize(
    ("address", "fits"),
    [
        ("https://stripe.example/", True),
        ("http://127.0.0.1:8420", True),
        ("http://localhost:8420", True),
        ("http://stripe.example", False),
        ("http://127.0.0.1.evil.example", False),
        ("file:///etc", False),
    ],
)
def test_a_secret_key_travels_over_tls_or_stays_on_the_machine(
    tmp_path: Path, address: str, *, fits: bool
) -> None:
    given = {
        "DATA_DIR": str(tmp_path),
        "SECRET_KEY": KEY,
        "STRIPE_SECRET_KEY": "sk",
        "STRIPE_WEBHOOK_SECRET": "wh",
    }
    if fits:
        stripe = load_settings({**given, "STRIPE_API_BASE": address}).stripe
        assert stripe is not None
        assert stripe.api_base == address.rstrip("/")
    else:
        with pytest.raises(SettingsError, match="STRIPE_API_BASE"):
            load_settings({**given, "STRIPE_API_BASE": address})
