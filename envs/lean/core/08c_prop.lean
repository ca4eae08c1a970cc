/-
Negation, the laws that need decidability or classical logic, quantifiers and `if`.
-/

/-! ### Negation -/

theorem not_not_intro {p : Prop} (h : p) : ¬¬p := fun hn => hn h
theorem not_not_of_not_imp {a b : Prop} (h : ¬(a → b)) : ¬¬a := fun hn => h fun ha => absurd ha hn
theorem not_of_not_imp {a b : Prop} (h : ¬(a → b)) : ¬b := fun hb => h fun _ => hb
theorem not_not_not {a : Prop} : ¬¬¬a ↔ ¬a := ⟨fun h ha => h fun hn => hn ha, fun h hn => hn h⟩
theorem not_congr {a b : Prop} (h : a ↔ b) : ¬a ↔ ¬b := h.not
theorem not_iff_false_intro {a : Prop} (h : a) : ¬a ↔ False := iff_false_intro (not_not_intro h)
theorem not_and_of_not_left {a : Prop} (b : Prop) (h : ¬a) : ¬(a ∧ b) := fun h' => h h'.left
theorem not_and_of_not_right (a : Prop) {b : Prop} (h : ¬b) : ¬(a ∧ b) := fun h' => h h'.right
theorem not_or_intro {a b : Prop} (ha : ¬a) (hb : ¬b) : ¬(a ∨ b) := fun h => h.elim ha hb
@[simp] theorem not_or {p q : Prop} : ¬(p ∨ q) ↔ ¬p ∧ ¬q :=
  ⟨fun h => ⟨fun hp => h (Or.inl hp), fun hq => h (Or.inr hq)⟩, fun h => not_or_intro h.left h.right⟩
@[simp] theorem not_and {a b : Prop} : ¬(a ∧ b) ↔ (a → ¬b) := and_imp
theorem not_and' {a b : Prop} : ¬(a ∧ b) ↔ b → ¬a := ⟨fun h hb ha => h ⟨ha, hb⟩, fun h ⟨ha, hb⟩ => h hb ha⟩
theorem imp_not_comm {a b : Prop} : (a → ¬b) ↔ (b → ¬a) := ⟨fun h hb ha => h ha hb, fun h ha hb => h hb ha⟩
theorem iff_not_self_absurd {a : Prop} : ¬(a ↔ ¬a) := fun h => have hn : ¬a := fun ha => h.mp ha ha; hn (h.mpr hn)
@[simp] theorem iff_not_self {a : Prop} : ¬(a ↔ ¬a) := iff_not_self_absurd
@[simp] theorem not_iff_self {a : Prop} : ¬(¬a ↔ a) := fun h => iff_not_self h.symm
theorem not_or_of_not {a b : Prop} (h : ¬a) : ¬a ∨ b := Or.inl h
theorem and_not_not_of_not_or {p q : Prop} (h : ¬(p ∨ q)) : ¬p ∧ ¬q := not_or.mp h
theorem not_imp_of_and_not {a b : Prop} : a ∧ ¬b → ¬(a → b) | ⟨ha, hb⟩, h => hb (h ha)
theorem not_and_of_not_or_not {a b : Prop} (h : ¬a ∨ ¬b) : ¬(a ∧ b) :=
  h.elim (not_and_of_not_left b) (not_and_of_not_right a)
theorem false_or_by_contra {p : Prop} (h : ¬p → False) : p := Classical.byContradiction h
theorem imp_or_left {a b c : Prop} (h : a → b) : a → b ∨ c := fun ha => Or.inl (h ha)

/-! ### Decidable propositions -/

namespace Decidable

variable {p q r : Prop}

theorem em (p : Prop) [Decidable p] : p ∨ ¬p := if h : p then Or.inl h else Or.inr h
theorem byCases {q : Prop} [Decidable p] (h₁ : p → q) (h₂ : ¬p → q) : q := (em p).elim h₁ h₂
theorem byContradiction [Decidable p] (h : ¬p → False) : p := (em p).elim id fun hn => (h hn).elim
theorem of_not_not [Decidable p] (h : ¬¬p) : p := byContradiction h
theorem not_not [Decidable p] : ¬¬p ↔ p := ⟨of_not_not, not_not_intro⟩
theorem not_and_iff_or_not_not [Decidable p] [Decidable q] : ¬(p ∧ q) ↔ ¬p ∨ ¬q := Classical.not_and_iff_not_or_not
theorem not_and_iff_not_or_not [Decidable p] : ¬(p ∧ q) ↔ ¬p ∨ ¬q := Classical.not_and_iff_not_or_not
theorem not_or_iff_and_not : ¬(p ∨ q) ↔ ¬p ∧ ¬q := not_or
theorem not_imp_iff_and_not [Decidable p] : ¬(p → q) ↔ p ∧ ¬q := Classical.not_imp
theorem not_imp_symm [Decidable p] (h : ¬p → q) (hq : ¬q) : p := byContradiction fun hp => hq (h hp)
theorem not_imp_comm [Decidable p] [Decidable q] : (¬p → q) ↔ (¬q → p) := Classical.not_imp_comm
theorem not_imp_not [Decidable p] : (¬p → ¬q) ↔ (q → p) := Classical.not_imp_not
theorem imp_iff_not_or [Decidable p] : (p → q) ↔ ¬p ∨ q := Classical.imp_iff_not_or
theorem imp_iff_or_not [Decidable q] : (q → p) ↔ p ∨ ¬q := Classical.imp_iff_or_not
theorem not_or_of_imp [Decidable p] (h : p → q) : ¬p ∨ q := Classical.imp_iff_not_or.mp h
theorem or_iff_not_imp_left [Decidable p] : p ∨ q ↔ (¬p → q) := Classical.or_iff_not_imp_left
theorem or_iff_not_imp_right [Decidable q] : p ∨ q ↔ (¬q → p) := Classical.or_iff_not_imp_right
theorem or_not_not_of_not_and [Decidable p] [Decidable q] (h : ¬(p ∧ q)) : ¬p ∨ ¬q := not_and_iff_or_not_not.mp h
theorem and_not_of_not_imp [Decidable p] (h : ¬(p → q)) : p ∧ ¬q := Classical.not_imp.mp h
theorem and_or_not_and_not_of_iff [Decidable q] (h : p ↔ q) : (p ∧ q) ∨ (¬p ∧ ¬q) :=
  byCases (p := q) (fun hq => Or.inl ⟨h.mpr hq, hq⟩) fun hq => Or.inr ⟨h.not.mpr hq, hq⟩
