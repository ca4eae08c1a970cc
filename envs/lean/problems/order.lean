/-
Order of the natural numbers, and orders in general.
-/

/-! level 1, order -/

theorem at_most_itself (n : Nat) : n ≤ n := by
  exact Nat.le_refl n

theorem zero_is_least (n : Nat) : 0 ≤ n := by
  exact Nat.zero_le n

theorem below_the_successor (n : Nat) : n < n + 1 := by
  exact Nat.lt_succ_self n

theorem the_bound_is_given (a b : Nat) (h : a ≤ b) : a ≤ b := by
  exact h

theorem two_below_five : 2 < 5 := by
  decide

theorem seven_not_below_seven : ¬7 < 7 := by
  decide

theorem a_step_up (a b : Nat) (h : a < b) : a + 1 ≤ b := by
  exact h

theorem chain_of_bounds (a b c : Nat) (h₁ : a ≤ b) (h₂ : b ≤ c) : a ≤ c := by
  exact Nat.le_trans h₁ h₂

theorem strictly_below_is_below (a b : Nat) (h : a < b) : a ≤ b := by
  exact Nat.le_of_lt h

theorem squeezed_to_equality (a b : Nat) (h₁ : a ≤ b) (h₂ : b ≤ a) : a = b := by
  exact Nat.le_antisymm h₁ h₂

theorem never_below_itself (n : Nat) : ¬n < n := by
  exact Nat.lt_irrefl n

theorem greater_is_less_turned (a b : Nat) (h : a > b) : b < a := by
  exact h

theorem one_of_two_ways (a b : Nat) : a ≤ b ∨ b ≤ a := by
  exact Nat.le_total a b

theorem successors_are_positive (n : Nat) : 0 < n + 1 := by
  exact Nat.succ_pos n

/-! level 2, order -/

theorem strict_chain (a b c : Nat) (h₁ : a < b) (h₂ : b < c) : a < c := by
  exact Nat.lt_trans h₁ h₂

theorem chain_of_three_bounds (a b c d : Nat) (h₁ : a ≤ b) (h₂ : b ≤ c) (h₃ : c ≤ d) : a ≤ d := by
  apply Nat.le_trans h₁
  exact Nat.le_trans h₂ h₃

theorem equal_means_at_most (a b : Nat) (h : a = b) : a ≤ b := by
  subst h
  exact Nat.le_refl a

theorem bound_through_an_equation (a b c : Nat) (h₁ : a = b) (h₂ : b < c) : a < c := by
  rw [h₁]
  exact h₂

theorem one_more_is_at_least (a b : Nat) (h : a ≤ b) : a ≤ b + 1 := by
  apply Nat.le_trans h
  exact Nat.le_succ b

theorem at_most_zero_is_zero (n : Nat) (h : n ≤ 0) : n = 0 := by
  cases h
  rfl

theorem nothing_is_below_zero (n : Nat) : ¬n < 0 := by
  intro h
  cases h

theorem at_most_the_sum (a b : Nat) : a ≤ a + b := by
  exact Nat.le_add_right a b

theorem adding_on_the_left_keeps_bounds (a b c : Nat) (h : a ≤ b) : c + a ≤ c + b := by
  exact Nat.add_le_add_left h c

