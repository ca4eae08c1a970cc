/-
Natural numbers: what mixes powers, remainders, minimum, maximum and divisibility.
-/

namespace Nat

theorem pow_mod (a b n : Nat) : a ^ b % n = (a % n) ^ b % n := by
  induction b with
  | zero => rfl
  | succ b ih => rw [Nat.pow_add_one, Nat.pow_add_one, mul_mod, ih, mod_mul_mod, mul_mod_mod]
theorem pow_le_pow_iff_left {a b n : Nat} (hn : n ≠ 0) : a ^ n ≤ b ^ n ↔ a ≤ b :=
  ⟨fun h => Nat.ge_of_not_lt fun h' => Nat.not_le_of_gt (pow_lt_pow_left h' hn) h, fun h => pow_le_pow_left h n⟩
theorem pow_lt_pow_iff_left {a b n : Nat} (hn : n ≠ 0) : a ^ n < b ^ n ↔ a < b :=
  ⟨fun h => Nat.lt_of_not_ge fun h' => Nat.not_lt_of_ge (pow_le_pow_left h' n) h, fun h => pow_lt_pow_left h hn⟩
theorem pow_le_pow_iff_right {a n m : Nat} (h : 1 < a) : a ^ n ≤ a ^ m ↔ n ≤ m :=
  ⟨fun h' => Nat.ge_of_not_lt fun hlt => Nat.not_le_of_gt (pow_lt_pow_right h hlt) h',
    pow_le_pow_right (zero_lt_of_lt h)⟩
theorem pow_lt_pow_iff_right {a n m : Nat} (h : 1 < a) : a ^ n < a ^ m ↔ n < m :=
  ⟨fun h' => Nat.lt_of_not_ge fun hge => Nat.not_lt_of_ge (pow_le_pow_right (zero_lt_of_lt h) hge) h',
    pow_lt_pow_right h⟩
theorem pow_left_injective {n : Nat} (hn : n ≠ 0) {a b : Nat} (h : a ^ n = b ^ n) : a = b :=
  Nat.le_antisymm ((pow_le_pow_iff_left hn).mp (Nat.le_of_eq h)) ((pow_le_pow_iff_left hn).mp (Nat.le_of_eq h.symm))
theorem pow_right_injective {a : Nat} (ha : 1 < a) {n m : Nat} (h : a ^ n = a ^ m) : n = m :=
  Nat.le_antisymm ((pow_le_pow_iff_right ha).mp (Nat.le_of_eq h)) ((pow_le_pow_iff_right ha).mp (Nat.le_of_eq h.symm))
theorem dvd_pow_self (a : Nat) {n : Nat} (hn : n ≠ 0) : a ∣ a ^ n := by
  cases n with
  | zero => exact absurd rfl hn
  | succ n => exact Nat.dvd_mul_left a (a ^ n)
theorem succ_min_succ (a b : Nat) : min (succ a) (succ b) = succ (min a b) := Nat.add_min_add_right a b 1
theorem succ_max_succ (a b : Nat) : max (succ a) (succ b) = succ (max a b) := Nat.add_max_add_right a b 1
theorem sub_add_min_cancel (n m : Nat) : n - m + min n m = n := by
  rcases Nat.le_total n m with h | h
  · rw [Nat.sub_eq_zero_of_le h, Nat.zero_add, Nat.min_eq_left h]
  · rw [Nat.min_eq_right h, Nat.sub_add_cancel h]
theorem sub_add_eq_max (a b : Nat) : a - b + b = max a b := by
  rcases Nat.le_total a b with h | h
  · rw [Nat.sub_eq_zero_of_le h, Nat.zero_add, Nat.max_eq_right h]
  · rw [Nat.sub_add_cancel h, Nat.max_eq_left h]
theorem mul_self_sub_mul_self_eq (a b : Nat) : a * a - b * b = (a + b) * (a - b) := by
  rw [Nat.mul_sub, Nat.add_mul, Nat.add_mul, Nat.mul_comm b a, Nat.add_comm (a * b) (b * b), Nat.add_sub_add_right]
theorem lcm_dvd {m n k : Nat} (hm : m ∣ k) (hn : n ∣ k) : lcm m n ∣ k := by
  rcases Nat.eq_zero_or_pos k with h | hk
  · subst h; exact Nat.dvd_zero _
  · have hg : 0 < gcd m n := gcd_pos_of_pos_left n (pos_of_dvd_of_pos hm hk)
    refine Nat.dvd_of_mul_dvd_mul_left hg ?_
    rw [gcd_mul_lcm, ← gcd_mul_right]
    exact dvd_gcd (Nat.mul_dvd_mul_left m hn) (by rw [Nat.mul_comm]; exact Nat.mul_dvd_mul_left n hm)
theorem gcd_eq_zero_iff {m n : Nat} : gcd m n = 0 ↔ m = 0 ∧ n = 0 :=
  ⟨fun h => ⟨eq_zero_of_gcd_eq_zero_left h, eq_zero_of_gcd_eq_zero_right h⟩,
    fun h => by rw [h.left, h.right, gcd_zero_left]⟩
theorem eq_of_mod_eq_of_div_eq {a b n : Nat} (hr : a % n = b % n) (hq : a / n = b / n) : a = b := by
  rw [← div_add_mod a n, hr, hq, div_add_mod]
theorem even_or_odd (n : Nat) : (∃ k, n = 2 * k) ∨ ∃ k, n = 2 * k + 1 := by
  have h := div_add_mod n 2
  rcases mod_two_eq_zero_or_one n with e | e
  · rw [e] at h; exact Or.inl ⟨n / 2, h.symm⟩
  · rw [e] at h; exact Or.inr ⟨n / 2, h.symm⟩

end Nat

/-- The number of a truth value: 1 for true, 0 for false. -/
def Bool.toNat (b : Bool) : Nat := cond b 1 0
@[simp] theorem Bool.toNat_true : Bool.toNat true = 1 := rfl
@[simp] theorem Bool.toNat_false : Bool.toNat false = 0 := rfl
theorem Bool.toNat_le (b : Bool) : b.toNat ≤ 1 := by cases b <;> decide
