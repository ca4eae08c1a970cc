/-
`if`, `cond` and `decide`.
-/

section
variable {α : Sort u} {β : Sort v} {c d : Prop}

@[simp] theorem ite_true (a b : α) : (if True then a else b) = a := rfl
@[simp] theorem ite_false (a b : α) : (if False then a else b) = b := rfl
theorem if_true {_ : Decidable True} (t e : α) : ite True t e = t := if_pos trivial
theorem if_false {_ : Decidable False} (t e : α) : ite False t e = e := if_neg id
theorem dite_true {t : True → α} {e : ¬True → α} : dite True t e = t trivial := rfl
theorem dite_false {t : False → α} {e : ¬False → α} : dite False t e = e id := rfl
@[simp] theorem ite_self {c : Prop} {_ : Decidable c} (a : α) : (if c then a else a) = a := by split <;> rfl
@[simp] theorem dite_eq_ite [Decidable c] {a b : α} : (dite c (fun _ => a) fun _ => b) = ite c a b := by
  by_cases h : c
  · rw [dif_pos h, if_pos h]
  · rw [dif_neg h, if_neg h]
@[simp] theorem ite_not [Decidable c] (a b : α) : (if ¬c then a else b) = if c then b else a := by
  by_cases h : c
  · rw [if_pos h, if_neg (not_not_intro h)]
  · rw [if_neg h, if_pos h]
theorem apply_ite (f : α → β) (c : Prop) [Decidable c] (a b : α) : f (ite c a b) = ite c (f a) (f b) := by split <;> rfl
theorem apply_dite (f : α → β) (c : Prop) [Decidable c] (a : c → α) (b : ¬c → α) :
    f (dite c a b) = dite c (fun h => f (a h)) fun h => f (b h) := by split <;> rfl
theorem ite_apply {γ : α → Sort v} [Decidable c] (f g : (a : α) → γ a) (a : α) : (ite c f g) a = ite c (f a) (g a) := by
  split <;> rfl
@[simp] theorem ite_eq_left_iff [Decidable c] {a b : α} : (if c then a else b) = a ↔ (¬c → b = a) := by
  by_cases h : c
  · rw [if_pos h]; exact iff_of_true rfl fun hn => absurd h hn
  · rw [if_neg h]; exact ⟨fun e _ => e, fun f => f h⟩
@[simp] theorem ite_eq_right_iff [Decidable c] {a b : α} : (if c then a else b) = b ↔ (c → a = b) := by
  by_cases h : c
  · rw [if_pos h]; exact ⟨fun e _ => e, fun f => f h⟩
  · rw [if_neg h]; exact iff_of_true rfl fun hc => absurd hc h
theorem ite_eq_iff [Decidable c] {a b x : α} : (if c then a else b) = x ↔ (c ∧ a = x) ∨ (¬c ∧ b = x) := by
  by_cases h : c
  · rw [if_pos h]; exact ⟨fun e => Or.inl ⟨h, e⟩, fun e => e.elim And.right fun e => absurd h e.left⟩
  · rw [if_neg h]; exact ⟨fun e => Or.inr ⟨h, e⟩, fun e => e.elim (fun e => absurd e.left h) And.right⟩
theorem ite_some_none_eq_none {p : Prop} [Decidable p] {γ : Type u} {x : γ} :
    (if p then some x else none) = none ↔ ¬p := by
  by_cases h : p
  · rw [if_pos h]; exact iff_of_false (fun e => nomatch e) (not_not_intro h)
  · rw [if_neg h]; exact iff_of_true rfl h
@[simp] theorem if_true_left [Decidable c] : (if c then True else d) ↔ (¬c → d) := by
  by_cases h : c
  · rw [if_pos h]; exact iff_of_true trivial fun hn => absurd h hn
  · rw [if_neg h]; exact ⟨fun e _ => e, fun f => f h⟩
@[simp] theorem if_false_left [Decidable c] : (if c then False else d) ↔ ¬c ∧ d := by
  by_cases h : c
  · rw [if_pos h]; exact ⟨False.elim, fun e => e.left h⟩
  · rw [if_neg h]; exact ⟨fun e => ⟨h, e⟩, And.right⟩
@[simp] theorem if_true_right [Decidable c] : (if c then d else True) ↔ (c → d) := by
  by_cases h : c
  · rw [if_pos h]; exact ⟨fun e _ => e, fun f => f h⟩
  · rw [if_neg h]; exact iff_of_true trivial fun hc => absurd hc h
@[simp] theorem if_false_right [Decidable c] : (if c then d else False) ↔ c ∧ d := by
  by_cases h : c
  · rw [if_pos h]; exact ⟨fun e => ⟨h, e⟩, And.right⟩
  · rw [if_neg h]; exact ⟨False.elim, fun e => h e.left⟩