theorem below_means_different (a b : Nat) (h : a < b) : a ≠ b := by
  intro h'
  rw [h'] at h
  exact Nat.lt_irrefl b h

theorem positive_means_not_zero (n : Nat) (h : 0 < n) : n ≠ 0 := by
  intro h'
  rw [h'] at h
  cases h

theorem bounds_of_successors (a b : Nat) (h : a ≤ b) : a + 1 ≤ b + 1 := by
  exact Nat.succ_le_succ h

theorem mixed_chain (a b c : Nat) (h₁ : a ≤ b) (h₂ : b < c) : a < c := by
  exact Nat.lt_of_le_of_lt h₁ h₂

theorem not_both_below_each_other (a b : Nat) (h₁ : a < b) (h₂ : b < a) : False := by
  exact Nat.lt_irrefl a (Nat.lt_trans h₁ h₂)

theorem minimum_of_equal_numbers (a : Nat) : min a a ≤ a := by
  exact Nat.min_le_left a a

/-! level 3, order -/

theorem one_of_three_ways (a b : Nat) : a < b ∨ a = b ∨ b < a := by
  rcases Nat.lt_or_ge a b with h | h
  · exact Or.inl h
  · rcases Nat.eq_or_lt_of_le h with h' | h'
    · exact Or.inr (Or.inl h'.symm)
    · exact Or.inr (Or.inr h')

theorem sums_of_bounds (a b c d : Nat) (h₁ : a ≤ b) (h₂ : c ≤ d) : a + c ≤ b + d := by
  apply Nat.le_trans (Nat.add_le_add_right h₁ c)
  exact Nat.add_le_add_left h₂ b

theorem bound_as_a_difference (a b : Nat) (h : a ≤ b) : ∃ c, b = a + c := by
  induction h with
  | refl => exact ⟨0, rfl⟩
  | step _ ih =>
    obtain ⟨c, hc⟩ := ih
    exact ⟨c + 1, by rw [hc]; rfl⟩

theorem a_difference_is_a_bound (a b : Nat) (h : ∃ c, b = a + c) : a ≤ b := by
  obtain ⟨c, hc⟩ := h
  rw [hc]
  exact Nat.le_add_right a c

theorem not_at_most_is_above (a b : Nat) (h : ¬a ≤ b) : b < a := by
  rcases Nat.lt_or_ge b a with h' | h'
  · exact h'
  · exact absurd h' h

theorem at_most_and_different_is_below (a b : Nat) (h₁ : a ≤ b) (h₂ : a ≠ b) : a < b := by
  rcases Nat.eq_or_lt_of_le h₁ with h | h
  · exact absurd h h₂
  · exact h

theorem product_keeps_bounds (a b c : Nat) (h : a ≤ b) : c * a ≤ c * b := by
  exact Nat.mul_le_mul_left c h

theorem squares_keep_bounds (a b : Nat) (h : a ≤ b) : a * a ≤ b * b := by
  exact Nat.mul_le_mul h h

theorem cancelling_a_summand (a b c : Nat) (h : a + c ≤ b + c) : a ≤ b := by
  induction c with
  | zero => exact h
  | succ c ih => exact ih (Nat.le_of_succ_le_succ h)

theorem there_is_no_largest_number : ¬∃ n : Nat, ∀ m : Nat, m ≤ n := by
  intro h
  obtain ⟨n, hn⟩ := h
  exact Nat.lt_irrefl n (hn (n + 1))

theorem minimum_is_at_most_both (a b c : Nat) (h : c ≤ min a b) : c ≤ a ∧ c ≤ b := by
  constructor
  · exact Nat.le_trans h (Nat.min_le_left a b)
  · exact Nat.le_trans h (Nat.min_le_right a b)

theorem no_number_between (n m : Nat) (h₁ : n < m) (h₂ : m < n + 1) : False := by
  exact Nat.lt_irrefl n (Nat.lt_of_lt_of_le h₁ (Nat.le_of_lt_succ h₂))

/-! level 4, order -/

/-- Whether a function on numbers goes up with its argument. -/
def monotone (f : Nat → Nat) : Prop := ∀ a b, a ≤ b → f a ≤ f b

theorem composition_of_monotone_functions (f g : Nat → Nat) (hf : monotone f) (hg : monotone g) :
    monotone (fun x => f (g x)) := by
  intro a b h
  exact hf (g a) (g b) (hg a b h)

theorem steps_up_make_a_monotone_function (f : Nat → Nat) (h : ∀ n, f n ≤ f (n + 1)) : monotone f := by
  intro a b hab
  induction hab with
  | refl => exact Nat.le_refl (f a)
  | step _ ih => exact Nat.le_trans ih (h _)

theorem sum_of_monotone_functions (f g : Nat → Nat) (hf : monotone f) (hg : monotone g) :
    monotone (fun x => f x + g x) := by
  intro a b h
  exact Nat.add_le_add (hf a b h) (hg a b h)

theorem every_number_is_below_its_power_of_two (n : Nat) : n < 2 ^ n := by
  induction n with
  | zero => decide
  | succ n ih =>
    show n + 1 < 2 ^ n * 2
    rw [Nat.mul_two]
    exact Nat.add_lt_add_of_lt_of_le ih (Nat.lt_of_le_of_lt (Nat.zero_le n) ih)

theorem division_by_bounds (P : Nat → Prop) (h : ∀ n, (∀ m, m < n → P m) → P n) (n : Nat) : P n := by
  have below : ∀ k m, m < k → P m := by
    intro k
    induction k with
    | zero =>
      intro m hm
      cases hm
    | succ k ih =>
      intro m hm
      apply h
      intro l hl
      exact ih l (Nat.lt_of_lt_of_le hl (Nat.le_of_lt_succ hm))
  exact below (n + 1) n (Nat.lt_succ_self n)

theorem strictly_increasing_is_at_least_the_argument (f : Nat → Nat) (h : ∀ n, f n < f (n + 1)) (n : Nat) : n ≤ f n := by
  induction n with
  | zero => exact Nat.zero_le (f 0)
  | succ n ih => exact Nat.lt_of_le_of_lt ih (h n)

theorem order_and_its_reverse (le : Nat → Nat → Prop) (trans : ∀ a b c, le a b → le b c → le a c)
    (antisymm : ∀ a b, le a b → le b a → a = b) (a b c : Nat) (h₁ : le a b) (h₂ : le b c) (h₃ : le c a) : a = c := by
  apply antisymm
  · exact trans a b c h₁ h₂
  · exact h₃

theorem two_least_elements_are_one (P : Nat → Prop) (a b : Nat) (ha : P a) (hb : P b) (la : ∀ x, P x → a ≤ x)
    (lb : ∀ x, P x → b ≤ x) : a = b := by
  apply Nat.le_antisymm
  · exact la b hb
  · exact lb a ha

theorem maximum_is_the_least_upper_bound (a b c : Nat) : max a b ≤ c ↔ a ≤ c ∧ b ≤ c := by
  constructor
  · intro h
    exact ⟨Nat.le_trans (Nat.le_max_left a b) h, Nat.le_trans (Nat.le_max_right a b) h⟩
  · intro h
    exact Nat.max_le.mpr h

/-- The larger of two numbers, by taking one from each. -/
def larger : Nat → Nat → Nat
  | 0, m => m
  | n + 1, 0 => n + 1
  | n + 1, m + 1 => larger n m + 1

theorem larger_bounds_the_first (n m : Nat) : n ≤ larger n m := by
  induction n generalizing m with
  | zero => exact Nat.zero_le _
  | succ n ih =>
    cases m with
    | zero => exact Nat.le_refl (n + 1)
    | succ m => exact Nat.succ_le_succ (ih m)

/-! level 5, order -/

theorem larger_is_the_least_bound (n m k : Nat) (hn : n ≤ k) (hm : m ≤ k) : larger n m ≤ k := by
  induction n generalizing m k with
  | zero => exact hm
  | succ n ih =>
    cases m with
    | zero => exact hn
    | succ m =>
      cases k with
      | zero => cases hn
      | succ k => exact Nat.succ_le_succ (ih m k (Nat.le_of_succ_le_succ hn) (Nat.le_of_succ_le_succ hm))

theorem larger_in_the_other_order (n m : Nat) : larger n m = larger m n := by
  induction n generalizing m with
  | zero =>
    cases m with
    | zero => rfl
    | succ m => rfl
  | succ n ih =>
    cases m with
    | zero => rfl
    | succ m =>
      show larger n m + 1 = larger m n + 1
      rw [ih]

/-- How far apart two numbers are. -/
def distance : Nat → Nat → Nat
  | 0, m => m
  | n + 1, 0 => n + 1
  | n + 1, m + 1 => distance n m

theorem distance_zero_means_equal (n m : Nat) (h : distance n m = 0) : n = m := by
  induction n generalizing m with
  | zero => exact Eq.symm h
  | succ n ih =>
    cases m with
    | zero => exact h
    | succ m =>
      have h' : n = m := ih m h
      rw [h']

theorem distance_from_a_sum (n k : Nat) : distance n (n + k) = k := by
  induction n with
  | zero =>
    show 0 + k = k
    simp
  | succ n ih =>
    show distance (n + 1) (n + 1 + k) = k
    rw [Nat.add_right_comm n 1 k]
    exact ih

theorem distance_is_symmetric (n m : Nat) : distance n m = distance m n := by
  induction n generalizing m with
  | zero =>
    cases m with
    | zero => rfl
    | succ m => rfl
  | succ n ih =>
    cases m with
    | zero => rfl
    | succ m => exact ih m

theorem a_nonempty_set_has_a_least_element (P : Nat → Prop) (n : Nat) (hn : P n) :
    ∃ m, P m ∧ ∀ k, P k → m ≤ k := by
  by_cases hex : ∃ m, P m ∧ ∀ k, P k → m ≤ k
  · exact hex
  · exfalso
    have none_below : ∀ b m, m < b → ¬P m := by
      intro b
      induction b with
      | zero =>
        intro m hm
        cases hm
      | succ b ih =>
        intro m hm hP
        apply hex
        refine ⟨m, hP, ?_⟩
        intro k hk
        rcases Nat.lt_or_ge k m with hkm | hkm
        · exact absurd hk (ih k (Nat.lt_of_lt_of_le hkm (Nat.le_of_lt_succ hm)))
        · exact hkm
    exact none_below (n + 1) n (Nat.lt_succ_self n) hn

theorem a_factorial_grows (f : Nat → Nat) (h₀ : f 0 = 1) (h : ∀ n, f (n + 1) = (n + 1) * f n) (n : Nat) : 1 ≤ f n := by
  induction n with
  | zero =>
    exact Nat.le_of_eq h₀.symm
  | succ n ih =>
    rw [h]
    exact Nat.mul_le_mul (Nat.succ_le_succ (Nat.zero_le n)) ih
