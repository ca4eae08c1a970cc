/-
Integers: the order.
-/

namespace Int

theorem nonNeg_subNatNat {m n : Nat} : NonNeg (subNatNat m n) ↔ n ≤ m := by
  constructor
  · intro h
    rcases subNatNat_cases m n with ⟨k, rfl, _⟩ | ⟨k, _, e⟩
    · exact Nat.le_add_right n k
    · rw [e] at h; cases h
  · intro h
    obtain ⟨k, rfl⟩ := Nat.exists_eq_add_of_le h
    rw [subNatNat_self_add]; exact NonNeg.mk k

theorem subNatNat_le {a b c d : Nat} : subNatNat a b ≤ subNatNat c d ↔ a + d ≤ c + b := by
  show NonNeg (subNatNat c d - subNatNat a b) ↔ _
  rw [Int.sub_eq_add_neg, neg_subNatNat, subNatNat_add_subNatNat, nonNeg_subNatNat, Nat.add_comm d a]

@[simp] protected theorem le_refl (a : Int) : a ≤ a := by
  show NonNeg (a - a)
  rw [Int.sub_self]; exact NonNeg.mk 0
protected theorem le_of_eq {a b : Int} (h : a = b) : a ≤ b := h ▸ Int.le_refl a

theorem nonNeg_of_zero_le {a : Int} (h : 0 ≤ a) : NonNeg a := by
  have h : NonNeg (a - 0) := h
  rw [Int.sub_zero] at h; exact h
theorem eq_ofNat_of_zero_le {a : Int} (h : 0 ≤ a) : ∃ n : Nat, a = n := by
  cases nonNeg_of_zero_le h with
  | mk n => exact ⟨n, rfl⟩
theorem natCast_nonneg (n : Nat) : (0 : Int) ≤ n := NonNeg.mk n
theorem ofNat_nonneg (n : Nat) : (0 : Int) ≤ n := NonNeg.mk n

protected theorem sub_nonneg_of_le {a b : Int} (h : b ≤ a) : 0 ≤ a - b := by
  show NonNeg (a - b - 0)
  rw [Int.sub_zero]; exact h
protected theorem le_of_sub_nonneg {a b : Int} (h : 0 ≤ a - b) : b ≤ a := nonNeg_of_zero_le h

protected theorem add_nonneg {a b : Int} (ha : 0 ≤ a) (hb : 0 ≤ b) : 0 ≤ a + b := by
  obtain ⟨m, rfl⟩ := eq_ofNat_of_zero_le ha
  obtain ⟨n, rfl⟩ := eq_ofNat_of_zero_le hb
  exact natCast_nonneg (m + n)
protected theorem mul_nonneg {a b : Int} (ha : 0 ≤ a) (hb : 0 ≤ b) : 0 ≤ a * b := by
  obtain ⟨m, rfl⟩ := eq_ofNat_of_zero_le ha
  obtain ⟨n, rfl⟩ := eq_ofNat_of_zero_le hb
  exact natCast_nonneg (m * n)

protected theorem le_trans {a b c : Int} (h₁ : a ≤ b) (h₂ : b ≤ c) : a ≤ c := by
  have h := Int.add_nonneg (Int.sub_nonneg_of_le h₂) (Int.sub_nonneg_of_le h₁)
  apply Int.le_of_sub_nonneg
  rw [Int.sub_eq_add_neg, Int.sub_eq_add_neg, Int.add_assoc, ← Int.add_assoc (-b), Int.add_left_neg, Int.zero_add] at h
  exact h
protected theorem le_antisymm {a b : Int} (h₁ : a ≤ b) (h₂ : b ≤ a) : a = b := by
  obtain ⟨a₁, a₂, rfl⟩ := exists_subNatNat a
  obtain ⟨b₁, b₂, rfl⟩ := exists_subNatNat b
  exact subNatNat_congr (Nat.le_antisymm (subNatNat_le.mp h₁) (subNatNat_le.mp h₂))
protected theorem le_total (a b : Int) : a ≤ b ∨ b ≤ a := by
  obtain ⟨a₁, a₂, rfl⟩ := exists_subNatNat a
  obtain ⟨b₁, b₂, rfl⟩ := exists_subNatNat b
  rcases Nat.le_total (a₁ + b₂) (b₁ + a₂) with h | h
  · exact Or.inl (subNatNat_le.mpr h)
  · exact Or.inr (subNatNat_le.mpr h)

