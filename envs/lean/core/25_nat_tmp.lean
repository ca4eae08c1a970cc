/-
Lemmas on natural numbers that the integers need.
-/

namespace Nat

@[simp] theorem add_zero (n : Nat) : n + 0 = n := rfl
@[simp] theorem zero_add (n : Nat) : 0 + n = n := by
  induction n with
  | zero => rfl
  | succ n ih => exact congrArg Nat.succ ih
theorem succ_add (n m : Nat) : succ n + m = succ (n + m) := by
  induction m with
  | zero => rfl
  | succ m ih => exact congrArg Nat.succ ih
theorem add_succ (n m : Nat) : n + succ m = succ (n + m) := rfl
theorem add_one (n : Nat) : n + 1 = succ n := rfl
theorem succ_eq_add_one (n : Nat) : succ n = n + 1 := rfl
theorem add_comm (n m : Nat) : n + m = m + n := by
  induction m with
  | zero => rw [zero_add]; rfl
  | succ m ih => rw [succ_add, ← ih]; rfl
theorem add_assoc (n m k : Nat) : n + m + k = n + (m + k) := by
  induction k with
  | zero => rfl
  | succ k ih => exact congrArg Nat.succ ih
theorem add_left_comm (n m k : Nat) : n + (m + k) = m + (n + k) := by
  rw [← add_assoc, add_comm n m, add_assoc]
theorem add_right_comm (n m k : Nat) : n + m + k = n + k + m := by
  rw [add_assoc, add_comm m k, ← add_assoc]
theorem add_left_cancel {n m k : Nat} (h : n + m = n + k) : m = k := by
  induction n with
  | zero => rw [zero_add, zero_add] at h; exact h
  | succ n ih => rw [succ_add, succ_add] at h; injection h with h; exact ih h
theorem add_right_cancel {n m k : Nat} (h : n + m = k + m) : n = k := by
  rw [add_comm n, add_comm k] at h; exact add_left_cancel h

@[simp] theorem mul_zero (n : Nat) : n * 0 = 0 := rfl
theorem mul_succ (n m : Nat) : n * succ m = n * m + n := rfl
@[simp] theorem zero_mul (n : Nat) : 0 * n = 0 := by
  induction n with
  | zero => rfl
  | succ n ih => rw [mul_succ, ih]
theorem succ_mul (n m : Nat) : succ n * m = n * m + m := by
  induction m with
  | zero => rfl
  | succ m ih => rw [mul_succ, mul_succ, ih, add_succ, add_succ, add_right_comm]
theorem mul_comm (n m : Nat) : n * m = m * n := by
  induction m with
  | zero => rw [zero_mul]; rfl
  | succ m ih => rw [succ_mul, mul_succ, ih]
@[simp] theorem mul_one (n : Nat) : n * 1 = n := zero_add n
@[simp] theorem one_mul (n : Nat) : 1 * n = n := by rw [mul_comm, mul_one]
protected theorem mul_add (n m k : Nat) : n * (m + k) = n * m + n * k := by
  induction k with
  | zero => rfl
  | succ k ih => show n * (m + k) + n = n * m + (n * k + n); rw [ih, add_assoc]
protected theorem add_mul (n m k : Nat) : (n + m) * k = n * k + m * k := by
  rw [mul_comm, Nat.mul_add, mul_comm k, mul_comm k]
theorem mul_assoc (n m k : Nat) : n * m * k = n * (m * k) := by
  induction k with
  | zero => rfl
  | succ k ih => rw [mul_succ, mul_succ, Nat.mul_add, ih]
theorem mul_left_comm (n m k : Nat) : n * (m * k) = m * (n * k) := by
  rw [← mul_assoc, mul_comm n m, mul_assoc]

theorem le_refl (n : Nat) : n ≤ n := Nat.le.refl
theorem le_succ (n : Nat) : n ≤ succ n := Nat.le.step Nat.le.refl
theorem zero_le (n : Nat) : 0 ≤ n := by
  induction n with
  | zero => exact Nat.le.refl
  | succ n ih => exact Nat.le.step ih
