"""What a server is told when it starts, and where it keeps its state."""

from __future__ import annotations

import ipaddress
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from agents.models import check_model
from envs.core import ConfigError
from envs.options import unknown_name
from envs.sandboxes import sandbox_choice

KEY_VARIABLE = "ASSAY_API_KEY"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Options of the server; each is an argument `name=value` of the command."""

    host: str = "127.0.0.1"
    """Address that it listens on."""
    port: int = 8000
    """Port; 0: a free one."""
    allow_remote: bool = False
    """Whether `host` may be an address that other machines reach."""
    state: str = "serve"
    """Folder of everything that must last: files, jobs and their runs, and the database unless `database` names one."""
    database: str | None = None
    """URL of a database, as SQLAlchemy takes it; None: SQLite in the state folder."""
    model: str = "smollm2-135m"
    """Model that stands for the hosted ones that jobs and chats name."""
    judge: str | None = None
    """Who answers for model graders: a local model or the URL of a server; None: what `OPENAI_BASE_URL` names."""
    sandbox: str = "auto"
    """Where programs of graders run."""
    train: list[str] = field(default_factory=list)
    """Further options of every training run, such as `algo.max_new_tokens=256`."""
    max_upload_mb: int = 512
    """Largest file that is taken, in MiB."""
    stop_after_s: float = 60.0
    """How long a training run may take to write its checkpoint when it is told to stop; then it is killed."""
    poll_s: float = 0.25
    """Pause between two looks at the jobs."""
    api_key: str = ""
    """The token that clients must send; empty: `$ASSAY_API_KEY`, else a new one, which is shown."""

    @property
    def folder(self) -> Path:
        """The state folder."""
        return Path(self.state).expanduser().absolute()

    @property
    def database_url(self) -> str:
        """The database's URL."""
        return self.database or f"sqlite:///{self.folder / 'serve.sqlite'}"

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Settings:
        """Return checked settings.

        Raises:
            ConfigError: An option does not exist, or its value cannot be.
        """
        known = {part.name: part for part in fields(cls)}
        for option, value in options.items():
            if option not in known:
                raise ConfigError(unknown_name("option", option, known))
            _check_type(option, value, str(known[option].type))
        settings = cls(**{"api_key": os.environ.get(KEY_VARIABLE) or secrets.token_urlsafe(24), **options})
        if not settings.allow_remote and not is_loopback(settings.host):
            raise ConfigError(
                f"host={settings.host} can be reached from other machines: say allow_remote=true if that is meant"
            )
        if not 0 <= settings.port < 65_536:
            raise ConfigError(f"port must be from 0 to 65535, got {settings.port}")
        if not settings.api_key.isascii() or len(settings.api_key) < 8:
            raise ConfigError("the token must have at least 8 characters, all of them ASCII")
        if not (settings.max_upload_mb > 0 and settings.stop_after_s > 0 and settings.poll_s > 0):
            raise ConfigError("max_upload_mb, stop_after_s and poll_s must be positive")
        check_model(settings.model)
        sandbox_choice(settings.sandbox)
        return settings


def is_loopback(host: str) -> bool:
    """Tell whether an address is reached from this machine alone."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


_KINDS: dict[str, tuple[type, ...]] = {
    "str": (str,),
    "str | None": (str, type(None)),
    "int": (int,),
    "float": (int, float),
    "bool": (bool,),
    "list[str]": (list,),
}


def _check_type(option: str, value: Any, kind: str) -> None:
    right = isinstance(value, _KINDS[kind]) and (kind == "bool" or not isinstance(value, bool))
    if not right or (kind == "list[str]" and not all(isinstance(text, str) for text in value)):
        raise ConfigError(f"{option} must be of the type {kind}, got {value!r}")
