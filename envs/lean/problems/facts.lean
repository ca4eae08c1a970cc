/-
Facts that a computation settles, and what lies just behind them: divisibility, remainders, parity, Boolean tables.
-/

/-! level 1, facts -/

theorem fifteen_is_a_product : 3 * 5 = 15 := by
  decide

theorem seven_is_not_four : 7 ≠ 4 := by
  decide

theorem two_to_the_tenth : 2 ^ 10 = 1024 := by
  decide

theorem remainder_of_seventeen : 17 % 5 = 2 := by
  decide

theorem quotient_of_seventeen : 17 / 5 = 3 := by
  decide

theorem gcd_of_twelve_and_eighteen : Nat.gcd 12 18 = 6 := by
  decide

theorem a_subtraction_that_stops_at_zero : 3 - 5 = 0 := by
  decide

theorem both_facts_hold : 2 < 3 ∧ 3 < 4 := by
  decide

theorem one_of_two_facts_holds : 5 < 3 ∨ 3 < 5 := by
  decide

theorem a_false_premise : 4 < 2 → 1 = 2 := by
  decide

theorem true_and_false : (true && false) = false := by
  decide

theorem every_boolean_or_its_negation : ∀ b : Bool, (b || !b) = true := by
  decide

theorem letters_differ : 'a' ≠ 'b' := by
  decide

theorem a_word_is_itself : "lean" = "lean" := by
  rfl

theorem squares_below_five : ∀ n, n < 5 → n * n < 25 := by
  decide

theorem four_is_between : ∃ n, n < 10 ∧ n * n = 16 := by
  exact ⟨4, by decide⟩

/-! level 2, facts -/

theorem six_divides_eighteen : 6 ∣ 18 := by
  exact ⟨3, rfl⟩

theorem one_divides_everything (n : Nat) : 1 ∣ n := by
  exact ⟨n, (Nat.one_mul n).symm⟩

theorem everything_divides_zero (n : Nat) : n ∣ 0 := by
  exact ⟨0, rfl⟩

theorem a_number_divides_itself (n : Nat) : n ∣ n := by
  exact ⟨1, (Nat.mul_one n).symm⟩

theorem a_factor_divides (a b : Nat) : a ∣ a * b := by
  exact ⟨b, rfl⟩

theorem boolean_de_morgan (a b : Bool) : (!(a && b)) = (!a || !b) := by
  cases a <;> cases b <;> rfl

theorem boolean_and_commutes (a b : Bool) : (a && b) = (b && a) := by
  cases a <;> cases b <;> rfl

theorem a_number_with_a_square_of_49 : ∃ n, n * n = 49 := by
  exact ⟨7, rfl⟩

theorem a_sum_of_two_squares : ∃ a b, a * a + b * b = 25 := by
  exact ⟨3, 4, rfl⟩

theorem some_bool_is_fixed_by_not_never (b : Bool) : (!b) ≠ b := by
  cases b <;> decide

theorem exactly_one_below_one (n : Nat) (h : n < 1) : n = 0 := by
  cases n with
  | zero => rfl
  | succ n => contradiction

theorem a_remainder_of_a_product : (13 * 17) % 10 = (3 * 7) % 10 := by
  decide

/-- The colours of a traffic light. -/
inductive Light where
  | red
  | green
  | yellow

/-- What follows a colour. -/
def next : Light → Light
  | .red => .green
  | .green => .yellow
  | .yellow => .red

theorem three_changes_of_the_light (l : Light) : next (next (next l)) = l := by
  cases l <;> rfl

theorem the_light_always_changes (l : Light) : next l ≠ l := by
  cases l <;> intro h <;> contradiction

/-! level 3, facts -/

theorem divisors_chain (a b c : Nat) (h₁ : a ∣ b) (h₂ : b ∣ c) : a ∣ c := by
  obtain ⟨k, hk⟩ := h₁
  obtain ⟨m, hm⟩ := h₂
  exact ⟨k * m, by rw [hm, hk, Nat.mul_assoc]⟩

