/-
Integers: the order, division with remainder, divisibility.
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
  rw [Int.sub_eq_add_neg, Int.neg_add, Int.add_comm c, Int.add_assoc, ← Int.add_assoc c, Int.add_right_neg, Int.zero_add]
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

/-! ### Division with remainder -/

theorem emod_add_mul_ediv (a b : Int) : a % b + b * (a / b) = a := by
  cases a with
  | ofNat m =>
    cases b with
    | ofNat n =>
      show ofNat (m % n + n * (m / n)) = ofNat m
      rw [Nat.add_comm, Nat.div_add_mod]
    | negSucc n =>
      show ofNat (m % (n + 1)) + -ofNat (n + 1) * -ofNat (m / (n + 1)) = ofNat m
      rw [Int.neg_mul_neg]
      show ofNat (m % (n + 1) + (n + 1) * (m / (n + 1))) = ofNat m
      rw [Nat.add_comm, Nat.div_add_mod]
  | negSucc m =>
    cases b with
    | ofNat n =>
      cases n with
      | zero =>
        show subNatNat 0 (m % 0 + 1) + 0 * 0 = negSucc m
        rw [Int.mul_zero, Int.add_zero, Nat.mod_zero, subNatNat_zero_succ]
      | succ n =>
        show subNatNat (n + 1) (m % (n + 1) + 1) + ofNat (n + 1) * negSucc (m / (n + 1)) = negSucc m
        rw [← subNatNat_zero, ← subNatNat_zero_succ, subNatNat_mul_subNatNat, subNatNat_add_subNatNat,
          ← subNatNat_zero_succ]
        apply subNatNat_congr
        have h := Nat.div_add_mod m (n + 1)
        simp only [Nat.mul_zero, Nat.zero_mul, Nat.add_zero, Nat.zero_add, Nat.mul_add, Nat.mul_one]
        have e : m % (n + 1) + 1 + ((n + 1) * (m / (n + 1)) + (n + 1))
            = (n + 1) * (m / (n + 1)) + m % (n + 1) + (n + 1) + 1 := by
          simp only [Nat.add_assoc, Nat.add_comm, Nat.add_left_comm]
        rw [e, h]
        simp only [Nat.add_assoc, Nat.add_comm, Nat.add_left_comm]
    | negSucc n =>
      show subNatNat (n + 1) (m % (n + 1) + 1) + negSucc n * ofNat (m / (n + 1) + 1) = negSucc m
      rw [← subNatNat_zero, ← subNatNat_zero_succ, subNatNat_mul_subNatNat, subNatNat_add_subNatNat,
        ← subNatNat_zero_succ]
      apply subNatNat_congr
      have h := Nat.div_add_mod m (n + 1)
      simp only [Nat.mul_zero, Nat.zero_mul, Nat.add_zero, Nat.zero_add, Nat.mul_add, Nat.mul_one]
      have e : m % (n + 1) + 1 + ((n + 1) * (m / (n + 1)) + (n + 1))
          = (n + 1) * (m / (n + 1)) + m % (n + 1) + (n + 1) + 1 := by
        simp only [Nat.add_assoc, Nat.add_comm, Nat.add_left_comm]
      rw [e, h]
      simp only [Nat.add_assoc, Nat.add_comm, Nat.add_left_comm]

theorem mul_ediv_add_emod (a b : Int) : b * (a / b) + a % b = a := by rw [Int.add_comm, emod_add_mul_ediv]
theorem emod_def (a b : Int) : a % b = a - b * (a / b) := by
  apply Int.add_right_cancel (b := b * (a / b))
  rw [emod_add_mul_ediv, Int.sub_add_cancel]

theorem natAbs_pos {a : Int} (h : a ≠ 0) : 0 < natAbs a := by
  cases a with
  | ofNat n => exact Nat.pos_of_ne_zero (fun e => h (congrArg ofNat e))
  | negSucc n => exact Nat.succ_pos n

theorem emod_nonneg (a : Int) {b : Int} (h : b ≠ 0) : 0 ≤ a % b := by
  cases a with
  | ofNat m => exact natCast_nonneg _
  | negSucc m =>
    show 0 ≤ subNatNat (natAbs b) (m % natAbs b + 1)
    have e : (0 : Int) = subNatNat 0 0 := rfl
    rw [e, subNatNat_le, Nat.zero_add, Nat.add_zero]
    exact Nat.mod_lt m (natAbs_pos h)
