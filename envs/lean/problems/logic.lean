/-
Propositional logic and quantifiers. A line `/-! level N, THEME -/` begins the problems of one level; the definitions that a
theorem mentions are its header; the proof that stands here is its gold proof.
-/

/-! level 1, logic -/

theorem no_condition_at_all (p : Prop) (h : True → p) : p := by
  exact h trivial

theorem the_hypothesis_is_the_goal (p q r : Prop) (h : p → q ∧ r) : p → q ∧ r := by
  exact h

theorem implies_itself (p : Prop) : p → p := by
  intro h
  exact h

theorem pick_the_second (p q : Prop) (hp : p) (hq : q) : q := by
  exact hq

theorem anything_from_false (p : Prop) (h : False) : p := by
  contradiction

theorem join_two_facts (p q : Prop) (hp : p) (hq : q) : p ∧ q := by
  exact ⟨hp, hq⟩

theorem first_half (p q : Prop) (h : p ∧ q) : p := by
  exact h.left

theorem weaken_to_left (p q : Prop) (h : p) : p ∨ q := by
  exact Or.inl h

theorem modus_ponens (p q : Prop) (h : p → q) (hp : p) : q := by
  exact h hp

theorem a_fact_and_its_negation (p : Prop) (hp : p) (hn : ¬p) : False := by
  exact hn hp

theorem false_is_refuted : ¬False := by
  intro h
  exact h

theorem true_or_anything (p : Prop) : True ∨ p := by
  exact Or.inl trivial

theorem instance_of_a_law (α : Type) (P : α → Prop) (a : α) (h : ∀ x, P x) : P a := by
  exact h a

theorem witness_given (α : Type) (P : α → Prop) (a : α) (h : P a) : ∃ x, P x := by
  exact ⟨a, h⟩

theorem one_way_of_iff (p q : Prop) (h : p ↔ q) (hq : q) : p := by
  exact h.mpr hq

/-! level 2, logic -/

theorem turn_and_around (p q : Prop) : p ∧ q → q ∧ p := by
  intro h
  exact ⟨h.right, h.left⟩

theorem turn_or_around (p q : Prop) : p ∨ q → q ∨ p := by
  intro h
  cases h with
  | inl hp => exact Or.inr hp
  | inr hq => exact Or.inl hq

theorem chain_of_implications (p q r : Prop) (h₁ : p → q) (h₂ : q → r) : p → r := by
  intro hp
  exact h₂ (h₁ hp)

theorem the_k_combinator (p q : Prop) : p → q → p := by
  intro hp _
  exact hp

theorem the_s_combinator (p q r : Prop) : (p → q → r) → (p → q) → p → r := by
  intro f g hp
  exact f hp (g hp)

theorem not_both_ways (p : Prop) : ¬(p ∧ ¬p) := by
  intro h
  exact h.right h.left

theorem doubly_not_refuted (p : Prop) : p → ¬¬p := by
  intro hp hn
  exact hn hp

theorem contraposition (p q : Prop) : (p → q) → ¬q → ¬p := by
  intro h hq hp
  exact hq (h hp)

theorem currying (p q r : Prop) : (p ∧ q → r) → p → q → r := by
  intro h hp hq
  exact h ⟨hp, hq⟩

theorem uncurrying (p q r : Prop) : (p → q → r) → p ∧ q → r := by
  intro h hpq
  exact h hpq.left hpq.right

theorem iff_turned_around (p q : Prop) : (p ↔ q) → (q ↔ p) := by
  intro h
  exact ⟨h.mpr, h.mp⟩

theorem neither_means_not_first (p q : Prop) : ¬(p ∨ q) → ¬p := by
  intro h hp
  exact h (Or.inl hp)

theorem law_of_both_gives_first (α : Type) (P Q : α → Prop) (h : ∀ x, P x ∧ Q x) : ∀ x, P x := by
  intro x
  exact (h x).left

theorem witness_of_both_gives_second (α : Type) (P Q : α → Prop) : (∃ x, P x ∧ Q x) → ∃ x, Q x := by
  intro h
  cases h with
  | intro x hx => exact ⟨x, hx.right⟩

theorem implication_into_iff (p q : Prop) (h₁ : p → q) (h₂ : q → p) : p ↔ q := by
  constructor
  · exact h₁
  · exact h₂

