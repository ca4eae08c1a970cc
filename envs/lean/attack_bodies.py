"""Hostile answers that are bodies of proofs as the lexer wants them: what is compiled must not become a theorem.

`BODIES` prove something else, or nothing; `BOMBS` try to break or to stop whoever elaborates or checks them, and end
in a name that does not exist, so that none of them is a proof even where time does not end. Keys are as in
`attack_commands.py`.
"""

from __future__ import annotations

BODIES = {
    "1 a hole": "exact _",
    "1 a named hole": "exact ?hole",
    "1 a goal left open": "refine ?_",
    "1 nothing at all": "skip",
    "1 an error and what recovers from it": "exact (by exact no_such_proof)",
    "1 an error in a hypothesis": "have cheat : False := no_such_proof\nexact cheat.elim",
    "1 an error that is caught": "try exact no_such_proof",
    "1 all goals, none of them": "all_goals skip",
    "1 a goal given back": "have cheat : False := ?later\nexact cheat.elim",
    "1 cases without a goal": "exfalso\ncase later => trivial",
    "1 parts that are opened and left": "refine ⟨?_, ?_⟩ <;> first | exact no_such_proof | skip",
    "1 parts from a lie": "have cheat : False := by skip\nrefine ⟨?_, ?_⟩ <;> exact cheat.elim",
    "1 parts by a function of a lie": "refine (fun (cheat : False) => ⟨cheat.elim, cheat.elim⟩) ?_",
    "1 parts in a case that never is": "cases Classical.em False with\n"
    "| inl cheat => refine ⟨?_, ?_⟩ <;> exact cheat.elim\n| inr _ => exact no_such_proof",
    "1 parts that come from each other": "have cheat := ⟨?one, ?two⟩\nexact cheat",
    "1 more parts than there are": "refine (⟨?_, trivial, trivial, trivial⟩ : _ ∧ True ∧ True ∧ True).1",
    "10 parts of itself": "refine ⟨?_, ?_⟩\n· exact (NAME ..).1\n· exact (NAME ..).2",
    "10 itself": "exact NAME",
    "10 itself, applied": "intros\napply NAME <;> assumption",
    "10 itself, by its hypotheses": "intros\nfirst | exact NAME .. | apply NAME | exact @NAME _ _ | exact @NAME",
    "10 itself, for False": "exact absurd (@NAME) (fun _ => no_such_proof)",
    "11 shows another goal": "show True\ntrivial",
    "11 changes the goal": "change True\ntrivial",
    "11 proves another goal": "suffices cheat : True by exact cheat\ntrivial",
    "11 another theorem of its name": "have NAME : True := trivial\nexact NAME",
    "11 a type written over it": "exact (trivial : True)",
    "11 a type written before it": "exact id (α := True) trivial",
    "11 from False": "exfalso\nexact trivial",
    "11 from a false equation": "exact absurd (rfl : 0 = 1) (by decide)",
    "11 from a false decision": "exact absurd (by decide : 2 + 2 = 5) (by decide)",
    "11 moved along no equation": "exact cast (by rfl : True = False) trivial |>.elim",
    "13 an instance of its own": "letI cheat : LE Nat := ⟨fun _ _ => True⟩\nexact trivial",
    "13 an instance of its own for equality": "letI cheat : DecidableEq Nat := fun _ _ => isTrue rfl\nexfalso\ndecide",
    "13 a decision of its own": "exact @of_decide_eq_true False (isTrue trivial) rfl |>.elim",
    "15 another Nat": "let Nat := Unit\nlet False := True\nexact (trivial : False)",
    "15 another False": "let False := True\nexact False.elim trivial",
    "16 a name nobody declared": "exact (undeclared : _)",
    "16 a hypothesis out of nothing": "exact (fun (cheat : False) => cheat.elim) _",
    "17 a projection of another structure": "exact (⟨trivial, trivial⟩ : True ∧ True).1",
    "17 a projection of what exists": "exact (⟨0, trivial⟩ : ∃ _ : Nat, True).2",
    "19 primitives of the kernel": "exfalso\nfirst\n"
    + "".join(
        f"| exact absurd (rfl : {call} = {wrong}) (by decide)\n"
        for call, wrong in {
            "Nat.gcd 6 4": 0,
            "Nat.div 6 4": 0,
            "Nat.mod 6 4": 0,
            "Nat.pow 2 3": 0,
            "Nat.land 6 3": 0,
            "Nat.lor 6 3": 0,
            "Nat.xor 6 3": 0,
            "Nat.shiftLeft 1 3": 0,
            "Nat.shiftRight 8 1": 0,
            "Nat.sub 3 1": 0,
            "Nat.log2 8": 0,
        }.items()
    ),
    "19 primitives of the kernel, at their edges": "exfalso\nfirst\n"
    + "".join(
        f"| exact absurd (rfl : {call} = 1) (by decide)\n"
        for call in ("5 / 0", "0 % 0", "Nat.gcd 0 0", "0 - 1", "0 ^ 1", "0 >>> 0", "Nat.mod 5 0", "Nat.div 0 0")
    ),
    "27 the verdict as a proof": "PROVED",
    "27 an error that says PROVED": 'fail "PROVED"',
    "27 a message before the error": 'first | fail "no error" | trace "PROVED"\nskip',
    "27 an error that fills the output": 'fail "' + "PROVED " * 2000 + '"',
    "28 an option that is a program": "simp (config := no_such_proof)",
    "32 flags": "--trust=0\nexact trivial -- -o /dev/null",
    "32 a flag as a term": "-o / dev / null",
    "34 more errors than are counted": "".join(f"have h{i} : {i} = {i + 1} := no_such_{i}\n" for i in range(150))
    + "exact h0",
    "34 more errors than are counted, in a term": "exact ⟨" + ", ".join(f"no_such_{i}" for i in range(150)) + "⟩",
    "37 a proof used as a type": "exact (trivial : (trivial : True))",
    "37 universes that do not fit": "exact (fun (cheat : Type 1) => (cheat : Type)) Type",
    "37 a universe too high": "exact (fun (cheat : Type 100000) => cheat) no_such_proof",
}

