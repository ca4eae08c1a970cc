/-
Natural numbers: sums, products and powers, most of them by induction.
-/

/-! level 1, nat -/

theorem add_one_is_successor (n : Nat) : n + 1 = Nat.succ n := by
  rfl

theorem times_zero (n : Nat) : n * 0 = 0 := by
  rfl

theorem power_zero (n : Nat) : n ^ 0 = 1 := by
  rfl

theorem add_in_the_other_order (a b : Nat) : a + b = b + a := by
  exact Nat.add_comm a b

theorem multiply_in_the_other_order (a b : Nat) : a * b = b * a := by
  exact Nat.mul_comm a b

theorem zero_on_the_left (n : Nat) : 0 + n = n := by
  simp

theorem one_times (n : Nat) : 1 * n = n := by
  simp

theorem times_one_and_zero (n : Nat) : n * 1 + 0 = n := by
  simp

theorem a_number_less_itself (n : Nat) : n - n = 0 := by
  simp

theorem add_two_steps (n m : Nat) : n + (m + 1) = (n + m) + 1 := by
  rfl

theorem nothing_added_twice (n : Nat) : 0 + n + 0 = n := by
  simp

theorem a_power_of_one (n : Nat) : 1 ^ n = 1 := by
  simp

/-- Twice a number, by recursion. -/
def double : Nat → Nat
  | 0 => 0
  | n + 1 => double n + 2

theorem double_of_zero : double 0 = 0 := by
  rfl

theorem double_of_three : double 3 = 6 := by
  rfl

theorem double_of_a_successor (n : Nat) : double (n + 1) = double n + 2 := by
  rfl

/-- The sum 0 + 1 + ... + n. -/
def sumTo : Nat → Nat
  | 0 => 0
  | n + 1 => sumTo n + (n + 1)

theorem sum_to_four : sumTo 4 = 10 := by
  rfl

/-! level 2, nat -/

theorem add_regrouped (a b c : Nat) : a + b + c = a + (b + c) := by
  rw [Nat.add_assoc]

theorem add_last_two_exchanged (a b c : Nat) : a + b + c = a + c + b := by
  rw [Nat.add_assoc, Nat.add_comm b c, ← Nat.add_assoc]

theorem times_two (n : Nat) : n * 2 = n + n := by
  exact Nat.mul_two n

theorem product_over_sum (a b c : Nat) : a * (b + c) = a * b + a * c := by
  rw [Nat.mul_add]

theorem successor_on_the_left (a b : Nat) : (a + 1) + b = (a + b) + 1 := by
  rw [Nat.add_assoc, Nat.add_comm 1 b, ← Nat.add_assoc]

theorem never_its_own_successor_at_zero (n : Nat) : n + 1 ≠ 0 := by
  intro h
  contradiction

theorem square_as_a_product (n : Nat) : n ^ 2 = n * n := by
  show 1 * n * n = n * n
  simp

theorem a_positive_number_is_a_successor (n : Nat) (h : n ≠ 0) : ∃ m, n = m + 1 := by
  cases n with
  | zero => contradiction
  | succ m => exact ⟨m, rfl⟩

theorem add_cancelled_by_subtraction (a b : Nat) : a + b - b = a := by
  rw [Nat.add_sub_cancel]

theorem zero_times (n : Nat) : 0 * n + n = n := by
  simp

theorem cancel_on_the_right (a b c : Nat) (h : a + c = b + c) : a = b := by
  exact Nat.add_right_cancel h

theorem double_is_never_one (n : Nat) : double (n + 1) ≠ 1 := by
  intro h
  injection h with h
  contradiction

theorem sum_of_a_successor (n : Nat) : sumTo (n + 1) = n + 1 + sumTo n := by
  show sumTo n + (n + 1) = n + 1 + sumTo n
  rw [Nat.add_comm]

