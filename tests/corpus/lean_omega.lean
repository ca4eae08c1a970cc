/-
Facts of linear arithmetic that `omega` must prove, by what it has to understand; `tests/test_lean_omega.py` compiles the
whole and looks for errors below each heading.
-/

/-! ### chains of inequalities -/
theorem chain_succ (a b c : Nat) (h : a < b) (h2 : b < c) : a + 1 < c := by omega
theorem chain_long (a b c d e f g h i j k l : Nat) (_ : a < b) (_ : b < c) (_ : c < d) (_ : d < e) (_ : e < f)
    (_ : f < g) (_ : g < h) (_ : h < i) (_ : i < j) (_ : j < k) (_ : k < l) : a + 11 ≤ l := by omega
theorem chain_int (x y z : Int) (h : x < y) (h2 : y < z) : x + 2 ≤ z := by omega
theorem chain_refuted (a b : Nat) (h : a < b) (h2 : b < a) : 1 = 2 := by omega
theorem three_ways (x y : Int) : x < y ∨ x = y ∨ y < x := by omega

/-! ### sums and differences -/
theorem sum_comm (a b : Nat) : a + b = b + a := by omega
theorem sum_cancel (a b : Nat) : a + b - b = a := by omega
theorem diff_back (a b : Nat) (h : a ≤ b) : a + (b - a) = b := by omega
theorem diff_cut_off (a b : Nat) (h : a ≤ b) : a - b = 0 := by omega
theorem diff_twice (a b c : Nat) (h : a - b - c > 0) : a > b + c := by omega
theorem diff_antitone (a b c : Nat) (h : a ≤ b) : c - b ≤ c - a := by omega
theorem diff_max (a b : Nat) : a - b + b = max a b := by omega
theorem diff_index (i n : Nat) (h : i < n) : n - 1 - i + 1 ≤ n := by omega
theorem diff_int (a b : Nat) (h : (a : Int) - b = 3) : a = b + 3 := by omega
theorem neg_neg' (x : Int) : - -x = x := by omega
theorem neg_order (x y : Int) (h : x < y) : -y < -x := by omega

/-! ### multiples -/
theorem twice (a b : Int) (h : a < b) : 2 * a + 1 < 2 * b := by omega
theorem solve_two (l w : Nat) (h : 2 * (l + w) = 30) (h2 : l = 2 * w) : w = 5 ∧ l = 10 := by omega
theorem solve_four (x y z w : Int) (h : x + y + z + w = 10) (h2 : x - y = 1) (h3 : z - w = 1) : y + w = 4 := by omega
theorem no_parity (x y : Int) (h : 2 * x + 4 * y = 5) : False := by omega
theorem no_nine (x y : Nat) (h : 6 * x + 9 * y = 5) : False := by omega
theorem hard_equation (x y : Int) (h : 3 * x + 5 * y = 7) (h2 : 0 ≤ x) (h3 : x < 5) : x = 4 ∧ y = -1 := by omega
theorem harder_equation (x y : Int) (h : 7 * x + 12 * y = 1) (h2 : 0 ≤ x) (h3 : x < 12) : x = 7 := by omega
theorem coins (x y : Nat) (h : 5 * x + 3 * y = 22) : x = 2 ∧ y = 4 := by omega
theorem distributed (a b : Nat) : 3 * (a + 2 * b) = 3 * a + 6 * b := by omega
theorem product_as_atom (a b : Nat) (h : a * b = 3) : a * b + 1 = 4 := by omega
theorem power_of_literal (n k : Nat) (h : n = 2 ^ 3 * k) : n % 8 = 0 := by omega
theorem power_step (k : Nat) : 2 ^ (k + 1) = 2 * 2 ^ k := by omega
theorem shift_left (n : Nat) : n <<< 2 = 4 * n := by omega

/-! ### quotients and remainders -/
theorem parity (n : Nat) : n % 2 = 0 ∨ n % 2 = 1 := by omega
theorem mod_four (n : Nat) (h : n % 4 = 3) : n % 2 = 1 := by omega
theorem half_less (n : Nat) (h : n > 0) : n / 2 < n := by omega
theorem half_twice (x : Int) : x / 2 * 2 ≤ x := by omega
theorem half_below (x : Int) (h : x < 0) : x / 2 < 0 := by omega
theorem div_div (n : Nat) : n / 2 / 3 = n / 6 := by omega
theorem mod_mod (n : Nat) : n % 6 % 3 = n % 3 := by omega
theorem digits (n : Nat) (h : n / 10 = 4) (h2 : n % 10 = 2) : n = 42 := by omega
theorem chinese (x : Int) (h : x % 2 = 1) (h2 : x % 3 = 2) : x % 6 = 5 := by omega
theorem inverse (x : Nat) (h : 17 * x % 23 = 1) (h2 : x < 23) : x = 19 := by omega
theorem big_modulus (a b : Nat) (h : a % 1000003 = 5) (h2 : b % 1000003 = 7) : (a + b) % 1000003 = 12 := by omega
theorem negative_divisor (x : Int) : x / -2 = -(x / 2) := by omega
theorem shift_right (n : Nat) : n >>> 1 = n / 2 := by omega

