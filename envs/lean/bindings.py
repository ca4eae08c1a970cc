"""Generates `core/04_bindings.lean` and `core/06_printers.lean`: names for what is compiled into the binary.

The binary holds Lean's own parsers, macros and printers as native constants and functions, but a core library must
declare them before they exist for the front end. A declaration marked `@[extern]` is resolved by its *mangled name* in
the process, so one line with the right name and attribute binds each; no text of theirs is needed. What is bound is
chosen here, by name; macros and printers follow from it through the symbol table. Left out: everything that runs code
(`run_tac`, `native_decide`, `#eval` and friends), `sorry` and `admit`, and notation of users.

    python -m envs.lean.bindings        writes both files again, from the symbols of the installed wheel
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from envs.lean import wheel

CORE = Path(__file__).parent / "core"


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


PARTS = _words(
    """
    inductionAltLHS inductionAlt inductionAlts optConfig configItem valConfigItem posConfigItem negConfigItem
    location locationType locationWildcard locationHyp rwRule rwRuleSeq elimTarget caseArg discharger simpPre
    simpPost simpLemma simpErase simpStar simpArgs simpArg dsimpArgs dsimpArg generalizeArg rcasesPatLo rcasesPatMed
    simpaArgsRest simpaUsingBang simpaUsingBangArgsRest withAnnotateState tacticSeq1 matchAlts matchRhs
    """
)
"""Pieces that the tactics' parsers are made of; they are no tactics themselves."""

TACTICS = _words(
    """
    exact intro intros apply refine refine' constructor left right case case' allGoals anyGoals focus skip done
    first paren eqRefl assumption contradiction revert clear subst substVars substEqs rename renameI rotateLeft
    rotateRight withReducible withReducibleAndInstances withUnfoldingAll cases induction change rewriteSeq rwSeq rwa
    split simp simpAll dsimp simpa unfold omega decide injection injections generalize specialize replace fail
    failIfSuccess applyRfl delta acRfl show congr tacticRfl tacticRfl' tacticTrivial tacticExfalso tacticTry_
    tactic_<;>_ tacticHave__ tacticLet__ tacticSuffices_ tacticNext_=>_ tacticRepeat_ repeat' repeat1'
    tacticAnd_intros tacticNofun tacticNomatch_,, tacticExists_,, tacticInfer_instance tacticRefine_lift_
    tacticHave' tacticIterate____ symm rcases rintro obtain funInduction funCases falseOrByContra tacDepIfThenElse
    tacIfThenElse traceState rwaAt
    """
)
"""Tactics, below `Lean.Parser.Tactic`."""

BARE_TACTICS = ["tacticBy_cases_:_", "tacticFunext___", "tactic∎"]
BINDER_PREDICATES = _words(
    """
    < > ≤ ≥ ≠ ∈ ∉
    """
)
"""What may stand right behind a bound variable, as in `∀ x ∈ l, ...`."""

BINDER_TERMS = ["termSatisfies_binder_pred%__", "term∃__,_", "term∀__,_"]
LEAN_TACTICS = ["cdot", "calcTactic", "Elab.Tactic.Ext.ext", "Elab.Tactic.Ext.tacticExt1___"]
PRIORITIES = ["prioLow", "prioMid", "prioDefault", "prioHigh"]
ATTRIBUTES = ["simp", "ext"]
ATTRIBUTE_PARTS = ["extFlat", "extIff"]
LEAN_PARTS = _words(
    """
    cdotTk binderIdent calcFirstStep calcStep calcSteps explicitBinders bracketedExplicitBinders
    unbracketedExplicitBinders
    """
)
PATTERNS = {
    "rcasesPat": ["one", "ignore", "clear", "explicit", "tuple", "paren"],
    "rintroPat": ["one", "binder"],
}
PRINTED = _words(
    """
    And Or Not Iff Iff Eq HEq Ne Prod PProd Sum PSum BEq.beq bne Bool.and Bool.or Bool.not Bool.xor Function.comp
    GE.ge GT.gt LE.le LT.lt HAdd.hAdd HSub.hSub HMul.hMul HDiv.hDiv HMod.hMod HPow.hPow HAppend.hAppend HAnd.hAnd
    HOr.hOr HXor.hXor HShiftLeft.hShiftLeft HShiftRight.hShiftRight Neg.neg Dvd.dvd List.cons Membership.mem
    EmptyCollection.emptyCollection HasSubset.Subset Functor.map
    """
)
"""Constants that goals show in notation, by functions `_aux_..._unexpand_NAME_N` of the binary."""

