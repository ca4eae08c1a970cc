"""The system calls that a program may make: a seccomp filter with a default of "no", assembled here.

The fork-server puts this filter on every program right before its first line runs. What a Python program needs to
compute, to use its private directory, threads, pipes and child processes is allowed; everything else fails with an
ordinary error, so that a program can cope: EPERM for the known calls, ENOSYS for those newer than `_FIRST_NEW_CALL`
(the C library then falls back to older ones). A call made through a foreign calling convention kills the process.
Setting a resource limit or the action of SIGCHLD seems to succeed and does nothing: programs that raise their stack do
no harm, none can have itself killed by the kernel in a way that looks like a fault of ours, and no child can vanish
before its processor time was added to its parent's.

Left out on purpose: sockets other than an unnamed pair, exec (allowed only in boxes whose programs are started by it,
see `sandbox.launcher`), namespaces, mounts, tracing, keys, System V and POSIX IPC, memory shared by mapping (no process
would be charged for it), file locks and file watching (both work on shared read-only files and so reach another
execution), io_uring, bpf.
"""

from __future__ import annotations

import platform
import struct
from collections.abc import Sequence

_X86_64 = """
    read:0 write:1 open:2 close:3 stat:4 fstat:5 lstat:6 poll:7 lseek:8 mprotect:10 munmap:11 brk:12
    rt_sigprocmask:14 rt_sigreturn:15 pread64:17 pwrite64:18 readv:19 writev:20 access:21 pipe:22
    select:23 sched_yield:24 mremap:25 msync:26 mincore:27 madvise:28 dup:32 dup2:33 pause:34 nanosleep:35
    getitimer:36 alarm:37 setitimer:38 getpid:39 sendfile:40 sendto:44 recvfrom:45 sendmsg:46 recvmsg:47 shutdown:48
    getsockname:51 getpeername:52 getsockopt:55 fork:57 exit:60 wait4:61 kill:62 uname:63 fsync:74 fdatasync:75
    truncate:76 ftruncate:77 getdents:78 getcwd:79 chdir:80 fchdir:81 rename:82 mkdir:83 rmdir:84 creat:85 link:86
    unlink:87 symlink:88 readlink:89 chmod:90 fchmod:91 umask:95 gettimeofday:96 getrlimit:97 getrusage:98 sysinfo:99
    times:100 getuid:102 getgid:104 geteuid:107 getegid:108 setpgid:109 getppid:110 getpgrp:111 setsid:112
    getgroups:115 getresuid:118 getresgid:120 getpgid:121 getsid:124 rt_sigpending:127 rt_sigtimedwait:128
    rt_sigqueueinfo:129 rt_sigsuspend:130 sigaltstack:131 utime:132 statfs:137 fstatfs:138 getpriority:140
    setpriority:141 sched_getparam:143 sched_getscheduler:145 sched_get_priority_max:146 sched_get_priority_min:147
    prctl:157 arch_prctl:158 gettid:186 getxattr:191 lgetxattr:192 fgetxattr:193 listxattr:194
    llistxattr:195 flistxattr:196 tkill:200 time:201 futex:202 sched_getaffinity:204 epoll_create:213 getdents64:217
    set_tid_address:218 restart_syscall:219 fadvise64:221 timer_create:222 timer_settime:223 timer_gettime:224
    timer_getoverrun:225 timer_delete:226 clock_gettime:228 clock_getres:229 clock_nanosleep:230 exit_group:231
    epoll_wait:232 epoll_ctl:233 tgkill:234 utimes:235 waitid:247 openat:257 mkdirat:258 futimesat:261 newfstatat:262
    unlinkat:263 renameat:264 linkat:265 symlinkat:266 readlinkat:267 fchmodat:268 faccessat:269 pselect6:270
    ppoll:271 set_robust_list:273 get_robust_list:274 splice:275 tee:276 utimensat:280 epoll_pwait:281 signalfd:282
    timerfd_create:283 eventfd:284 fallocate:285 timerfd_settime:286 timerfd_gettime:287 signalfd4:289 eventfd2:290
    epoll_create1:291 dup3:292 pipe2:293 preadv:295 pwritev:296 recvmmsg:299 sendmmsg:307 getcpu:309
    sched_getattr:315 renameat2:316 getrandom:318 membarrier:324 copy_file_range:326 preadv2:327 pwritev2:328
    statx:332 rseq:334 close_range:436 openat2:437 faccessat2:439 epoll_pwait2:441 futex_waitv:449
"""

