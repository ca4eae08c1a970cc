/-
Logic that needs the excluded middle, or several cases at once.
-/

/-! level 4, logic -/

theorem not_refuted_is_true (p : Prop) : ¬¬p → p := by
  intro h
  by_cases hp : p
  · exact hp
  · exact absurd hp h

theorem excluded_middle_is_not_refuted (p : Prop) : ¬¬(p ∨ ¬p) := by
  intro h
  apply h
  right
  intro hp
  exact h (Or.inl hp)

theorem peirce (p q : Prop) : ((p → q) → p) → p := by
  intro h
  by_cases hp : p
  · exact hp
  · apply h
    intro hp'
    exact absurd hp' hp

theorem contraposition_backwards (p q : Prop) : (¬q → ¬p) → p → q := by
  intro h hp
  by_cases hq : q
  · exact hq
  · exact absurd hp (h hq)

theorem implication_as_or (p q : Prop) : (p → q) ↔ ¬p ∨ q := by
  constructor
  · intro h
    by_cases hp : p
    · exact Or.inr (h hp)
    · exact Or.inl hp
  · intro h hp
    rcases h with hn | hq
    · exact absurd hp hn
    · exact hq

theorem de_morgan_hard_half (p q : Prop) : ¬(p ∧ q) → ¬p ∨ ¬q := by
  intro h
  by_cases hp : p
  · right
    intro hq
    exact h ⟨hp, hq⟩
  · exact Or.inl hp

theorem any_two_are_comparable (p q : Prop) : (p → q) ∨ (q → p) := by
  by_cases hp : p
  · right
    intro _
    exact hp
  · left
    intro hp'
    exact absurd hp' hp

theorem a_failed_implication (p q : Prop) : ¬(p → q) → p ∧ ¬q := by
  intro h
  by_cases hp : p
  · refine ⟨hp, ?_⟩
    intro hq
    exact h (fun _ => hq)
  · exact absurd (fun hp' => absurd hp' hp) h

theorem or_over_and_both_ways (p q r : Prop) : p ∨ (q ∧ r) ↔ (p ∨ q) ∧ (p ∨ r) := by
  constructor
  · intro h
    rcases h with hp | ⟨hq, hr⟩
    · exact ⟨Or.inl hp, Or.inl hp⟩
    · exact ⟨Or.inr hq, Or.inr hr⟩
  · intro h
    rcases h with ⟨hp | hq, hp' | hr⟩
    · exact Or.inl hp
    · exact Or.inl hp
    · exact Or.inl hp'
    · exact Or.inr ⟨hq, hr⟩

theorem not_always_has_an_exception (α : Type) (P : α → Prop) : ¬(∀ x, P x) → ∃ x, ¬P x := by
  intro h
  by_cases hex : ∃ x, ¬P x
  · exact hex
  · exfalso
    apply h
    intro x
    by_cases hx : P x
    · exact hx
    · exact absurd ⟨x, hx⟩ hex

theorem laws_of_both (α : Type) (P Q : α → Prop) : (∀ x, P x ∧ Q x) ↔ (∀ x, P x) ∧ (∀ x, Q x) := by
  constructor
  · intro h
    constructor
    · intro x
      exact (h x).left
    · intro x
      exact (h x).right
  · intro h x
    exact ⟨h.left x, h.right x⟩

theorem no_statement_is_its_negation (p : Prop) : ¬(p ↔ ¬p) := by
  intro h
  have hn : ¬p := by
    intro hp
    exact h.mp hp hp
  exact hn (h.mpr hn)

/-! level 5, logic -/

theorem iff_is_associative (p q r : Prop) : ((p ↔ q) ↔ r) ↔ (p ↔ (q ↔ r)) := by
  by_cases hp : p <;> by_cases hq : q <;> by_cases hr : r <;> simp [hp, hq, hr]

theorem two_of_three (p q r : Prop) : (p ∧ q) ∨ (q ∧ r) ∨ (r ∧ p) ↔ (p ∨ q) ∧ (q ∨ r) ∧ (r ∨ p) := by
  by_cases hp : p <;> by_cases hq : q <;> by_cases hr : r <;> simp [hp, hq, hr]

theorem the_drinker (α : Type) (a : α) (drinks : α → Prop) : ∃ x, drinks x → ∀ y, drinks y := by
  by_cases h : ∃ x, ¬drinks x
  · obtain ⟨x, hx⟩ := h
    exact ⟨x, fun hd => absurd hd hx⟩
  · refine ⟨a, ?_⟩
    intro _ y
    by_cases hy : drinks y
    · exact hy
    · exact absurd ⟨y, hy⟩ h

