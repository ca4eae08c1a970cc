"""The HTTP side: paths, tokens, pages and errors. What is done: `uploads.py`, `jobs.py`, `worker.py`, `chat.py`."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.responses import FileResponse, JSONResponse, StreamingResponse
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from agents.judge import local_chat
from agents.serve.body import Body
from agents.serve.chat import Chat
from agents.serve.errors import ApiError, not_found
from agents.serve.jobs import Jobs, fine_tuned, shown_event
from agents.serve.queries import MAX_LIMIT, is_ascending, metadata_filter, page_limit
from agents.serve.settings import Settings
from agents.serve.store import EventRow, FileRow, JobRow, Store, is_alive
from agents.serve.uploads import Uploads, lifetime, shown_file
from agents.serve.worker import Worker
from envs.core import ConfigError
from envs.graders import run_request, validate_request
from envs.verifiers.chat import HttpChatModel
from envs.verifiers.graders import GraderConfigError, GraderContext
from sandbox.core import SandboxError

MAX_BODY_BYTES = 8 * 2**20
"""Of a request that is no upload."""
ROOM_FOR_FORM = 2**20
"""What an upload may have besides its file."""


class Server:
    """Everything behind the paths.

    Args:
        settings: What the server was told.

    Raises:
        ConfigError: The database or a model cannot be had.
        OSError: The state folder cannot be written.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        settings.folder.mkdir(parents=True, exist_ok=True)
        self.store = Store(settings.database_url)
        self.uploads = Uploads(settings.folder / "files", self.store)
        self.jobs = Jobs(settings, self.store)
        self.worker = Worker(self.jobs, self.uploads)
        self.chat = Chat(self.jobs)
        judge = settings.judge
        chat = HttpChatModel(judge) if judge and judge.startswith("http") else local_chat(judge) if judge else None
        self.graders = GraderContext(sandbox=settings.sandbox, chat=chat)


