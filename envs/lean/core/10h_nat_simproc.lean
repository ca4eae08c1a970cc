/-
Natural numbers: the laws with which the front end's own procedures for `simp` move literals from one side to the other.
-/

namespace Nat.Simproc

theorem sub_add_eq_comm (a b c : Nat) : a - (b + c) = a - c - b := by rw [Nat.add_comm, Nat.sub_add_eq]
theorem add_sub_add_le (a c : Nat) {b d : Nat} (h : b ≤ d) : a + b - (c + d) = a - (c + (d - b)) := by
  obtain ⟨k, rfl⟩ := exists_eq_add_of_le h
  rw [Nat.add_sub_cancel_left, Nat.add_left_comm c, Nat.add_comm a, Nat.add_sub_add_left]
theorem add_sub_add_ge (a c : Nat) {b d : Nat} (h : b ≥ d) : a + b - (c + d) = a + (b - d) - c := by
  obtain ⟨k, rfl⟩ := exists_eq_add_of_le h
  rw [Nat.add_sub_cancel_left, Nat.add_left_comm a, Nat.add_comm c, Nat.add_sub_add_left]
theorem add_sub_le (a : Nat) {b c : Nat} (h : b ≤ c) : a + b - c = a - (c - b) := by
  obtain ⟨k, rfl⟩ := exists_eq_add_of_le h
  rw [Nat.add_sub_cancel_left, Nat.add_comm a, Nat.add_sub_add_left]

/-! ### Equations -/

theorem add_eq_gt (a : Nat) {b c : Nat} (h : b > c) : (a + b = c) = False :=
  eq_false (Nat.ne_of_gt (Nat.lt_of_lt_of_le h (le_add_left b a)))
theorem eq_add_gt (a : Nat) {b c : Nat} (h : c > a) : (a = b + c) = False :=
  eq_false (Nat.ne_of_lt (Nat.lt_of_lt_of_le h (le_add_left c b)))
theorem add_eq_add_le (a c : Nat) {b d : Nat} (h : b ≤ d) : (a + b = c + d) = (a = c + (d - b)) := by
  obtain ⟨k, rfl⟩ := exists_eq_add_of_le h
  rw [Nat.add_sub_cancel_left, Nat.add_left_comm c, Nat.add_comm a]; exact propext Nat.add_left_cancel_iff
theorem add_eq_add_ge (a c : Nat) {b d : Nat} (h : b ≥ d) : (a + b = c + d) = (a + (b - d) = c) := by
  obtain ⟨k, rfl⟩ := exists_eq_add_of_le h
  rw [Nat.add_sub_cancel_left, Nat.add_left_comm a, Nat.add_comm c]; exact propext Nat.add_left_cancel_iff
theorem add_eq_le (a : Nat) {b c : Nat} (h : b ≤ c) : (a + b = c) = (a = c - b) := by
  obtain ⟨k, rfl⟩ := exists_eq_add_of_le h
  rw [Nat.add_sub_cancel_left, Nat.add_comm a]; exact propext Nat.add_left_cancel_iff
theorem eq_add_le {a : Nat} (b : Nat) {c : Nat} (h : c ≤ a) : (a = b + c) = (b = a - c) :=
  (propext eq_comm).trans (add_eq_le b h)

theorem beqEqOfEqEq {a b c d : Nat} (h : (a = b) = (c = d)) : (a == b) = (c == d) := decide_congr (iff_of_eq h)
theorem beqFalseOfEqFalse {a b : Nat} (h : (a = b) = False) : (a == b) = false := beq_false_of_ne (of_eq_false h)
theorem bneEqOfEqEq {a b c d : Nat} (h : (a = b) = (c = d)) : (a != b) = (c != d) := congrArg Bool.not (beqEqOfEqEq h)
theorem bneTrueOfEqFalse {a b : Nat} (h : (a = b) = False) : (a != b) = true := bne_iff_ne.mpr (of_eq_false h)

/-! ### Inequalities -/

theorem add_le_add_le (a c : Nat) {b d : Nat} (h : b ≤ d) : (a + b ≤ c + d) = (a ≤ c + (d - b)) := by
  obtain ⟨k, rfl⟩ := exists_eq_add_of_le h
  rw [Nat.add_sub_cancel_left, Nat.add_left_comm c, Nat.add_comm a]; exact propext Nat.add_le_add_iff_left