theorem no_barber_shaves_exactly_the_others (α : Type) (shaves : α → α → Prop) :
    ¬∃ b, ∀ x, shaves b x ↔ ¬shaves x x := by
  intro h
  obtain ⟨b, hb⟩ := h
  have hn : ¬shaves b b := by
    intro hs
    exact (hb b).mp hs hs
  exact hn ((hb b).mpr hn)

theorem properties_outnumber_things (α : Type) (f : α → α → Prop) : ¬∀ P : α → Prop, ∃ a, f a = P := by
  intro h
  obtain ⟨a, ha⟩ := h (fun x => ¬f x x)
  have hd : f a a = ¬f a a := congrFun ha a
  have hn : ¬f a a := by
    intro hf
    have hn : ¬f a a := by
      rw [← hd]
      exact hf
    exact hn hf
  apply hn
  rw [hd]
  exact hn

theorem premise_moves_out_of_a_witness (α : Type) (a : α) (p : Prop) (P : α → Prop) :
    (p → ∃ x, P x) → ∃ x, p → P x := by
  intro h
  by_cases hp : p
  · obtain ⟨x, hx⟩ := h hp
    exact ⟨x, fun _ => hx⟩
  · exact ⟨a, fun hp' => absurd hp' hp⟩

theorem three_statements_two_values (p q r : Prop) : (p ↔ q) ∨ (q ↔ r) ∨ (p ↔ r) := by
  by_cases hp : p <;> by_cases hq : q <;> by_cases hr : r <;> simp [hp, hq, hr]

theorem always_or_once (α : Type) (p : Prop) (P : α → Prop) : (∀ x, p ∨ P x) ↔ p ∨ ∀ x, P x := by
  constructor
  · intro h
    by_cases hp : p
    · exact Or.inl hp
    · right
      intro x
      rcases h x with hp' | hx
      · exact absurd hp' hp
      · exact hx
  · intro h x
    rcases h with hp | hall
    · exact Or.inl hp
    · exact Or.inr (hall x)

/-! level 3, logic -/

inductive Kind where
  | knight
  | knave

/-- What a knight says is true, and what a knave says is not. -/
def says : Kind → Prop → Prop
  | .knight, p => p
  | .knave, p => ¬p

theorem a_knight_tells_the_truth (p : Prop) (h : says .knight p) : p := by
  exact h

theorem everyone_is_one_or_the_other (a : Kind) : a = .knight ∨ a = .knave := by
  cases a with
  | knight => exact Or.inl rfl
  | knave => exact Or.inr rfl

theorem nobody_says_i_am_a_knave (a : Kind) : ¬says a (a = .knave) := by
  intro h
  cases a with
  | knight => exact Kind.noConfusion h
  | knave => exact h rfl

/-! level 4, logic -/

theorem everybody_says_i_am_a_knight (a : Kind) : says a (a = .knight) := by
  cases a with
  | knight => exact rfl
  | knave =>
    intro h
    injection h

theorem who_says_we_are_both_knaves (a b : Kind) (h : says a (a = .knave ∧ b = .knave)) :
    a = .knave ∧ b = .knight := by
  cases a with
  | knight =>
    obtain ⟨h₁, _⟩ := h
    injection h₁
  | knave =>
    cases b with
    | knight => exact ⟨rfl, rfl⟩
    | knave => exact absurd ⟨rfl, rfl⟩ h

/-! level 5, logic -/

theorem who_says_at_least_one_is_a_knave (a b : Kind) (h : says a (a = .knave ∨ b = .knave)) :
    a = .knight ∧ b = .knave := by
  cases a with
  | knight =>
    rcases h with h₁ | h₂
    · injection h₁
    · exact ⟨rfl, h₂⟩
  | knave => exact absurd (Or.inl rfl) h

theorem we_are_of_the_same_kind (a b : Kind) (h : says a (a = b)) : b = .knight := by
  cases a with
  | knight => exact Eq.symm h
  | knave =>
    cases b with
    | knight => rfl
    | knave => exact absurd rfl h

theorem two_who_accuse_each_other (a b : Kind) (h₁ : says a (b = .knave)) (h₂ : says b (a = .knave)) : a ≠ b := by
  intro h
  subst h
  cases a with
  | knight => injection h₁
  | knave => exact h₁ rfl