theorem a_divisor_of_both_divides_the_sum (a b c : Nat) (h₁ : a ∣ b) (h₂ : a ∣ c) : a ∣ b + c := by
  obtain ⟨k, hk⟩ := h₁
  obtain ⟨m, hm⟩ := h₂
  exact ⟨k + m, by rw [hk, hm, Nat.mul_add]⟩

theorem a_divisor_divides_multiples (a b c : Nat) (h : a ∣ b) : a ∣ b * c := by
  obtain ⟨k, hk⟩ := h
  exact ⟨k * c, by rw [hk, Nat.mul_assoc]⟩

theorem only_zero_is_a_multiple_of_zero (n : Nat) (h : 0 ∣ n) : n = 0 := by
  obtain ⟨k, hk⟩ := h
  rw [hk, Nat.zero_mul]

theorem squares_never_end_in_two : ∀ n, n < 10 → n * n % 10 ≠ 2 := by
  decide

theorem boolean_distributivity (a b c : Bool) : (a && (b || c)) = (a && b || a && c) := by
  cases a <;> cases b <;> cases c <;> rfl

theorem a_multiple_of_four_is_even (n : Nat) (h : 4 ∣ n) : 2 ∣ n := by
  obtain ⟨k, hk⟩ := h
  exact ⟨2 * k, by rw [hk, ← Nat.mul_assoc]⟩

theorem the_product_of_multiples (a b c d : Nat) (h₁ : a ∣ b) (h₂ : c ∣ d) : a * c ∣ b * d := by
  obtain ⟨k, hk⟩ := h₁
  obtain ⟨m, hm⟩ := h₂
  refine ⟨k * m, ?_⟩
  rw [hk, hm, Nat.mul_assoc, Nat.mul_assoc, ← Nat.mul_assoc k c m, Nat.mul_comm k c, Nat.mul_assoc c k m]

/-- Even numbers. -/
inductive Even : Nat → Prop where
  | zero : Even 0
  | step (n : Nat) : Even n → Even (n + 2)

theorem four_is_even : Even 4 := by
  exact .step 2 (.step 0 .zero)

theorem one_is_not_even : ¬Even 1 := by
  intro h
  cases h

theorem even_two_less (n : Nat) (h : Even (n + 2)) : Even n := by
  cases h with
  | step _ h => exact h

theorem a_double_is_an_even_number (n : Nat) : Even (n + n) := by
  induction n with
  | zero => exact .zero
  | succ n ih =>
    show Even (n + 1 + (n + 1))
    rw [Nat.add_right_comm n 1 (n + 1), ← Nat.add_assoc n n 1]
    exact .step _ ih

/-- Rock, paper, scissors. -/
inductive Hand where
  | rock
  | paper
  | scissors

/-- Whether the first hand beats the second. -/
def beats : Hand → Hand → Bool
  | .rock, .scissors => true
  | .paper, .rock => true
  | .scissors, .paper => true
  | _, _ => false

theorem nobody_beats_who_beats_them (a b : Hand) (h : beats a b = true) : beats b a = false := by
  cases a <;> cases b <;> first | rfl | contradiction

theorem beating_goes_around (a b c : Hand) (h₁ : beats a b = true) (h₂ : beats b c = true) : beats c a = true := by
  cases a <;> cases b <;> first | contradiction | cases c <;> first | rfl | contradiction

/-! level 4, facts -/

theorem an_even_number_is_a_double (n : Nat) (h : Even n) : ∃ k, n = 2 * k := by
  induction h with
  | zero => exact ⟨0, rfl⟩
  | step n _ ih =>
    obtain ⟨k, hk⟩ := ih
    exact ⟨k + 1, by rw [hk]; rfl⟩

