"""Checks of the contract for C++ programs, where a sandbox has them: compiled once, then executed by themselves."""

from __future__ import annotations

import time
import uuid

from sandbox.checks_isolation import processes_named
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

_HEADERS = """
#include <cassert>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <stdexcept>
#include <string>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>
inline char* filled(long size) {  // and no compiler can leave it out
    char* all = new char[size];
    memset(all, 1, size);
    __asm__ volatile("" ::"r"(all) : "memory");
    return all;
}
"""


def _main(body: str) -> str:
    return f"{_HEADERS}int main() {{\n{body}\n}}\n"


@promise("C++ programs read, compute, use threads and deep recursion, and write")
def cpp_programs(sandbox: Sandbox) -> None:
    """Use the standard library."""
    require_language(sandbox, "c++")
    source = """
#include <algorithm>
#include <atomic>
#include <iostream>
#include <map>
#include <thread>
#include <vector>
int depth(int n) { volatile char frame[100]; frame[0] = 1; return n ? frame[0] + depth(n - 1) : 0; }
int main() {
    std::ios::sync_with_stdio(false);
    std::map<std::string, int> count;
    for (std::string word; std::cin >> word;) ++count[word];
    for (auto& [word, n] : count) std::cout << word << ' ' << n << '\\n';
    std::atomic<int> sum{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i) threads.emplace_back([&, i] { sum += i; });
    for (auto& thread : threads) thread.join();
    std::cout << sum << ' ' << depth(1'000'000) << std::endl;
    try { throw 7; } catch (int n) { std::cout << n << '\\n'; }
}
"""
    calls = [Call(stdin="b a b"), Call(stdin="é")]
    results = sandbox.run(Program(source=source, language="c++"), calls, GENEROUS)
    expect_output(results[0], "a 1\nb 2\n28 1000000\n7\n")
    expect_output(results[1], "é 1\n28 1000000\n7\n")
    expect_output(run_in(sandbox, "c++", _main('fputs("\\xff\\xfe", stdout); fputs("said", stderr);')), "\ufffd\ufffd")


@promise("a C++ program that does not compile is its own error, in one line without a path")
def cpp_errors(sandbox: Sandbox) -> None:
    """Break the language in many ways; include what is not there or not a file."""
    require_language(sandbox, "c++")
    for source, wanted in (
        ("int main() { return x; }", "main.cpp:1:21: error: 'x' was not declared in this scope"),
        ("int f(); int main() { return f(); }", "undefined reference to `f()'"),
        ("", "undefined reference to `main'"),
        ("#include </etc/passwd>\nint main() {}", "passwd: No such file or directory"),
        ('#include "main.cpp"\nint main() {}', "#include nested depth"),
        ("#include <vector>\nstd::vector<int> x = 'a' + std::vector<int>();\nint main() {}", "error: no match for"),
        ("template<class T> struct A { typename A<A<T>>::t t; };\nint main() { A<int> a; }", "instantiation depth"),
        ("int main() { \ud800 }", "main.cpp:1"),
        ("(" * 100_000, "main.cpp:1"),
    ):
        results = sandbox.run(Program(source=source, language="c++"), [Call(), Call()], GENEROUS)
        expect_equal("results", len(results), 2)
        for result in results:
            expect_status(result, ExecutionStatus.RUNTIME_ERROR)
            if wanted not in result.error or "\n" in result.error or "/" in result.error.split("'")[0]:
                raise Violation(f"expected the error {wanted!r}, got {result.error!r}")


@promise("a compiler that a C++ program keeps busy, fills or floods is ended, with the status of the limit")
def cpp_bombs(sandbox: Sandbox) -> None:
    """Include an endless file, and make an executable too large."""
    require_language(sandbox, "c++")
    endless = run_in(sandbox, "c++", '#include "/dev/zero"\nint main() {}')
    expect_status(endless, ExecutionStatus.MEMORY_LIMIT)
    if "compiler" not in endless.error:
        raise Violation(f"the error does not say that it was the compiler: {endless.error!r}")
    expect_status(run_in(sandbox, "c++", "char x[30 << 20] = {1};\nint main() {}"), ExecutionStatus.OUTPUT_LIMIT)
    expect_output(run_in(sandbox, "c++", '#include "/dev/stdin"\nint main() {}', "int x = y;"), "")