def make_app(settings: Settings) -> FastAPI:
    """Return the application; its worker runs from start to shutdown."""
    server = Server(settings)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await run_in_threadpool(server.worker.recover)
        server.worker.start()
        yield
        await run_in_threadpool(server.worker.close)
        server.store.close()

    app = FastAPI(lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
    allowed = f"Bearer {settings.api_key}".encode()

    def authorised(request: Request) -> None:
        given = request.headers.get("authorization", "").encode("utf-8", "replace")
        if not hmac.compare_digest(given, allowed):
            raise ApiError(
                401, "the token is missing or wrong: send it as Authorization: Bearer", code="invalid_api_key"
            )

    for routes in (file_routes, job_routes, permission_routes, grader_routes, model_routes):
        app.include_router(routes(server), prefix="/v1", dependencies=[Depends(authorised)])
    app.add_exception_handler(ApiError, _api_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(ClientDisconnect, _gone)
    app.add_exception_handler(OSError, _no_room)
    app.add_exception_handler(Exception, _broken)
    app.add_middleware(SizeLimit, largest_upload=settings.max_upload_mb * 2**20 + ROOM_FOR_FORM)
    return app


def file_routes(server: Server) -> APIRouter:
    """Return the paths of files."""
    router = APIRouter()

    @router.post("/files")
    async def upload(request: Request) -> dict[str, Any]:
        async with request.form(max_files=1, max_fields=8) as form:
            given, purpose = form.get("file"), form.get("purpose")
            if not isinstance(given, UploadFile):
                raise ApiError(400, "file is missing: send multipart/form-data with file and purpose", param="file")
            kept_s = lifetime(form)
            return await run_in_threadpool(server.uploads.add, given.file, given.filename or "", str(purpose), kept_s)

    @router.get("/files")
    def list_files(
        request: Request, limit: Annotated[int, Depends(page_limit(MAX_LIMIT, MAX_LIMIT))]
    ) -> dict[str, Any]:
        asked = request.query_params
        of_purpose = [FileRow.purpose == asked["purpose"]] if asked.get("purpose") else []
        rows, more = server.store.page(
            FileRow, is_alive(), *of_purpose, after=asked.get("after"), limit=limit, ascending=is_ascending(request)
        )
        return _list([shown_file(row) for row in rows], more)

    @router.get("/files/{file_id}")
    def file(file_id: str) -> dict[str, Any]:
        return shown_file(server.store.file(file_id))

    @router.get("/files/{file_id}/content")
    def content(file_id: str) -> FileResponse:
        server.store.file(file_id)
        return FileResponse(server.uploads.path(file_id), media_type="application/octet-stream")

    @router.delete("/files/{file_id}")
    def delete(file_id: str) -> dict[str, Any]:
        return server.uploads.delete(file_id)

    return router


def job_routes(server: Server) -> APIRouter:
    """Return the paths of fine-tuning jobs."""
    router = APIRouter(prefix="/fine_tuning/jobs")
    jobs, store = server.jobs, server.store

    @router.post("")
    def create(body: Body) -> dict[str, Any]:
        return jobs.create(body)

    @router.get("")
    def list_jobs(request: Request, limit: Annotated[int, Depends(page_limit(20))]) -> dict[str, Any]:
        after = request.query_params.get("after")
        rows, more = store.page(JobRow, after=after, limit=limit, keep=metadata_filter(request))
        return _list([jobs.shown(row) for row in rows], more)

    @router.get("/{job_id}")
    def job(job_id: str) -> dict[str, Any]:
        return jobs.shown(store.job(job_id))

    for name, act in (("cancel", jobs.cancel), ("pause", jobs.pause), ("resume", jobs.resume)):
        router.post(f"/{{job_id}}/{name}")(_on_job(act))

    @router.get("/{job_id}/events")
    def events(job_id: str, request: Request, limit: Annotated[int, Depends(page_limit(20))]) -> dict[str, Any]:
        store.job(job_id)
        after = request.query_params.get("after")
        rows, more = store.page(EventRow, EventRow.job_id == job_id, after=after, limit=limit)
        return _list([shown_event(row) for row in rows], more)

    @router.get("/{job_id}/checkpoints")
    def checkpoints(job_id: str, request: Request, limit: Annotated[int, Depends(page_limit(10))]) -> dict[str, Any]:
        kept = jobs.checkpoints(job_id)
        after = request.query_params.get("after")
        if after is not None:
            ids = [one["id"] for one in kept]
            if after not in ids:
                raise ApiError(400, f"after={after!r} names nothing", param="after", code="invalid_value")
            kept = kept[ids.index(after) + 1 :]
        return _list(kept[:limit], len(kept) > limit)

    return router


def permission_routes(server: Server) -> APIRouter:
    """Return the paths of who may use a checkpoint: whoever has the server's token, and nobody else."""
    router = APIRouter(prefix="/fine_tuning/checkpoints")

    @router.get("/{name:path}/permissions")
    def list_permissions(name: str) -> dict[str, Any]:
        server.jobs.tuned(name)
        return _list([], more=False)

    @router.post("/{name:path}/permissions")
    def share(name: str) -> dict[str, Any]:
        server.jobs.tuned(name)
        said = "this server has one owner and no projects: whoever holds its token may use every checkpoint already"
        raise ApiError(400, said, param="project_ids", code="one_owner")

    @router.delete("/{name:path}/permissions/{permission_id}")
    def unshare(name: str, permission_id: str) -> dict[str, Any]:
        server.jobs.tuned(name)
        raise not_found("checkpoint permission", permission_id)

    return router


def grader_routes(server: Server) -> APIRouter:
    """Return the paths that try graders."""
    router = APIRouter(prefix="/fine_tuning/alpha/graders")

    @router.post("/run")
    def run(body: Body) -> dict[str, Any]:
        return _graded(lambda: run_request(body, server.graders))

    @router.post("/validate")
    def validate(body: Body) -> dict[str, Any]:
        return _graded(lambda: validate_request(body))

    return router


def model_routes(server: Server) -> APIRouter:
    """Return the paths of models and chats."""
    router = APIRouter()

    def models() -> dict[str, dict[str, Any]]:
        bases = dict.fromkeys(server.jobs.base_models(), 0)
        made = fine_tuned(server.jobs)
        return {
            name: {"id": name, "object": "model", "created": created, "owned_by": "assay"}
            for name, created in {**bases, **made}.items()
        }

    @router.get("/models")
    def list_models() -> dict[str, Any]:
        return {"object": "list", "data": list(models().values())}

    @router.get("/models/{name:path}")
    def model(name: str) -> dict[str, Any]:
        known = models()
        if name not in known:
            raise not_found("model", name)
        return known[name]

    @router.delete("/models/{name:path}")
    def delete(name: str) -> dict[str, Any]:
        server.chat.forget(server.jobs.delete_model(name))
        return {"id": name, "object": "model", "deleted": True}

    @router.post("/chat/completions", response_model=None)
    def chat(body: Body) -> Any:
        if isinstance(body, dict) and body.get("stream") is True:
            events = server.chat.prepare(body).events()
            return StreamingResponse(_pulled(events), media_type="text/event-stream")
        return server.chat.complete(body)

    return router


class SizeLimit:
    """Refuses a body that is too large, by what it says of itself or by what comes."""

    def __init__(self, app: ASGIApp, largest_upload: int) -> None:
        self.app = app
        self.largest_upload = largest_upload

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count what comes."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        largest = self.largest_upload if scope["path"] == "/v1/files" else MAX_BODY_BYTES
        said = dict(scope["headers"]).get(b"content-length", b"")
        expected, come = int(said) if said.isdigit() else 0, 0

        async def counted() -> Message:
            nonlocal come
            message = await receive() if expected <= largest else {"type": "http.request"}
            come += len(message.get("body", b""))
            if max(come, expected) > largest:
                raise ApiError(413, f"the body is larger than {largest} bytes", code="too_large")
            return message

        await self.app(scope, counted, send)


async def _pulled(events: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Take one event after the other in a thread; whoever goes away ends the writing with it."""
    try:
        while (event := await run_in_threadpool(next, events, None)) is not None:
            yield event
    finally:
        await asyncio.shield(run_in_threadpool(events.close))  # type: ignore[attr-defined]  # a generator


def _on_job(act: Callable[[str], dict[str, Any]]) -> Callable[[str], dict[str, Any]]:
    def on_job(job_id: str) -> dict[str, Any]:
        return act(job_id)

    return on_job


def _graded(call: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        return call()
    except GraderConfigError as error:
        param = error.problems[0].pointer.lstrip("/").replace("/", ".") or None
        raise ApiError(400, str(error), param=param, code="invalid_grader") from error
    except ConfigError as error:
        raise ApiError(400, str(error), code="invalid_grader") from error
    except SandboxError as error:
        raise ApiError(503, f"programs cannot run here: {error}", code="no_sandbox") from error


def _list(data: list[dict[str, Any]], more: bool) -> dict[str, Any]:
    ends = {"first_id": data[0]["id"], "last_id": data[-1]["id"]} if data else {"first_id": None, "last_id": None}
    return {"object": "list", "data": data, "has_more": more, **ends}


def _api_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, ApiError)  # it is registered for these
    return JSONResponse(error.body(), status_code=error.status)


def _gone(request: Request, error: Exception) -> JSONResponse:
    return _api_error(request, ApiError(400, "the client went away", code="client_disconnected"))


def _no_room(request: Request, error: Exception) -> JSONResponse:
    said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return _api_error(request, ApiError(507, f"the server cannot keep this: {said}", code="no_room"))


def _broken(request: Request, error: Exception) -> JSONResponse:
    return _api_error(request, ApiError(500, "something here is broken; the server's log says what", code="broken"))


def _http_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # it is registered for these
    return _api_error(request, ApiError(error.status_code, str(error.detail), code=f"http_{error.status_code}"))
