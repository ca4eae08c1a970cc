/-
The laws of truth values: `&&`, `||`, `!` and `^^`.
-/

namespace Bool

@[simp] theorem not_true : (!true) = false := rfl
@[simp] theorem not_false : (!false) = true := rfl
@[simp] theorem not_not (b : Bool) : (!!b) = b := by cases b <;> rfl
@[simp] theorem true_and (b : Bool) : (true && b) = b := rfl
@[simp] theorem false_and (b : Bool) : (false && b) = false := rfl
@[simp] theorem and_true (b : Bool) : (b && true) = b := by cases b <;> rfl
@[simp] theorem and_false (b : Bool) : (b && false) = false := by cases b <;> rfl
@[simp] theorem true_or (b : Bool) : (true || b) = true := rfl
@[simp] theorem false_or (b : Bool) : (false || b) = b := rfl
@[simp] theorem or_true (b : Bool) : (b || true) = true := by cases b <;> rfl
@[simp] theorem or_false (b : Bool) : (b || false) = b := by cases b <;> rfl
@[simp] theorem and_self (b : Bool) : (b && b) = b := by cases b <;> rfl
@[simp] theorem or_self (b : Bool) : (b || b) = b := by cases b <;> rfl
@[simp] theorem and_not_self (b : Bool) : (b && !b) = false := by cases b <;> rfl
@[simp] theorem not_and_self (b : Bool) : (!b && b) = false := by cases b <;> rfl
@[simp] theorem or_not_self (b : Bool) : (b || !b) = true := by cases b <;> rfl
@[simp] theorem not_or_self (b : Bool) : (!b || b) = true := by cases b <;> rfl
theorem and_comm (a b : Bool) : (a && b) = (b && a) := by cases a <;> cases b <;> rfl
theorem or_comm (a b : Bool) : (a || b) = (b || a) := by cases a <;> cases b <;> rfl
theorem and_assoc (a b c : Bool) : (a && b && c) = (a && (b && c)) := by cases a <;> rfl
theorem or_assoc (a b c : Bool) : (a || b || c) = (a || (b || c)) := by cases a <;> rfl
theorem and_left_comm (a b c : Bool) : (a && (b && c)) = (b && (a && c)) := by cases a <;> cases b <;> rfl
theorem and_right_comm (a b c : Bool) : (a && b && c) = (a && c && b) := by cases a <;> cases b <;> cases c <;> rfl
theorem or_left_comm (a b c : Bool) : (a || (b || c)) = (b || (a || c)) := by cases a <;> cases b <;> rfl
theorem or_right_comm (a b c : Bool) : (a || b || c) = (a || c || b) := by cases a <;> cases b <;> cases c <;> rfl
theorem and_or_distrib_left (a b c : Bool) : (a && (b || c)) = (a && b || a && c) := by cases a <;> rfl
theorem and_or_distrib_right (a b c : Bool) : ((a || b) && c) = (a && c || b && c) :=
  by cases a <;> cases b <;> cases c <;> rfl
theorem or_and_distrib_left (a b c : Bool) : (a || b && c) = ((a || b) && (a || c)) := by cases a <;> rfl
theorem or_and_distrib_right (a b c : Bool) : (a && b || c) = ((a || c) && (b || c)) :=
  by cases a <;> cases b <;> cases c <;> rfl
@[simp] theorem and_self_left (a b : Bool) : (a && (a && b)) = (a && b) := by cases a <;> rfl
@[simp] theorem and_self_right (a b : Bool) : (a && b && b) = (a && b) := by cases a <;> cases b <;> rfl
@[simp] theorem or_self_left (a b : Bool) : (a || (a || b)) = (a || b) := by cases a <;> rfl
@[simp] theorem or_self_right (a b : Bool) : (a || b || b) = (a || b) := by cases a <;> cases b <;> rfl
theorem and_or_self (a b : Bool) : (a && (a || b)) = a := by cases a <;> rfl
theorem or_and_self (a b : Bool) : (a || (a && b)) = a := by cases a <;> rfl
@[simp] theorem not_and (a b : Bool) : (!(a && b)) = (!a || !b) := by cases a <;> rfl
@[simp] theorem not_or (a b : Bool) : (!(a || b)) = (!a && !b) := by cases a <;> rfl
theorem and_eq_decide (a b : Bool) : (a && b) = decide (a = true ∧ b = true) := by cases a <;> cases b <;> rfl
theorem or_eq_decide (a b : Bool) : (a || b) = decide (a = true ∨ b = true) := by cases a <;> cases b <;> rfl

/-! ### Exclusive or -/

