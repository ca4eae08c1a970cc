"""What the server must not forget, in a database: uploaded files, jobs, and their events.

The database is SQLite in the state folder, or whatever URL SQLAlchemy takes. One server at a time uses it.
"""

from __future__ import annotations

import itertools
import json
import secrets
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Engine,
    Integer,
    String,
    Text,
    UniqueConstraint,
    create_engine,
    delete,
    event,
    inspect,
    not_,
    or_,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

from agents.serve.errors import ApiError, not_found
from envs.core import ConfigError

VALIDATING, QUEUED, RUNNING, PAUSED = "validating_files", "queued", "running", "paused"
SUCCEEDED, FAILED, CANCELLED = "succeeded", "failed", "cancelled"
ENDED = (SUCCEEDED, FAILED, CANCELLED)

_AT_ONCE = 200
"""Rows that are fetched at once where each has to be looked into."""
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
    expires_at: Mapped[int | None] = mapped_column(BigInteger, default=None)


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
    stops: Mapped[int | None] = mapped_column(Integer, default=None)
    """How often its process was stopped by something else within the same training step."""
    stopped_at: Mapped[int | None] = mapped_column(BigInteger, default=None)
    """Steps that it had done then."""

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


class DeletedModelRow(Base):
    """A model that a job made and that was deleted since."""

    __tablename__ = "deleted_models"
    seq: Mapped[int] = mapped_column(_SEQUENCE, primary_key=True, autoincrement=True)
    name: Mapped[str] = mapped_column(String(512), unique=True)
    deleted_at: Mapped[int] = mapped_column(BigInteger)


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
            _add_columns(self._engine)
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
            row = session.scalar(select(FileRow).where(FileRow.id == file_id, is_alive()))
        if row is None:
            raise not_found("file", file_id)
        return row

    def delete_file(self, file_id: str) -> None:
        """Forget a file."""
        self.file(file_id)
        self.drop_file(file_id)

    def drop_file(self, file_id: str) -> None:
        """Forget a file, whether or not its time is over."""
        with self.session() as session:
            session.execute(delete(FileRow).where(FileRow.id == file_id))

    def expired_files(self) -> list[str]:
        """Return the ids of the files whose time is over."""
        with self.session() as session:
            return list(session.scalars(select(FileRow.id).where(not_(is_alive()))))

    def delete_model(self, name: str) -> bool:
        """Note that a model is deleted; return whether it was not so already."""
        try:
            self.add(DeletedModelRow(name=name, deleted_at=int(time.time())))
        except IntegrityError:
            return False
        return True

    def deleted_models(self) -> set[str]:
        """Return the names of the models that were deleted."""
        with self.session() as session:
            return set(session.scalars(select(DeletedModelRow.name)))

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
        self,
        table: type[FileRow] | type[JobRow] | type[EventRow],
        *where: ColumnElement[bool],
        after: str | None,
        limit: int,
        ascending: bool = False,
        keep: Callable[[Any], bool] | None = None,
    ) -> tuple[list[Any], bool]:
        """Return a page of rows, the newest first, and whether there are more.

        Args:
            table: Which rows.
            *where: What must be so of them.
            after: Id of the last row of the page before.
            limit: Rows of a page.
            ascending: The oldest first instead.
            keep: What must be so of them that only their contents show.

        Raises:
            ApiError: There is no row of the id `after`.
        """
        query = select(table).where(*where).order_by(table.seq if ascending else table.seq.desc())
        with self.session() as session:
            if after is not None:
                place = session.scalar(select(table.seq).where(table.id == after))
                if place is None:
                    raise ApiError(400, f"after={after!r} names nothing", param="after", code="invalid_value")
                query = query.where(table.seq > place if ascending else table.seq < place)
            if keep is None:
                rows: list[Any] = list(session.scalars(query.limit(limit + 1)))
            else:
                found = session.scalars(query.execution_options(yield_per=_AT_ONCE))
                rows = list(itertools.islice(filter(keep, found), limit + 1))
        return rows[:limit], len(rows) > limit


def is_alive() -> ColumnElement[bool]:
    """Return the condition that a file's time is not over."""
    return or_(FileRow.expires_at.is_(None), FileRow.expires_at > int(time.time()))


def _add_columns(engine: Engine) -> None:
    """Add the columns that the tables of an older server lack; all of them may be empty."""
    with engine.begin() as connection:
        known = inspect(connection)
        for table in Base.metadata.sorted_tables:
            there = {column["name"] for column in known.get_columns(table.name)}
            for column in table.columns:
                if column.name not in there:
                    kind = column.type.compile(engine.dialect)
                    connection.exec_driver_sql(f"ALTER TABLE {table.name} ADD COLUMN {column.name} {kind}")


def _careful(connection: Any, _record: Any) -> None:
    """Let SQLite survive a kill and wait for a lock, and leave its transactions to us."""
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000"):
        connection.execute(f"PRAGMA {pragma}")


def _at_once(connection: Connection) -> None:
    """Begin a transaction that may write: one that begins to write later could not be sure of what it read."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")