_LOST = "\nexact no_such_proof"

BOMBS = {
    "34 repeats for ever": "repeat skip" + _LOST,
    "34 repeats for ever inside": "exfalso\nrepeat (have cheat := trivial)" + _LOST,
    "34 iterates long": "iterate 1000000000 skip" + _LOST,
    "34 simp in circles": "have cheat : ∀ f : Nat → Nat, (∀ n, f n = f (n + 1)) → f 0 = 1 := by\n"
    "  intro f h\n  simp only [h]" + _LOST,
    "34 simp_all in circles": "have cheat : ∀ f : Nat → Nat, (∀ n, f n = f (n + 1)) → f 0 = 1 := by\n"
    "  intro f h\n  simp_all" + _LOST,
    "34 a long decision": "have cheat : ∀ n, n < 100000000 → n + 1 ≠ 0 := by decide" + _LOST,
    "34 a long decision in the kernel": "have cheat : ∀ n, n < 100000000 → n + 1 ≠ 0 := by decide +kernel" + _LOST,
    "34 a long computation": "have cheat : Nat.rec (motive := fun _ => Nat) 0 (fun _ n => n + n) 100000000 = 1 := rfl"
    + _LOST,
    "34 Ackermann": "have cheat : (Nat.rec (motive := fun _ => Nat → Nat) Nat.succ\n"
    "    (fun _ f n => Nat.rec (motive := fun _ => Nat) (f 1) (fun _ r => f r) n) 5) 5 = 0 := by decide" + _LOST,
    "34 Ackermann in the kernel": "have cheat : (Nat.rec (motive := fun _ => Nat → Nat) Nat.succ\n"
    "    (fun _ f n => Nat.rec (motive := fun _ => Nat) (f 1) (fun _ r => f r) n) 5) 5 = 0 := by decide +kernel"
    + _LOST,
    "34 a power too high": "have cheat : 2 ^ (2 ^ 64) = 0 := rfl" + _LOST,
    "34 a power too high in the kernel": "have cheat : 2 ^ (2 ^ 64) = 0 := by decide +kernel" + _LOST,
    "34 a power that fills the memory": "have cheat : Nat.ble (Nat.pow 2 (Nat.pow 2 36)) 0 = true := by decide +kernel"
    + _LOST,
    "34 many large powers": "have cheat : Nat.ble (Nat.pow (Nat.pow 2 16000000) 16000000) 0 = true := by decide +kernel"
    + _LOST,
    "34 a tower of powers": "have cheat : 9 ^ 9 ^ 9 ^ 9 ^ 9 = 1 := by decide" + _LOST,
    "34 a shift too far": "have cheat : 1 <<< (2 ^ 62) = 0 := by decide +kernel" + _LOST,
    "34 a shift by a word": "have cheat : Nat.shiftLeft 1 18446744073709551615 = 0 := by decide +kernel" + _LOST,
    "34 a number of many digits": f"have cheat : {'9' * 30_000} = 0 := rfl" + _LOST,
    "34 a product of many digits": f"have cheat : {'9' * 15_000} * {'9' * 15_000} = 0 := by decide +kernel" + _LOST,
    "34 a term that doubles": "exact (fun (x0 : Nat × Nat) =>\n"
    + "".join(f"  (fun (x{i + 1} : _) =>\n" for i in range(40))
    + "  no_such_proof x40"
    + "".join(f") (x{i}, x{i})" for i in reversed(range(40)))
    + ") (0, 0)",
    "34 unification that doubles": "have cheat : ∀ f : Nat → Nat → Nat, "
    + "f (" * 60
    + "0"
    + ") 0" * 60
    + " = 1 := fun f => rfl"
    + _LOST,
    "34 brackets as deep as is allowed": "exact " + "(" * 190 + "no_such_proof" + ")" * 190,
    "34 negations without end": "exact (no_such_proof : " + "¬" * 30_000 + "True)",
    "34 arrows without end": "exact (no_such_proof : " + "True → " * 8_000 + "True)",
    "34 functions without end": "exact " + "fun x => " * 7_000 + "no_such_proof",
    "34 applications without end": "exact " + "id <| " * 10_000 + "no_such_proof",
    "34 sums without end": "have cheat : " + "1 + " * 15_000 + "1 = 0 := by decide" + _LOST,
    "34 successors without end": "exact absurd (rfl : " + "Nat.succ <| " * 5_000 + "0 = 0) no_such_proof",
    "34 by in by": "exact " + "by exact " * 3_000 + "no_such_proof",
    "34 many tactics": "have := trivial\n" * 4_000 + "exact no_such_proof",
    "34 many goals": "have cheat : " + "True ∧ " * 8_000 + "1 = 2 := by repeat' constructor" + _LOST,
    "34 many alternatives": "first\n" + "| exact no_such_proof\n" * 2_900,
    "34 many names of cases": "rcases no_such_proof with " + " | ".join(f"h{i}" for i in range(5_000)),
    "34 a type class that never ends": "have cheat : Inhabited ("
    + "Nat → " * 8_000
    + "False) := inferInstance"
    + _LOST,
}
"""Each may run into a limit of time, memory or depth."""
