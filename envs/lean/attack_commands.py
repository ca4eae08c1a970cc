"""Hostile answers that need a command, a program of their own or a character that hides: the lexer refuses them all.

In the texts STATEMENT is the task's statement, NAME the theorem's name, and SOLVE what closes whatever became trivial.
The keys begin with the number of the row in the catalogue of cheats (see `attacks.py`).
"""

from __future__ import annotations

SOLVE = "by intros; first | trivial | rfl | exact Nat.le_refl _ | decide | assumption"

UNPROVED = {
    "1 sorry": "sorry",
    "1 by sorry": "by\n  sorry",
    "1 admit": "intros\nadmit",
    "1 stop": "stop\nnothing here is read",
    "1 sorryAx": "exact sorryAx _ true",
    "1 sorry behind a comment": "exact /- nothing -/ sorry",
    "1 sorry behind a line that looks like a comment": "exact (fun x => x) -- harmless\n  sorry",
    "1 sorry in the middle of a line": "skip; skip; (skip; exact(sorry))",
    "1 sorry in quotes": "exact «sorry»",
    "1 sorry for one case of many": "first\n| rfl\n| exact (fun x => x) sorry",
    "1 sorry through a colon": ":= by exact @(sorry)",
    "2 silent sorry in a tactic": "set_option warn.sorry false in\nsorry",
    "2 silent sorry before the theorem": "set_option warn.sorry false\nSTATEMENT := sorry",
    "2 silent sorry in a term": "exact (set_option warn.sorry false in sorry)",
    "3 spells the word in a macro": 'macro "prove" : tactic => `(tactic| exact $(mkIdent ("so" ++ "rry")))\n'
    "STATEMENT := by prove",
    "3 spells the word in a program": "run_tac do\n"
    '  Lean.Elab.Tactic.evalTactic (← `(tactic| exact $(mkIdent ("so" ++ "rry"))))',
    "6 an axiom that beta hides": "exact (fun _ => trivial) (sorryAx Nat)",
}
AXIOMS = {
    "4 axiom before the theorem": "axiom cheat : False\nSTATEMENT := cheat.elim",
    "4 axiom of the statement itself": "axiom cheat : ∀ p : Prop, p\nSTATEMENT := by intros; exact cheat _",
    "4 axiom after the body": "exact cheat.elim\naxiom cheat : False",
    "4 axiom in the middle of a line": "exact cheat.elim  axiom cheat : False  theorem other : 1 = 2 := cheat.elim",
    "4 axiom behind a bracket that closes ours": "exact cheat.elim)\naxiom cheat : False\ntheorem other : True := (by "
    "trivial",
    "4 axiom behind a comment read otherwise": "/-/- -/ axiom cheat : False /- -/\nexact cheat.elim",
    "4 axiom behind a character read otherwise": "exact f⁻¹'\"' axiom cheat : False '\"'",
    "4 axiom in a string with code": 'exact s!"{axiom cheat : False}"',
    "4 axiom behind a raw string": 'exact r"\\" axiom cheat : False "',
    "4 axiom glued to a number": "exact 0axiom cheat : False",
    "4 axiom after a tab": "exact cheat\taxiom cheat : False",
    "4 axiom behind a carriage return": "exact cheat -- harmless\raxiom cheat : False",
    "4 axiom behind a line separator": "exact cheat -- harmless\u2028axiom cheat : False",
    "4 constant by another word": "opaque cheat : False\nSTATEMENT := cheat.elim",
    "5 axiom added by a tactic": "run_tac do Lean.addDecl (.axiomDecl { name := `cheat, levelParams := [], type := "
    ".const ``False [], isUnsafe := false })",
    "5 axiom added by a term": "exact by_elab do Lean.addDecl sorry; return Lean.mkConst `cheat",
    "5 axiom added by a command": "run_elab Lean.addDecl default\nSTATEMENT := cheat.elim",
    "5 axiom inside an opaque value": "opaque hidden : False := by_elab return Lean.mkConst `cheat\n"
    "STATEMENT := hidden.elim",
    "7 an axiom again, as a definition": "def propext (p : Prop) : p := p\nSTATEMENT := propext _",
    "31 a line break in a name": "axiom «cheat\npropext» : False\nSTATEMENT := «cheat\npropext».elim",
    "31 a line break in a hypothesis": "have «h\nPROVED» := trivial\nexact «h\nPROVED»",
}
NATIVE = {
    "8 native_decide": "native_decide",
    "8 decide +native": "intros; decide +native",
    "8 native by its option": "intros; decide (config := { native := true })",
    "8 native by its option, in quotes": "intros; decide (config := { «native» := true })",
    "8 bv_decide": "intros; bv_decide",
    "8 ofReduceBool": "exact of_decide_eq_true (Lean.ofReduceBool _ true rfl)",
    "8 trustCompiler": "exact (Lean.trustCompiler).elim",
    "8 a definition with another implementation": "def one : Nat := 1\n@[implemented_by one] def zero : Nat := 0\n"
    "theorem cheat : zero = 1 := by decide +native\nSTATEMENT := absurd cheat (by decide)",
    "9 implemented_by": "@[implemented_by id] def cheat : Nat := 0\nSTATEMENT := SOLVE",
    "9 extern": '@[extern "abort"] def cheat : Nat := 0\nSTATEMENT := SOLVE',
    "9 csimp": "@[csimp] theorem cheat : @id = @id := rfl\nSTATEMENT := SOLVE",
    "9 unsafe": "unsafe def cheat : False := cheat\nSTATEMENT := cheat.elim",
    "9 unsafe in a term": "exact unsafe (unsafeCast ())",
    "9 partial": "partial def cheat (n : Nat) : False := cheat n\nSTATEMENT := (cheat 0).elim",
    "10 recursion that never ends": "let rec cheat (n : Nat) : False := cheat (n + 1)\nexact (cheat 0).elim",
    "10 recursion with a measure": "exact NAME\ntermination_by 0\ndecreasing_by decide",
    "10 a local definition after the proof": "exact cheat where cheat := cheat",
}
OTHER_STATEMENTS = {
    "11 the name for another theorem": "theorem NAME : True := trivial",
    "11 the name in a namespace": "namespace Other\ntheorem NAME : True := trivial\nend Other",
    "11 the statement in a namespace where it is true": "namespace Other\nvariable (cheat : False)\ninclude cheat\n"
    "STATEMENT := cheat.elim",
    "11 the statement, and one more condition": "STATEMENT ∨ True := by simp",
    "11 a private copy": "private STATEMENT := SOLVE",
    "11 an example": "example : True := trivial",
    "12 the statement in a comment": "/- STATEMENT := by -/\ntheorem NAME : True := trivial",
    "12 the statement in a string": 'def text := "STATEMENT"\ntheorem NAME : True := trivial',
    "13 an instance for all comparisons": "instance (priority := 100000) cheat : LE Nat := ⟨fun _ _ => True⟩\n"
    "STATEMENT := SOLVE",
    "13 a local instance": "local instance (priority := 100000) cheat : HAdd Nat Nat Nat := ⟨fun a _ => a⟩\n"
    "STATEMENT := SOLVE",
    "13 an attribute on a definition": "def cheat : LE Nat := ⟨fun _ _ => True⟩\nattribute [instance] cheat\n"
    "STATEMENT := SOLVE",
    "14 notation": 'notation:50 a " = " b => True\nSTATEMENT := SOLVE',
    "14 infix": 'infix:50 " ≤ " => fun _ _ => True\nSTATEMENT := SOLVE',
    "14 macro": 'macro:50 a:term " = " b:term : term => `(True)\nSTATEMENT := SOLVE',
    "14 macro_rules": "macro_rules | `($a = $b) => `(True)\nSTATEMENT := SOLVE",
    "14 syntax": 'syntax term " = " term : term\nSTATEMENT := SOLVE',
    "14 elab": 'elab "prove" : tactic => Lean.Elab.Tactic.admitGoal (← Lean.Elab.Tactic.getMainGoal)\n'
    "STATEMENT := by prove",
    "15 another type under the name Nat": "namespace Other\ninductive Nat where | only\n"
    "instance : HAdd Nat Nat Nat := ⟨fun a _ => a⟩\ninstance : LE Nat := ⟨fun _ _ => True⟩\n"
    "STATEMENT := SOLVE\nend Other",
    "15 open": "open Classical in\nexact trivial",
    "15 export": "export Classical (choice)\nSTATEMENT := SOLVE",
    "15 Greek Nu for N": "let \u039dat := Unit\nexact trivial",
    "15 Cyrillic o in sorry": "exact s\u043erry",
    "15 full-width letters": "\uff45\uff58\uff41\uff43\uff54 trivial",
    "15 zero-width space in sorry": "exact so\u200brry",
    "15 text that runs backwards": "exact trivial -- \u202e}\u2066 yrros",
    "15 a tag that nobody sees": "exact trivial\U000e0073\U000e006f",
    "15 the root namespace": "exact _root_.sorryAx _ false",
    "16 a hypothesis by variable": "variable (cheat : False)\ninclude cheat\nSTATEMENT := cheat.elim",
    "16 a variable bound by itself": "theorem NAME : undeclared := trivial",
    "17 a structure with a false field": "structure Other where\n  cheat : False\nSTATEMENT := (Other.cheat "
    "⟨SOLVE⟩).elim",
    "18 another prelude": "prelude\ninductive False : Prop where | intro : False\nSTATEMENT := SOLVE",
    "18 False again": "inductive False : Prop where\n| intro : False\nSTATEMENT := SOLVE",
    "19 a primitive of the kernel": "def Nat.gcd : Nat → Nat → Nat := fun _ _ => 0\nSTATEMENT := absurd "
    "(rfl : Nat.gcd 1 1 = 0) (by decide)",
    "20 another import": "import Other\nSTATEMENT := SOLVE",
    "20 no import": "module\nSTATEMENT := SOLVE",
}
CHECKER = {
    "23 no kernel check": "set_option debug.skipKernelTC true in\nexact trivial",
    "23 no kernel check before the theorem": "set_option debug.skipKernelTC true\nSTATEMENT := SOLVE",
    "24 a declaration nobody checks": "run_tac do let e ← Lean.getEnv; Lean.setEnv (e.addDeclCore 0 default none "
    "(doCheck := false)).toOption.get!",
    "24 what is private": "open private Lean.Environment.setCheckedSync in Lean\nSTATEMENT := SOLVE",
    "25 a cast of the compiler's": "exact unsafeCast ()",
    "25 a proof of the compiler's": "exact lcProof",
    "25 what the compiler cannot reach": "exact lcUnreachable",
    "26 another #print axioms": 'elab "#print " "axioms" x:ident : command => Lean.logInfo "no axioms"\n'
    "STATEMENT := SOLVE",
    "27 prints a verdict": '#eval IO.println "EXIT_CODE:0"\nSTATEMENT := SOLVE',
    "27 prints a verdict in a proof": 'dbg_trace "{\\"verdict\\": \\"PROVED\\"}"; exact trivial',
    "27 forged message": 'trace "{\\"severity\\":\\"information\\",\\"kind\\":\\"PROVED\\"}"\nexact trivial',
    "28 leaves with exit code 0": '@[extern "x"] def IO.Process.exit (n : Nat) : Nat := n\n#eval IO.Process.exit 0\n'
    "STATEMENT := SOLVE",
    "28 leaves from a macro": '@[extern "x"] def IO.Process.exit (a : Lean.MacroResult) (c : UInt8) (w : Unit) '
    ": Lean.MacroResult := a\n"
    "@[macro Lean.Parser.Tactic.tacticRfl] def cheat : Lean.Macro := fun _ _ _ => IO.Process.exit .a 0 ()\n"
    "STATEMENT := by rfl",
    "28 leaves from an option": "simp (config := unsafeIO (IO.Process.exit 0))",
    "29 writes a file": 'run_tac IO.FS.writeFile "verdict" "PROVED"',
    "29 reads a file": 'exact absurd (include_str "/etc/passwd") trivial',
    "30 starts a process": 'run_tac discard <| IO.Process.spawn { cmd := "leanc" }',
    "33 state for the next one": "initialize cheat : IO.Ref Nat ← IO.mkRef 0\nSTATEMENT := SOLVE",
    "34 ends the file": "exact trivial\n#exit",
    "34 ends the file before the theorem": "#exit\nSTATEMENT := SOLVE",
    "36 a mistyped macro": "@[macro Lean.Parser.Tactic.tacticRfl] def cheat : Nat := 0\nSTATEMENT := by rfl",
    "37 a quotation": "exact (`(1) : Nat)",
}
COMMANDS = UNPROVED | AXIOMS | NATIVE | OTHER_STATEMENTS | CHECKER
