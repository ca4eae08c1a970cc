/-
What tactics build their proofs from (`simp`, `decide`, `split`, `by_cases`, `calc`, ...) and the laws of logic by the
names
that people expect.
-/

/-! ### Transport for `rw` and `simp` -/

theorem of_eq_true {p : Prop} (h : p = True) : p := h ▸ trivial
theorem eq_true {p : Prop} (h : p) : p = True := propext ⟨fun _ => trivial, fun _ => h⟩
theorem eq_false {p : Prop} (h : ¬p) : p = False := propext ⟨h, False.elim⟩
theorem of_eq_false {p : Prop} (h : p = False) : ¬p := fun hp => h ▸ hp
theorem eq_false' {p : Prop} (h : p → False) : p = False := eq_false h
theorem eq_true_of_decide {p : Prop} [Decidable p] (h : decide p = true) : p = True := eq_true (of_decide_eq_true h)
theorem eq_false_of_decide {p : Prop} [Decidable p] (h : decide p = false) : p = False :=
  eq_false (of_decide_eq_false h)
theorem Eq.propIntro {a b : Prop} (h₁ : a → b) (h₂ : b → a) : a = b := propext ⟨h₁, h₂⟩
theorem of_iff_true {p : Prop} (h : p ↔ True) : p := h.mpr trivial
theorem implies_congr {p₁ p₂ : Sort u} {q₁ q₂ : Sort v} (h₁ : p₁ = p₂) (h₂ : q₁ = q₂) : (p₁ → q₁) = (p₂ → q₂) :=
  h₁ ▸ h₂ ▸ rfl
theorem implies_congr_left {p₁ p₂ : Sort u} {q : Sort v} (h : p₁ = p₂) : (p₁ → q) = (p₂ → q) := h ▸ rfl
theorem implies_congr_right {p : Sort u} {q₁ q₂ : Sort v} (h : q₁ = q₂) : (p → q₁) = (p → q₂) := h ▸ rfl
theorem implies_dep_congr_ctx {p₁ p₂ q₁ : Prop} (h₁ : p₁ = p₂) {q₂ : p₂ → Prop} (h₂ : (h : p₂) → q₁ = q₂ h) :
    (p₁ → q₁) = ((h : p₂) → q₂ h) :=
  propext ⟨fun f hp₂ => (h₂ hp₂).mp (f (h₁.mpr hp₂)), fun f hp₁ => (h₂ (h₁.mp hp₁)).mpr (f (h₁.mp hp₁))⟩
theorem implies_congr_ctx {p₁ p₂ q₁ q₂ : Prop} (h₁ : p₁ = p₂) (h₂ : p₂ → q₁ = q₂) : (p₁ → q₁) = (p₂ → q₂) :=
  implies_dep_congr_ctx h₁ h₂
theorem forall_congr {α : Sort u} {p q : α → Prop} (h : ∀ a, p a = q a) : (∀ a, p a) = (∀ a, q a) :=
  propext ⟨fun f a => (h a).mp (f a), fun f a => (h a).mpr (f a)⟩
theorem forall_prop_domain_congr {p₁ p₂ : Prop} {q : p₁ → Prop} (h : p₁ = p₂) :
    (∀ a : p₁, q a) = (∀ a : p₂, q (h.mpr a)) := by
  subst h; rfl
theorem forall_prop_congr_dom {p₁ p₂ : Prop} (h : p₁ = p₂) (q : p₁ → Prop) :
    (∀ a : p₁, q a) = (∀ a : p₂, q (h.mpr a)) := by
  subst h; rfl
theorem forall_congr' {α : Sort u} {p q : α → Prop} (h : ∀ a, p a ↔ q a) : (∀ a, p a) ↔ ∀ a, q a :=
  ⟨fun f a => (h a).mp (f a), fun f a => (h a).mpr (f a)⟩
theorem exists_congr {α : Sort u} {p q : α → Prop} (h : ∀ a, p a ↔ q a) : (∃ a, p a) ↔ ∃ a, q a :=
  ⟨fun ⟨a, ha⟩ => ⟨a, (h a).mp ha⟩, fun ⟨a, ha⟩ => ⟨a, (h a).mpr ha⟩⟩