NAMED_PRINTERS = {
    "Exists": "unexpandExists",
    "ite": "unexpandIte",
    "List.nil": "unexpandListNil",
    "List.cons": "unexpandListCons",
    "Prod.mk": "unexpandProdMk",
    "Sigma": "unexpandSigma",
    "Subtype": "unexpandSubtype",
    "Eq.ndrec": "unexpandEqNDRec",
    "Eq.rec": "unexpandEqRec",
}

LEFT_OUT_TERMS = {"termPrintln!__", "termS!_", "termWithout_expected_type_", "termMax_prec", "termIfLet"}


def mangle(name: str) -> str:
    """Return how the binary writes a name: components joined by `_`, other characters escaped."""
    return "l_" + "_".join(_mangle_part(part) for part in _components(name))


def demangle(symbol: str) -> str | None:
    """Return the name of one component that a symbol stands for, or None if it stands for another kind of thing."""
    text, at, out = symbol.removeprefix("l_"), 0, ""
    while at < len(text):
        escape = re.compile(r"__|_x([0-9a-f]{2})|_u([0-9a-f]{4})").match(text, at)
        if escape:
            digits = escape[1] or escape[2]
            out += chr(int(digits, 16)) if digits else "_"
            at = escape.end()
        elif text[at] == "_":
            return None
        else:
            out += text[at]
            at += 1
    return out if mangle(quoted(out)) == symbol else None


def quoted(part: str) -> str:
    """Return one component as Lean source writes it."""
    return part if re.fullmatch(r"[^\W\d][\w'!?]*", part) else f"«{part}»"


def generate(symbols: dict[str, str]) -> str:
    """Return the text of the file.

    Args:
        symbols: Every symbol of the binary with its type letter, as `nm` gives them.
    """
    parsers = list(_parsers(symbols))
    missing = [name for _, name, _ in parsers if mangle(name) not in symbols]
    if missing:
        raise LookupError(f"the binary holds no {', '.join(missing)}")
    lines = [_HEADER]
    lines += [_parser_line(*parser) for parser in parsers]
    lines += [
        f'@[macro {kind}, extern "x"] def {name} : Lean.Macro := fun _ _ _ => .a'
        for kind, name in _macros(symbols, parsers)
    ]
    return "\n".join(lines) + "\n"


def printers(symbols: dict[str, str]) -> str:
    """Return the text of the file that makes goals print in notation."""
    lines = [_HEADER]
    shape = re.compile(r"l_(?:(\w+)_)?__aux__(\w+?)______unexpand__(\w+)__(\d+)")
    names = {"__".join(_mangle_part(part) for part in name.split(".")): name for name in PRINTED}
    for symbol, kind in sorted(symbols.items()):
        if kind == "T" and (found := shape.fullmatch(symbol)) and found[3] in names:
            name = names[found[3]]
            space = f"{found[1]}." if found[1] else ""
            flat = name.replace(".", "_")
            lines.append(_printer_line(name, f"{space}_aux_{found[2].replace('__', '_')}___unexpand_{flat}_{found[4]}"))
    lines += [_printer_line(name, function) for name, function in NAMED_PRINTERS.items()]
    return "\n".join(lines) + "\n"


def _printer_line(name: str, function: str) -> str:
    return f'@[app_unexpander {name}, extern "x"] def {function} : Lean.PrettyPrinter.Unexpander := fun _ _ _ => .a'