theorem sums_of_even_numbers (a b : Nat) (ha : Even a) (hb : Even b) : Even (a + b) := by
  induction hb with
  | zero => exact ha
  | step b _ ih => exact .step (a + b) ih

theorem a_number_or_its_successor_is_even (n : Nat) : Even n ∨ Even (n + 1) := by
  induction n with
  | zero => exact Or.inl .zero
  | succ n ih =>
    rcases ih with h | h
    · exact Or.inr (.step n h)
    · exact Or.inl h

theorem never_two_even_numbers_in_a_row (n : Nat) (h : Even n) : ¬Even (n + 1) := by
  induction h with
  | zero =>
    intro h
    cases h
  | step n _ ih =>
    intro h
    cases h with
    | step _ h => exact ih h

theorem a_divisor_of_a_positive_number_is_no_larger (a b : Nat) (h : a ∣ b + 1) : a ≤ b + 1 := by
  obtain ⟨k, hk⟩ := h
  cases k with
  | zero => contradiction
  | succ k =>
    rw [hk]
    show a ≤ a * k + a
    exact Nat.le_add_left a (a * k)

theorem mutual_divisors_are_equal_when_one_is_prime_to_zero (a b : Nat) (h₁ : a + 1 ∣ b + 1) (h₂ : b + 1 ∣ a + 1) :
    a = b := by
  have le : ∀ a b : Nat, a ∣ b + 1 → a ≤ b + 1 := by
    intro a b h
    obtain ⟨k, hk⟩ := h
    cases k with
    | zero => contradiction
    | succ k =>
      rw [hk]
      show a ≤ a * k + a
      exact Nat.le_add_left a (a * k)
  have h : a + 1 = b + 1 := Nat.le_antisymm (le _ _ h₁) (le _ _ h₂)
  injection h

theorem a_pythagorean_triple_below_twenty : ∃ a b c, a < b ∧ b < c ∧ c < 20 ∧ a * a + b * b = c * c ∧ a % 3 ≠ 0 := by
  exact ⟨8, 15, 17, by decide⟩

theorem thirteen_has_no_divisor : ∀ d, d < 13 → 1 < d → 13 % d ≠ 0 := by
  decide

theorem four_booleans_have_two_equal_neighbours (a b c d : Bool) (h₁ : a ≠ b) (h₂ : b ≠ c) (h₃ : c ≠ d) : a = c ∧ b = d := by
  cases a <;> cases b <;> cases c <;> cases d <;> simp_all

theorem every_amount_from_eight_on (n : Nat) : ∃ a b, n + 8 = 3 * a + 5 * b := by
  have three : ∀ n, (∃ a b, n + 8 = 3 * a + 5 * b) ∧ (∃ a b, n + 9 = 3 * a + 5 * b) ∧ ∃ a b, n + 10 = 3 * a + 5 * b := by
    intro n
    induction n with
    | zero => exact ⟨⟨1, 1, rfl⟩, ⟨3, 0, rfl⟩, ⟨0, 2, rfl⟩⟩
    | succ n ih =>
      obtain ⟨⟨a, b, h⟩, h₁, h₂⟩ := ih
      refine ⟨h₁, h₂, ⟨a + 1, b, ?_⟩⟩
      show n + 8 + 3 = 3 * (a + 1) + 5 * b
      rw [Nat.mul_add, Nat.add_right_comm (3 * a) (3 * 1), ← h]
  exact (three n).left

/-! level 5, facts -/

theorem products_with_an_even_number (a b : Nat) (h : Even a) : Even (a * b) := by
  have add : ∀ c, Even c → Even (c + a) := by
    intro c hc
    induction h with
    | zero => exact hc
    | step n _ ih => exact .step (c + n) ih
  induction b with
  | zero => exact .zero
  | succ b ih => exact add (a * b) ih