@promise("the ways of a C++ program to fail are runtime errors that say how")
def cpp_failures(sandbox: Sandbox) -> None:
    """Exit, crash, abort, throw."""
    require_language(sandbox, "c++")
    for body, wanted in (
        ("return 3;", "exited with code 3"),
        ("volatile int* p = nullptr; *p = 1;", "killed by SIGSEGV"),
        ("abort();", "killed by SIGABRT"),
        ("assert(1 == 2);", "killed by SIGABRT: program: main.cpp:"),
        ('throw std::runtime_error("boom");', "killed by SIGABRT: what():  boom"),
        ("raise(SIGKILL);", "killed by SIGKILL"),
        ("raise(SIGFPE);", "killed by SIGFPE"),
    ):
        result = run_in(sandbox, "c++", _main(body))
        expect_status(result, ExecutionStatus.RUNTIME_ERROR)
        if not result.error.startswith(wanted):
            raise Violation(f"expected the error {wanted!r}, got {result.error!r}")


_RAISED = (
    "rlimit all{RLIM_INFINITY, RLIM_INFINITY};\nfor (int n = 0; n < 16; ++n) setrlimit(__rlimit_resource(n), &all);"
)
_STUBBORN = "for (int n = 1; n < 65; ++n) signal(n, SIG_IGN);\n"


@promise("C++ programs meet the limits of time, output and processes, also when they raise them first")
def cpp_limits(sandbox: Sandbox) -> None:
    """Spin, sleep, flood and fork."""
    require_language(sandbox, "c++")
    cpu, wall = tightened(cpu_time_s=0.4), tightened(wall_time_s=0.3)
    for body, limits, wanted in (
        ("for (volatile long n = 0;; ++n) {}", cpu, ExecutionStatus.CPU_TIMEOUT),
        (f"{_RAISED}{_STUBBORN}for (;;) getpid();", cpu, ExecutionStatus.CPU_TIMEOUT),
        ("while (fork() >= 0) {}\nfor (;;) {}", cpu, ExecutionStatus.CPU_TIMEOUT),
        ("for (;;) if (fork() == 0) _exit(0); else wait(nullptr);", cpu, ExecutionStatus.CPU_TIMEOUT),
        (f"{_STUBBORN}for (;;) pause();", wall, ExecutionStatus.WALL_TIMEOUT),
        ("fork(); fork(); sleep(60);", wall, ExecutionStatus.WALL_TIMEOUT),
        ('for (;;) puts("flood");', GENEROUS, ExecutionStatus.OUTPUT_LIMIT),
        ('for (;;) fputs("flood", stderr);', GENEROUS, ExecutionStatus.OUTPUT_LIMIT),
    ):
        expect_status(run_in(sandbox, "c++", _main(body), limits=limits), wanted)
    children = "while (n < 99) { int pid = fork(); if (pid < 0) break; if (!pid) sleep(60); ++n; }"
    count = _main(f'int n = 1;\n{children}\nprintf("%d", n);')
    expect_output(run_in(sandbox, "c++", count, limits=tightened(processes=8)), "8")


@promise("C++ programs meet the limit of memory, wherever they take it from")
def cpp_memory(sandbox: Sandbox) -> None:
    """Allocate with and without use, in one piece and in many, as variables, on the stack, in several processes."""
    require_language(sandbox, "c++")
    limits = tightened(memory_bytes=64 * 2**20)
    endless = "long f(long n) { volatile char a[99]; a[0] = 1; return f(n + 1) + a[0]; }"
    for source in (
        _main("for (;;) filled(1 << 20);"),
        _main("for (char* volatile kept;;) kept = new char[1 << 20];"),
        _main(f"{_RAISED}filled(200 << 20);"),
        _main("std::vector<char*> all;\nfor (;;) all.push_back(new char[100]);"),
        f"{_HEADERS}char all[200 << 20];\nint main() {{ return all[1]; }}",
        f"{_HEADERS}char all[60 << 20], more[60 << 20];\nint main() {{ memset(all, more[1], sizeof all); }}",
        f"{_HEADERS}{endless}\nint main() {{ return f(1); }}",
        _main("fork(); fork(); fork();\nfilled(20 << 20);\nsleep(60);"),
    ):
        expect_status(run_in(sandbox, "c++", source, limits=limits), ExecutionStatus.MEMORY_LIMIT)
    fits = _main('printf("%d", filled(50 << 20)[9]);')
    expect_output(run_in(sandbox, "c++", fits, limits=limits), "1")