theorem let_congr {α : Sort u} {β : Sort v} {a a' : α} {b b' : α → β} (h₁ : a = a') (h₂ : ∀ x, b x = b' x) :
    (let x := a; b x) = (let x := a'; b' x) := h₁ ▸ (funext h₂ : b = b') ▸ rfl
theorem letFun_congr {α : Sort u} {β : Sort v} {a a' : α} {b b' : α → β} (h₁ : a = a') (h₂ : ∀ x, b x = b' x) :
    (fun x => b x) a = (fun x => b' x) a' := h₁ ▸ h₂ a
theorem ite_congr {α : Sort u} {b c : Prop} {x y u v : α} {s : Decidable b} [Decidable c] (h₁ : b = c) (h₂ : c → x = u)
    (h₃ : ¬c → y = v) : ite b x y = ite c u v := by
  subst h₁
  rename_i inst
  match s, inst with
  | ⟨true, hp⟩, ⟨true, _⟩ => exact h₂ hp
  | ⟨false, hp⟩, ⟨false, _⟩ => exact h₃ hp
  | ⟨true, hp⟩, ⟨false, hn⟩ => exact absurd hp hn
  | ⟨false, hn⟩, ⟨true, hp⟩ => exact absurd hp hn
theorem ite_cond_congr {α : Sort u} {b c : Prop} {x y : α} {s : Decidable b} [Decidable c] (h : b = c) :
    ite b x y = ite c x y := ite_congr h (fun _ => rfl) (fun _ => rfl)
theorem dite_congr {b c : Prop} {α : Sort u} {s : Decidable b} [Decidable c] {x : b → α}
    {u : c → α} {y : ¬b → α} {v : ¬c → α}
    (h₁ : b = c) (h₂ : (h : c) → x (h₁.mpr h) = u h) (h₃ : (h : ¬c) → y (h₁ ▸ h) = v h) : dite b x y = dite c u v := by
  subst h₁
  rename_i inst
  match s, inst with
  | ⟨true, hp⟩, ⟨true, _⟩ => exact h₂ hp
  | ⟨false, hp⟩, ⟨false, _⟩ => exact h₃ hp
  | ⟨true, hp⟩, ⟨false, hn⟩ => exact absurd hp hn
  | ⟨false, hn⟩, ⟨true, hp⟩ => exact absurd hp hn
theorem if_pos {c : Prop} {h : Decidable c} (hc : c) {α : Sort u} {t e : α} : ite c t e = t := by
  match h with
  | ⟨true, _⟩ => rfl
  | ⟨false, hn⟩ => exact absurd hc hn
theorem if_neg {c : Prop} {h : Decidable c} (hn : ¬c) {α : Sort u} {t e : α} : ite c t e = e := by
  match h with
  | ⟨true, hc⟩ => exact absurd hc hn
  | ⟨false, _⟩ => rfl
theorem dif_pos {c : Prop} {h : Decidable c} (hc : c) {α : Sort u} {t : c → α} {e : ¬c → α} : dite c t e = t hc := by
  match h with
  | ⟨true, _⟩ => rfl
  | ⟨false, hn⟩ => exact absurd hc hn
theorem dif_neg {c : Prop} {h : Decidable c} (hn : ¬c) {α : Sort u} {t : c → α} {e : ¬c → α} : dite c t e = e hn := by
  match h with
  | ⟨true, hc⟩ => exact absurd hc hn
  | ⟨false, _⟩ => rfl
theorem ite_cond_eq_true {α : Sort u} {c : Prop} {_ : Decidable c} (a b : α) (h : c = True) : ite c a b = a :=
  if_pos (of_eq_true h)
theorem ite_cond_eq_false {α : Sort u} {c : Prop} {_ : Decidable c} (a b : α) (h : c = False) : ite c a b = b :=
  if_neg (of_eq_false h)
theorem dite_cond_eq_true {α : Sort u} {c : Prop} {_ : Decidable c} {t : c → α} {e : ¬c → α} (h : c = True) :
    dite c t e = t (of_eq_true h) := dif_pos (of_eq_true h)
theorem dite_cond_eq_false {α : Sort u} {c : Prop} {_ : Decidable c} {t : c → α} {e : ¬c → α} (h : c = False) :
    dite c t e = e (of_eq_false h) := dif_neg (of_eq_false h)
theorem ite_eq_left {c : Prop} {_ : Decidable c} (h : c) {α : Sort u} {a b : α} : ite c a b = a := if_pos h
theorem ite_eq_right {c : Prop} {_ : Decidable c} (h : ¬c) {α : Sort u} {a b : α} : ite c a b = b := if_neg h
theorem dite_eq_left {c : Prop} {_ : Decidable c} (h : c) {α : Sort u} {t : c → α} {e : ¬c → α} : dite c t e = t h :=
  dif_pos h
theorem dite_eq_right {c : Prop} {_ : Decidable c} (h : ¬c) {α : Sort u} {t : c → α} {e : ¬c → α} : dite c t e = e h :=
  dif_neg h
theorem ite_eq_left_of_eq_true {α : Sort u} {c : Prop} {_ : Decidable c} (a b : α) (h : c = True) : ite c a b = a :=
  if_pos (of_eq_true h)
theorem ite_eq_right_of_eq_false {α : Sort u} {c : Prop} {_ : Decidable c} (a b : α) (h : c = False) : ite c a b = b :=
  if_neg (of_eq_false h)
theorem dite_eq_left_of_eq_true {α : Sort u} {c : Prop} {_ : Decidable c} {t : c → α} {e : ¬c → α} (h : c = True) :
    dite c t e = t (of_eq_true h) := dif_pos (of_eq_true h)
theorem dite_eq_right_of_eq_false {α : Sort u} {c : Prop} {_ : Decidable c} {t : c → α} {e : ¬c → α} (h : c = False) :
    dite c t e = e (of_eq_false h) := dif_neg (of_eq_false h)
theorem Bool.of_not_eq_true {b : Bool} (h : ¬(b = true)) : b = false := Bool.eq_false_of_ne_true h
theorem Bool.of_not_eq_false {b : Bool} (h : ¬(b = false)) : b = true := Bool.eq_true_of_ne_false h

theorem Lean.injEq_helper {P Q R : Prop} (h : P → Q → R) : P ∧ Q → R := fun ⟨hp, hq⟩ => h hp hq

gen_injective_theorems% Prod
gen_injective_theorems% PProd
gen_injective_theorems% MProd
gen_injective_theorems% Subtype
gen_injective_theorems% Sigma
gen_injective_theorems% PSigma
gen_injective_theorems% Sum
gen_injective_theorems% PSum
gen_injective_theorems% PULift
gen_injective_theorems% ULift
gen_injective_theorems% PLift
gen_injective_theorems% Nat
gen_injective_theorems% Option
gen_injective_theorems% List
gen_injective_theorems% Char
gen_injective_theorems% String

@[simp] theorem eq_self {α : Sort u} (a : α) : (a = a) = True := eq_true rfl
theorem iff_self (p : Prop) : (p ↔ p) = True := eq_true ⟨id, id⟩
theorem heq_self {α : Sort u} (a : α) : HEq a a = True := eq_true HEq.rfl
theorem ne_eq {α : Sort u} (a b : α) : (a ≠ b) = ¬(a = b) := rfl

instance {α : Sort u} {γ : Sort v} (r : α → γ → Sort w) : Trans Eq r r where
  trans h₁ h₂ := h₁ ▸ h₂
instance {α : Sort u} {γ : Sort v} (r : α → γ → Sort w) : Trans r Eq r where
  trans h₁ h₂ := h₂ ▸ h₁

/-! ### Types with at most one member -/

class Subsingleton (α : Sort u) : Prop where
  intro ::
  allEq : (a b : α) → a = b

protected theorem Subsingleton.elim {α : Sort u} [h : Subsingleton α] (a b : α) : a = b := h.allEq a b
instance instSubsingletonProp (p : Prop) : Subsingleton p := ⟨fun _ _ => rfl⟩
instance instSubsingletonPUnit : Subsingleton PUnit := ⟨fun _ _ => rfl⟩
theorem decidableSubsingleton {p : Prop} (d₁ d₂ : Decidable p) : d₁ = d₂ := by
  match d₁, d₂ with
  | ⟨true, _⟩, ⟨true, _⟩ => rfl
  | ⟨false, _⟩, ⟨false, _⟩ => rfl
  | ⟨true, h⟩, ⟨false, hn⟩ => exact absurd h hn
  | ⟨false, hn⟩, ⟨true, h⟩ => exact absurd h hn
instance instSubsingletonDecidable {p : Prop} : Subsingleton (Decidable p) := ⟨decidableSubsingleton⟩
protected theorem Subsingleton.helim {α β : Sort u} [Subsingleton α] (h : α = β) (a : α) (b : β) : HEq a b := by
  subst h; exact heq_of_eq (Subsingleton.elim a b)
