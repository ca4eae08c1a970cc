/-
Natural numbers: what addition and multiplication keep of the order, subtraction (which stops at zero), minimum and
maximum.
-/

namespace Nat

/-! ### Addition and order -/

@[simp] theorem le_add_right : (n k : Nat) → n ≤ n + k
  | _, 0 => Nat.le.refl
  | n, k + 1 => Nat.le.step (le_add_right n k)
@[simp] theorem le_add_left (n m : Nat) : n ≤ m + n := Nat.add_comm n m ▸ le_add_right n m
theorem le_add_right_of_le {n m k : Nat} (h : n ≤ m) : n ≤ m + k := Nat.le_trans h (le_add_right m k)
theorem le_add_left_of_le {n m k : Nat} (h : n ≤ m) : n ≤ k + m := Nat.le_trans h (le_add_left m k)
theorem lt_add_right {a b : Nat} (c : Nat) (h : a < b) : a < b + c := Nat.lt_of_lt_of_le h (le_add_right b c)
theorem lt_add_left {a b : Nat} (c : Nat) (h : a < b) : a < c + b := Nat.lt_of_lt_of_le h (le_add_left b c)
theorem le.dest : {n m : Nat} → n ≤ m → ∃ k, n + k = m := by
  intro n m h
  induction h with
  | refl => exact ⟨0, rfl⟩
  | step _ ih => exact ih.elim fun k hk => ⟨k + 1, congrArg succ hk⟩
theorem le.intro {n m k : Nat} (h : n + k = m) : n ≤ m := h ▸ le_add_right n k
theorem exists_eq_add_of_le {m n : Nat} (h : m ≤ n) : ∃ k : Nat, n = m + k := (le.dest h).imp fun _ => Eq.symm
theorem exists_eq_add_of_le' {m n : Nat} (h : m ≤ n) : ∃ k : Nat, n = k + m :=
  (exists_eq_add_of_le h).imp fun k hk => hk.trans (Nat.add_comm m k)
theorem exists_eq_add_of_lt {m n : Nat} (h : m < n) : ∃ k : Nat, n = m + k + 1 :=
  (exists_eq_add_of_le h).imp fun k hk => hk.trans (add_one_add m k)
protected theorem le_iff_exists_add {m n : Nat} : m ≤ n ↔ ∃ k, n = m + k :=
  ⟨exists_eq_add_of_le, fun ⟨k, hk⟩ => hk ▸ le_add_right m k⟩
protected theorem add_le_add_left {n m : Nat} (h : n ≤ m) (k : Nat) : k + n ≤ k + m := by
  obtain ⟨j, rfl⟩ := exists_eq_add_of_le h
  rw [← Nat.add_assoc]; exact le_add_right _ _
protected theorem add_le_add_right {n m : Nat} (h : n ≤ m) (k : Nat) : n + k ≤ m + k := by
  rw [Nat.add_comm n, Nat.add_comm m]; exact Nat.add_le_add_left h k
protected theorem add_le_add {a b c d : Nat} (h₁ : a ≤ b) (h₂ : c ≤ d) : a + c ≤ b + d :=
  Nat.le_trans (Nat.add_le_add_right h₁ c) (Nat.add_le_add_left h₂ b)
protected theorem add_lt_add_left {n m : Nat} (h : n < m) (k : Nat) : k + n < k + m := Nat.add_le_add_left h k
protected theorem add_lt_add_right {n m : Nat} (h : n < m) (k : Nat) : n + k < m + k := by
  rw [Nat.add_comm n, Nat.add_comm m]; exact Nat.add_lt_add_left h k
protected theorem add_lt_add {a b c d : Nat} (h₁ : a < b) (h₂ : c < d) : a + c < b + d :=
  Nat.lt_trans (Nat.add_lt_add_right h₁ c) (Nat.add_lt_add_left h₂ b)
protected theorem add_lt_add_of_le_of_lt {a b c d : Nat} (h₁ : a ≤ b) (h₂ : c < d) : a + c < b + d :=
  Nat.lt_of_le_of_lt (Nat.add_le_add_right h₁ c) (Nat.add_lt_add_left h₂ b)
protected theorem add_lt_add_of_lt_of_le {a b c d : Nat} (h₁ : a < b) (h₂ : c ≤ d) : a + c < b + d :=
  Nat.lt_of_lt_of_le (Nat.add_lt_add_right h₁ c) (Nat.add_le_add_left h₂ b)
