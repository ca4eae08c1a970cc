"""Checks of the contract for bash scripts, where a sandbox has them: programs that start others."""

from __future__ import annotations

import glob
import os
import random
import shlex
import sys
import time

from sandbox.conformance import (
    GENEROUS,
    Violation,
    expect_equal,
    expect_output,
    expect_status,
    promise,
    require_language,
    run_in,
    tightened,
)
from sandbox.core import Call, ExecutionStatus, Program, Sandbox


@promise("bash scripts find their input, the usual tools, pipes, here-documents and process substitution")
def bash_scripts(sandbox: Sandbox) -> None:
    """Read and write in many ways."""
    require_language(sandbox, "bash")
    for source, wanted in (
        ("cat", "3\n1\n2\n"),
        ("sort -n | head -2", "1\n2\n"),
        ("while read -r line; do echo $((line * 2)); done", "6\n2\n4\n"),
        ("mapfile -t lines < <(sort); echo ${lines[*]}", "1 2 3\n"),
        ("cat /dev/stdin; echo end >/dev/stdout", "3\n1\n2\nend\n"),
        ("declare -A seen; while read -r n; do seen[$n]=1; done; echo ${#seen[@]}", "3\n"),
        ("awk '{ s += $1 } END { print s }'", "6\n"),
        ("cat <<< one; cat <<X\n$((1 + 1))\nX", "one\n2\n"),
        ("for n in 3 2 1; do (sleep 0.$n; echo $n) & done; wait", "1\n2\n3\n"),
        ("cat > note; tac note; ls; pwd", "2\n1\n3\nnote\nprogram.sh\n/tmp\n"),
        ("printf '%s %05.2f %q' é 3.14159 'a b'", "é 03.14 a\\ b"),
        ("printf '\\xff'", "\ufffd"),
        ("trap 'echo bye' EXIT; echo $#", "0\nbye\n"),
        ("x=" + "x" * 200_000 + "; echo ${#x}", "200000\n"),
    ):
        expect_output(run_in(sandbox, "bash", source, "3\n1\n2\n"), wanted)


@promise("bash scripts fail as runtime errors, with the shell's last words")
def bash_failures(sandbox: Sandbox) -> None:
    """Exit, mistype, break the syntax, and be killed by signals of all kinds."""
    require_language(sandbox, "bash")
    for source, wanted in (
        ("exit 3", "exited with code 3"),
        ("no-such-tool", "program.sh: line 1: no-such-tool: command not found"),
        ("echo (", "syntax error"),
        ("set -e\nfalse\necho on", "exited with code 1"),
        ("kill -9 $$", "killed by SIGKILL"),
        ("kill $$", "killed by SIGTERM"),
        ("kill -40 $$", "killed by signal 40"),
    ):
        result = run_in(sandbox, "bash", source)
        expect_status(result, ExecutionStatus.RUNTIME_ERROR)
        if wanted not in result.error + result.stderr or "\n" in result.error:
            raise Violation(f"expected the error {wanted!r}, got {result.error!r}")
        expect_equal("standard output", result.stdout, "")