theorem triple_as_double_and_one (n : Nat) (h : double n = n + n) : double n + n = 3 * n := by
  rw [h, Nat.mul_comm, Nat.mul_succ, Nat.mul_two]

/-! level 3, nat -/

theorem zero_added_on_the_left_by_induction (n : Nat) : Nat.add 0 n = n := by
  induction n with
  | zero => rfl
  | succ n ih =>
    show Nat.succ (Nat.add 0 n) = Nat.succ n
    rw [ih]

theorem double_is_the_sum_with_itself (n : Nat) : double n = n + n := by
  induction n with
  | zero => rfl
  | succ n ih =>
    show double n + 1 + 1 = n + 1 + (n + 1)
    rw [ih, Nat.add_right_comm n 1 (n + 1), ← Nat.add_assoc n n 1]

theorem no_number_is_its_successor (n : Nat) : n ≠ n + 1 := by
  induction n with
  | zero =>
    intro h
    contradiction
  | succ n ih =>
    intro h
    injection h with h
    exact ih h

theorem sum_over_product_from_the_right (a b c : Nat) : (a + b) * c = b * c + a * c := by
  rw [Nat.add_mul, Nat.add_comm]

theorem product_of_three_reversed (a b c : Nat) : a * b * c = c * b * a := by
  rw [Nat.mul_comm (a * b) c, Nat.mul_comm a b, Nat.mul_assoc]

theorem four_terms_regrouped (a b c d : Nat) : (a + b) + (c + d) = (a + c) + (b + d) := by
  rw [Nat.add_assoc, ← Nat.add_assoc b c d, Nat.add_comm b c, Nat.add_assoc c b d, ← Nat.add_assoc]

theorem a_sum_that_is_zero (a b : Nat) (h : a + b = 0) : a = 0 ∧ b = 0 := by
  cases b with
  | zero => exact ⟨h, rfl⟩
  | succ b => contradiction

theorem a_product_with_a_positive_factor (a b : Nat) (h : a * (b + 1) = 0) : a = 0 := by
  cases a with
  | zero => rfl
  | succ a => contradiction

theorem power_of_zero (n : Nat) : 0 ^ (n + 1) = 0 := by
  show 0 ^ n * 0 = 0
  rfl

theorem power_with_one_more (a n : Nat) : a ^ (n + 1) = a * a ^ n := by
  show a ^ n * a = a * a ^ n
  rw [Nat.mul_comm]

/-- Addition that moves one unit at a time from the first number to the second. -/
def shift : Nat → Nat → Nat
  | 0, m => m
  | n + 1, m => shift n (m + 1)

theorem shifting_one_to_nothing (n : Nat) : shift n 1 = shift (n + 1) 0 := by
  rfl

theorem shifting_adds (n m : Nat) : shift n m = n + m := by
  induction n generalizing m with
  | zero =>
    show m = 0 + m
    simp
  | succ n ih =>
    show shift n (m + 1) = n + 1 + m
    rw [ih, Nat.add_assoc, Nat.add_comm m 1]

/-- Whether a number is even, by taking two away. -/
def isEven : Nat → Bool
  | 0 => true
  | n + 1 => !isEven n

theorem even_again_after_two (n : Nat) : isEven (n + 2) = isEven n := by
  show (!(!isEven n)) = isEven n
  cases isEven n <;> rfl

theorem a_double_is_even (n : Nat) : isEven (double n) = true := by
  induction n with
  | zero => rfl
  | succ n ih =>
    show (!(!isEven (double n))) = true
    rw [ih]
    rfl

/-! level 4, nat -/

theorem add_commutes_without_the_lemma (a b : Nat) (h₀ : ∀ n : Nat, 0 + n = n)
    (h₁ : ∀ n m : Nat, n + 1 + m = n + m + 1) : a + b = b + a := by
  induction a with
  | zero => exact h₀ b
  | succ a ih =>
    show a + 1 + b = b + a + 1
    rw [h₁, ih]

