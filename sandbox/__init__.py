"""Runs programs that nobody trusts, and hands back plain data."""

from sandbox.batch import Job, run_many, run_many_async
from sandbox.choose import make
from sandbox.core import (
    AnswerCall,
    Call,
    Cancellation,
    Cancelled,
    ExecutionResult,
    ExecutionStatus,
    Limits,
    Program,
    Sandbox,
    SandboxError,
)

__all__ = [
    "AnswerCall",
    "Call",
    "Cancellation",
    "Cancelled",
    "ExecutionResult",
    "ExecutionStatus",
    "Job",
    "Limits",
    "Program",
    "Sandbox",
    "SandboxError",
    "make",
    "run_many",
    "run_many_async",
]