theorem emod_lt_of_pos (a : Int) {b : Int} (h : 0 < b) : a % b < b := by
  obtain ⟨n, rfl⟩ := eq_ofNat_of_zero_le (Int.le_of_lt h)
  have hn : 0 < n := natCast_pos.mp h
  cases a with
  | ofNat m => exact ofNat_lt.mpr (Nat.mod_lt m hn)
  | negSucc m =>
    show subNatNat n (m % n + 1) < ofNat n
    rw [← subNatNat_zero n, subNatNat_lt]
    exact Nat.succ_le_succ (Nat.le_add_right n (m % n))

@[simp] theorem ediv_zero (a : Int) : a / 0 = 0 := by
  cases a with
  | ofNat m => exact congrArg ofNat (Nat.div_zero m)
  | negSucc m => rfl
theorem mul_ediv_self_le {x k : Int} (h : k ≠ 0) : k * (x / k) ≤ x := by
  have h' := Int.add_le_add_right (emod_nonneg x h) (k * (x / k))
  rw [emod_add_mul_ediv, Int.zero_add] at h'
  exact h'
theorem lt_mul_ediv_self_add {x k : Int} (h : 0 < k) : x < k * (x / k) + k := by
  have h' : x % k + 1 + k * (x / k) ≤ k + k * (x / k) := Int.add_le_add_right (emod_lt_of_pos x h) _
  rw [Int.add_right_comm, emod_add_mul_ediv, Int.add_comm k] at h'
  exact h'