theorem gauss (n : Nat) : sumTo n * 2 = n * (n + 1) := by
  induction n with
  | zero => rfl
  | succ n ih =>
    show (sumTo n + (n + 1)) * 2 = (n + 1) * (n + 2)
    rw [Nat.add_mul, ih, Nat.mul_comm n (n + 1), ← Nat.mul_add]

theorem square_of_a_sum (a b : Nat) : (a + b) * (a + b) = a * a + 2 * (a * b) + b * b := by
  rw [Nat.add_mul, Nat.mul_add, Nat.mul_add, Nat.mul_comm b a, Nat.two_mul, ← Nat.add_assoc, ← Nat.add_assoc]

theorem powers_of_a_sum (a m n : Nat) : a ^ (m + n) = a ^ m * a ^ n := by
  induction n with
  | zero =>
    show a ^ m = a ^ m * 1
    simp
  | succ n ih =>
    show a ^ (m + n) * a = a ^ m * (a ^ n * a)
    rw [ih, Nat.mul_assoc]

theorem power_of_a_product (a b n : Nat) : (a * b) ^ n = a ^ n * b ^ n := by
  induction n with
  | zero => rfl
  | succ n ih =>
    show (a * b) ^ n * (a * b) = a ^ n * a * (b ^ n * b)
    rw [ih, Nat.mul_assoc, ← Nat.mul_assoc (b ^ n) a b, Nat.mul_comm (b ^ n) a, Nat.mul_assoc a (b ^ n) b,
      ← Nat.mul_assoc (a ^ n)]

theorem double_of_a_sum (a b : Nat) : double (a + b) = double a + double b := by
  induction b with
  | zero => rfl
  | succ b ih =>
    show double (a + b) + 2 = double a + (double b + 2)
    rw [ih, Nat.add_assoc]

theorem no_product_without_a_zero (a b : Nat) (h : a * b = 0) : a = 0 ∨ b = 0 := by
  cases a with
  | zero => exact Or.inl rfl
  | succ a =>
    cases b with
    | zero => exact Or.inr rfl
    | succ b => contradiction

/-- The factorial. -/
def factorial : Nat → Nat
  | 0 => 1
  | n + 1 => (n + 1) * factorial n

theorem factorials_are_not_zero (n : Nat) : factorial n ≠ 0 := by
  induction n with
  | zero =>
    intro h
    contradiction
  | succ n ih =>
    intro h
    cases hf : factorial n with
    | zero => exact ih hf
    | succ k =>
      have h' : (n + 1) * factorial n = 0 := h
      rw [hf] at h'
      contradiction

/-- The n-th Fibonacci number and the one after it. -/
def fibPair : Nat → Nat × Nat
  | 0 => (0, 1)
  | n + 1 => ((fibPair n).2, (fibPair n).1 + (fibPair n).2)

theorem fibonacci_rule (n : Nat) : (fibPair (n + 2)).1 = (fibPair n).1 + (fibPair (n + 1)).1 := by
  rfl

/-- The sum of the first n odd numbers. -/
def sumOdd : Nat → Nat
  | 0 => 0
  | n + 1 => sumOdd n + (2 * n + 1)

theorem odd_numbers_make_squares (n : Nat) : sumOdd n = n * n := by
  induction n with
  | zero => rfl
  | succ n ih =>
    show sumOdd n + (2 * n + 1) = (n + 1) * (n + 1)
    rw [ih, Nat.mul_add, Nat.add_mul, Nat.mul_one, Nat.one_mul, Nat.two_mul, Nat.add_assoc, Nat.add_assoc]

/-! level 5, nat -/

/-- Multiplication with an accumulator. -/
def mulOnto : Nat → Nat → Nat → Nat
  | 0, _, acc => acc
  | n + 1, m, acc => mulOnto n m (acc + m)