def _parsers(symbols: dict[str, str]) -> Iterator[tuple[str, str, bool]]:
    """Yield (category or "", full name, whether the parser continues a term) in an order fit for declaring them."""
    tactic = "Lean.Parser.Tactic."
    for part in LEAN_PARTS:
        yield "", f"Lean.{part}", False
    for part in PARTS:
        if mangle(tactic + quoted(part)) in symbols:
            yield "", tactic + quoted(part), False
    for category, names in PATTERNS.items():
        for name in names:
            yield category, f"{tactic}{category}.{name}", False
    for name in TACTICS:
        yield "tactic", tactic + quoted(name), name == "tactic_<;>_"
    for name in BARE_TACTICS:
        yield "tactic", quoted(name), False
    for name in LEAN_TACTICS:
        yield "tactic", f"Lean.{name}", False
    for sign in BINDER_PREDICATES:
        yield "binderPred", f"Lean.«binderPred{sign}_»", False
    for name in BINDER_TERMS:
        yield "term", f"Lean.«{name}»", False
    for name in PRIORITIES:
        yield "prio", name, False
    for name in ATTRIBUTE_PARTS:
        yield "", f"Lean.Parser.Attr.{name}", False
    for name in ATTRIBUTES:
        yield "attr", f"Lean.Parser.Attr.{name}", False
    for name in ("Lean.calc", "coeNotation"):
        yield "term", name, False
    yield "term", "Bool.«term_^^_»", True
    yield "term", "rawNatLit", False
    for symbol, kind in sorted(symbols.items()):
        if symbol.startswith("l_term") and kind in "DB" and "___closed" not in symbol:
            found = demangle(symbol)
            if found and found not in LEFT_OUT_TERMS and "._" not in found:
                yield "term", quoted(found), found.startswith("term_")


def _parser_line(category: str, name: str, trailing: bool) -> str:
    kind = "Lean.TrailingParserDescr" if trailing else "Lean.ParserDescr"
    attribute = f"{category}_parser 1000, " if category else ""
    return f'@[{attribute}extern "x"] def {name} : {kind} := .symbol ""'


def _macros(symbols: dict[str, str], parsers: list[tuple[str, str, bool]]) -> Iterator[tuple[str, str]]:
    by_parser: dict[str, list[str]] = {}
    for symbol, kind in symbols.items():
        if kind == "T" and (found := re.fullmatch(r"(l_.*?)__aux__(.*?)______macroRules__(.*)__(\d+)", symbol)):
            by_parser.setdefault(found[3], []).append(symbol)
    for _, name, _ in parsers:
        escaped = "__".join(_mangle_part(part) for part in _components(name))
        for symbol in sorted(by_parser.get(escaped, ()), key=lambda text: int(text.rpartition("_")[2])):
            yield name, _aux_name(symbol, name)


def _aux_name(symbol: str, parser: str) -> str:
    found = re.fullmatch(r"l_(?:(.*)_)?__aux__(.*?)______macroRules__.*__(\d+)", symbol)
    assert found is not None
    space = found[1].replace("_", ".") + "." if found[1] else ""
    flat = "_".join(part.strip("«»") for part in _components(parser))
    return space + quoted(f"_aux_{found[2].replace('__', '_')}___macroRules_{flat}_{found[3]}")


def _components(name: str) -> list[str]:
    return re.findall(r"«[^»]*»|[^.«»]+", name)


def _mangle_part(part: str) -> str:
    out = ""
    for char in part.strip("«»"):
        if char.isascii() and char.isalnum():
            out += char
        elif char == "_":
            out += "__"
        else:
            out += f"_x{ord(char):02x}" if ord(char) < 256 else f"_u{ord(char):04x}"
    return out


_HEADER = """/-
Generated by `python -m envs.lean.bindings`: do not edit. Each line gives the front end something that the binary holds
already; the right-hand sides are never used.
-/"""


def main() -> None:
    """Write the file again."""
    library = wheel.find()
    table = subprocess.run(["nm", "-D", "--defined-only", library], capture_output=True, text=True, check=True).stdout
    symbols = {name: kind for _, kind, name in (line.split() for line in table.splitlines())}
    (CORE / "04_bindings.lean").write_text(generate(symbols))
    (CORE / "06_printers.lean").write_text(printers(symbols))


if __name__ == "__main__":
    main()
