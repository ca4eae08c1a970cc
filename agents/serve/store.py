"""What the server must not forget, in a database: uploaded files, jobs, and their events.

The database is SQLite in the state folder, or whatever URL SQLAlchemy takes. One server at a time uses it.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import (
    BigInteger,
    Connection,
    Integer,
    String,
    Text,
    UniqueConstraint,
    create_engine,
    event,
    select,
    update,
)
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

from agents.serve.errors import ApiError, not_found
from envs.core import ConfigError

VALIDATING, QUEUED, RUNNING, PAUSED = "validating_files", "queued", "running", "paused"
SUCCEEDED, FAILED, CANCELLED = "succeeded", "failed", "cancelled"
ENDED = (SUCCEEDED, FAILED, CANCELLED)

_SEQUENCE = BigInteger().with_variant(Integer(), "sqlite")  # SQLite counts only an INTEGER key up by itself


class Base(DeclarativeBase):
    """The tables."""


class FileRow(Base):
    """An uploaded file; its bytes lie in the state folder under its id."""

    __tablename__ = "files"
    seq: Mapped[int] = mapped_column(_SEQUENCE, primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(String(64), unique=True)
    filename: Mapped[str] = mapped_column(Text)
    purpose: Mapped[str] = mapped_column(String(64))
    bytes: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[int] = mapped_column(BigInteger)


class JobRow(Base):
    """A fine-tuning job."""

    __tablename__ = "jobs"
    seq: Mapped[int] = mapped_column(_SEQUENCE, primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[int] = mapped_column(BigInteger)
    body: Mapped[str] = mapped_column(Text)
    """The request, as it came."""
    status: Mapped[str] = mapped_column(String(32), index=True)
    wanted: Mapped[str] = mapped_column(String(16), default="")
    """What a running job is to do next: `pause`, `cancel`, or nothing."""
    seed: Mapped[int] = mapped_column(BigInteger)
    model: Mapped[str] = mapped_column(Text)
    """The local model that is trained."""
    process: Mapped[str | None] = mapped_column(String(128), default=None)
    """Which process trains, so that one that outlived the server is known again."""
    fine_tuned_model: Mapped[str | None] = mapped_column(Text, default=None)
    finished_at: Mapped[int | None] = mapped_column(BigInteger, default=None)
    trained_tokens: Mapped[int | None] = mapped_column(BigInteger, default=None)
    error: Mapped[str | None] = mapped_column(Text, default=None)
    """JSON of `{"code", "message", "param"}`."""

    @property
    def request(self) -> dict[str, Any]:
        """The request's JSON."""
        request: dict[str, Any] = json.loads(self.body)
        return request


class EventRow(Base):
    """Something that happened to a job. `key` keeps the same thing from being told twice."""

    __tablename__ = "events"
    __table_args__ = (UniqueConstraint("job_id", "key"),)
    seq: Mapped[int] = mapped_column(_SEQUENCE, primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(String(64), unique=True)
    job_id: Mapped[str] = mapped_column(String(64), index=True)
    key: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[int] = mapped_column(BigInteger)
    level: Mapped[str] = mapped_column(String(8))
    message: Mapped[str] = mapped_column(Text)
    type: Mapped[str] = mapped_column(String(16))
    data: Mapped[str] = mapped_column(Text)


class Store:
    """The database.

    Args:
        url: As SQLAlchemy takes it.

    Raises:
        ConfigError: The database cannot be opened.
    """

    def __init__(self, url: str) -> None:
        try:
            self._engine = create_engine(url)
            if self._engine.dialect.name == "sqlite":
                event.listen(self._engine, "connect", _careful)
                event.listen(self._engine, "begin", _at_once)
            Base.metadata.create_all(self._engine)
        except (SQLAlchemyError, ImportError) as error:
            raise ConfigError(f"the database {url!r} cannot be opened: {error}") from error
        self._session = sessionmaker(self._engine, expire_on_commit=False)

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Open a transaction: it is committed at the end of the block, or rolled back by an error."""
        with self._session.begin() as session:
            yield session

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    def add(self, row: Base) -> None:
        """Keep a new row."""
        with self.session() as session:
            session.add(row)

    def file(self, file_id: str) -> FileRow:
        """Return an uploaded file.

        Raises:
            ApiError: There is none of this id.
        """
        with self.session() as session:
            row = session.scalar(select(FileRow).where(FileRow.id == file_id))
        if row is None:
            raise not_found("file", file_id)
        return row

    def delete_file(self, file_id: str) -> None:
        """Forget a file."""
        row = self.file(file_id)
        with self.session() as session:
            session.delete(row)

    def job(self, job_id: str) -> JobRow:
        """Return a job.

        Raises:
            ApiError: There is none of this id.
        """
        with self.session() as session:
            row = session.scalar(select(JobRow).where(JobRow.id == job_id))
        if row is None:
            raise not_found("fine-tuning job", job_id)
        return row

    def jobs(self, *statuses: str) -> list[JobRow]:
        """Return the jobs of these statuses, or all of them, the oldest first."""
        query = select(JobRow).order_by(JobRow.seq)
        if statuses:
            query = query.where(JobRow.status.in_(statuses))
        with self.session() as session:
            return list(session.scalars(query))

    def move(self, job_id: str, allowed: Sequence[str], **changes: Any) -> bool:
        """Change a job if it has one of the allowed statuses, all at once; return whether it was."""
        change = update(JobRow).where(JobRow.id == job_id, JobRow.status.in_(allowed)).values(**changes)
        with self.session() as session:
            return bool(session.execute(change.returning(JobRow.seq)).all())

    def tell(
        self,
        job_id: str,
        message: str,
        *,
        key: str = "",
        level: str = "info",
        kind: str = "message",
        data: Mapping[str, Any] | None = None,
    ) -> None:
        """Note an event of a job; one with a key that is known already is left as it is."""
        name = key or secrets.token_hex(8)
        with self.session() as session:
            known = session.scalar(select(EventRow.seq).where(EventRow.job_id == job_id, EventRow.key == name))
            if known is None:
                session.add(
                    EventRow(
                        id=f"ftevent-{secrets.token_hex(12)}", job_id=job_id, key=name, created_at=int(time.time()),
                        level=level, message=message, type=kind, data=json.dumps(dict(data or {})),
                    )
                )  # fmt: skip

    def page(
        self, table: type[FileRow] | type[JobRow] | type[EventRow], *, after: str | None, limit: int, **where: Any
    ) -> tuple[list[Any], bool]:
        """Return a page of rows, the newest first, and whether there are more.

        Args:
            table: Which rows.
            after: Id of the last row of the page before.
            limit: Rows of a page.
            **where: Columns that must have these values.

        Raises:
            ApiError: There is no row of the id `after`.
        """
        query = select(table).order_by(table.seq.desc()).limit(limit + 1)
        for column, value in where.items():
            query = query.where(getattr(table, column) == value)
        with self.session() as session:
            if after is not None:
                place = session.scalar(select(table.seq).where(table.id == after))
                if place is None:
                    raise ApiError(400, f"after={after!r} names nothing", param="after", code="invalid_value")
                query = query.where(table.seq < place)
            rows = list(session.scalars(query))
        return rows[:limit], len(rows) > limit


def _careful(connection: Any, _record: Any) -> None:
    """Let SQLite survive a kill and wait for a lock, and leave its transactions to us."""
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000"):
        connection.execute(f"PRAGMA {pragma}")


def _at_once(connection: Connection) -> None:
    """Begin a transaction that may write: one that begins to write later could not be sure of what it read."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")