theorem accumulated_multiplication (n m acc : Nat) : mulOnto n m acc = acc + n * m := by
  induction n generalizing acc with
  | zero =>
    show acc = acc + 0 * m
    simp
  | succ n ih =>
    show mulOnto n m (acc + m) = acc + (n + 1) * m
    rw [ih, Nat.add_mul, Nat.one_mul, Nat.add_assoc, Nat.add_comm m (n * m)]

/-- The sum 1 + 2 + 4 + ... of n powers of two. -/
def sumPowers : Nat → Nat
  | 0 => 0
  | n + 1 => sumPowers n + 2 ^ n

theorem powers_of_two_add_up (n : Nat) : sumPowers n + 1 = 2 ^ n := by
  induction n with
  | zero => rfl
  | succ n ih =>
    show sumPowers n + 2 ^ n + 1 = 2 ^ n * 2
    rw [Nat.add_assoc, Nat.add_comm (2 ^ n) 1, ← Nat.add_assoc, ih, Nat.mul_two]

/-- The factorial with an accumulator. -/
def factorialOnto : Nat → Nat → Nat
  | 0, acc => acc
  | n + 1, acc => factorialOnto n (acc * (n + 1))

theorem accumulated_factorial (n acc : Nat) : factorialOnto n acc = acc * factorial n := by
  induction n generalizing acc with
  | zero =>
    show acc = acc * 1
    simp
  | succ n ih =>
    show factorialOnto n (acc * (n + 1)) = acc * ((n + 1) * factorial n)
    rw [ih, Nat.mul_assoc]

/-- The sum of the first n Fibonacci numbers. -/
def sumFib : Nat → Nat
  | 0 => 0
  | n + 1 => sumFib n + (fibPair n).1

theorem fibonacci_numbers_add_up (n : Nat) : sumFib n + 1 = (fibPair n).2 := by
  induction n with
  | zero => rfl
  | succ n ih =>
    show sumFib n + (fibPair n).1 + 1 = (fibPair n).1 + (fibPair n).2
    rw [Nat.add_assoc, Nat.add_comm (fibPair n).1 1, ← Nat.add_assoc, ih, Nat.add_comm]

theorem a_sum_of_evens_is_even (a b : Nat) (ha : isEven a = true) (hb : isEven b = true) : isEven (a + b) = true := by
  have h : ∀ b : Nat, isEven (a + b) = isEven b := by
    intro b
    induction b with
    | zero => exact ha
    | succ b ih =>
      show (!isEven (a + b)) = !isEven b
      rw [ih]
  rw [h, hb]

theorem a_double_factor_makes_an_even_product (a b : Nat) : isEven (double a * b) = true := by
  have add : ∀ a b : Nat, isEven a = true → isEven (a + b) = isEven b := by
    intro a b ha
    induction b with
    | zero => exact ha
    | succ b ih =>
      show (!isEven (a + b)) = !isEven b
      rw [ih]
  have even : isEven (double a) = true := by
    induction a with
    | zero => rfl
    | succ a ih =>
      show (!(!isEven (double a))) = true
      rw [ih]
      rfl
  induction b with
  | zero => rfl
  | succ b ih =>
    show isEven (double a * b + double a) = true
    rw [add _ _ ih, even]

theorem every_number_is_a_double_or_one_more (n : Nat) : ∃ k, n = double k ∨ n = double k + 1 := by
  induction n with
  | zero => exact ⟨0, Or.inl rfl⟩
  | succ n ih =>
    obtain ⟨k, h | h⟩ := ih
    · exact ⟨k, Or.inr (by rw [h])⟩
    · exact ⟨k + 1, Or.inl (by rw [h]; rfl)⟩

theorem two_steps_of_induction (P : Nat → Prop) (h₀ : P 0) (h₁ : P 1) (h : ∀ n, P n → P (n + 2)) (n : Nat) : P n := by
  have both : P n ∧ P (n + 1) := by
    induction n with
    | zero => exact ⟨h₀, h₁⟩
    | succ n ih => exact ⟨ih.right, h n ih.left⟩
  exact both.left
