"""Addresses, roles, folders and secrets, as the environment gives them."""

import base64
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cais.config import secrets
from cais.config.database import FOR_SHORT_QUERIES, BadDatabaseUrlError, application_role, databases
from cais.config.folders import data_folder
from cais.ops.address import BadListenError, Listen, next_free

KEY = base64.urlsafe_b64encode(bytes(range(32))).decode()
OTHER_KEY = base64.urlsafe_b64encode(bytes(32)).decode()


def test_the_application_and_the_owner_are_two_roles_of_one_embedded_database(tmp_path: Path) -> None:
    made = databases({"CAIS_DATA": str(tmp_path)})
    named = {alias: (made[alias]["NAME"], made[alias]["USER"], made[alias]["HOST"]) for alias in made}
    place = str(tmp_path / "run")
    assert named == {"default": ("cais", "cais_app", place), "owner": ("cais", "cais_owner", place)}
    assert list(tmp_path.iterdir()) == []  # reading the settings makes nothing


def test_only_the_web_keeps_a_pool(tmp_path: Path) -> None:
    env = {"CAIS_DATA": str(tmp_path)}
    assert "pool" not in databases(env)["default"]["OPTIONS"]
    web = databases({**env, "CAIS_POOL_SIZE": "4"})
    assert web["default"]["OPTIONS"]["pool"] == {"min_size": 2, "max_size": 4, "timeout": 10}
    assert "pool" not in web["owner"]["OPTIONS"]


def test_a_users_server_gets_a_role_named_after_its_database_and_keeps_its_options(tmp_path: Path) -> None:
    url = "postgresql://maria:a%20b@db.example:5433/loja?sslmode=require&options=-c%20work_mem%3D8MB"
    made = databases({"CAIS_DATA": str(tmp_path), "CAIS_DATABASE_URL": url})
    owner, application = made["owner"], made["default"]
    assert (owner["USER"], owner["PASSWORD"], owner["HOST"], owner["PORT"]) == ("maria", "a b", "db.example", "5433")
    assert (application["USER"], application["NAME"]) == ("loja_app", "loja")
    assert owner["OPTIONS"] == {"sslmode": "require", "options": "-c work_mem=8MB"}
    assert application["OPTIONS"] == {"sslmode": "require", "options": f"-c work_mem=8MB {FOR_SHORT_QUERIES}"}
    assert len(application["PASSWORD"]) >= 32
    assert made == databases({"CAIS_DATA": str(tmp_path), "CAIS_DATABASE_URL": url})


def test_the_database_address_may_lie_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "url").write_text("postgresql://maria@db.example/loja\n")
    env = {"CAIS_DATA": str(tmp_path), "CAIS_DATABASE_URL_FILE": str(tmp_path / "url")}
    assert databases(env)["owner"]["HOST"] == "db.example"


@pytest.mark.parametrize("url", ["mysql://x/y", "postgresql://u:segredo@h", "postgresql://u:segredo@h/x?nope=1"])
def test_a_bad_address_is_refused_without_being_repeated(url: str, tmp_path: Path) -> None:
    with pytest.raises(BadDatabaseUrlError) as caught:
        databases({"CAIS_DATA": str(tmp_path), "CAIS_DATABASE_URL": url})
    assert "segredo" not in str(caught.value)


def test_a_role_name_stays_within_what_postgresql_keeps() -> None:
    assert application_role("loja") == "loja_app"
    assert application_role("é" * 40) == "é" * 29 + "_app"  # 63 bytes in all, no letter cut in half


@pytest.mark.parametrize(
    ("env", "expected"),
    [
        ({"CAIS_DATA": "/srv/cais", "XDG_DATA_HOME": "/x"}, "/srv/cais"),
        ({"XDG_DATA_HOME": "/x"}, "/x/cais"),
    ],
)
def test_the_data_folder_is_what_was_asked_for(env: dict[str, str], expected: str) -> None:
    assert data_folder(env) == Path(expected)


