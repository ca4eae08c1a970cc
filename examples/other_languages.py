"""Submissions in Python, bash and C++ to one task, run on its inputs and judged by what they print.

    python examples/other_languages.py            # or with the name of a sandbox: bubblewrap, docker

No submission meets an expected output: those stay here. What cannot be compiled, crashes, hangs or hoards has a status.
"""

import sys

import sandbox

TESTS = {"3\n1 2 3\n": "6", "2\n-5 5\n": "0", "2\n2000000000 2000000000\n": "4000000000"}

PYTHON = "input()\nprint(sum(map(int, input().split())))"
BASH = "read -r _\nread -r -a all\nfor x in ${all[@]}; do ((sum += x)); done\necho $sum"
CPP = """
#include <iostream>
int main() {
    long long n, x, sum = 0;
    std::cin >> n;
    while (n--) { std::cin >> x; sum += x; }
    std::cout << sum << std::endl;
}
"""

SUBMISSIONS = [
    ("python", PYTHON),
    ("bash", BASH),
    ("c++", CPP),
    ("c++", CPP.replace("long long", "int")),  # overflows
    ("c++", CPP.replace("x, sum", "sum")),  # does not compile
    ("c++", CPP.replace("while (n--)", "while (true)")),  # never ends
    ("bash", "read -r _\nexec 3<>/dev/tcp/example.org/80 && cat <&3"),  # asks elsewhere, in vain
    ("python", "print(6)"),
]


def verdict(wanted: str, result: sandbox.ExecutionResult) -> str:
    """Return what became of one input."""
    if result.status is not sandbox.ExecutionStatus.OK:
        return f"{result.status} ({result.error})"
    return "right" if result.stdout.split() == wanted.split() else f"wrong: {result.stdout.strip()[:20]}"


def main() -> None:
    """Run every submission on every input."""
    limits = sandbox.Limits(cpu_time_s=1.0)
    with sandbox.make(sys.argv[1] if len(sys.argv) > 1 else "auto") as box:
        for language, source in SUBMISSIONS:
            program = sandbox.Program(source=source, language=language)
            results = box.run(program, [sandbox.Call(stdin=stdin) for stdin in TESTS], limits)
            print(f"{language:7}", *map(verdict, TESTS.values(), results), sep=" | ")


if __name__ == "__main__":
    main()