protected theorem le_of_add_le_add_left {k n m : Nat} (h : k + n ≤ k + m) : n ≤ m := by
  obtain ⟨j, hj⟩ := exists_eq_add_of_le h
  rw [Nat.add_assoc] at hj
  exact Nat.add_left_cancel hj ▸ le_add_right n j
protected theorem le_of_add_le_add_right {k n m : Nat} (h : n + k ≤ m + k) : n ≤ m := by
  rw [Nat.add_comm n, Nat.add_comm m] at h; exact Nat.le_of_add_le_add_left h
protected theorem lt_of_add_lt_add_left {k n m : Nat} (h : k + n < k + m) : n < m :=
  Nat.le_of_add_le_add_left (k := k) h
protected theorem lt_of_add_lt_add_right {k n m : Nat} (h : n + k < m + k) : n < m := by
  rw [Nat.add_comm n, Nat.add_comm m] at h; exact Nat.lt_of_add_lt_add_left h
@[simp] protected theorem add_le_add_iff_left {n m k : Nat} : n + m ≤ n + k ↔ m ≤ k :=
  ⟨Nat.le_of_add_le_add_left, fun h => Nat.add_le_add_left h n⟩
@[simp] protected theorem add_le_add_iff_right {n m k : Nat} : m + n ≤ k + n ↔ m ≤ k :=
  ⟨Nat.le_of_add_le_add_right, fun h => Nat.add_le_add_right h n⟩
@[simp] protected theorem add_lt_add_iff_left {n m k : Nat} : n + m < n + k ↔ m < k :=
  ⟨Nat.lt_of_add_lt_add_left, fun h => Nat.add_lt_add_left h n⟩
@[simp] protected theorem add_lt_add_iff_right {n m k : Nat} : m + n < k + n ↔ m < k :=
  ⟨Nat.lt_of_add_lt_add_right, fun h => Nat.add_lt_add_right h n⟩
@[simp] protected theorem lt_add_right_iff_pos {n k : Nat} : n < n + k ↔ 0 < k := Nat.add_lt_add_iff_left (m := 0)
@[simp] protected theorem lt_add_left_iff_pos {n k : Nat} : n < k + n ↔ 0 < k := by
  rw [Nat.add_comm]; exact Nat.lt_add_right_iff_pos
protected theorem lt_add_of_pos_right {k n : Nat} (h : 0 < k) : n < n + k := Nat.lt_add_right_iff_pos.mpr h
protected theorem lt_add_of_pos_left {k n : Nat} (h : 0 < k) : n < k + n := Nat.lt_add_left_iff_pos.mpr h
protected theorem add_pos_left {m : Nat} (h : 0 < m) (n : Nat) : 0 < m + n := Nat.lt_of_lt_of_le h (le_add_right m n)
protected theorem add_pos_right {n : Nat} (m : Nat) (h : 0 < n) : 0 < m + n := Nat.lt_of_lt_of_le h (le_add_left n m)
protected theorem add_pos_iff_pos_or_pos {m n : Nat} : 0 < m + n ↔ 0 < m ∨ 0 < n := by
  rw [Nat.pos_iff_ne_zero, Nat.pos_iff_ne_zero, Nat.pos_iff_ne_zero, Ne, Nat.add_eq_zero_iff]; exact
  not_and_iff_not_or_not
theorem le_of_add_right_le {n m k : Nat} (h : n + k ≤ m) : n ≤ m := Nat.le_trans (le_add_right n k) h
theorem le_of_add_left_le {n m k : Nat} (h : k + n ≤ m) : n ≤ m := Nat.le_trans (le_add_left n k) h
@[simp] theorem not_add_lt_self (n k : Nat) : ¬n + k < n := Nat.not_lt_of_ge (le_add_right n k)

/-! ### Multiplication and order -/

protected theorem mul_le_mul_left {m n : Nat} (k : Nat) (h : m ≤ n) : k * m ≤ k * n := by
  obtain ⟨j, rfl⟩ := exists_eq_add_of_le h
  rw [Nat.mul_add]; exact le_add_right _ _
protected theorem mul_le_mul_right {m n : Nat} (k : Nat) (h : m ≤ n) : m * k ≤ n * k := by
  rw [Nat.mul_comm m, Nat.mul_comm n]; exact Nat.mul_le_mul_left k h