theorem a_product_of_neighbours_is_even (n : Nat) : Even (n * (n + 1)) := by
  have add : ∀ a b, Even a → Even b → Even (a + b) := by
    intro a b ha hb
    induction hb with
    | zero => exact ha
    | step b _ ih => exact .step (a + b) ih
  have twice : ∀ n, Even (n + n) := by
    intro n
    induction n with
    | zero => exact .zero
    | succ n ih =>
      show Even (n + 1 + (n + 1))
      rw [Nat.add_right_comm n 1 (n + 1), ← Nat.add_assoc n n 1]
      exact .step _ ih
  have step : ∀ n, (n + 1) * (n + 1 + 1) = n * (n + 1) + ((n + 1) + (n + 1)) := by
    intro n
    rw [Nat.mul_add (n + 1) (n + 1) 1, Nat.mul_one, Nat.mul_add (n + 1) n 1, Nat.mul_one, Nat.mul_comm (n + 1) n,
      Nat.add_assoc]
  induction n with
  | zero => exact .zero
  | succ n ih =>
    rw [step]
    exact add _ _ ih (twice (n + 1))

theorem an_even_summand_and_an_even_sum (a b : Nat) (h₁ : Even a) (h₂ : Even (b + a)) : Even b := by
  induction h₁ with
  | zero => exact h₂
  | step a _ ih =>
    apply ih
    cases h₂ with
    | step _ h => exact h

theorem even_numbers_never_end (n : Nat) : ∃ m, n < m ∧ Even m := by
  induction n with
  | zero => exact ⟨2, by decide, .step 0 .zero⟩
  | succ n ih =>
    obtain ⟨m, hm, he⟩ := ih
    exact ⟨m + 2, Nat.succ_lt_succ (Nat.lt_trans hm (Nat.lt_succ_self m)), .step m he⟩

theorem even_exactly_if_a_double (n : Nat) : Even n ↔ ∃ k, n = k + k := by
  constructor
  · intro h
    induction h with
    | zero => exact ⟨0, rfl⟩
    | step n _ ih =>
      obtain ⟨k, hk⟩ := ih
      refine ⟨k + 1, ?_⟩
      show n + 1 + 1 = k + 1 + (k + 1)
      rw [hk, Nat.add_right_comm k 1 (k + 1), ← Nat.add_assoc k k 1]
  · intro h
    obtain ⟨k, hk⟩ := h
    subst hk
    induction k with
    | zero => exact .zero
    | succ k ih =>
      show Even (k + 1 + (k + 1))
      rw [Nat.add_right_comm k 1 (k + 1), ← Nat.add_assoc k k 1]
      exact .step _ ih

theorem four_maps_between_booleans (f : Bool → Bool) :
    f = (fun b => b) ∨ f = (fun b => !b) ∨ f = (fun _ => true) ∨ f = (fun _ => false) := by
  cases ht : f true <;> cases hf : f false
  · right; right; right
    funext b
    cases b
    · exact hf
    · exact ht
  · right; left
    funext b
    cases b
    · exact hf
    · exact ht
  · left
    funext b
    cases b
    · exact hf
    · exact ht
  · right; right; left
    funext b
    cases b
    · exact hf
    · exact ht

theorem an_even_square_has_an_even_root (n : Nat) (parity : Even n ∨ Even (n + 1))
    (product : ∀ a b, Even b → Even (a * b)) (h : Even (n * n)) : Even n := by
  have cancel : ∀ a b, Even a → Even (a + b) → Even b := by
    intro a b ha
    induction ha with
    | zero =>
      intro hb
      rw [Nat.zero_add] at hb
      exact hb
    | step a _ ih =>
      intro hb
      rw [Nat.add_right_comm] at hb
      cases hb with
      | step _ hb => exact ih hb
  rcases parity with he | he
  · exact he
  · apply cancel (n * n) n h
    have h' : Even (n * (n + 1)) := product n (n + 1) he
    rw [Nat.mul_add, Nat.mul_one] at h'
    exact h'