@promise("bash scripts, with all that they start, meet every limit")
def bash_limits(sandbox: Sandbox) -> None:
    """Spin, sleep, flood, hoard and fork, in the shell and in what it starts."""
    require_language(sandbox, "bash")
    cpu, wall = tightened(cpu_time_s=0.5), tightened(wall_time_s=0.5)
    many = "ulimit -t unlimited; while :; do seq 9; done >/dev/null"
    for source in ("while :; do :; done", "sha256sum /dev/zero", many):
        expect_status(run_in(sandbox, "bash", source, limits=cpu), ExecutionStatus.CPU_TIMEOUT)
    for source in ("sleep 60", "trap '' TERM INT HUP; sleep 60; sleep 60", "sleep 60 | cat"):
        expect_status(run_in(sandbox, "bash", source, limits=wall), ExecutionStatus.WALL_TIMEOUT)
    for source in ("yes", "yes >&2", "while :; do echo x; done"):
        expect_status(run_in(sandbox, "bash", source), ExecutionStatus.OUTPUT_LIMIT)
    for source in (
        "tail /dev/zero",
        "ulimit -v unlimited; tail /dev/zero | tail",
        "x=$(yes | head -c 99M); echo ${#x}",
    ):
        limits = tightened(memory_bytes=32 * 2**20)
        expect_status(run_in(sandbox, "bash", source, limits=limits), ExecutionStatus.MEMORY_LIMIT)
    count = "n=1; while sleep 30 & [ $n -lt 99 ]; do n=$((n + 1)); done 2>/dev/null; echo $n"
    result = run_in(sandbox, "bash", count, limits=tightened(processes=8, wall_time_s=1.0))
    expect_status(result, ExecutionStatus.WALL_TIMEOUT)  # the shell waits for room, in vain
    fill = "head -c 99M /dev/zero > big || echo full; for n in {1..2000}; do : > $n || break; done 2>/dev/null; echo $n"
    result = run_in(sandbox, "bash", fill, limits=tightened(scratch_bytes=4 * 2**20))
    if result.status is not ExecutionStatus.OK or not result.stdout.startswith("full\n") or "2000" in result.stdout:
        raise Violation(f"the private directory took all of it: {result.stdout!r} {result.error}")


@promise("a fork bomb in bash is ended, and its neighbours are not kept from their results")
def bash_fork_bomb(sandbox: Sandbox) -> None:
    """Fork for ever, in the foreground, while an honest script runs."""
    require_language(sandbox, "bash")
    source = "read what\nif [ $what = bomb ]; then f() { f | f; }; f; fi\nseq 1000 | tail -1"
    program = Program(source=source, language="bash")
    calls = [Call(stdin=text) for text in ("bomb\n", "honest\n", "bomb\n", "honest\n")]
    results = sandbox.run(program, calls, tightened(cpu_time_s=1.0, wall_time_s=4.0))
    ended = (ExecutionStatus.CPU_TIMEOUT, ExecutionStatus.WALL_TIMEOUT, ExecutionStatus.MEMORY_LIMIT)
    for place, result in enumerate(results):
        expect_status(result, *((ExecutionStatus.OK,) if place % 2 else ended))


_ATTEMPTS = """
try() { if eval "$1" >/dev/null 2>&1; then echo "$1"; fi; }
try 'exec 3<>/dev/tcp/127.0.0.1/80'
try 'echo x > /dev/udp/8.8.8.8/53'
for place in / /bin /usr/bin /usr/lib /lib /etc /dev /proc /proc/1 /sys /root /home /var/tmp /dev/shm /run; do
    try "echo x > $place/canary"
    try "mkdir $place/canary-folder"
done
for tool in python python3 perl gcc g++ ld mount unshare nsenter chroot sudo su strace gdb curl ssh; do
    try "$tool --version"
done
for file in /usr/bin/python3* /usr/local/bin/python3* INTERPRETER; do try "$file -c 1"; done
cp /usr/bin/true ./mine; chmod 777 ./mine; try ./mine
printf '#!/bin/bash\\necho hi\\n' > script; chmod 777 script; try ./script
printf 'x' > hook.so; try 'LD_PRELOAD=/tmp/hook.so true 2>&1 | grep -v cannot | grep .'
try 'enable -f /tmp/hook.so hook'
for file in environ mem maps cwd/x root/x fd/3 fd/4 stack syscall; do try "head -c 1 /proc/1/$file"; done
try 'echo 0 > /proc/self/oom_score_adj'
try 'echo 1 > /proc/self/coredump_filter'
for process in /proc/[0-9]*; do
    n=${process#/proc/}; [ $n = 1 ] || [ $n = $$ ] || try "read -r x < $process/cmdline && grep -qv bash $process/comm"
done
try 'test -e /etc/passwd'; try 'test -e /proc/meminfo'; package=PACKAGE
try 'test -n "$(ls /home /mnt /opt /srv "$package")"'
try 'kill -9 1; sleep 0.1; kill -INT 1; kill -HUP 1; sleep 0.1; false'
grep -E '^(NoNewPrivs|Seccomp|CapEff|CapBnd)' /proc/self/status
"""