protected theorem mul_le_mul {a b c d : Nat} (h₁ : a ≤ b) (h₂ : c ≤ d) : a * c ≤ b * d :=
  Nat.le_trans (Nat.mul_le_mul_right c h₁) (Nat.mul_le_mul_left b h₂)
protected theorem mul_lt_mul_of_pos_left {n m k : Nat} (h : n < m) (hk : 0 < k) : k * n < k * m :=
  Nat.lt_of_lt_of_le (Nat.lt_add_of_pos_right hk) (Nat.mul_le_mul_left k h)
protected theorem mul_lt_mul_of_pos_right {n m k : Nat} (h : n < m) (hk : 0 < k) : n * k < m * k := by
  rw [Nat.mul_comm n, Nat.mul_comm m]; exact Nat.mul_lt_mul_of_pos_left h hk
protected theorem mul_lt_mul_of_lt_of_le {a b c d : Nat} (h₁ : a < b) (h₂ : c ≤ d) (hd : 0 < d) : a * c < b * d :=
  Nat.lt_of_le_of_lt (Nat.mul_le_mul_left a h₂) (Nat.mul_lt_mul_of_pos_right h₁ hd)
protected theorem mul_lt_mul_of_le_of_lt {a b c d : Nat} (h₁ : a ≤ b) (h₂ : c < d) (hb : 0 < b) : a * c < b * d :=
  Nat.lt_of_le_of_lt (Nat.mul_le_mul_right c h₁) (Nat.mul_lt_mul_of_pos_left h₂ hb)
protected theorem mul_lt_mul'' {a b c d : Nat} (h₁ : a < c) (h₂ : b < d) : a * b < c * d :=
  Nat.mul_lt_mul_of_lt_of_le h₁ (Nat.le_of_lt h₂) (zero_lt_of_lt h₂)
protected theorem mul_pos {n m : Nat} (hn : 0 < n) (hm : 0 < m) : 0 < n * m :=
  pos_of_ne_zero (Nat.mul_ne_zero (Nat.ne_of_gt hn) (Nat.ne_of_gt hm))
protected theorem pos_of_mul_pos_left {n m : Nat} (h : 0 < n * m) : 0 < n :=
  pos_of_ne_zero fun e => Nat.ne_of_gt h (e ▸ Nat.zero_mul m)
protected theorem pos_of_mul_pos_right {n m : Nat} (h : 0 < n * m) : 0 < m :=
  pos_of_ne_zero fun e => Nat.ne_of_gt h (e ▸ Nat.mul_zero n)
@[simp] protected theorem mul_pos_iff_of_pos_left {a b : Nat} (h : 0 < a) : 0 < a * b ↔ 0 < b :=
  ⟨Nat.pos_of_mul_pos_right, Nat.mul_pos h⟩
@[simp] protected theorem mul_pos_iff_of_pos_right {a b : Nat} (h : 0 < b) : 0 < a * b ↔ 0 < a :=
  ⟨Nat.pos_of_mul_pos_left, fun ha => Nat.mul_pos ha h⟩
protected theorem mul_pos_iff {a b : Nat} : 0 < a * b ↔ 0 < a ∧ 0 < b :=
  ⟨fun h => ⟨Nat.pos_of_mul_pos_left h, Nat.pos_of_mul_pos_right h⟩, fun h => Nat.mul_pos h.left h.right⟩
protected theorem le_of_mul_le_mul_left {a b c : Nat} (h : c * a ≤ c * b) (hc : 0 < c) : a ≤ b :=
  Nat.ge_of_not_lt fun h' => Nat.not_le_of_gt (Nat.mul_lt_mul_of_pos_left h' hc) h
protected theorem le_of_mul_le_mul_right {a b c : Nat} (h : a * c ≤ b * c) (hc : 0 < c) : a ≤ b :=
  Nat.ge_of_not_lt fun h' => Nat.not_le_of_gt (Nat.mul_lt_mul_of_pos_right h' hc) h
protected theorem lt_of_mul_lt_mul_left {a b c : Nat} (h : a * b < a * c) : b < c :=
  Nat.lt_of_not_ge fun h' => Nat.not_le_of_gt h (Nat.mul_le_mul_left a h')
protected theorem lt_of_mul_lt_mul_right {a b c : Nat} (h : b * a < c * a) : b < c :=
  Nat.lt_of_not_ge fun h' => Nat.not_le_of_gt h (Nat.mul_le_mul_right a h')