theorem le_trans {n m k : Nat} (h₁ : n ≤ m) (h₂ : m ≤ k) : n ≤ k := by
  induction h₂ with
  | refl => exact h₁
  | step _ ih => exact Nat.le.step ih
theorem succ_le_succ {n m : Nat} (h : n ≤ m) : succ n ≤ succ m := by
  induction h with
  | refl => exact Nat.le.refl
  | step _ ih => exact Nat.le.step ih
theorem pred_le_pred {n m : Nat} (h : n ≤ m) : pred n ≤ pred m := by
  induction h with
  | refl => exact Nat.le.refl
  | step h ih =>
    rename_i m
    cases m with
    | zero => exact ih
    | succ m => exact Nat.le.step ih
theorem le_of_succ_le_succ {n m : Nat} (h : succ n ≤ succ m) : n ≤ m := pred_le_pred h
theorem not_succ_le_zero (n : Nat) (h : succ n ≤ 0) : False := by cases h
theorem not_succ_le_self (n : Nat) (h : succ n ≤ n) : False := by
  induction n with
  | zero => exact not_succ_le_zero _ h
  | succ n ih => exact ih (le_of_succ_le_succ h)
theorem lt_irrefl (n : Nat) (h : n < n) : False := not_succ_le_self n h
theorem le_antisymm {n m : Nat} (h₁ : n ≤ m) (h₂ : m ≤ n) : n = m := by
  cases h₁ with
  | refl => rfl
  | step h => exact (not_succ_le_self _ (le_trans h₂ h)).elim
theorem lt_or_ge (n m : Nat) : n < m ∨ m ≤ n := by
  induction m with
  | zero => exact Or.inr (zero_le n)
  | succ m ih =>
    rcases ih with h | h
    · exact Or.inl (Nat.le.step h)
    · cases h with
      | refl => exact Or.inl (le_refl _)
      | step h => exact Or.inr (succ_le_succ h)
theorem le_add_right (n k : Nat) : n ≤ n + k := by
  induction k with
  | zero => exact Nat.le.refl
  | succ k ih => exact Nat.le.step ih
theorem le_add_left (n k : Nat) : n ≤ k + n := by rw [add_comm]; exact le_add_right n k
theorem exists_eq_add_of_le {n m : Nat} (h : n ≤ m) : ∃ k, m = n + k := by
  induction h with
  | refl => exact ⟨0, rfl⟩
  | step _ ih =>
    obtain ⟨k, hk⟩ := ih
    exact ⟨k + 1, congrArg Nat.succ hk⟩
theorem add_le_add_right {n m : Nat} (h : n ≤ m) (k : Nat) : n + k ≤ m + k := by
  induction k with
  | zero => exact h
  | succ k ih => exact succ_le_succ ih
theorem add_le_add_left {n m : Nat} (h : n ≤ m) (k : Nat) : k + n ≤ k + m := by
  rw [add_comm k, add_comm k]; exact add_le_add_right h k
theorem add_le_add {a b c d : Nat} (h₁ : a ≤ b) (h₂ : c ≤ d) : a + c ≤ b + d :=
  le_trans (add_le_add_right h₁ c) (add_le_add_left h₂ b)
theorem le_of_add_le_add_right {n m k : Nat} (h : n + k ≤ m + k) : n ≤ m := by
  induction k with
  | zero => exact h
  | succ k ih => exact ih (le_of_succ_le_succ h)
theorem le_of_add_le_add_left {n m k : Nat} (h : k + n ≤ k + m) : n ≤ m := by
  rw [add_comm k, add_comm k] at h; exact le_of_add_le_add_right h
theorem mul_le_mul_left {n m : Nat} (k : Nat) (h : n ≤ m) : k * n ≤ k * m := by
  obtain ⟨j, rfl⟩ := exists_eq_add_of_le h
  rw [Nat.mul_add]; exact le_add_right _ _
