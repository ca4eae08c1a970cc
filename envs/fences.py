"""Finds fenced code blocks as CommonMark does: what an answer marks as its program or its proof."""

from __future__ import annotations

import re

_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})(.*)$", re.DOTALL)


def fenced_blocks(text: str) -> tuple[list[tuple[str, str]], bool]:
    """Return the closed blocks of a text, and whether a fence stands open at its end.

    Returns:
        The first word of each block's info string in small letters, and its body with an end to each line.
    """
    blocks: list[tuple[str, str]] = []
    fence, language, body = "", "", list[str]()
    for line in re.split(r"\r\n|\r|\n", text):
        found = _FENCE.match(line)
        mark, info = (found[1], found[2].strip()) if found else ("", "")
        if not fence:
            if mark and not ("`" in mark and "`" in info):
                fence, language, body = mark, (info.split() or [""])[0].lower(), []
        elif mark and not info and mark[0] == fence[0] and len(mark) >= len(fence):
            blocks.append((language, "".join(f"{line}\n" for line in body)))
            fence = ""
        else:
            body.append(line)
    return blocks, bool(fence)


def in_fence(source: str, info: str) -> str:
    """Return a text in a block whose fence is longer than any inside it."""
    longest = max((len(run) for run in re.findall(r"`{3,}", source)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}{info}\n{source.strip(chr(10))}\n{fence}"