@promise("a fork bomb in C++ is ended, and its neighbours are not kept from their results")
def cpp_fork_bomb(sandbox: Sandbox) -> None:
    """Fork for ever, while an honest execution runs."""
    require_language(sandbox, "c++")
    source = _main("if (getchar() == 'b') for (;;) fork();\nputs(\"honest\");")
    calls = [Call(stdin=text) for text in ("bomb", "honest", "bomb", "honest")]
    limits = tightened(cpu_time_s=1.0, wall_time_s=4.0)
    ended = (ExecutionStatus.CPU_TIMEOUT, ExecutionStatus.WALL_TIMEOUT, ExecutionStatus.MEMORY_LIMIT)
    for place, result in enumerate(sandbox.run(Program(source=source, language="c++"), calls, limits)):
        expect_status(result, *((ExecutionStatus.OK,) if place % 2 else ended))


_ATTEMPTS = r"""
void attempt(const char* name, long result) { if (result >= 0) printf("%s\n", name); }
void run(const char* path) {
    int pid = fork(), status = 0;
    if (pid == 0) { execl(path, path, "-c", "1", nullptr); _exit(99); }
    waitpid(pid, &status, 0);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 99) puts(path);
}
int main() {
    for (int handle = 3; handle < 1024; ++handle) attempt("a descriptor more", fcntl(handle, F_GETFD));
    char page[4096] = {};
    for (int family : {1, 2, 10, 16, 17, 40}) attempt("socket", socket(family, SOCK_STREAM, 0));
    for (int family : {2, 16, 17}) attempt("raw socket", socket(family, SOCK_RAW, 0));
    attempt("ptrace", ptrace(PTRACE_TRACEME, 0, 0, 0));
    attempt("ptrace of the first process", ptrace(PTRACE_ATTACH, 1, 0, 0));
    attempt("mount", syscall(SYS_mount, "x", "/tmp", "tmpfs", 0, 0));
    attempt("bind", syscall(SYS_mount, "/tmp", "/dev", nullptr, 4096, 0));
    attempt("umount", syscall(SYS_umount2, "/proc", 2));
    attempt("pivot_root", syscall(SYS_pivot_root, "/tmp", "/tmp"));
    attempt("unshare", syscall(SYS_unshare, 0x10000000));
    attempt("clone into namespaces", syscall(SYS_clone, 0x10000011, 0, 0, 0, 0));
    attempt("clone3", syscall(SYS_clone3, page, 88));
    attempt("setns", syscall(SYS_setns, open("/proc/1/ns/net", O_RDONLY), 0));
    attempt("chroot", chroot("/tmp"));
    attempt("setuid", setuid(0));
    attempt("memfd_create", syscall(SYS_memfd_create, "x", 0));
    attempt("shared memory", mmap(nullptr, 4096, 3, MAP_SHARED | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1 : 0);
    attempt("shmget", syscall(SYS_shmget, 0, 4096, 01600));
    attempt("process_vm_readv", syscall(SYS_process_vm_readv, 1, page, 1, page, 1, 0));
    attempt("pidfd_open", syscall(SYS_pidfd_open, 1, 0));
    attempt("keyctl", syscall(SYS_keyctl, 0, -3, 1));
    attempt("bpf", syscall(SYS_bpf, 0, page, 64));
    attempt("perf_event_open", syscall(SYS_perf_event_open, page, 0, -1, -1, 0));
    attempt("io_uring_setup", syscall(SYS_io_uring_setup, 8, page));
    attempt("userfaultfd", syscall(SYS_userfaultfd, 0));
    attempt("lock", syscall(SYS_flock, 1, 2));
    for (auto path : {"/proc/1/mem", "/proc/1/environ", "/proc/1/maps", "/proc/1/fd/3", "/proc/1/fd/4", "/proc/kcore"})
        attempt(path, open(path, O_RDONLY));
    attempt("write to /proc", open("/proc/self/oom_score_adj", O_WRONLY));
    attempt("write to /proc/self/mem", open("/proc/self/mem", O_RDWR));
    for (auto folder : {"/", "/dev", "/proc", "/usr", "/etc", "/root", "/var/tmp", "/dev/shm", "/run", "/home"})
        attempt(folder, creat((std::string(folder) + "/canary").c_str(), 0666));
    for (auto folder : {"/usr", "/etc", "/root", "/home", "/opt", "/work", "/var"})
        if (DIR* all = opendir(folder))
            while (dirent* entry = readdir(all))
                if (entry->d_name[0] != '.') printf("%s/%s in sight\n", folder, entry->d_name);
    DIR* all = opendir("/proc");
    while (dirent* entry = readdir(all))
        if (int pid = atoi(entry->d_name); pid && pid != 1 && pid != getpid()) printf("process %d in sight\n", pid);
    for (auto path : {"/bin/sh", "/usr/bin/bash", "/usr/bin/python3", "/usr/bin/env", "/lib64/ld-linux-x86-64.so.2"})
        run(path);
    close(creat("/tmp/script", 0777));
    FILE* script = fopen("/tmp/script", "w");
    fputs("#!/proc/self/exe\n", script);
    fclose(script);
    run("/tmp/script");
    setenv("LD_PRELOAD", "/tmp/script", 1);
    if (system("exit 0") != 127 << 8) puts("system");
    puts("tried");
}
"""