end

@[simp] theorem cond_true {α : Sort u} (a b : α) : cond true a b = a := rfl
@[simp] theorem cond_false {α : Sort u} (a b : α) : cond false a b = b := rfl
@[simp] theorem cond_self {α : Sort u} (c : Bool) (a : α) : cond c a a = a := by cases c <;> rfl
theorem cond_eq_ite {α : Sort u} (c : Bool) (a b : α) [Decidable (c = true)] :
    cond c a b = if c = true then a else b := by
  cases c
  · exact (if_neg Bool.false_ne_true).symm
  · exact (if_pos rfl).symm

/-! ### `decide` -/

theorem decide_true (h : Decidable True) : @decide True h = true := decide_eq_true trivial
theorem decide_false (h : Decidable False) : @decide False h = false := decide_eq_false id
@[simp] theorem decide_true_eq_true (h : Decidable True) : @decide True h = true := decide_true h
@[simp] theorem decide_false_eq_false (h : Decidable False) : @decide False h = false := decide_false h
theorem decide_eq_true_iff {p : Prop} [Decidable p] : decide p = true ↔ p := ⟨of_decide_eq_true, decide_eq_true⟩
theorem decide_eq_false_iff_not {p : Prop} [Decidable p] : decide p = false ↔ ¬p :=
  ⟨of_decide_eq_false, decide_eq_false⟩
@[simp] theorem decide_eq_true_eq {p : Prop} [Decidable p] : (decide p = true) = p := propext decide_eq_true_iff
@[simp] theorem decide_eq_false_eq {p : Prop} [Decidable p] : (decide p = false) = ¬p := propext decide_eq_false_iff_not
@[simp] theorem decide_not {p : Prop} [Decidable p] [Decidable (¬p)] : decide (¬p) = Bool.not (decide p) := by
  by_cases h : p
  · rw [decide_eq_true h, decide_eq_false (not_not_intro h)]; rfl
  · rw [decide_eq_false h, decide_eq_true h]; rfl
theorem not_decide_eq_true {p : Prop} [Decidable p] : Bool.not (decide p) = true ↔ ¬p := by
  by_cases h : p
  · rw [decide_eq_true h]; exact iff_of_false (fun e => nomatch e) (not_not_intro h)
  · rw [decide_eq_false h]; exact iff_of_true rfl h
theorem decide_eq_decide {p q : Prop} [Decidable p] [Decidable q] : decide p = decide q ↔ (p ↔ q) :=
  ⟨fun h => ⟨fun hp => of_decide_eq_true (h ▸ decide_eq_true hp),
      fun hq => of_decide_eq_true (h.symm ▸ decide_eq_true hq)⟩,
    fun h => by
      by_cases hp : p
      · rw [decide_eq_true hp, decide_eq_true (h.mp hp)]
      · rw [decide_eq_false hp, decide_eq_false (h.not.mp hp)]⟩
theorem decide_congr {p q : Prop} [Decidable p] [Decidable q] (h : p ↔ q) : decide p = decide q :=
  decide_eq_decide.mpr h
@[simp] theorem decide_and {p q : Prop} [Decidable p] [Decidable q] : decide (p ∧ q) = Bool.and (decide p) (decide q) :=
  rfl
@[simp] theorem decide_or {p q : Prop} [Decidable p] [Decidable q] : decide (p ∨ q) = Bool.or (decide p) (decide q) :=
  rfl
theorem Decidable.decide_eq_true {p : Prop} [Decidable p] (h : p) : decide p = true := _root_.decide_eq_true h
theorem Decidable.of_iff {p q : Prop} [Decidable p] (h : p ↔ q) : Nonempty (Decidable q) :=
  if hp : p then ⟨isTrue (h.mp hp)⟩ else ⟨isFalse (h.not.mp hp)⟩
@[reducible] def decidable_of_iff {q : Prop} (p : Prop) (h : p ↔ q) [Decidable p] : Decidable q :=
  if hp : p then isTrue (h.mp hp) else isFalse (h.not.mp hp)
@[reducible] def decidable_of_iff' {p : Prop} (q : Prop) (h : p ↔ q) [Decidable q] : Decidable p :=
  decidable_of_iff q h.symm
@[reducible] def decidable_of_decidable_of_iff {p q : Prop} [Decidable p] (h : p ↔ q) : Decidable q :=
  decidable_of_iff p h
@[reducible] def decidable_of_decidable_of_eq {p q : Prop} [Decidable p] (h : p = q) : Decidable q :=
  decidable_of_iff p (iff_of_eq h)