/-- The quotient is the only number whose multiple leaves a remainder below the divisor. -/
theorem ediv_unique {a b q : Int} (hb : 0 < b) (h₁ : b * q ≤ a) (h₂ : a < b * q + b) : a / b = q := by
  have hb' := Int.le_of_lt hb
  have step (p : Int) : b * p + b = b * (p + 1) := by rw [Int.mul_add, Int.mul_one]
  have l₁ := mul_ediv_self_le (x := a) (Int.ne_of_gt hb)
  have l₂ := lt_mul_ediv_self_add (x := a) hb
  rw [step] at h₂ l₂
  apply Int.le_antisymm
  · exact le_of_lt_add_one (Int.lt_of_mul_lt_mul_left (Int.lt_of_le_of_lt l₁ h₂) hb')
  · exact le_of_lt_add_one (Int.lt_of_mul_lt_mul_left (Int.lt_of_le_of_lt h₁ l₂) hb')
theorem le_ediv_of_mul_le {a b q : Int} (hb : 0 < b) (h : b * q ≤ a) : q ≤ a / b := by
  have l₂ := lt_mul_ediv_self_add (x := a) hb
  have e : b * (a / b) + b = b * (a / b + 1) := by rw [Int.mul_add, Int.mul_one]
  rw [e] at l₂
  exact le_of_lt_add_one (Int.lt_of_mul_lt_mul_left (Int.lt_of_le_of_lt h l₂) (Int.le_of_lt hb))
theorem mul_ediv_cancel_left_of_pos {b : Int} (q : Int) (hb : 0 < b) : b * q / b = q := by
  refine ediv_unique hb (Int.le_refl _) ?_
  have h := Int.add_le_add_left hb (b * q)
  rw [Int.zero_add] at h
  exact h

protected theorem mul_pos {a b : Int} (ha : 0 < a) (hb : 0 < b) : 0 < a * b := by
  obtain ⟨m, rfl⟩ := eq_ofNat_of_zero_le (Int.le_of_lt ha)
  obtain ⟨n, rfl⟩ := eq_ofNat_of_zero_le (Int.le_of_lt hb)
  exact natCast_pos.mpr (Nat.mul_pos (natCast_pos.mp ha) (natCast_pos.mp hb))
theorem ediv_ediv_of_pos {a b c : Int} (hb : 0 < b) (hc : 0 < c) : a / b / c = a / (b * c) := by
  refine (ediv_unique (Int.mul_pos hb hc) ?_ ?_).symm
  · rw [Int.mul_assoc]
    exact Int.le_trans (Int.mul_le_mul_of_nonneg_left (mul_ediv_self_le (Int.ne_of_gt hc)) (Int.le_of_lt hb))
      (mul_ediv_self_le (Int.ne_of_gt hb))
  · have h₁ := lt_mul_ediv_self_add (x := a) hb
    have h₂ : a / b + 1 ≤ c * (a / b / c) + c := lt_mul_ediv_self_add hc
    have h₃ := Int.mul_le_mul_of_nonneg_left h₂ (Int.le_of_lt hb)
    rw [Int.mul_add, Int.mul_one, Int.mul_add, ← Int.mul_assoc] at h₃
    exact Int.lt_of_lt_of_le h₁ h₃

theorem ediv_neg (a b : Int) : a / -b = -(a / b) := by
  cases a with
  | ofNat m =>
    cases b with
    | ofNat n =>
      cases n with
      | zero =>
        show ofNat (m / 0) = -ofNat (m / 0)
        rw [Nat.div_zero]; rfl
      | succ n => rfl
    | negSucc n =>
      show ofNat (m / (n + 1)) = - -ofNat (m / (n + 1))
      rw [Int.neg_neg]
  | negSucc m =>
    cases b with
    | ofNat n =>
      cases n with
      | zero => rfl
      | succ n => rfl
    | negSucc n => rfl

/-! ### Divisibility -/

theorem emod_eq_zero_of_dvd {a b : Int} (h : a ∣ b) : b % a = 0 := by
  obtain ⟨c, rfl⟩ := h
  rw [emod_def]
  apply Int.sub_eq_zero_of_eq
  rcases Int.lt_or_ge 0 a with ha | ha
  · rw [mul_ediv_cancel_left_of_pos c ha]
  · rcases Int.lt_or_ge a 0 with ha' | ha'
    · have hn : 0 < -a := by
        have h := Int.add_le_add_left ha' (-a)
        rw [← Int.add_assoc, Int.add_left_neg, Int.add_zero] at h
        exact h
      have e : a * c = -a * -c := (Int.neg_mul_neg a c).symm
      have e' : a * c / a = c := by
        have e₂ : a * c / a = a * c / - -a := by rw [Int.neg_neg]
        rw [e₂, ediv_neg, e, mul_ediv_cancel_left_of_pos _ hn, Int.neg_neg]
      rw [e']
    · rw [Int.le_antisymm ha ha', Int.zero_mul, Int.zero_mul]
theorem dvd_of_emod_eq_zero {a b : Int} (h : b % a = 0) : a ∣ b :=
  ⟨b / a, by have e := emod_add_mul_ediv b a; rw [h, Int.zero_add] at e; exact e.symm⟩
theorem emod_pos_of_not_dvd {a b : Int} (h : ¬a ∣ b) : a = 0 ∨ 0 < b % a := by
  by_cases ha : a = 0
  · exact Or.inl ha
  · rcases Int.lt_or_gt_of_ne (fun e => h (dvd_of_emod_eq_zero e)) with h' | h'
    · exact (Int.not_le_of_lt' h' (emod_nonneg b ha)).elim
    · exact Or.inr h'
noncomputable instance decidableDvd (a b : Int) : Decidable (a ∣ b) where
  decide := decide (b % a = 0)
  reflects_decide :=
    match h : decide (b % a = 0) with
    | true => dvd_of_emod_eq_zero (of_decide_eq_true h)
    | false => fun h' => of_decide_eq_false h (emod_eq_zero_of_dvd h')

/-! ### Bounds, absolute value, natural part -/

protected theorem min_def (a b : Int) : min a b = if a ≤ b then a else b := rfl
protected theorem max_def (a b : Int) : max a b = if a ≤ b then b else a := rfl
protected theorem min_le_left (a b : Int) : min a b ≤ a := by
  rw [Int.min_def]
  by_cases h : a ≤ b
  · rw [if_pos h]; exact Int.le_refl a
  · rw [if_neg h]; exact Int.le_of_lt (Int.not_le.mp h)
protected theorem min_le_right (a b : Int) : min a b ≤ b := by
  rw [Int.min_def]
  by_cases h : a ≤ b
  · rw [if_pos h]; exact h
  · rw [if_neg h]; exact Int.le_refl b
protected theorem le_max_left (a b : Int) : a ≤ max a b := by
  rw [Int.max_def]
  by_cases h : a ≤ b
  · rw [if_pos h]; exact h
  · rw [if_neg h]; exact Int.le_refl a
protected theorem le_max_right (a b : Int) : b ≤ max a b := by
  rw [Int.max_def]
  by_cases h : a ≤ b
  · rw [if_pos h]; exact Int.le_refl b
  · rw [if_neg h]; exact Int.le_of_lt (Int.not_le.mp h)
theorem toNat_eq_max (a : Int) : (toNat a : Int) = max a 0 := by
  rw [Int.max_def]
  cases a with
  | ofNat n =>
    cases n with
    | zero => rfl
    | succ n => rfl
  | negSucc n => rfl
theorem natAbs_eq_ite (a : Int) : (natAbs a : Int) = if 0 ≤ a then a else -a := by
  cases a with
  | ofNat n => rfl
  | negSucc n => rfl

end Int