@promise("C++ programs reach no network, no file, no other process, no other program and no sharp tool of the kernel")
def cpp_walls(sandbox: Sandbox) -> None:
    """Try them all; whatever works is named."""
    require_language(sandbox, "c++")
    result = run_in(sandbox, "c++", _HEADERS + _ATTEMPTS)
    expect_status(result, ExecutionStatus.OK)
    *allowed, last = result.stdout.splitlines() or [""]
    if allowed or last != "tried":
        raise Violation(f"allowed: {', '.join([*allowed, last])}")


@promise("what C++ programs leave running is dead when the result counts, and what they leave behind is gone")
def cpp_leftovers(sandbox: Sandbox) -> None:
    """Leave daemons that ignore all signals, and files."""
    require_language(sandbox, "c++")
    mark = uuid.uuid4().hex[:12]
    source = _main(f"""
DIR* all = opendir("/tmp");
while (dirent* entry = readdir(all)) if (entry->d_name[0] != '.') puts(entry->d_name);
close(creat("/tmp/left", 0666));
for (int kind = 0; kind < 3; ++kind)
    if (fork() == 0) {{
        if (kind == 1) setsid();
        if (kind == 2) for (int n = 0; n < 3; ++n) close(n);
        if (fork() == 0) {{
            for (int n = 1; n < 65; ++n) signal(n, SIG_IGN);
            prctl(PR_SET_NAME, "{mark}");
            for (;;) sleep(60);
        }}
        _exit(0);
    }}
usleep(50'000);
puts("done");""")
    started = time.monotonic()
    for result in sandbox.run(Program(source=source, language="c++"), [Call() for _ in range(6)], GENEROUS):
        expect_output(result, "done\n")
    if time.monotonic() - started > 2 * GENEROUS.wall_time_s:
        raise Violation("a daemon held up the results")
    alive = processes_named(mark)
    if alive:
        raise Violation(f"still alive: {', '.join(alive)}")


@promise("one execution of C++ finds nothing of another's input, in its own memory neither")
def cpp_inputs(sandbox: Sandbox) -> None:
    """Search every descriptor and all memory that can be read, while others hold their inputs."""
    require_language(sandbox, "c++")
    source = _main("""
std::string own, word = std::string("SECRET-").replace(0, 3, "sec");
for (int c; (c = getchar()) != EOF;) own += char(c);
usleep(300'000);
FILE* maps = fopen("/proc/self/maps", "r");
char line[4096];
int foreign = 0;
while (maps && fgets(line, sizeof line, maps)) {
    unsigned long from, to; char mode[5];
    if (sscanf(line, "%lx-%lx %4s", &from, &to, mode) != 3 || mode[0] != 'r' || strstr(line, "[v")) continue;
    for (const char* at = (const char*)from; at + 8 < (const char*)to; ++at)
        if (!memcmp(at, word.c_str(), 7) && at[7] >= '0' && at[7] <= '9' && at[7] != own[7]) foreign = 1;
}
printf("%s %d", own.c_str(), foreign);""")
    calls = [Call(stdin=f"secRET-{n}") for n in range(8)]
    for n, result in enumerate(sandbox.run(Program(source=source, language="c++"), calls, GENEROUS)):
        expect_output(result, f"secRET-{n} 0")
