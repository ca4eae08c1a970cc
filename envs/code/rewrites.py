"""Rewrites of a program for the audit: harmless ones must keep its verdict, harmful ones must lose it.

Both sides matter: a judge that hostile answers cannot fool, but that rejects a right program for its style, is as
wrong as one that can be forged. Only trusted programs (reference solutions and their wrong twins) are rewritten, as
text; nothing is run here.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping

from envs.code.extract import fenced

_WRAPPED = """
_original = {name}


def {name}(*args, **kwargs):
    return _original(*args, **kwargs)
"""

_SPOILT = {
    "returns nothing": "    _original(*args)",
    "returns its value in a list": "    return [_original(*args)]",
    "returns its value as text": "    return repr(_original(*args))",
    "returns a function": "    return lambda: _original(*args)",
    "raises after it worked": "    _original(*args)\n    raise ValueError('done')",
    "exits after it worked": "    _original(*args)\n    raise SystemExit(0)",
}


def harmless(source: str, entry_point: str | None) -> Mapping[str, str]:
    """Return answers that hold the same program in other words: layout, comments, names, fences, prose around it."""
    block = fenced(source).strip("\n")
    body = source.strip("\n")
    programs = {
        "parsed and printed again": ast.unparse(ast.parse(source)),
        "renamed variables": renamed(source, entry_point),
        "comments and blank lines": _commented(body),
        "Windows line ends": body.replace("\n", "\r\n"),
        "trailing blanks": body if _spans_lines(body) else re.sub(r"(?m)(?<=\S)$", "  ", body),
        "an unused function": f"{body}\n\n\ndef _unused(first, second=None):\n    return first or second\n",
        "a main guard": f"{body}\n\n\nif __name__ == '__main__':\n    pass\n",
    }
    if entry_point is not None:
        programs["a function around it"] = body + "\n" + _WRAPPED.format(name=entry_point)
    answers = {name: fenced(program) for name, program in programs.items()}
    answers["fence with py"] = block.replace("```python", "```py", 1)
    answers["bare fence"] = block.replace("```python", "```", 1)
    answers["prose around it"] = f"Let me think about this first.\n\n{block}\n\nThis handles every case."
    return answers


def harmful(source: str, entry_point: str | None) -> Mapping[str, str]:
    """Return answers that spoil the program in ways that no test can miss."""
    body = source.strip("\n")
    if entry_point is None:
        programs = {
            "prints one line more": f"{body}\nprint('and one more line')\n",
            "raises after it worked": f"{body}\nraise ValueError('done')\n",
            "exits with a code": f"{body}\nimport sys\nsys.exit(3)\n",
            "prints to stderr": f"import sys\nsys.stdout = sys.stderr\n{body}\n",
            "only defines it": "def main():\n" + "\n".join(f"    {line}" for line in body.splitlines()) + "\n",
        }
    else:
        head = f"{body}\n\n\n_original = {entry_point}\n\n\ndef {entry_point}(*args):\n"
        programs = {name: f"{head}{line}\n" for name, line in _SPOILT.items()}
        programs["another name"] = f"{body}\n\n\n_{entry_point} = {entry_point}\ndel {entry_point}\n"
        programs["an error in its syntax"] = f"{body}\n)\n"
    answers = {name: fenced(program) for name, program in programs.items()}
    answers["a fence that is not closed"] = fenced(source).rstrip().removesuffix("```")
    answers["no code block"] = body
    return answers


def renamed(source: str, entry_point: str | None) -> str:
    """Return the program with its own variables and parameters renamed.

    Left alone are names that could be reached in other ways: functions, classes, imports, attributes, and whatever a
    call gives by keyword.
    """
    tree = ast.parse(source)
    own: dict[str, None] = {}
    kept = {entry_point}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, (ast.Store, ast.Del)):
            own[node.id] = None
        elif isinstance(node, ast.arg):
            own[node.arg] = None
        elif isinstance(node, ast.keyword):
            kept.add(node.arg)
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            kept.add(node.name)
        elif isinstance(node, ast.alias):
            kept.add((node.asname or node.name).partition(".")[0])
        elif isinstance(node, ast.ExceptHandler) and node.name:
            kept.add(node.name)
    for node in ast.walk(tree):  # a class's own fields are attributes of its objects
        if isinstance(node, ast.ClassDef):
            kept |= {name.id for part in node.body for name in ast.walk(part) if isinstance(name, ast.Name)}
    chosen = (name for name in own if name not in kept and not name.startswith("__"))
    return ast.unparse(_Rename({name: f"renamed_{number}" for number, name in enumerate(chosen)}).visit(tree))


class _Rename(ast.NodeTransformer):
    def __init__(self, names: Mapping[str, str]) -> None:
        self.names = names

    def visit_Name(self, node: ast.Name) -> ast.Name:
        node.id = self.names.get(node.id, node.id)
        return node

    def visit_arg(self, node: ast.arg) -> ast.arg:
        node.arg = self.names.get(node.arg, node.arg)
        if node.annotation is not None:
            self.visit(node.annotation)
        return node

    def visit_Nonlocal(self, node: ast.Nonlocal) -> ast.Nonlocal:
        node.names = [self.names.get(name, name) for name in node.names]
        return node

    def visit_Global(self, node: ast.Global) -> ast.Global:
        node.names = [self.names.get(name, name) for name in node.names]
        return node


def _spans_lines(body: str) -> bool:
    """Return whether a string or a statement goes over the end of a line, so that blanks there mean something."""
    return any(mark in body for mark in ("\\\n", '"""', "'''"))


def _commented(body: str) -> str:
    """Put comments and blank lines before every top-level statement and at the end."""
    lines = body.splitlines()
    starts = {node.lineno - 1 for node in ast.parse(body).body}
    out: list[str] = []
    for number, line in enumerate(lines):
        if number in starts:
            out += ["", "# the next part", ""]
        out.append(line)
    return "\n".join([*out, "", "# the end", ""])
