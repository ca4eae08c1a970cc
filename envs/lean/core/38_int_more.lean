/-
More of what people expect to find on integers, mostly by `omega`; and what `simp` and `calc` look up.
-/

instance Int.instTransLe : Trans (α := Int) (· ≤ ·) (· ≤ ·) (· ≤ ·) := ⟨Int.le_trans⟩
instance Int.instTransLtLe : Trans (α := Int) (· < ·) (· ≤ ·) (· < ·) := ⟨Int.lt_of_lt_of_le⟩
instance Int.instTransLeLt : Trans (α := Int) (· ≤ ·) (· < ·) (· < ·) := ⟨Int.lt_of_le_of_lt⟩
instance Int.instTransLt : Trans (α := Int) (· < ·) (· < ·) (· < ·) := ⟨Int.lt_trans⟩

namespace Int

theorem dvd_eq_true_of_mod_eq_zero {a b : Int} (h : (b % a == 0) = true) : (a ∣ b) = True :=
  eq_true (dvd_of_emod_eq_zero (of_decide_eq_true h))
theorem dvd_eq_false_of_mod_ne_zero {a b : Int} (h : (b % a != 0) = true) : (a ∣ b) = False := by
  refine eq_false (fun h' => ?_)
  rw [bne, show (b % a == 0) = true from decide_eq_true (emod_eq_zero_of_dvd h')] at h
  exact Bool.false_ne_true h

/-! ### Order -/

attribute [simp] Int.not_le Int.not_lt Int.add_left_neg Int.add_right_neg Int.sub_add_cancel Int.add_sub_cancel
  Int.neg_mul Int.mul_neg Int.neg_sub natCast_nonneg

protected theorem le_rfl {a : Int} : a ≤ a := Int.le_refl a
@[simp] protected theorem lt_self_iff_false (a : Int) : a < a ↔ False := ⟨Int.lt_irrefl a, False.elim⟩
protected theorem le_antisymm_iff {a b : Int} : a = b ↔ a ≤ b ∧ b ≤ a := by omega
protected theorem lt_iff_le_and_ne {a b : Int} : a < b ↔ a ≤ b ∧ a ≠ b := by omega
protected theorem le_iff_lt_or_eq {a b : Int} : a ≤ b ↔ a < b ∨ a = b := by omega
protected theorem lt_iff_le_not_le {a b : Int} : a < b ↔ a ≤ b ∧ ¬b ≤ a := by omega
protected theorem lt_trichotomy (a b : Int) : a < b ∨ a = b ∨ b < a := by omega
protected theorem lt_or_le (a b : Int) : a < b ∨ b ≤ a := Int.lt_or_ge a b
protected theorem lt_asymm {a b : Int} (h : a < b) : ¬b < a := by omega
protected theorem not_le_of_gt {a b : Int} (h : b < a) : ¬a ≤ b := by omega
protected theorem not_lt_of_ge {a b : Int} (h : b ≤ a) : ¬a < b := by omega
protected theorem lt_of_le_of_ne {a b : Int} (h₁ : a ≤ b) (h₂ : a ≠ b) : a < b := by omega
theorem lt_add_one_iff {a b : Int} : a < b + 1 ↔ a ≤ b := by omega
theorem add_one_le_iff {a b : Int} : a + 1 ≤ b ↔ a < b := Iff.rfl
theorem lt_succ (a : Int) : a < a + 1 := by omega
theorem le_sub_one_iff {a b : Int} : a ≤ b - 1 ↔ a < b := by omega
theorem sub_one_lt_iff {a b : Int} : a - 1 < b ↔ a ≤ b := by omega
theorem pos_iff_one_le {a : Int} : 0 < a ↔ 1 ≤ a := Iff.rfl
@[simp] theorem zero_lt_one : (0 : Int) < 1 := by omega
theorem ofNat_lt_ofNat {a b : Nat} : ofNat a < ofNat b ↔ a < b := ofNat_lt
@[simp] theorem natCast_le {a b : Nat} : (a : Int) ≤ b ↔ a ≤ b := ofNat_le
@[simp] theorem natCast_lt {a b : Nat} : (a : Int) < b ↔ a < b := ofNat_lt
@[simp] theorem natCast_inj {a b : Nat} : (a : Int) = b ↔ a = b := ofNat_inj
@[simp] theorem natCast_eq_zero {a : Nat} : (a : Int) = 0 ↔ a = 0 := by omega
theorem natCast_ne_zero {a : Nat} : (a : Int) ≠ 0 ↔ a ≠ 0 := by omega
theorem natCast_zero : ((0 : Nat) : Int) = 0 := rfl
theorem natCast_one : ((1 : Nat) : Int) = 1 := rfl
theorem natCast_sub {a b : Nat} (h : b ≤ a) : ((a - b : Nat) : Int) = a - b := ofNat_sub h
theorem negSucc_lt_zero (n : Nat) : negSucc n < 0 := by omega
theorem negSucc_not_nonneg (n : Nat) : ¬0 ≤ negSucc n := by omega

/-! ### Sums and differences -/

protected theorem add_le_add_iff_left (a : Int) {b c : Int} : a + b ≤ a + c ↔ b ≤ c := by omega
protected theorem add_le_add_iff_right {a b : Int} (c : Int) : a + c ≤ b + c ↔ a ≤ b := by omega
protected theorem add_lt_add_iff_left (a : Int) {b c : Int} : a + b < a + c ↔ b < c := by omega
protected theorem add_lt_add_iff_right {a b : Int} (c : Int) : a + c < b + c ↔ a < b := by omega
protected theorem add_lt_add_left {a b : Int} (h : a < b) (c : Int) : c + a < c + b := by omega
protected theorem add_lt_add_right {a b : Int} (h : a < b) (c : Int) : a + c < b + c := by omega
protected theorem add_lt_add {a b c d : Int} (h₁ : a < b) (h₂ : c < d) : a + c < b + d := by omega
protected theorem add_lt_add_of_le_of_lt {a b c d : Int} (h₁ : a ≤ b) (h₂ : c < d) : a + c < b + d := by omega
protected theorem add_lt_add_of_lt_of_le {a b c d : Int} (h₁ : a < b) (h₂ : c ≤ d) : a + c < b + d := by omega
protected theorem add_pos {a b : Int} (ha : 0 < a) (hb : 0 < b) : 0 < a + b := by omega
protected theorem sub_nonneg {a b : Int} : 0 ≤ a - b ↔ b ≤ a := by omega
protected theorem sub_pos {a b : Int} : 0 < a - b ↔ b < a := by omega
protected theorem sub_le_iff_le_add {a b c : Int} : a - b ≤ c ↔ a ≤ c + b := by omega
protected theorem le_sub_iff_add_le {a b c : Int} : a ≤ b - c ↔ a + c ≤ b := by omega
protected theorem sub_le_sub {a b c d : Int} (h₁ : a ≤ b) (h₂ : c ≤ d) : a - d ≤ b - c := by omega
protected theorem sub_le_self (a : Int) {b : Int} (h : 0 ≤ b) : a - b ≤ a := by omega
protected theorem sub_lt_self (a : Int) {b : Int} (h : 0 < b) : a - b < a := by omega
protected theorem neg_lt_neg {a b : Int} (h : a < b) : -b < -a := by omega
protected theorem neg_le_neg_iff {a b : Int} : -a ≤ -b ↔ b ≤ a := by omega
protected theorem neg_lt_neg_iff {a b : Int} : -a < -b ↔ b < a := by omega
protected theorem neg_nonneg {a : Int} : 0 ≤ -a ↔ a ≤ 0 := by omega
protected theorem neg_pos {a : Int} : 0 < -a ↔ a < 0 := by omega
protected theorem neg_eq_zero {a : Int} : -a = 0 ↔ a = 0 := by omega
protected theorem neg_eq_comm {a b : Int} : -a = b ↔ -b = a := by omega
protected theorem neg_add_cancel_left (a b : Int) : -a + (a + b) = b := by omega
protected theorem add_neg_cancel_left (a b : Int) : a + (-a + b) = b := by omega
protected theorem add_neg_cancel_right (a b : Int) : a + b + -b = a := by omega
protected theorem sub_eq_zero {a b : Int} : a - b = 0 ↔ a = b := by omega
protected theorem sub_eq_iff_eq_add {a b c : Int} : a - b = c ↔ a = c + b := by omega
protected theorem eq_sub_iff_add_eq {a b c : Int} : a = b - c ↔ a + c = b := by omega
protected theorem sub_sub_self (a b : Int) : a - (a - b) = b := by omega
@[simp] protected theorem sub_neg (a b : Int) : a - -b = a + b := by omega
@[simp] protected theorem add_left_inj {a b : Int} (c : Int) : a + c = b + c ↔ a = b := by omega
@[simp] protected theorem add_right_inj (a : Int) {b c : Int} : a + b = a + c ↔ b = c := by omega
protected theorem add_sub_assoc (a b c : Int) : a + b - c = a + (b - c) := by omega
protected theorem add_sub_cancel_left (a b : Int) : a + b - a = b := by omega
protected theorem two_mul (a : Int) : 2 * a = a + a := by omega
protected theorem mul_two (a : Int) : a * 2 = a + a := by omega

/-! ### Products -/

protected theorem mul_eq_zero {a b : Int} : a * b = 0 ↔ a = 0 ∨ b = 0 := by
  constructor
  · intro h
    by_cases ha : a = 0
    · exact Or.inl ha
    · refine Or.inr ?_
      rcases Int.lt_or_gt_of_ne ha with ha | ha
      · have h' : -a * b / -a = 0 / -a := by rw [Int.neg_mul, h]; rfl
        rw [mul_ediv_cancel_left_of_pos b (Int.neg_pos.mpr ha), ← Int.mul_zero (-a),
          mul_ediv_cancel_left_of_pos 0 (Int.neg_pos.mpr ha)] at h'
        exact h'
      · have h' : a * b / a = a * 0 / a := by rw [h, Int.mul_zero]
        rw [mul_ediv_cancel_left_of_pos b ha, mul_ediv_cancel_left_of_pos 0 ha] at h'
        exact h'
  · rintro (h | h)
    · rw [h, Int.zero_mul]
    · rw [h, Int.mul_zero]
protected theorem mul_ne_zero {a b : Int} (ha : a ≠ 0) (hb : b ≠ 0) : a * b ≠ 0 := fun h =>
  (Int.mul_eq_zero.mp h).elim ha hb
protected theorem mul_left_cancel {a b c : Int} (ha : a ≠ 0) (h : a * b = a * c) : b = c := by
  have h' : a * (b - c) = 0 := by rw [Int.mul_sub, h, Int.sub_self]
  rcases Int.mul_eq_zero.mp h' with e | e
  · exact absurd e ha
  · exact Int.sub_eq_zero.mp e
protected theorem mul_right_cancel {a b c : Int} (hb : b ≠ 0) (h : a * b = c * b) : a = c := by
  rw [Int.mul_comm a, Int.mul_comm c] at h
  exact Int.mul_left_cancel hb h
protected theorem mul_le_mul_of_nonneg_right {a b c : Int} (h : a ≤ b) (hc : 0 ≤ c) : a * c ≤ b * c := by
  rw [Int.mul_comm a, Int.mul_comm b]; exact Int.mul_le_mul_of_nonneg_left h hc
protected theorem mul_lt_mul_of_pos_left {a b c : Int} (h : a < b) (hc : 0 < c) : c * a < c * b := by
  have h' := Int.mul_pos hc (Int.sub_pos.mpr h)
  rw [Int.mul_sub] at h'
  exact Int.sub_pos.mp h'
protected theorem mul_lt_mul_of_pos_right {a b c : Int} (h : a < b) (hc : 0 < c) : a * c < b * c := by
  rw [Int.mul_comm a, Int.mul_comm b]; exact Int.mul_lt_mul_of_pos_left h hc
protected theorem mul_self_nonneg (a : Int) : 0 ≤ a * a := by
  rcases Int.le_total 0 a with h | h
  · exact Int.mul_nonneg h h
  · rw [← Int.neg_mul_neg]; exact Int.mul_nonneg (Int.neg_nonneg.mpr h) (Int.neg_nonneg.mpr h)

/-! ### Absolute value, sign, natural part -/

@[simp] theorem natAbs_natCast (n : Nat) : natAbs (n : Int) = n := rfl
@[simp] theorem natAbs_neg (a : Int) : natAbs (-a) = natAbs a := by omega
@[simp] theorem natAbs_eq_zero {a : Int} : natAbs a = 0 ↔ a = 0 := by omega
theorem natAbs_sub_comm (a b : Int) : natAbs (a - b) = natAbs (b - a) := by omega
theorem natAbs_add_le (a b : Int) : natAbs (a + b) ≤ natAbs a + natAbs b := by omega
theorem natAbs_mul (a b : Int) : natAbs (a * b) = natAbs a * natAbs b := by
  apply ofNat_inj.mp
  rw [natCast_mul]
  rcases Int.le_total 0 a with ha | ha <;> rcases Int.le_total 0 b with hb | hb
  · rw [natAbs_of_nonneg ha, natAbs_of_nonneg hb, natAbs_of_nonneg (Int.mul_nonneg ha hb)]
  · rw [← natAbs_neg b, ← natAbs_neg (a * b), ← Int.mul_neg, natAbs_of_nonneg ha, natAbs_of_nonneg (by omega : 0 ≤ -b),
      natAbs_of_nonneg (Int.mul_nonneg ha (by omega))]
  · rw [← natAbs_neg a, ← natAbs_neg (a * b), ← Int.neg_mul, natAbs_of_nonneg hb, natAbs_of_nonneg (by omega : 0 ≤ -a),
      natAbs_of_nonneg (Int.mul_nonneg (by omega) hb)]
  · rw [← natAbs_neg a, ← natAbs_neg b, ← Int.neg_mul_neg, natAbs_of_nonneg (by omega : 0 ≤ -a),
      natAbs_of_nonneg (by omega : 0 ≤ -b), natAbs_of_nonneg (Int.mul_nonneg (by omega) (by omega))]
@[simp] theorem toNat_natCast (n : Nat) : toNat (n : Int) = n := rfl
@[simp] theorem toNat_of_nonneg {a : Int} (h : 0 ≤ a) : (toNat a : Int) = a := by omega
theorem toNat_of_nonpos {a : Int} (h : a ≤ 0) : toNat a = 0 := by omega

/-! ### Division and divisibility -/

@[simp] theorem emod_zero (a : Int) : a % 0 = a := by rw [emod_def, Int.zero_mul, Int.sub_zero]
@[simp] theorem zero_ediv (a : Int) : 0 / a = 0 := by
  rcases Int.lt_trichotomy a 0 with h | h | h
  · have e := mul_ediv_cancel_left_of_pos 0 (Int.neg_pos.mpr h)
    rw [Int.mul_zero, ediv_neg] at e
    exact Int.neg_eq_zero.mp e
  · rw [h]; rfl
  · have e := mul_ediv_cancel_left_of_pos 0 h
    rw [Int.mul_zero] at e; exact e
@[simp] theorem zero_emod (a : Int) : 0 % a = 0 := by rw [emod_def, zero_ediv, Int.mul_zero]; rfl
@[simp] theorem ediv_one (a : Int) : a / 1 = a := by omega
@[simp] theorem emod_one (a : Int) : a % 1 = 0 := by omega
theorem mul_ediv_cancel_left {a : Int} (b : Int) (h : a ≠ 0) : a * b / a = b := by
  have e := emod_add_mul_ediv (a * b) a
  rw [emod_eq_zero_of_dvd ⟨b, rfl⟩, Int.zero_add] at e
  exact Int.mul_left_cancel h e
theorem mul_ediv_cancel (a : Int) {b : Int} (h : b ≠ 0) : a * b / b = a := by
  rw [Int.mul_comm, mul_ediv_cancel_left a h]
@[simp] theorem mul_emod_right (a b : Int) : a * b % a = 0 := emod_eq_zero_of_dvd ⟨b, rfl⟩
@[simp] theorem mul_emod_left (a b : Int) : a * b % b = 0 := by rw [Int.mul_comm, mul_emod_right]
@[simp] theorem emod_self {a : Int} : a % a = 0 := by
  have h := mul_emod_right a 1
  rw [Int.mul_one] at h; exact h
theorem ediv_self {a : Int} (h : a ≠ 0) : a / a = 1 := by
  have e := mul_ediv_cancel_left 1 h
  rw [Int.mul_one] at e; exact e
theorem dvd_iff_emod_eq_zero {a b : Int} : a ∣ b ↔ b % a = 0 := ⟨emod_eq_zero_of_dvd, dvd_of_emod_eq_zero⟩
@[simp] protected theorem dvd_refl (a : Int) : a ∣ a := ⟨1, (Int.mul_one a).symm⟩
@[simp] protected theorem dvd_zero (a : Int) : a ∣ 0 := ⟨0, (Int.mul_zero a).symm⟩
@[simp] protected theorem one_dvd (a : Int) : 1 ∣ a := ⟨a, (Int.one_mul a).symm⟩
@[simp] protected theorem zero_dvd {a : Int} : 0 ∣ a ↔ a = 0 :=
  ⟨fun ⟨c, h⟩ => h.trans (Int.zero_mul c), fun h => h ▸ Int.dvd_refl 0⟩
protected theorem dvd_mul_right (a b : Int) : a ∣ a * b := ⟨b, rfl⟩
protected theorem dvd_mul_left (a b : Int) : b ∣ a * b := ⟨a, Int.mul_comm a b⟩
protected theorem dvd_trans {a b c : Int} (h₁ : a ∣ b) (h₂ : b ∣ c) : a ∣ c := by
  obtain ⟨x, rfl⟩ := h₁
  obtain ⟨y, rfl⟩ := h₂
  exact ⟨x * y, Int.mul_assoc a x y⟩
protected theorem dvd_add {a b c : Int} (h₁ : a ∣ b) (h₂ : a ∣ c) : a ∣ b + c := by
  obtain ⟨x, rfl⟩ := h₁
  obtain ⟨y, rfl⟩ := h₂
  exact ⟨x + y, (Int.mul_add a x y).symm⟩
protected theorem dvd_sub {a b c : Int} (h₁ : a ∣ b) (h₂ : a ∣ c) : a ∣ b - c := by
  obtain ⟨x, rfl⟩ := h₁
  obtain ⟨y, rfl⟩ := h₂
  exact ⟨x - y, (Int.mul_sub a x y).symm⟩
protected theorem dvd_neg {a b : Int} : a ∣ -b ↔ a ∣ b := by
  constructor
  · rintro ⟨c, h⟩
    exact ⟨-c, by rw [Int.mul_neg, ← h, Int.neg_neg]⟩
  · rintro ⟨c, h⟩
    exact ⟨-c, by rw [Int.mul_neg, ← h]⟩
protected theorem neg_dvd {a b : Int} : -a ∣ b ↔ a ∣ b := by
  constructor
  · rintro ⟨c, h⟩
    exact ⟨-c, by rw [h, Int.neg_mul, Int.mul_neg]⟩
  · rintro ⟨c, h⟩
    exact ⟨-c, by rw [h, Int.neg_mul_neg]⟩
theorem natCast_dvd_natCast {a b : Nat} : (a : Int) ∣ b ↔ a ∣ b := by
  constructor
  · rintro ⟨c, h⟩
    refine ⟨natAbs c, ?_⟩
    have h' := congrArg natAbs h
    rw [natAbs_mul] at h'
    exact h'
  · rintro ⟨c, h⟩
    exact ⟨c, congrArg Nat.cast h⟩
protected theorem ediv_mul_cancel {a b : Int} (h : b ∣ a) : a / b * b = a := by
  have e := emod_add_mul_ediv a b
  rw [emod_eq_zero_of_dvd h, Int.zero_add, Int.mul_comm] at e
  exact e

end Int