def test_secrets_are_made_once_into_a_file_that_only_its_owner_reads(tmp_path: Path) -> None:
    env = {"CAIS_DATA": str(tmp_path / "new")}
    first = secrets.secret_key(env), secrets.credential_keys(env), secrets.application_role_password(env)
    assert first == (secrets.secret_key(env), secrets.credential_keys(env), secrets.application_role_password(env))
    assert stat.S_IMODE((tmp_path / "new" / "secrets.json").stat().st_mode) == 0o600


def test_many_at_once_agree_on_one_secret(tmp_path: Path) -> None:
    env = {"CAIS_DATA": str(tmp_path)}
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(lambda _: secrets.secret_key(env), range(32)))) == 1


def test_the_environment_comes_before_the_file_and_leaves_none(tmp_path: Path) -> None:
    env = {"CAIS_DATA": str(tmp_path), "CAIS_SECRET_KEY": "k", "CAIS_CREDENTIAL_KEYS": f"{KEY}, {OTHER_KEY}"}
    assert secrets.secret_key(env) == "k"
    assert secrets.credential_keys(env) == (KEY, OTHER_KEY)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("keys", ["short", f"{KEY},short", ","])
def test_a_key_that_is_no_fernet_key_is_refused_without_being_repeated(keys: str, tmp_path: Path) -> None:
    with pytest.raises(secrets.BadSecretError) as caught:
        secrets.credential_keys({"CAIS_DATA": str(tmp_path), "CAIS_CREDENTIAL_KEYS": keys})
    assert "short" not in str(caught.value)


@pytest.mark.parametrize("damage", ["", "{", "[]"])
def test_a_damaged_secrets_file_is_never_replaced(damage: str, tmp_path: Path) -> None:
    (tmp_path / "secrets.json").write_text(damage)
    with pytest.raises(secrets.BadSecretError, match="restore it from a backup"):
        secrets.credential_keys({"CAIS_DATA": str(tmp_path)})
    assert (tmp_path / "secrets.json").read_text() == damage


@pytest.mark.parametrize("name", ["CAIS_SECRET_KEY", "CAIS_CREDENTIAL_KEYS"])
def test_a_named_file_that_is_missing_or_empty_is_refused(name: str, tmp_path: Path) -> None:
    read = {"CAIS_SECRET_KEY": secrets.secret_key, "CAIS_CREDENTIAL_KEYS": secrets.credential_keys}[name]
    env = {"CAIS_DATA": str(tmp_path), f"{name}_FILE": str(tmp_path / "given")}
    with pytest.raises(secrets.BadSecretError, match=f"{name}_FILE"):
        read(env)
    (tmp_path / "given").write_text("\n")
    with pytest.raises(secrets.BadSecretError, match=f"{name}_FILE"):
        read(env)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("8000", Listen("127.0.0.1", 8000)),
        ("0.0.0.0:80", Listen("0.0.0.0", 80)),
        ("[::1]:9000", Listen("::1", 9000)),
    ],
)
def test_an_address_to_listen_on_is_read(text: str, expected: Listen) -> None:
    assert Listen.parse(text) == expected


@pytest.mark.parametrize("text", ["", "host", "host:0", "host:65536", "host:x", "host:²"])
def test_what_is_no_address_to_listen_on_is_refused(text: str) -> None:
    with pytest.raises(BadListenError):
        Listen.parse(text)


def test_the_address_to_open_is_one_that_a_browser_reaches() -> None:
    assert Listen("0.0.0.0", 8000).url == "http://127.0.0.1:8000"
    assert Listen("::1", 8000).url == "http://[::1]:8000"


def test_a_taken_port_is_passed_over() -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        first = Listen("127.0.0.1", taken.getsockname()[1])
        assert not first.is_free()
        assert next_free(first).port > first.port