protected theorem eq_of_mul_eq_mul_left {m k n : Nat} (hn : 0 < n) (h : n * m = n * k) : m = k :=
  Nat.le_antisymm (Nat.le_of_mul_le_mul_left (Nat.le_of_eq h) hn) (Nat.le_of_mul_le_mul_left (Nat.le_of_eq h.symm) hn)
protected theorem eq_of_mul_eq_mul_right {n m k : Nat} (hm : 0 < m) (h : n * m = k * m) : n = k := by
  rw [Nat.mul_comm n, Nat.mul_comm k] at h; exact Nat.eq_of_mul_eq_mul_left hm h
protected theorem mul_left_cancel {n m k : Nat} (hn : 0 < n) (h : n * m = n * k) : m = k :=
  Nat.eq_of_mul_eq_mul_left hn h
protected theorem mul_right_cancel {n m k : Nat} (hm : 0 < m) (h : n * m = k * m) : n = k :=
  Nat.eq_of_mul_eq_mul_right hm h
protected theorem mul_left_cancel_iff {n : Nat} (hn : 0 < n) {m k : Nat} : n * m = n * k ↔ m = k :=
  ⟨Nat.mul_left_cancel hn, congrArg _⟩
protected theorem mul_right_cancel_iff {n : Nat} (hn : 0 < n) {m k : Nat} : m * n = k * n ↔ m = k :=
  ⟨Nat.mul_right_cancel hn, congrArg (· * n)⟩
protected theorem mul_left_inj {a b c : Nat} (ha : a ≠ 0) : b * a = c * a ↔ b = c :=
  Nat.mul_right_cancel_iff (pos_of_ne_zero ha)
protected theorem mul_right_inj {a b c : Nat} (ha : a ≠ 0) : a * b = a * c ↔ b = c :=
  Nat.mul_left_cancel_iff (pos_of_ne_zero ha)
protected theorem mul_le_mul_left_iff {a b k : Nat} (hk : 0 < k) : k * a ≤ k * b ↔ a ≤ b :=
  ⟨fun h => Nat.le_of_mul_le_mul_left h hk, Nat.mul_le_mul_left k⟩
protected theorem mul_le_mul_right_iff {a b k : Nat} (hk : 0 < k) : a * k ≤ b * k ↔ a ≤ b :=
  ⟨fun h => Nat.le_of_mul_le_mul_right h hk, Nat.mul_le_mul_right k⟩
protected theorem mul_lt_mul_left {a b c : Nat} (ha : 0 < a) : a * b < a * c ↔ b < c :=
  ⟨Nat.lt_of_mul_lt_mul_left, fun h => Nat.mul_lt_mul_of_pos_left h ha⟩
protected theorem mul_lt_mul_right {a b c : Nat} (ha : 0 < a) : b * a < c * a ↔ b < c :=
  ⟨Nat.lt_of_mul_lt_mul_right, fun h => Nat.mul_lt_mul_of_pos_right h ha⟩
protected theorem le_mul_of_pos_right {n : Nat} (m : Nat) (h : 0 < n) : m ≤ m * n :=
  Nat.le_trans (Nat.le_of_eq (Nat.mul_one m).symm) (Nat.mul_le_mul_left m h)
protected theorem le_mul_of_pos_left {n : Nat} (m : Nat) (h : 0 < n) : m ≤ n * m := by
  rw [Nat.mul_comm]; exact Nat.le_mul_of_pos_right m h
theorem le_mul_self : (n : Nat) → n ≤ n * n
  | 0 => Nat.le.refl
  | n + 1 => Nat.le_mul_of_pos_right _ (zero_lt_succ n)
protected theorem mul_self_le_mul_self {m n : Nat} (h : m ≤ n) : m * m ≤ n * n := Nat.mul_le_mul h h
protected theorem mul_self_lt_mul_self {m n : Nat} (h : m < n) : m * m < n * n := Nat.mul_lt_mul'' h h
protected theorem mul_self_inj {m n : Nat} : m * m = n * n ↔ m = n := by
  refine ⟨fun h => ?_, fun h => h ▸ rfl⟩
  rcases Nat.lt_trichotomy m n with h' | h' | h'
  · exact absurd h (Nat.ne_of_lt (Nat.mul_self_lt_mul_self h'))
  · exact h'
  · exact absurd h (Nat.ne_of_gt (Nat.mul_self_lt_mul_self h'))

end Nat