theorem add_le_add_ge (a c : Nat) {b d : Nat} (h : b ≥ d) : (a + b ≤ c + d) = (a + (b - d) ≤ c) := by
  obtain ⟨k, rfl⟩ := exists_eq_add_of_le h
  rw [Nat.add_sub_cancel_left, Nat.add_left_comm a, Nat.add_comm c]; exact propext Nat.add_le_add_iff_left
theorem add_le_eq (a b : Nat) : (a + b ≤ b) = (a = 0) := by
  rw [← Nat.le_zero_eq, ← Nat.zero_add b, ← Nat.add_assoc]; exact propext Nat.add_le_add_iff_right
theorem add_le_le (a : Nat) {b c : Nat} (h : b ≤ c) : (a + b ≤ c) = (a ≤ c - b) := by
  obtain ⟨k, rfl⟩ := exists_eq_add_of_le h
  rw [Nat.add_sub_cancel_left, Nat.add_comm a]; exact propext Nat.add_le_add_iff_left
theorem add_le_gt (a : Nat) {b c : Nat} (h : b > c) : (a + b ≤ c) = False :=
  eq_false (Nat.not_le_of_gt (Nat.lt_of_lt_of_le h (le_add_left b a)))
theorem add_lt_lt (a : Nat) {b c : Nat} (h : b < c) : (a + b < c) = (a < c - b) := by
  obtain ⟨k, rfl⟩ := exists_eq_add_of_le (Nat.le_of_lt h)
  rw [Nat.add_sub_cancel_left, Nat.add_comm a]; exact propext Nat.add_lt_add_iff_left
theorem add_lt_ge (a : Nat) {b c : Nat} (h : b ≥ c) : (a + b < c) = False :=
  eq_false (Nat.not_lt_of_ge (Nat.le_trans h (le_add_left b a)))
theorem le_add_le (a : Nat) {b c : Nat} (h : a ≤ c) : (a ≤ b + c) = True := eq_true (Nat.le_trans h (le_add_left c b))
theorem le_add_ge {a : Nat} (b : Nat) {c : Nat} (h : a ≥ c) : (a ≤ b + c) = (a - c ≤ b) := by
  obtain ⟨k, rfl⟩ := exists_eq_add_of_le h
  rw [Nat.add_sub_cancel_left, Nat.add_comm b]; exact propext Nat.add_le_add_iff_left
theorem lt_add_ge {a : Nat} (b : Nat) {c : Nat} (h : a ≥ c) : (a < b + c) = (a - c < b) := by
  obtain ⟨k, rfl⟩ := exists_eq_add_of_le h
  rw [Nat.add_sub_cancel_left, Nat.add_comm b]; exact propext Nat.add_lt_add_iff_left
theorem add_lt_add_le (a c : Nat) {b d : Nat} (h : b ≤ d) : (a + b < c + d) = (a < c + (d - b)) := by
  obtain ⟨k, rfl⟩ := exists_eq_add_of_le h
  rw [Nat.add_sub_cancel_left, Nat.add_left_comm c, Nat.add_comm a]; exact propext Nat.add_lt_add_iff_left
theorem add_lt_add_ge (a c : Nat) {b d : Nat} (h : b ≥ d) : (a + b < c + d) = (a + (b - d) < c) := by
  obtain ⟨k, rfl⟩ := exists_eq_add_of_le h
  rw [Nat.add_sub_cancel_left, Nat.add_left_comm a, Nat.add_comm c]; exact propext Nat.add_lt_add_iff_left

end Nat.Simproc

theorem Nat.dvd_eq_true_of_mod_eq_zero {m n : Nat} (h : (n % m == 0) = true) : (m ∣ n) = True :=
  eq_true (Nat.dvd_of_mod_eq_zero (eq_of_beq h))
theorem Nat.dvd_eq_false_of_mod_ne_zero {m n : Nat} (h : (n % m != 0) = true) : (m ∣ n) = False :=
  eq_false fun h' => bne_iff_ne.mp h (Nat.mod_eq_zero_of_dvd h')