/-! ### divisibility -/
theorem dvd_mod (b : Nat) (h : 2 ∣ b) : b % 2 = 0 := by omega
theorem not_dvd_mod (b : Nat) (h : ¬2 ∣ b) : b % 2 = 1 := by omega
theorem not_dvd_int (b : Int) (h : ¬3 ∣ b) : b % 3 ≠ 0 := by omega
theorem dvd_of_both (n : Int) (h : 2 ∣ n) (h2 : 3 ∣ n) : 6 ∣ n := by omega
theorem dvd_sum (a b : Nat) (h : 3 ∣ a) (h2 : 3 ∣ b) : 3 ∣ a + b := by omega

/-! ### logic around it -/
theorem from_and (p : Prop) (a b : Nat) (h : a = b ∧ p) : b ≤ a := by omega
theorem from_or (a b : Nat) (h : a < b ∨ b < a) : a ≠ b := by omega
theorem from_not (a b : Nat) (h : ¬a ≤ b) : b < a := by omega
theorem from_not_or (a b : Nat) (h : ¬(a < b ∨ b < a)) : a = b := by omega
theorem from_not_and (a b : Nat) (h : ¬(a = 0 ∧ b = 0)) : a + b > 0 := by omega
theorem from_implication (a b c : Nat) (h : a ≤ b → b ≤ c) (h2 : a ≤ b) : b ≤ c := by omega
theorem from_iff (a b c : Nat) (h : a < b ↔ b < c) (h2 : b < c) : a + 1 < c := by omega
theorem from_not_iff (a b : Nat) (h : ¬(a < 3 ↔ b < 3)) (h2 : a = 5) : b < 3 := by omega
theorem from_exists (n : Nat) (h : ∃ k, n = 2 * k) : n % 2 = 0 := by omega
theorem from_not_implication (a b : Nat) (h : ¬(a ≤ b → a = b)) : a < b := by omega
theorem to_iff (a b : Nat) : a ≤ b ↔ a < b + 1 := by omega
theorem to_and (a b : Nat) (h : a + b = 0) : a = 0 ∧ b = 0 := by omega
theorem to_implication (a : Nat) : a % 10 = 7 → a % 5 = 2 := by omega
theorem to_not (a b : Nat) (h : a < b) : ¬b ≤ a := by omega
theorem all_different (a b c : Nat) (h : a ≠ b ∧ b ≠ c ∧ a ≠ c) (_ : a < 3) (_ : b < 3) (_ : c < 3) :
    a + b + c = 3 := by omega

/-! ### other functions -/
theorem min_below (a b : Nat) : min a b ≤ a := by omega
theorem max_min (a b : Nat) : max a b + min a b = a + b := by omega
theorem max_int (x y : Int) (h : max x y < 3) : x < 3 := by omega
theorem abs_cases (x : Int) : x.natAbs = x ∨ x.natAbs = -x := by omega
theorem abs_bound (x : Int) (h : x.natAbs < 2) : -1 ≤ x ∧ x ≤ 1 := by omega
theorem natural_part (x : Int) (h : 0 ≤ x) : x.toNat = x := by omega
theorem if_int (x y : Int) : (if x ≤ y then x else y) ≤ y := by omega
theorem pair_first (a b : Nat) : ((a, b) : Nat × Nat).1 + 0 = a := by omega
theorem function_values (f : Nat → Nat) (h : f 3 < f 4) : f 4 ≠ f 3 := by omega
theorem list_length (xs : List Nat) (h : xs.length = 3) : 0 < xs.length := by omega
theorem successor (a b : Nat) (h : Nat.succ a = b) : a < b := by omega

/-! ### inside other proofs -/
theorem gap (a b : Nat) (h : a < b) : ∃ k, b = a + k + 1 := ⟨b - a - 1, by omega⟩
theorem square_step (n : Nat) : n * (n + 1) = n * n + n := by
  induction n with
  | zero => omega
  | succ n ih =>
    simp only [Nat.mul_add, Nat.add_mul] at *
    omega
def triangle : Nat → Nat
  | 0 => 0
  | n + 1 => triangle n + n + 1
theorem triangle_bound (n : Nat) : n ≤ triangle n := by
  induction n with
  | zero => exact Nat.le_refl 0
  | succ n ih =>
    unfold triangle
    omega
def doubled (n : Int) : Int := n * 2 + 1
theorem doubled_odd (n : Int) : doubled n % 2 = 1 := by
  unfold doubled
  omega
theorem decided (n : Nat) (h : n < 3) : n = 0 ∨ n = 1 ∨ n = 2 := by
  have : n ≤ 2 := by omega
  omega