theorem mul_pos {n m : Nat} (hn : 0 < n) (hm : 0 < m) : 0 < n * m := by
  cases n with
  | zero => exact absurd hn (lt_irrefl 0)
  | succ n => cases m with
    | zero => exact absurd hm (lt_irrefl 0)
    | succ m => exact succ_le_succ (zero_le _)
theorem lt_of_lt_of_le {n m k : Nat} (h₁ : n < m) (h₂ : m ≤ k) : n < k := le_trans h₁ h₂
theorem lt_of_le_of_lt {n m k : Nat} (h₁ : n ≤ m) (h₂ : m < k) : n < k := le_trans (succ_le_succ h₁) h₂
theorem le_of_lt {n m : Nat} (h : n < m) : n ≤ m := le_trans (le_succ n) h
theorem le_of_eq {n m : Nat} (h : n = m) : n ≤ m := h ▸ le_refl n
theorem succ_pos (n : Nat) : 0 < succ n := succ_le_succ (zero_le n)
theorem pos_of_ne_zero {n : Nat} (h : n ≠ 0) : 0 < n := by
  cases n with
  | zero => exact absurd rfl h
  | succ n => exact succ_pos n
theorem le_total (n m : Nat) : n ≤ m ∨ m ≤ n := by
  rcases lt_or_ge n m with h | h
  · exact Or.inl (le_of_lt h)
  · exact Or.inr h
theorem not_le_of_lt {n m : Nat} (h : n < m) (h' : m ≤ n) : False := lt_irrefl _ (lt_of_lt_of_le h h')

@[simp] theorem zero_sub (n : Nat) : 0 - n = 0 := by
  induction n with
  | zero => rfl
  | succ n ih => show pred (0 - n) = 0; rw [ih]; rfl
@[simp] theorem sub_zero (n : Nat) : n - 0 = n := rfl
theorem succ_sub_succ (n m : Nat) : succ n - succ m = n - m := by
  induction m with
  | zero => rfl
  | succ m ih => exact congrArg pred ih
@[simp] theorem sub_self (n : Nat) : n - n = 0 := by
  induction n with
  | zero => rfl
  | succ n ih => rw [succ_sub_succ]; exact ih
@[simp] theorem add_sub_cancel (n m : Nat) : n + m - m = n := by
  induction m with
  | zero => rfl
  | succ m ih => rw [add_succ, succ_sub_succ]; exact ih
@[simp] theorem add_sub_cancel_left (n m : Nat) : n + m - n = m := by rw [add_comm, add_sub_cancel]
theorem sub_sub (n m k : Nat) : n - m - k = n - (m + k) := by
  induction k with
  | zero => rfl
  | succ k ih => exact congrArg pred ih
theorem sub_eq_zero_of_le {n m : Nat} (h : n ≤ m) : n - m = 0 := by
  obtain ⟨k, rfl⟩ := exists_eq_add_of_le h
  rw [← sub_sub, sub_self, zero_sub]

theorem ble_eq_true_of_le {n m : Nat} (h : n ≤ m) : ble n m = true := by
  induction n generalizing m with
  | zero => rfl
  | succ n ih =>
    cases m with
    | zero => cases h
    | succ m => exact ih (le_of_succ_le_succ h)
theorem le_of_ble_eq_true {n m : Nat} (h : ble n m = true) : n ≤ m := by
  induction n generalizing m with
  | zero => exact zero_le m
  | succ n ih =>
    cases m with
    | zero => exact (Bool.false_ne_true h).elim
    | succ m => exact succ_le_succ (ih h)
instance decLe (n m : Nat) : Decidable (n ≤ m) where
  decide := ble n m
  reflects_decide :=
    match h : ble n m with
    | true => le_of_ble_eq_true h
    | false => fun h' => Bool.false_ne_true (h.symm.trans (ble_eq_true_of_le h'))
