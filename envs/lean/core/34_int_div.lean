/-
Integers: division with remainder, divisibility, the smaller and the greater of two.
-/

namespace Int

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
instance decidableDvd (a b : Int) : Decidable (a ∣ b) where
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