/-! level 3, logic -/

theorem and_regrouped (p q r : Prop) : (p ∧ q) ∧ r ↔ p ∧ (q ∧ r) := by
  constructor
  · intro h
    exact ⟨h.left.left, h.left.right, h.right⟩
  · intro h
    exact ⟨⟨h.left, h.right.left⟩, h.right.right⟩

theorem or_regrouped (p q r : Prop) : (p ∨ q) ∨ r → p ∨ (q ∨ r) := by
  intro h
  rcases h with (hp | hq) | hr
  · exact Or.inl hp
  · exact Or.inr (Or.inl hq)
  · exact Or.inr (Or.inr hr)

theorem and_over_or (p q r : Prop) : p ∧ (q ∨ r) → (p ∧ q) ∨ (p ∧ r) := by
  intro h
  rcases h with ⟨hp, hq | hr⟩
  · left
    exact ⟨hp, hq⟩
  · right
    exact ⟨hp, hr⟩

theorem or_over_and (p q r : Prop) : p ∨ (q ∧ r) → (p ∨ q) ∧ (p ∨ r) := by
  intro h
  rcases h with hp | ⟨hq, hr⟩
  · exact ⟨Or.inl hp, Or.inl hp⟩
  · exact ⟨Or.inr hq, Or.inr hr⟩

theorem de_morgan_for_or (p q : Prop) : ¬(p ∨ q) ↔ ¬p ∧ ¬q := by
  constructor
  · intro h
    exact ⟨fun hp => h (Or.inl hp), fun hq => h (Or.inr hq)⟩
  · intro h hpq
    rcases hpq with hp | hq
    · exact h.left hp
    · exact h.right hq

theorem de_morgan_easy_half (p q : Prop) : ¬p ∨ ¬q → ¬(p ∧ q) := by
  intro h hpq
  rcases h with hp | hq
  · exact hp hpq.left
  · exact hq hpq.right

theorem three_negations (p : Prop) : ¬¬¬p → ¬p := by
  intro h hp
  apply h
  intro hn
  exact hn hp

theorem dilemma (p q r s : Prop) (h₁ : p → r) (h₂ : q → s) : p ∨ q → r ∨ s := by
  intro h
  rcases h with hp | hq
  · left
    exact h₁ hp
  · right
    exact h₂ hq

theorem iff_chain (p q r : Prop) (h₁ : p ↔ q) (h₂ : q ↔ r) : p ↔ r := by
  constructor
  · intro hp
    exact h₂.mp (h₁.mp hp)
  · intro hr
    exact h₁.mpr (h₂.mpr hr)

theorem absorption_of_and (p q : Prop) : p ∨ (p ∧ q) ↔ p := by
  constructor
  · intro h
    rcases h with hp | h
    · exact hp
    · exact h.left
  · intro hp
    exact Or.inl hp

theorem disjunctive_syllogism (p q : Prop) : p ∨ q → ¬p → q := by
  intro h hn
  rcases h with hp | hq
  · contradiction
  · exact hq

theorem no_witness_means_never (α : Type) (P : α → Prop) : ¬(∃ x, P x) ↔ ∀ x, ¬P x := by
  constructor
  · intro h x hx
    exact h ⟨x, hx⟩
  · intro h hex
    obtain ⟨x, hx⟩ := hex
    exact h x hx

theorem witness_splits_over_or (α : Type) (P Q : α → Prop) : (∃ x, P x ∨ Q x) → (∃ x, P x) ∨ (∃ x, Q x) := by
  intro h
  obtain ⟨x, hP | hQ⟩ := h
  · left
    exact ⟨x, hP⟩
  · right
    exact ⟨x, hQ⟩

theorem one_for_all_is_all_have_one (α β : Type) (R : α → β → Prop) : (∃ y, ∀ x, R x y) → ∀ x, ∃ y, R x y := by
  intro h x
  obtain ⟨y, hy⟩ := h
  exact ⟨y, hy x⟩

theorem or_to_the_left_of_arrow (p q r : Prop) : (p ∨ q → r) ↔ (p → r) ∧ (q → r) := by
  constructor
  · intro h
    exact ⟨fun hp => h (Or.inl hp), fun hq => h (Or.inr hq)⟩
  · intro h hpq
    rcases hpq with hp | hq
    · exact h.left hp
    · exact h.right hq