@[simp] theorem false_xor (b : Bool) : (false ^^ b) = b := rfl
@[simp] theorem xor_false (b : Bool) : (b ^^ false) = b := by cases b <;> rfl
@[simp] theorem true_xor (b : Bool) : (true ^^ b) = !b := rfl
@[simp] theorem xor_true (b : Bool) : (b ^^ true) = !b := by cases b <;> rfl
@[simp] theorem xor_self (b : Bool) : (b ^^ b) = false := by cases b <;> rfl
theorem xor_comm (a b : Bool) : (a ^^ b) = (b ^^ a) := by cases a <;> cases b <;> rfl
theorem xor_assoc (a b c : Bool) : (a ^^ b ^^ c) = (a ^^ (b ^^ c)) := by cases a <;> cases b <;> cases c <;> rfl
theorem xor_left_comm (a b c : Bool) : (a ^^ (b ^^ c)) = (b ^^ (a ^^ c)) := by cases a <;> cases b <;> cases c <;> rfl
@[simp] theorem xor_not_self (b : Bool) : (b ^^ !b) = true := by cases b <;> rfl
@[simp] theorem not_xor_self (b : Bool) : (!b ^^ b) = true := by cases b <;> rfl
theorem not_xor (a b : Bool) : (!a ^^ b) = !(a ^^ b) := by cases a <;> cases b <;> rfl
theorem xor_not (a b : Bool) : (a ^^ !b) = !(a ^^ b) := by cases a <;> cases b <;> rfl
@[simp] theorem not_xor_not (a b : Bool) : (!a ^^ !b) = (a ^^ b) := by cases a <;> cases b <;> rfl
theorem xor_eq_bne (a b : Bool) : (a ^^ b) = (a != b) := by cases a <;> cases b <;> rfl
theorem and_xor_distrib_left (a b c : Bool) : (a && (b ^^ c)) = ((a && b) ^^ (a && c)) := by
  cases a <;> cases b <;> cases c <;> rfl
theorem and_xor_distrib_right (a b c : Bool) : ((a ^^ b) && c) = ((a && c) ^^ (b && c)) := by
  cases a <;> cases b <;> cases c <;> rfl

/-! ### As propositions -/

theorem eq_true_or_eq_false (b : Bool) : b = true ∨ b = false := by cases b; exact Or.inr rfl; exact Or.inl rfl
theorem eq_false_or_eq_true (b : Bool) : b = true ∨ b = false := eq_true_or_eq_false b
theorem dichotomy (b : Bool) : b = false ∨ b = true := (eq_true_or_eq_false b).symm
@[simp] theorem reduceTrueEqFalse : (true = false) = False := eq_false fun h => nomatch h
@[simp] theorem reduceFalseEqTrue : (false = true) = False := eq_false fun h => nomatch h
@[simp] theorem not_eq_true (b : Bool) : (¬b = true) = (b = false) :=
  propext ⟨eq_false_of_ne_true, ne_true_of_eq_false⟩
@[simp] theorem not_eq_false (b : Bool) : (¬b = false) = (b = true) :=
  propext ⟨eq_true_of_ne_false, ne_false_of_eq_true⟩
theorem eq_false_iff {b : Bool} : b = false ↔ b ≠ true := ⟨ne_true_of_eq_false, eq_false_of_ne_true⟩
theorem eq_true_iff {b : Bool} : b = true ↔ b ≠ false := ⟨ne_false_of_eq_true, eq_true_of_ne_false⟩
theorem ne_true_iff {b : Bool} : b ≠ true ↔ b = false := eq_false_iff.symm
theorem ne_false_iff {b : Bool} : b ≠ false ↔ b = true := eq_true_iff.symm
theorem eq_iff_iff {a b : Bool} : a = b ↔ (a = true ↔ b = true) := by cases a <;> cases b <;> decide
theorem coe_iff_coe {a b : Bool} : (a = true ↔ b = true) ↔ a = b := eq_iff_iff.symm
theorem eq_not_iff {a b : Bool} : a = (!b) ↔ a ≠ b := by cases a <;> cases b <;> decide
theorem not_eq_iff {a b : Bool} : (!a) = b ↔ a ≠ b := by cases a <;> cases b <;> decide
@[simp] theorem not_eq_self (b : Bool) : ¬(!b) = b := by cases b <;> decide
@[simp] theorem self_eq_not (b : Bool) : ¬b = !b := by cases b <;> decide
@[simp] theorem not_inj_iff {a b : Bool} : (!a) = (!b) ↔ a = b := by cases a <;> cases b <;> decide
theorem not_inj {a b : Bool} (h : (!a) = (!b)) : a = b := not_inj_iff.mp h
@[simp] theorem and_eq_true (a b : Bool) : ((a && b) = true) = (a = true ∧ b = true) := by
  cases a <;> cases b <;> apply propext <;> decide
@[simp] theorem or_eq_true (a b : Bool) : ((a || b) = true) = (a = true ∨ b = true) := by
  cases a <;> cases b <;> apply propext <;> decide