_AARCH64 = """
    getxattr:8 lgetxattr:9 fgetxattr:10 listxattr:11 llistxattr:12 flistxattr:13 getcwd:17 eventfd2:19
    epoll_create1:20 epoll_ctl:21 epoll_pwait:22 dup:23 dup3:24 mkdirat:34 unlinkat:35 symlinkat:36 linkat:37
    renameat:38 statfs:43 fstatfs:44 truncate:45 ftruncate:46 fallocate:47 faccessat:48 chdir:49 fchdir:50 fchmod:52
    fchmodat:53 openat:56 close:57 pipe2:59 getdents64:61 lseek:62 read:63 write:64 readv:65 writev:66 pread64:67
    pwrite64:68 preadv:69 pwritev:70 sendfile:71 pselect6:72 ppoll:73 signalfd4:74 splice:76 tee:77 readlinkat:78
    newfstatat:79 fstat:80 fsync:82 fdatasync:83 timerfd_create:85 timerfd_settime:86 timerfd_gettime:87 utimensat:88
    exit:93 exit_group:94 waitid:95 set_tid_address:96 futex:98 set_robust_list:99 get_robust_list:100 nanosleep:101
    getitimer:102 setitimer:103 timer_create:107 timer_gettime:108 timer_getoverrun:109 timer_settime:110
    timer_delete:111 clock_gettime:113 clock_getres:114 clock_nanosleep:115 sched_getscheduler:120 sched_getparam:121
    sched_getaffinity:123 sched_yield:124 sched_get_priority_max:125 sched_get_priority_min:126 restart_syscall:128
    kill:129 tkill:130 tgkill:131 sigaltstack:132 rt_sigsuspend:133 rt_sigprocmask:135
    rt_sigpending:136 rt_sigtimedwait:137 rt_sigqueueinfo:138 rt_sigreturn:139 setpriority:140 getpriority:141
    getresuid:148 getresgid:150 times:153 setpgid:154 getpgid:155 getsid:156 setsid:157 getgroups:158 uname:160
    getrlimit:163 getrusage:165 umask:166 prctl:167 getcpu:168 gettimeofday:169 getpid:172 getppid:173
    getuid:174 geteuid:175 getgid:176 getegid:177 gettid:178 sysinfo:179 getsockname:204 getpeername:205 sendto:206
    recvfrom:207 getsockopt:209 shutdown:210 sendmsg:211 recvmsg:212 brk:214 munmap:215 mremap:216
    fadvise64:223 mprotect:226 msync:227 mincore:232 madvise:233 recvmmsg:243 wait4:260 sendmmsg:269
    sched_getattr:275 renameat2:276 getrandom:278 membarrier:283 copy_file_range:285 preadv2:286 pwritev2:287
    statx:291 rseq:293 close_range:436 openat2:437 faccessat2:439 epoll_pwait2:441 futex_waitv:449
"""

_STARTING = {"x86_64": "vfork:58 execve:59 execveat:322", "aarch64": "execve:221 execveat:281"}
"""What starting a program takes, for boxes of languages that need it."""

_ALLOW = 0x7FFF0000
_ERRNO = 0x00050000
_KILL_PROCESS = 0x80000000
_EPERM, _ENOTTY, _ENOSYS = 1, 25, 38

_NO_EFFECT = _ERRNO | 0
"""The call seems to succeed and does nothing."""

_FIRST_NEW_CALL = 424
"""Numbers from here on mean the same on every architecture; unknown ones are reported as not implemented."""

_X32_BIT = 0x40000000

_LOAD, _JUMP_EQUAL, _JUMP_GREATER_EQUAL, _JUMP_SET, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_OFFSET_NUMBER, _OFFSET_ARCHITECTURE, _OFFSET_ARGUMENTS = 0, 4, 16

_NEW_NAMESPACES = 0x7E020000
"""The CLONE_NEW* bits of clone(2)."""

_FCNTL_COMMANDS = (0, 1, 2, 3, 4, 1030, 1032, 1034)
"""F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_DUPFD_CLOEXEC, F_GETPIPE_SZ, F_GET_SEALS."""

_IOCTL_REQUESTS = (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)
"""TCGETS and TIOCGWINSZ (is it a terminal?), FIONREAD, FIONBIO, FIONCLEX, FIOCLEX."""

_AF_UNIX = 1

_MAP_SHARED = 1
"""The bit that MAP_SHARED and MAP_SHARED_VALIDATE have in common, and MAP_PRIVATE has not."""

_SIGCHLD = 17

_ARCHITECTURES = {
    "x86_64": (
        0xC000003E,
        _X86_64,
        {
            "ioctl": 16,
            "socketpair": 53,
            "clone": 56,
            "fcntl": 72,
            "setrlimit": 160,
            "prlimit64": 302,
            "mmap": 9,
            "rt_sigaction": 13,
        },
    ),
    "aarch64": (
        0xC00000B7,
        _AARCH64,
        {
            "ioctl": 29,
            "socketpair": 199,
            "clone": 220,
            "fcntl": 25,
            "setrlimit": 164,
            "prlimit64": 261,
            "mmap": 222,
            "rt_sigaction": 134,
        },
    ),
}