instance decLt (n m : Nat) : Decidable (n < m) := decLe (succ n) m

theorem eq_of_beq {n m : Nat} (h : beq n m = true) : n = m := eq_of_beq_eq_true h

theorem dvd_trans {a b c : Nat} (h₁ : a ∣ b) (h₂ : b ∣ c) : a ∣ c := by
  obtain ⟨x, rfl⟩ := h₁
  obtain ⟨y, rfl⟩ := h₂
  exact ⟨x * y, mul_assoc a x y⟩
theorem dvd_add {a b c : Nat} (h₁ : a ∣ b) (h₂ : a ∣ c) : a ∣ b + c := by
  obtain ⟨x, rfl⟩ := h₁
  obtain ⟨y, rfl⟩ := h₂
  exact ⟨x + y, (Nat.mul_add a x y).symm⟩
theorem dvd_mul_right_of_dvd {a b : Nat} (h : a ∣ b) (c : Nat) : a ∣ b * c := by
  obtain ⟨x, rfl⟩ := h
  exact ⟨x * c, mul_assoc a x c⟩
private theorem divMod_spec (n m : Nat) : m * (divMod n m).fst + (divMod n m).snd = n := by
  induction n with
  | zero => rfl
  | succ n ih =>
    unfold divMod
    generalize hp : divMod n m = p at ih
    obtain ⟨q, r⟩ := p
    cases hb : beq (succ r) m with
    | true =>
      show m * (cond (beq (succ r) m) (Prod.mk (succ q) 0) (Prod.mk q (succ r))).fst
        + (cond (beq (succ r) m) (Prod.mk (succ q) 0) (Prod.mk q (succ r))).snd = succ n
      rw [hb]
      show m * q + m = succ n
      rw [← eq_of_beq hb, ← ih, ← eq_of_beq hb]; rfl
    | false =>
      show m * (cond (beq (succ r) m) (Prod.mk (succ q) 0) (Prod.mk q (succ r))).fst
        + (cond (beq (succ r) m) (Prod.mk (succ q) 0) (Prod.mk q (succ r))).snd = succ n
      rw [hb]
      exact congrArg Nat.succ ih
private theorem divMod_lt (n : Nat) {m : Nat} (h : 0 < m) : (divMod n m).snd < m := by
  induction n with
  | zero => exact h
  | succ n ih =>
    unfold divMod
    generalize hp : divMod n m = p at ih
    obtain ⟨q, r⟩ := p
    show (cond (beq (succ r) m) (Prod.mk (succ q) 0) (Prod.mk q (succ r))).snd < m
    cases hb : beq (succ r) m with
    | true => exact h
    | false =>
      have lt : r < m := ih
      cases lt with
      | refl => exact absurd rfl (ne_of_beq_eq_false hb)
      | step lt => exact succ_le_succ lt
theorem div_add_mod (n m : Nat) : m * (n / m) + n % m = n := divMod_spec n m
theorem mod_lt (n : Nat) {m : Nat} (h : 0 < m) : n % m < m := divMod_lt n h
private theorem gcdGo_dvd (k : Nat) : (m n : Nat) → m ≤ k → gcdGo k m n ∣ m ∧ gcdGo k m n ∣ n := by
  induction k with
  | zero =>
    intro m n h
    cases le_antisymm h (zero_le m)
    exact ⟨⟨0, rfl⟩, ⟨1, (mul_one n).symm⟩⟩
  | succ k ih =>
    intro m n h
    cases m with
    | zero => exact ⟨⟨0, rfl⟩, ⟨1, (mul_one n).symm⟩⟩
    | succ m =>
      have hr : n % (m + 1) ≤ k := le_trans (le_of_succ_le_succ (mod_lt n (succ_pos m))) (le_of_succ_le_succ h)
      obtain ⟨h₁, h₂⟩ := ih (n % (m + 1)) (m + 1) hr
      refine ⟨h₂, ?_⟩
      have e := dvd_add (dvd_mul_right_of_dvd h₂ (n / (m + 1))) h₁
      rw [div_add_mod] at e
      exact e