@promise("bash scripts reach no network, no other file, no other process and no tool beyond their own")
def bash_walls(sandbox: Sandbox) -> None:
    """Try them all."""
    require_language(sandbox, "bash")
    host = {"INTERPRETER": os.path.realpath(sys.executable), "PACKAGE": os.path.dirname(os.path.abspath(__file__))}
    attempts = _ATTEMPTS
    for word, path in host.items():
        attempts = attempts.replace(word, shlex.quote(path))
    result = run_in(sandbox, "bash", attempts)
    expect_status(result, ExecutionStatus.OK)
    lines = [line.split() for line in result.stdout.splitlines()]
    states = {line[0]: line[1] for line in lines if line[0].endswith(":")}
    allowed = [" ".join(line) for line in lines if not line[0].endswith(":")]
    if allowed:
        raise Violation(f"allowed: {', '.join(allowed)}")
    wanted = {"NoNewPrivs:": "1", "Seccomp:": "2", "CapEff:": "0" * 16}
    expect_equal("state", {name: states.get(name) for name in wanted}, wanted)


@promise("what bash scripts leave running is dead when the result counts, and what they leave behind is gone")
def bash_leftovers(sandbox: Sandbox) -> None:
    """Leave daemons, files, functions and history."""
    require_language(sandbox, "bash")
    mark = f"6{random.randrange(10**9):09}"
    source = f"""
ls -A; declare -F; echo "$HISTFILE$MARK"
export MARK=left; left() {{ :; }}; export -f left; touch /tmp/left ~/.bashrc ~/.profile
(trap '' HUP TERM INT; exec >&- 2>&- <&-; sleep {mark} & disown; sleep {mark}) &
nohup sleep {mark} >/dev/null 2>&1 & disown -a
sleep 0.1
"""
    started = time.monotonic()
    for result in sandbox.run(Program(source=source, language="bash"), [Call() for _ in range(6)], GENEROUS):
        expect_output(result, "program.sh\n\n")
    if time.monotonic() - started > GENEROUS.wall_time_s:
        raise Violation("a daemon held up the results")
    alive = processes_with_argument(mark)
    if alive:
        raise Violation(f"still alive: {', '.join(alive)}")


@promise("one execution of bash finds nothing of another's input")
def bash_inputs(sandbox: Sandbox) -> None:
    """Search what can be read while others hold their inputs."""
    require_language(sandbox, "bash")
    source = """
read -r own
sleep 0.3
found=$(cat /proc/[0-9]*/{cmdline,environ,comm,fd/0} /tmp/* 2>/dev/null)
grep -oE 'secret-[0-9]+' <<< "$found" | sort -u
"""
    calls = [Call(stdin=f"secret-{n}\n") for n in range(8)]
    for n, result in enumerate(sandbox.run(Program(source=source, language="bash"), calls, GENEROUS)):
        expect_output(result, f"secret-{n}\n")


@promise("entry points and stubs are refused for languages that have none")
def bash_is_a_script(sandbox: Sandbox) -> None:
    """Ask for a function."""
    require_language(sandbox, "bash")
    for program in (
        Program(source="f() { :; }", language="bash", entry_point="f"),
        Program(source="ask", language="bash", stub="ask"),
    ):
        try:
            sandbox.run(program, [Call()])
        except ValueError:
            continue
        raise Violation("it was taken")


def processes_with_argument(word: str) -> list[str]:
    """Return the ids of the host's processes that were started with the argument `word`."""
    found = []
    for path in glob.glob("/proc/[0-9]*/cmdline"):
        try:
            with open(path, "rb") as file:
                if word.encode() in file.read().split(b"\0"):
                    found.append(path.split("/")[2])
        except OSError:
            continue
    return found