theorem and_eq_true_iff {a b : Bool} : (a && b) = true ↔ a = true ∧ b = true := iff_of_eq (and_eq_true a b)
theorem or_eq_true_iff {a b : Bool} : (a || b) = true ↔ a = true ∨ b = true := iff_of_eq (or_eq_true a b)
@[simp] theorem and_eq_false_iff {a b : Bool} : (a && b) = false ↔ (a = true → b = false) :=
  by cases a <;> cases b <;> decide
theorem and_eq_false {a b : Bool} : (a && b) = false ↔ a = false ∨ b = false := by cases a <;> cases b <;> decide
@[simp] theorem or_eq_false_iff {a b : Bool} : (a || b) = false ↔ a = false ∧ b = false :=
  by cases a <;> cases b <;> decide
@[simp] theorem not_eq_true' (b : Bool) : ((!b) = true) = (b = false) := by cases b <;> apply propext <;> decide
@[simp] theorem not_eq_false' (b : Bool) : ((!b) = false) = (b = true) := by cases b <;> apply propext <;> decide
@[simp] theorem xor_eq_true_iff {a b : Bool} : (a ^^ b) = true ↔ a ≠ b := by cases a <;> cases b <;> decide
theorem xor_eq_false_iff {a b : Bool} : (a ^^ b) = false ↔ a = b := by cases a <;> cases b <;> decide
@[simp] theorem beq_true (b : Bool) : (b == true) = b := by cases b <;> rfl
@[simp] theorem true_beq (b : Bool) : (true == b) = b := by cases b <;> rfl
@[simp] theorem beq_false (b : Bool) : (b == false) = !b := by cases b <;> rfl
@[simp] theorem false_beq (b : Bool) : (false == b) = !b := by cases b <;> rfl
@[simp] theorem bne_true (b : Bool) : (b != true) = !b := by cases b <;> rfl
@[simp] theorem bne_false (b : Bool) : (b != false) = b := by cases b <;> rfl
@[simp] theorem decide_eq_true {b : Bool} [Decidable (b = true)] : decide (b = true) = b := by
  cases b
  · exact decide_eq_false fun h => nomatch h
  · exact _root_.decide_eq_true rfl
@[simp] theorem decide_eq_false {b : Bool} [Decidable (b = false)] : decide (b = false) = !b := by
  cases b
  · exact _root_.decide_eq_true rfl
  · exact _root_.decide_eq_false fun h => nomatch h
@[simp] theorem forall_bool {p : Bool → Prop} : (∀ b, p b) ↔ p false ∧ p true :=
  ⟨fun h => ⟨h _, h _⟩, fun ⟨h₀, h₁⟩ b => match b with | false => h₀ | true => h₁⟩
@[simp] theorem exists_bool {p : Bool → Prop} : (∃ b, p b) ↔ p false ∨ p true :=
  ⟨fun ⟨b, h⟩ => match b, h with | false, h => Or.inl h | true, h => Or.inr h, fun h => h.elim (⟨_, ·⟩) (⟨_, ·⟩)⟩
theorem not_ite (c : Prop) [Decidable c] (a b : Bool) : (!(if c then a else b)) = if c then !a else !b :=
  by split <;> rfl
@[simp] theorem if_true_left (p : Prop) [Decidable p] (b : Bool) : (if p then true else b) = (decide p || b) := by
  by_cases h : p
  · rw [if_pos h, _root_.decide_eq_true h]; rfl
  · rw [if_neg h, _root_.decide_eq_false h]; rfl
@[simp] theorem ite_true_false (p : Prop) [Decidable p] : (if p then true else false) = decide p := by
  by_cases h : p
  · rw [if_pos h, _root_.decide_eq_true h]
  · rw [if_neg h, _root_.decide_eq_false h]
@[simp] theorem ite_false_true (p : Prop) [Decidable p] : (if p then false else true) = !decide p := by
  by_cases h : p
  · rw [if_pos h, _root_.decide_eq_true h]; rfl
  · rw [if_neg h, _root_.decide_eq_false h]; rfl
theorem cond_decide {α : Type u} (p : Prop) [Decidable p] (t e : α) : cond (decide p) t e = if p then t else e := by
  by_cases h : p
  · rw [if_pos h, _root_.decide_eq_true h]; rfl
  · rw [if_neg h, _root_.decide_eq_false h]; rfl
theorem cond_not {α : Type u} (b : Bool) (t e : α) : cond (!b) t e = cond b e t := by cases b <;> rfl
theorem not_true_eq_false : (!true) = false := rfl
theorem not_false_eq_true : (!false) = true := rfl

end Bool

theorem Bool.true_ne_false : true ≠ false := fun h => nomatch h