theorem gcd_dvd_left (m n : Nat) : gcd m n ∣ m := (gcdGo_dvd m m n (le_refl m)).left
theorem gcd_dvd_right (m n : Nat) : gcd m n ∣ n := (gcdGo_dvd m m n (le_refl m)).right
theorem mod_eq_zero_of_dvd {a b : Nat} (h : a ∣ b) : b % a = 0 := by
  obtain ⟨c, rfl⟩ := h
  cases a with
  | zero => rw [zero_mul]; rfl
  | succ a =>
    have e := div_add_mod ((a + 1) * c) (a + 1)
    have l := mod_lt ((a + 1) * c) (succ_pos a)
    rcases lt_or_ge ((a + 1) * c / (a + 1)) c with h | h
    · have h' := mul_le_mul_left (a + 1) (show (a + 1) * c / (a + 1) + 1 ≤ c from h)
      rw [Nat.mul_add, mul_one] at h'
      have h'' := le_trans (add_le_add_left l _) h'
      rw [add_succ, e] at h''
      exact (not_succ_le_self _ h'').elim
    · have h' := add_le_add_right (mul_le_mul_left (a + 1) h) ((a + 1) * c % (a + 1))
      rw [e] at h'
      have h'' : (a + 1) * c + (a + 1) * c % (a + 1) ≤ (a + 1) * c + 0 := h'
      exact le_antisymm (le_of_add_le_add_left h'') (zero_le _)
theorem emod_pos_of_not_dvd {a b : Nat} (h : ¬a ∣ b) : 0 < b % a := by
  apply pos_of_ne_zero
  intro e
  have e' := div_add_mod b a
  rw [e] at e'
  exact h ⟨b / a, e'.symm⟩
protected theorem lt_or_gt_of_ne {a b : Nat} (h : a ≠ b) : a < b ∨ b < a := by
  rcases lt_or_ge a b with h' | h'
  · exact Or.inl h'
  · rcases lt_or_ge b a with h'' | h''
    · exact Or.inr h''
    · exact absurd (le_antisymm h'' h') h
theorem le_of_not_lt {a b : Nat} (h : ¬a < b) : b ≤ a := by
  rcases lt_or_ge a b with h' | h'
  · exact absurd h' h
  · exact h'
theorem lt_of_not_le {a b : Nat} (h : ¬a ≤ b) : b < a := by
  rcases lt_or_ge b a with h' | h'
  · exact h'
  · exact absurd h' h
theorem div_zero (n : Nat) : n / 0 = 0 := by
  show (divMod n 0).fst = 0
  induction n with
  | zero => rfl
  | succ n ih =>
    unfold divMod
    generalize hp : divMod n 0 = p at ih
    obtain ⟨q, r⟩ := p
    exact ih
theorem mod_zero (n : Nat) : n % 0 = n := by
  have h := div_add_mod n 0
  rw [zero_mul, zero_add] at h; exact h
theorem pos_pow_of_pos {b : Nat} (n : Nat) (h : 0 < b) : 0 < b ^ n := by
  induction n with
  | zero => exact succ_pos 0
  | succ n ih =>
    show 0 < b ^ n * b
    exact lt_of_lt_of_le (show 0 < b ^ n * 1 by rw [mul_one]; exact ih) (mul_le_mul_left _ h)
theorem pow_pos {b : Nat} {n : Nat} (h : 0 < b) : 0 < b ^ n := pos_pow_of_pos n h

end Nat

namespace Nat
instance instMinNat : Min Nat := ⟨fun n m => if n ≤ m then n else m⟩
instance instMax : Max Nat := ⟨fun n m => if n ≤ m then m else n⟩
protected theorem min_def {n m : Nat} : min n m = if n ≤ m then n else m := rfl
protected theorem max_def {n m : Nat} : max n m = if n ≤ m then m else n := rfl
end Nat
