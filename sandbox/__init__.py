"""Runs programs that nobody trusts, and hands back plain data."""

from sandbox.choose import make
from sandbox.core import (
    AnswerCall,
    Call,
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
    "ExecutionResult",
    "ExecutionStatus",
    "Limits",
    "Program",
    "Sandbox",
    "SandboxError",
    "make",
]