theorem lt_iff_add_one_le {a b : Int} : a < b ↔ a + 1 ≤ b := ⟨id, id⟩
protected theorem add_one_le_of_lt {a b : Int} (h : a < b) : a + 1 ≤ b := h
protected theorem lt_of_add_one_le {a b : Int} (h : a + 1 ≤ b) : a < b := h

theorem subNatNat_lt {a b c d : Nat} : subNatNat a b < subNatNat c d ↔ a + d < c + b := by
  show subNatNat a b + 1 ≤ subNatNat c d ↔ _
  have e : (1 : Int) = subNatNat 1 0 := (subNatNat_zero 1).symm
  rw [e, subNatNat_add_subNatNat, subNatNat_le, Nat.add_right_comm]
  exact ⟨id, id⟩

protected theorem lt_or_ge (a b : Int) : a < b ∨ b ≤ a := by
  obtain ⟨a₁, a₂, rfl⟩ := exists_subNatNat a
  obtain ⟨b₁, b₂, rfl⟩ := exists_subNatNat b
  rcases Nat.lt_or_ge (a₁ + b₂) (b₁ + a₂) with h | h
  · exact Or.inl (subNatNat_lt.mpr h)
  · exact Or.inr (subNatNat_le.mpr h)
protected theorem not_le_of_lt' {a b : Int} (h₁ : a < b) (h₂ : b ≤ a) : False := by
  obtain ⟨a₁, a₂, rfl⟩ := exists_subNatNat a
  obtain ⟨b₁, b₂, rfl⟩ := exists_subNatNat b
  exact Nat.not_le_of_lt (subNatNat_lt.mp h₁) (subNatNat_le.mp h₂)
protected theorem lt_irrefl (a : Int) : ¬a < a := fun h => Int.not_le_of_lt' h (Int.le_refl a)
protected theorem not_le {a b : Int} : ¬a ≤ b ↔ b < a := by
  constructor
  · intro h
    rcases Int.lt_or_ge b a with h' | h'
    · exact h'
    · exact absurd h' h
  · exact fun h h' => Int.not_le_of_lt' h h'
protected theorem not_lt {a b : Int} : ¬a < b ↔ b ≤ a := by
  constructor
  · intro h
    rcases Int.lt_or_ge a b with h' | h'
    · exact absurd h' h
    · exact h'
  · exact fun h h' => Int.not_le_of_lt' h' h