theorem iff_iff_and_or_not_and_not [Decidable q] : (p ↔ q) ↔ (p ∧ q) ∨ (¬p ∧ ¬q) :=
  ⟨and_or_not_and_not_of_iff,
    fun h => h.elim (fun h => iff_of_true h.left h.right) fun h => iff_of_false h.left h.right⟩
theorem and_not_or_not_and_of_not_iff [Decidable p] [Decidable q] (h : ¬(p ↔ q)) : (p ∧ ¬q) ∨ (¬p ∧ q) :=
  byCases (p := p) (fun hp => Or.inl ⟨hp, fun hq => h (iff_of_true hp hq)⟩)
    fun hp => Or.inr ⟨hp, byContradiction fun hq => h (iff_of_false hp hq)⟩
theorem not_iff [Decidable q] : ¬(p ↔ q) ↔ (¬p ↔ q) :=
  ⟨fun h => byCases (p := q) (fun hq => ⟨fun _ => hq, fun _ hp => h (iff_of_true hp hq)⟩)
      fun hq => ⟨fun hp => (h (iff_of_false hp hq)).elim, fun hq' => absurd hq' hq⟩,
    fun h h' => iff_not_self ((h.trans h'.symm).symm)⟩
theorem not_iff_not [Decidable p] [Decidable q] : (¬p ↔ ¬q) ↔ (p ↔ q) :=
  ⟨fun h => ⟨Classical.not_imp_not.mp h.mpr, Classical.not_imp_not.mp h.mp⟩, Iff.not⟩
theorem not_iff_comm [Decidable p] [Decidable q] : (¬p ↔ q) ↔ (¬q ↔ p) :=
  ⟨fun h => ⟨fun hq => byContradiction fun hp => hq (h.mp hp), fun hp hq => h.mpr hq hp⟩, fun h =>
    ⟨fun hp => byContradiction fun hq => hp (h.mp hq), fun hq hp => h.mpr hp hq⟩⟩
theorem iff_not_comm [Decidable p] [Decidable q] : (p ↔ ¬q) ↔ (q ↔ ¬p) :=
  ⟨fun h => (not_iff_comm.mp h.symm).symm, fun h => (not_iff_comm.mp h.symm).symm⟩
theorem peirce [Decidable p] (h : (p → q) → p) : p := Classical.peirce h

end Decidable

/-! ### The same for any proposition, by classical logic -/

section
variable {a b : Prop}

theorem not_and_or : ¬(a ∧ b) ↔ ¬a ∨ ¬b := Classical.not_and_iff_not_or_not
theorem not_iff_not : (¬a ↔ ¬b) ↔ (a ↔ b) :=
  ⟨fun h => ⟨Classical.not_imp_not.mp h.mpr, Classical.not_imp_not.mp h.mp⟩, Iff.not⟩
theorem not_iff_comm : (¬a ↔ b) ↔ (¬b ↔ a) :=
  ⟨fun h => ⟨Classical.not_imp_comm.mp h.mp, fun ha hb => h.mpr hb ha⟩,
    fun h => ⟨Classical.not_imp_comm.mp h.mp, fun hb ha => h.mpr ha hb⟩⟩
theorem iff_not_comm : (a ↔ ¬b) ↔ (b ↔ ¬a) :=
  ⟨fun h => (not_iff_comm.mp h.symm).symm, fun h => (not_iff_comm.mp h.symm).symm⟩
theorem not_iff : ¬(a ↔ b) ↔ (¬a ↔ b) :=
  ⟨fun h => ⟨fun ha => Classical.byContradiction fun hb => h (iff_of_false ha hb),
      fun hb ha => h (iff_of_true ha hb)⟩,
    fun h h' => iff_not_self (h'.trans h.symm)⟩
theorem iff_iff_and_or_not_and_not : (a ↔ b) ↔ (a ∧ b) ∨ (¬a ∧ ¬b) :=
  ⟨fun h => (Classical.em a).imp (fun ha => ⟨ha, h.mp ha⟩) fun ha => ⟨ha, fun hb => ha (h.mpr hb)⟩,
    fun h => h.elim (fun h => iff_of_true h.left h.right) fun h => iff_of_false h.left h.right⟩
@[simp] theorem imp_not_self : (a → ¬a) ↔ ¬a := ⟨fun h ha => h ha ha, fun h _ => h⟩
@[simp] theorem not_imp_self : (¬a → a) ↔ a := ⟨fun h => Classical.byContradiction fun ha => ha (h ha), fun h _ => h⟩
theorem or_not_self (a : Prop) : a ∨ ¬a := Classical.em a
theorem not_or_self (a : Prop) : ¬a ∨ a := (Classical.em a).symm
end