Instruction = tuple[int, int, int, int]
"""One classic BPF instruction: code, jump if true, jump if false, constant."""


def program_filter(machine: str | None = None, *, starts_programs: bool = False) -> bytes:
    """Assemble the filter for `machine` (this one by default) as an array of `struct sock_filter`.

    Args:
        machine: An architecture, as `platform.machine` calls it.
        starts_programs: Whether exec is allowed: never where a program could find anything that it is not meant to run.

    Raises:
        NotImplementedError: There is no table of system calls for that architecture.
    """
    machine = machine or platform.machine()
    if machine not in _ARCHITECTURES:
        raise NotImplementedError(f"no system call table for {machine!r}; known: {', '.join(_ARCHITECTURES)}")
    audit_architecture, table, checked = _ARCHITECTURES[machine]
    code: list[Instruction] = [
        (_LOAD, 0, 0, _OFFSET_ARCHITECTURE),
        (_JUMP_EQUAL, 1, 0, audit_architecture),
        (_RETURN, 0, 0, _KILL_PROCESS),
        (_LOAD, 0, 0, _OFFSET_NUMBER),
        (_JUMP_GREATER_EQUAL, 0, 1, _X32_BIT),
        (_RETURN, 0, 0, _KILL_PROCESS),
    ]
    code += _only_if(checked["mmap"], _no_bits(3, _MAP_SHARED))
    code += _only_if(checked["rt_sigaction"], _unless(0, _SIGCHLD, _null(1, _NO_EFFECT)))
    code += _only_if(checked["clone"], _no_bits(0, _NEW_NAMESPACES))
    code += _only_if(checked["fcntl"], _one_of(1, _FCNTL_COMMANDS, _ERRNO | _EPERM))
    code += _only_if(checked["ioctl"], _one_of(1, _IOCTL_REQUESTS, _ERRNO | _ENOTTY))
    code += _only_if(checked["socketpair"], _one_of(0, (_AF_UNIX,), _ERRNO | _EPERM))
    code += _only_if(checked["setrlimit"], [(_RETURN, 0, 0, _NO_EFFECT)])
    code += _only_if(checked["prlimit64"], _null(2, _NO_EFFECT))
    calls = table.split() + (_STARTING[machine].split() if starts_programs else [])
    code += _search(_steps(sorted(int(entry.partition(":")[2]) for entry in calls)))
    return b"".join(struct.pack("=HBBI", *instruction) for instruction in code)


def _only_if(number: int, block: list[Instruction]) -> list[Instruction]:
    return [(_JUMP_EQUAL, 0, len(block), number), *block]


def _argument(index: int) -> Instruction:
    return (_LOAD, 0, 0, _OFFSET_ARGUMENTS + 8 * index)


def _no_bits(index: int, mask: int) -> list[Instruction]:
    return [_argument(index), (_JUMP_SET, 1, 0, mask), (_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _ERRNO | _EPERM)]


def _one_of(index: int, allowed: Sequence[int], otherwise: int) -> list[Instruction]:
    last = len(allowed) - 1
    tests = [(_JUMP_EQUAL, last - place + 1, 0, value) for place, value in enumerate(allowed)]
    return [_argument(index), *tests, (_RETURN, 0, 0, otherwise), (_RETURN, 0, 0, _ALLOW)]


def _unless(index: int, value: int, block: list[Instruction]) -> list[Instruction]:
    return [_argument(index), (_JUMP_EQUAL, 1, 0, value), (_RETURN, 0, 0, _ALLOW), *block]


def _null(index: int, otherwise: int) -> list[Instruction]:
    low = _argument(index)
    high = (_LOAD, 0, 0, low[3] + 4)
    refuse, allow = (_RETURN, 0, 0, otherwise), (_RETURN, 0, 0, _ALLOW)
    return [low, (_JUMP_EQUAL, 1, 0, 0), refuse, high, (_JUMP_EQUAL, 1, 0, 0), refuse, allow]


def _steps(allowed: Sequence[int]) -> list[tuple[int, int]]:
    """Turn the allowed numbers into (first number, action) steps, merging neighbours with the same action."""
    steps: list[tuple[int, int]] = []
    for number in range(max(allowed) + 2):
        refused = _ERRNO | (_ENOSYS if number >= _FIRST_NEW_CALL else _EPERM)
        action = _ALLOW if number in allowed else refused
        if not steps or steps[-1][1] != action:
            steps.append((number, action))
    return steps


def _search(steps: Sequence[tuple[int, int]]) -> list[Instruction]:
    """Find a number's step by bisection: the kernel walks this once for every call number at each installation."""
    if len(steps) == 1:
        return [(_RETURN, 0, 0, steps[0][1])]
    middle = len(steps) // 2
    below, above = _search(steps[:middle]), _search(steps[middle:])
    return [(_JUMP_GREATER_EQUAL, len(below), 0, steps[middle][0]), *below, *above]