protected theorem lt_of_not_ge {a b : Int} (h : ¬a ≤ b) : b < a := Int.not_le.mp h
protected theorem le_of_lt {a b : Int} (h : a < b) : a ≤ b := by
  rcases Int.lt_or_ge b a with h' | h'
  · obtain ⟨a₁, a₂, rfl⟩ := exists_subNatNat a
    obtain ⟨b₁, b₂, rfl⟩ := exists_subNatNat b
    exact subNatNat_le.mpr (Nat.le_of_lt (subNatNat_lt.mp h))
  · rcases Int.le_total a b with h'' | h''
    · exact h''
    · exact (Int.le_antisymm h' h'') ▸ Int.le_refl a
protected theorem lt_of_le_of_lt {a b c : Int} (h₁ : a ≤ b) (h₂ : b < c) : a < c := by
  rcases Int.lt_or_ge a c with h | h
  · exact h
  · exact (Int.not_le_of_lt' h₂ (Int.le_trans h h₁)).elim
protected theorem lt_of_lt_of_le {a b c : Int} (h₁ : a < b) (h₂ : b ≤ c) : a < c := by
  rcases Int.lt_or_ge a c with h | h
  · exact h
  · exact (Int.not_le_of_lt' h₁ (Int.le_trans h₂ h)).elim
protected theorem lt_trans {a b c : Int} (h₁ : a < b) (h₂ : b < c) : a < c := Int.lt_of_lt_of_le h₁ (Int.le_of_lt h₂)
protected theorem ne_of_gt {a b : Int} (h : b < a) : a ≠ b := fun e => Int.lt_irrefl a (by rw [← e] at h; exact h)
protected theorem ne_of_lt {a b : Int} (h : a < b) : a ≠ b := fun e => Int.lt_irrefl a (by rw [← e] at h; exact h)
protected theorem lt_or_gt_of_ne {a b : Int} (h : a ≠ b) : a < b ∨ b < a := by
  rcases Int.lt_or_ge a b with h' | h'
  · exact Or.inl h'
  · rcases Int.lt_or_ge b a with h'' | h''
    · exact Or.inr h''
    · exact absurd (Int.le_antisymm h'' h') h
theorem le_of_lt_add_one {a b : Int} (h : a < b + 1) : a ≤ b := by
  rcases Int.lt_or_ge b a with h' | h'
  · exact (Int.not_le_of_lt' h h').elim
  · exact h'
theorem lt_add_one_of_le {a b : Int} (h : a ≤ b) : a < b + 1 := by
  rcases Int.lt_or_ge a (b + 1) with h' | h'
  · exact h'
  · exact (Int.not_le_of_lt' h' h).elim

/-! ### Order and arithmetic -/

protected theorem add_le_add_left {a b : Int} (h : a ≤ b) (c : Int) : c + a ≤ c + b := by
  apply Int.le_of_sub_nonneg
  rw [Int.sub_eq_add_neg, Int.neg_add, Int.add_comm c, Int.add_assoc, ← Int.add_assoc c, Int.add_right_neg,
  Int.zero_add]
  exact Int.sub_nonneg_of_le h
protected theorem add_le_add_right {a b : Int} (h : a ≤ b) (c : Int) : a + c ≤ b + c := by
  rw [Int.add_comm a, Int.add_comm b]; exact Int.add_le_add_left h c
protected theorem add_le_add {a b c d : Int} (h₁ : a ≤ b) (h₂ : c ≤ d) : a + c ≤ b + d :=
  Int.le_trans (Int.add_le_add_right h₁ c) (Int.add_le_add_left h₂ b)
protected theorem neg_le_neg {a b : Int} (h : a ≤ b) : -b ≤ -a := by
  apply Int.le_of_sub_nonneg
  rw [Int.sub_eq_add_neg, Int.neg_neg, Int.add_comm]
  exact Int.sub_nonneg_of_le h
protected theorem mul_le_mul_of_nonneg_left {a b c : Int} (h : a ≤ b) (hc : 0 ≤ c) : c * a ≤ c * b := by
  apply Int.le_of_sub_nonneg
  rw [← Int.mul_sub]
  exact Int.mul_nonneg hc (Int.sub_nonneg_of_le h)
protected theorem mul_le_mul_of_nonpos_left {a b c : Int} (hc : c ≤ 0) (h : a ≤ b) : c * b ≤ c * a := by
  have h' := Int.mul_le_mul_of_nonneg_left h (Int.neg_le_neg hc)
  rw [Int.neg_mul, Int.neg_mul] at h'
  have h'' := Int.neg_le_neg h'
  rw [Int.neg_neg, Int.neg_neg] at h''
  exact h''
protected theorem lt_of_mul_lt_mul_left {a b c : Int} (h : c * a < c * b) (hc : 0 ≤ c) : a < b := by
  rcases Int.lt_or_ge a b with h' | h'
  · exact h'
  · exact (Int.not_le_of_lt' h (Int.mul_le_mul_of_nonneg_left h' hc)).elim

theorem ofNat_le {a b : Nat} : (a : Int) ≤ b ↔ a ≤ b := by
  show ofNat a ≤ ofNat b ↔ _
  rw [← subNatNat_zero, ← subNatNat_zero, subNatNat_le, Nat.add_zero, Nat.add_zero]
theorem ofNat_lt {a b : Nat} : (a : Int) < b ↔ a < b := by
  show ofNat a < ofNat b ↔ _
  rw [← subNatNat_zero, ← subNatNat_zero, subNatNat_lt, Nat.add_zero, Nat.add_zero]
theorem natCast_pos {a : Nat} : (0 : Int) < a ↔ 0 < a := ofNat_lt (a := 0)
theorem ofNat_sub {m n : Nat} (h : m ≤ n) : ((n - m : Nat) : Int) = n - m := by
  obtain ⟨k, rfl⟩ := Nat.exists_eq_add_of_le h
  rw [Nat.add_sub_cancel_left, natCast_add, Int.add_comm, Int.add_sub_cancel]

theorem natAbs_of_nonneg {a : Int} (h : 0 ≤ a) : (natAbs a : Int) = a := by
  obtain ⟨n, rfl⟩ := eq_ofNat_of_zero_le h
  rfl
theorem natAbs_cases (a : Int) : a = natAbs a ∨ a = -(natAbs a : Int) := by
  cases a with
  | ofNat n => exact Or.inl rfl
  | negSucc n => exact Or.inr rfl
theorem le_natAbs {a : Int} : a ≤ natAbs a := by
  cases a with
  | ofNat n => exact Int.le_refl _
  | negSucc n =>
    exact Int.le_trans (Int.neg_le_neg (natCast_nonneg (n + 1))) (natCast_nonneg _)

end Int
