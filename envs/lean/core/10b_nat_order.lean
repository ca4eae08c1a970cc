/-
Natural numbers: `≤` and `<`, how they can be decided, and what addition and multiplication keep of them.
-/

namespace Nat

/-! ### Less or equal -/

@[simp] protected theorem le_refl (n : Nat) : n ≤ n := Nat.le.refl
protected theorem le_rfl {n : Nat} : n ≤ n := Nat.le.refl
protected theorem le_of_eq {n m : Nat} (h : n = m) : n ≤ m := h ▸ Nat.le.refl
protected theorem le_of_eq' {n m : Nat} (h : m = n) : n ≤ m := h ▸ Nat.le.refl
theorem le_succ (n : Nat) : n ≤ succ n := Nat.le.step Nat.le.refl
theorem le_add_one (n : Nat) : n ≤ n + 1 := le_succ n
theorem le_step {n m : Nat} (h : n ≤ m) : n ≤ succ m := Nat.le.step h
theorem le_succ_of_le {n m : Nat} (h : n ≤ m) : n ≤ succ m := Nat.le.step h
theorem le_add_one_of_le {n m : Nat} (h : n ≤ m) : n ≤ m + 1 := Nat.le.step h
@[simp] protected theorem zero_le : (n : Nat) → 0 ≤ n
  | 0 => Nat.le.refl
  | n + 1 => Nat.le.step (Nat.zero_le n)
protected theorem le_trans {n m k : Nat} (h₁ : n ≤ m) (h₂ : m ≤ k) : n ≤ k := by
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
  | @step m _ ih => cases m with
    | zero => exact ih
    | succ m => exact Nat.le.step ih
theorem le_of_succ_le_succ {n m : Nat} (h : succ n ≤ succ m) : n ≤ m := pred_le_pred h
theorem succ_le_succ_iff {n m : Nat} : succ n ≤ succ m ↔ n ≤ m := ⟨le_of_succ_le_succ, succ_le_succ⟩
theorem add_one_le_add_one_iff {n m : Nat} : n + 1 ≤ m + 1 ↔ n ≤ m := succ_le_succ_iff
theorem pred_le : (n : Nat) → pred n ≤ n
  | 0 => Nat.le.refl
  | n + 1 => le_succ n
theorem le_of_succ_le {n m : Nat} (h : succ n ≤ m) : n ≤ m := Nat.le_trans (le_succ n) h
theorem not_succ_le_zero (n : Nat) : ¬succ n ≤ 0 := fun h => nomatch h
@[simp] theorem not_add_one_le_zero (n : Nat) : ¬n + 1 ≤ 0 := not_succ_le_zero n
theorem not_succ_le_self (n : Nat) : ¬succ n ≤ n := by
  induction n with
  | zero => exact not_succ_le_zero 0
  | succ n ih => exact fun h => ih (le_of_succ_le_succ h)
@[simp] protected theorem not_lt_zero (n : Nat) : ¬n < 0 := not_succ_le_zero n
theorem eq_zero_of_le_zero {n : Nat} (h : n ≤ 0) : n = 0 := by cases h; rfl
@[simp] protected theorem le_zero_eq (n : Nat) : (n ≤ 0) = (n = 0) := propext ⟨eq_zero_of_le_zero, Nat.le_of_eq⟩
protected theorem le_zero {n : Nat} : n ≤ 0 ↔ n = 0 := ⟨eq_zero_of_le_zero, Nat.le_of_eq⟩
protected theorem le_antisymm {n m : Nat} (h₁ : n ≤ m) (h₂ : m ≤ n) : n = m := by
  cases h₁ with
  | refl => rfl
  | step h => exact absurd (Nat.le_trans h₂ h) (not_succ_le_self _)
protected theorem le_antisymm_iff {n m : Nat} : n = m ↔ n ≤ m ∧ m ≤ n :=
  ⟨fun h => ⟨Nat.le_of_eq h, Nat.le_of_eq h.symm⟩, fun h => Nat.le_antisymm h.left h.right⟩

/-! ### Less -/

protected theorem lt_irrefl (n : Nat) : ¬n < n := not_succ_le_self n
@[simp] protected theorem lt_self_iff_false (n : Nat) : n < n ↔ False := iff_false_intro (Nat.lt_irrefl n)
theorem lt_succ_self (n : Nat) : n < succ n := Nat.le.refl
@[simp] protected theorem lt_add_one (n : Nat) : n < n + 1 := Nat.le.refl
protected theorem le_of_lt {n m : Nat} (h : n < m) : n ≤ m := le_of_succ_le h
theorem le_of_lt_succ {n m : Nat} (h : n < succ m) : n ≤ m := le_of_succ_le_succ h
theorem le_of_lt_add_one {n m : Nat} (h : n < m + 1) : n ≤ m := le_of_succ_le_succ h
theorem lt_succ_of_le {n m : Nat} (h : n ≤ m) : n < succ m := succ_le_succ h
theorem lt_add_one_of_le {n m : Nat} (h : n ≤ m) : n < m + 1 := succ_le_succ h
theorem lt_succ_iff {n m : Nat} : n < succ m ↔ n ≤ m := succ_le_succ_iff
theorem lt_succ {n m : Nat} : n < succ m ↔ n ≤ m := succ_le_succ_iff
protected theorem lt_add_one_iff {n m : Nat} : n < m + 1 ↔ n ≤ m := succ_le_succ_iff
theorem succ_le_of_lt {n m : Nat} (h : n < m) : succ n ≤ m := h
theorem lt_of_succ_le {n m : Nat} (h : succ n ≤ m) : n < m := h
theorem succ_le_iff {n m : Nat} : succ n ≤ m ↔ n < m := Iff.rfl
theorem succ_le {n m : Nat} : succ n ≤ m ↔ n < m := Iff.rfl
theorem lt_iff_add_one_le {n m : Nat} : n < m ↔ n + 1 ≤ m := Iff.rfl
theorem add_one_le_iff {n m : Nat} : n + 1 ≤ m ↔ n < m := Iff.rfl
theorem succ_lt_succ {n m : Nat} (h : n < m) : succ n < succ m := succ_le_succ h
theorem lt_of_succ_lt_succ {n m : Nat} (h : succ n < succ m) : n < m := le_of_succ_le_succ h
theorem succ_lt_succ_iff {n m : Nat} : succ n < succ m ↔ n < m := succ_le_succ_iff
theorem add_one_lt_add_one_iff {n m : Nat} : n + 1 < m + 1 ↔ n < m := succ_le_succ_iff
theorem lt_of_succ_lt {n m : Nat} (h : succ n < m) : n < m := le_of_succ_le h
theorem lt_succ_of_lt {n m : Nat} (h : n < m) : n < succ m := Nat.le.step h
theorem lt_add_one_of_lt {n m : Nat} (h : n < m) : n < m + 1 := Nat.le.step h
protected theorem lt_of_lt_of_le {n m k : Nat} (h₁ : n < m) (h₂ : m ≤ k) : n < k := Nat.le_trans h₁ h₂
protected theorem lt_of_le_of_lt {n m k : Nat} (h₁ : n ≤ m) (h₂ : m < k) : n < k := Nat.le_trans (succ_le_succ h₁) h₂
protected theorem lt_trans {n m k : Nat} (h₁ : n < m) (h₂ : m < k) : n < k := Nat.le_trans h₁ (Nat.le_of_lt h₂)
protected theorem lt_of_lt_of_eq {n m k : Nat} (h₁ : n < m) (h₂ : m = k) : n < k := h₂ ▸ h₁
protected theorem lt_of_eq_of_lt {n m k : Nat} (h₁ : n = m) (h₂ : m < k) : n < k := h₁ ▸ h₂
protected theorem le_of_eq_of_le {n m k : Nat} (h₁ : n = m) (h₂ : m ≤ k) : n ≤ k := h₁ ▸ h₂
protected theorem lt_asymm {n m : Nat} (h : n < m) : ¬m < n := fun h' => Nat.lt_irrefl n (Nat.lt_trans h h')
protected theorem ne_of_gt {n m : Nat} (h : m < n) : n ≠ m := fun e => Nat.lt_irrefl m (e ▸ h)
protected theorem ne_of_lt {n m : Nat} (h : n < m) : n ≠ m := fun e => Nat.lt_irrefl n (e ▸ h)
protected theorem ne_of_lt' {n m : Nat} (h : n < m) : m ≠ n := Nat.ne_of_gt h
protected theorem not_le_of_gt {n m : Nat} (h : m < n) : ¬n ≤ m := fun h' => Nat.lt_irrefl m (Nat.lt_of_lt_of_le h h')
protected theorem not_le_of_lt {n m : Nat} (h : m < n) : ¬n ≤ m := Nat.not_le_of_gt h
protected theorem not_lt_of_ge {n m : Nat} (h : m ≤ n) : ¬n < m := fun h' => Nat.not_le_of_gt h' h
protected theorem not_lt_of_le {n m : Nat} (h : m ≤ n) : ¬n < m := Nat.not_lt_of_ge h
theorem zero_lt_succ (n : Nat) : 0 < succ n := succ_le_succ (Nat.zero_le n)
@[simp] protected theorem zero_lt_succ' (n : Nat) : 0 < n + 1 := zero_lt_succ n
theorem succ_pos (n : Nat) : 0 < succ n := zero_lt_succ n
theorem add_one_pos (n : Nat) : 0 < n + 1 := zero_lt_succ n
protected theorem zero_lt_one : 0 < 1 := zero_lt_succ 0
protected theorem one_pos : 0 < 1 := zero_lt_succ 0
protected theorem two_pos : 0 < 2 := zero_lt_succ 1
protected theorem one_lt_two : 1 < 2 := Nat.le.refl
theorem pos_of_ne_zero {n : Nat} (h : n ≠ 0) : 0 < n := by
  cases n with
  | zero => exact absurd rfl h
  | succ n => exact zero_lt_succ n
protected theorem pos_iff_ne_zero {n : Nat} : 0 < n ↔ n ≠ 0 := ⟨Nat.ne_of_gt, pos_of_ne_zero⟩
protected theorem zero_lt_of_ne_zero {n : Nat} (h : n ≠ 0) : 0 < n := pos_of_ne_zero h
theorem zero_lt_of_lt {n m : Nat} (h : n < m) : 0 < m := Nat.lt_of_le_of_lt (Nat.zero_le n) h
theorem pos_of_lt {n m : Nat} (h : n < m) : 0 < m := zero_lt_of_lt h
protected theorem ne_zero_of_lt {n m : Nat} (h : n < m) : m ≠ 0 := Nat.ne_of_gt (zero_lt_of_lt h)
protected theorem eq_zero_or_pos (n : Nat) : n = 0 ∨ 0 < n := by
  cases n with
  | zero => exact Or.inl rfl
  | succ n => exact Or.inr (zero_lt_succ n)
protected theorem eq_zero_of_not_pos {n : Nat} (h : ¬0 < n) : n = 0 := (Nat.eq_zero_or_pos n).resolve_right h
theorem lt_one_iff {n : Nat} : n < 1 ↔ n = 0 := lt_succ_iff.trans Nat.le_zero
protected theorem one_le_iff_ne_zero {n : Nat} : 1 ≤ n ↔ n ≠ 0 := Nat.pos_iff_ne_zero
protected theorem one_le_two : 1 ≤ 2 := le_succ 1
theorem exists_eq_succ_of_lt {n m : Nat} (h : n < m) : ∃ k, m = k + 1 :=
  ⟨pred m, (succ_pred (Nat.ne_zero_of_lt h)).symm⟩

/-! ### One of the three -/

protected theorem lt_or_ge (n m : Nat) : n < m ∨ n ≥ m := by
  induction m with
  | zero => exact Or.inr (Nat.zero_le n)
  | succ m ih =>
    rcases ih with h | h
    · exact Or.inl (Nat.le.step h)
    · cases h with
      | refl => exact Or.inl Nat.le.refl
      | step h => exact Or.inr (succ_le_succ h)
protected theorem lt_or_le (n m : Nat) : n < m ∨ m ≤ n := Nat.lt_or_ge n m
protected theorem le_or_lt (n m : Nat) : n ≤ m ∨ m < n := (Nat.lt_or_ge m n).symm
protected theorem le_total (n m : Nat) : n ≤ m ∨ m ≤ n := (Nat.lt_or_ge n m).imp_left Nat.le_of_lt
protected theorem le_of_not_le {n m : Nat} (h : ¬n ≤ m) : m ≤ n := (Nat.le_total n m).resolve_left h
protected theorem lt_of_not_ge {n m : Nat} (h : ¬m ≤ n) : n < m := (Nat.lt_or_ge n m).resolve_right h
protected theorem lt_of_not_le {n m : Nat} (h : ¬n ≤ m) : m < n := Nat.lt_of_not_ge h
protected theorem gt_of_not_le {n m : Nat} (h : ¬n ≤ m) : n > m := Nat.lt_of_not_ge h
protected theorem ge_of_not_lt {n m : Nat} (h : ¬n < m) : n ≥ m := (Nat.lt_or_ge n m).resolve_left h
protected theorem le_of_not_lt {n m : Nat} (h : ¬n < m) : m ≤ n := Nat.ge_of_not_lt h
protected theorem le_of_not_gt {n m : Nat} (h : ¬m < n) : n ≤ m := Nat.ge_of_not_lt h
@[simp] protected theorem not_le {n m : Nat} : ¬n ≤ m ↔ m < n := ⟨Nat.lt_of_not_ge, Nat.not_le_of_gt⟩
@[simp] protected theorem not_lt {n m : Nat} : ¬n < m ↔ m ≤ n := ⟨Nat.ge_of_not_lt, Nat.not_lt_of_ge⟩
protected theorem not_ge {n m : Nat} : ¬n ≥ m ↔ n < m := Nat.not_le
protected theorem not_gt {n m : Nat} : ¬n > m ↔ n ≤ m := Nat.not_lt
protected theorem not_le_eq (n m : Nat) : (¬n ≤ m) = (m + 1 ≤ n) := propext Nat.not_le
protected theorem not_lt_eq (n m : Nat) : (¬n < m) = (m ≤ n) := propext Nat.not_lt
protected theorem not_ge_eq (n m : Nat) : (¬n ≥ m) = (n + 1 ≤ m) := propext Nat.not_le
protected theorem not_gt_eq (n m : Nat) : (¬n > m) = (n ≤ m) := propext Nat.not_lt
protected theorem eq_or_lt_of_le {n m : Nat} (h : n ≤ m) : n = m ∨ n < m := by
  cases h with
  | refl => exact Or.inl rfl
  | step h => exact Or.inr (succ_le_succ h)
protected theorem lt_or_eq_of_le {n m : Nat} (h : n ≤ m) : n < m ∨ n = m := (Nat.eq_or_lt_of_le h).symm
protected theorem le_iff_lt_or_eq {n m : Nat} : n ≤ m ↔ n < m ∨ n = m :=
  ⟨Nat.lt_or_eq_of_le, fun h => h.elim Nat.le_of_lt Nat.le_of_eq⟩
protected theorem lt_of_le_of_ne {n m : Nat} (h₁ : n ≤ m) (h₂ : n ≠ m) : n < m :=
  (Nat.lt_or_eq_of_le h₁).resolve_right h₂
protected theorem lt_of_le_and_ne {n m : Nat} (h₁ : n ≤ m) (h₂ : n ≠ m) : n < m := Nat.lt_of_le_of_ne h₁ h₂
protected theorem lt_iff_le_and_ne {n m : Nat} : n < m ↔ n ≤ m ∧ n ≠ m :=
  ⟨fun h => ⟨Nat.le_of_lt h, Nat.ne_of_lt h⟩, fun h => Nat.lt_of_le_of_ne h.left h.right⟩
protected theorem lt_iff_le_not_le {n m : Nat} : n < m ↔ n ≤ m ∧ ¬m ≤ n :=
  ⟨fun h => ⟨Nat.le_of_lt h, Nat.not_le_of_gt h⟩, fun h => Nat.lt_of_not_ge h.right⟩
protected theorem lt_trichotomy (n m : Nat) : n < m ∨ n = m ∨ m < n :=
  (Nat.lt_or_ge n m).imp_right fun h => (Nat.eq_or_lt_of_le h).imp_left Eq.symm
protected theorem lt_or_gt_of_ne {n m : Nat} (h : n ≠ m) : n < m ∨ n > m :=
  (Nat.lt_trichotomy n m).imp_right fun h' => h'.resolve_left h
protected theorem lt_or_lt_of_ne {n m : Nat} (h : n ≠ m) : n < m ∨ m < n := Nat.lt_or_gt_of_ne h
protected theorem ne_iff_lt_or_gt {n m : Nat} : n ≠ m ↔ n < m ∨ m < n :=
  ⟨Nat.lt_or_gt_of_ne, fun h => h.elim Nat.ne_of_lt Nat.ne_of_gt⟩
theorem le_or_eq_of_le_succ {n m : Nat} (h : n ≤ succ m) : n ≤ m ∨ n = succ m :=
  (Nat.lt_or_eq_of_le h).imp_left le_of_lt_succ
theorem lt_or_eq_of_lt_succ {n m : Nat} (h : n < succ m) : n < m ∨ n = m := Nat.lt_or_eq_of_le (le_of_lt_succ h)
theorem le_succ_iff {n m : Nat} : n ≤ succ m ↔ n ≤ m ∨ n = succ m :=
  ⟨le_or_eq_of_le_succ, fun h => h.elim le_succ_of_le Nat.le_of_eq⟩

/-! ### Deciding -/

theorem le_of_ble_eq_true : {n m : Nat} → Nat.ble n m = true → n ≤ m
  | 0, m, _ => Nat.zero_le m
  | _ + 1, 0, h => nomatch h
  | _ + 1, _ + 1, h => succ_le_succ (le_of_ble_eq_true h)
theorem ble_self_eq_true : (n : Nat) → Nat.ble n n = true
  | 0 => rfl
  | n + 1 => ble_self_eq_true n
theorem ble_eq_true_of_le : {n m : Nat} → n ≤ m → Nat.ble n m = true
  | 0, _, _ => rfl
  | _ + 1, 0, h => absurd h (not_succ_le_zero _)
  | n + 1, m + 1, h => ble_eq_true_of_le (n := n) (m := m) (le_of_succ_le_succ h)
theorem not_le_of_not_ble_eq_true {n m : Nat} (h : ¬Nat.ble n m = true) : ¬n ≤ m := fun h' => h (ble_eq_true_of_le h')
theorem ble_eq {n m : Nat} : (Nat.ble n m = true) = (n ≤ m) := propext ⟨le_of_ble_eq_true, ble_eq_true_of_le⟩

end Nat

instance Nat.decLe (n m : Nat) : Decidable (n ≤ m) where
  decide := Nat.ble n m
  reflects_decide :=
    match h : Nat.ble n m with
    | true => Nat.le_of_ble_eq_true h
    | false => Nat.not_le_of_not_ble_eq_true (Bool.ne_true_of_eq_false h)
instance Nat.decLt (n m : Nat) : Decidable (n < m) := Nat.decLe (n + 1) m

/-! ### For `calc` -/

instance Nat.instTransLe : Trans (α := Nat) (· ≤ ·) (· ≤ ·) (· ≤ ·) := ⟨Nat.le_trans⟩
instance Nat.instTransLt : Trans (α := Nat) (· < ·) (· < ·) (· < ·) := ⟨Nat.lt_trans⟩
instance Nat.instTransLeLt : Trans (α := Nat) (· ≤ ·) (· < ·) (· < ·) := ⟨Nat.lt_of_le_of_lt⟩
instance Nat.instTransLtLe : Trans (α := Nat) (· < ·) (· ≤ ·) (· < ·) := ⟨Nat.lt_of_lt_of_le⟩
instance Nat.instTransGe : Trans (α := Nat) (· ≥ ·) (· ≥ ·) (· ≥ ·) := ⟨fun h₁ h₂ => Nat.le_trans h₂ h₁⟩
instance Nat.instTransGt : Trans (α := Nat) (· > ·) (· > ·) (· > ·) := ⟨fun h₁ h₂ => Nat.lt_trans h₂ h₁⟩
instance Nat.instTransGeGt : Trans (α := Nat) (· ≥ ·) (· > ·) (· > ·) := ⟨fun h₁ h₂ => Nat.lt_of_lt_of_le h₂ h₁⟩
instance Nat.instTransGtGe : Trans (α := Nat) (· > ·) (· ≥ ·) (· > ·) := ⟨fun h₁ h₂ => Nat.lt_of_le_of_lt h₂ h₁⟩
attribute [refl] Nat.le_refl

/-! ### Names for any order: numbers are the only one here -/

@[simp] theorem ge_iff_le {α : Type u} [LE α] {a b : α} : a ≥ b ↔ b ≤ a := Iff.rfl
@[simp] theorem gt_iff_lt {α : Type u} [LT α] {a b : α} : a > b ↔ b < a := Iff.rfl
theorem le_of_eq_of_le {α : Type u} [LE α] {a b c : α} (h₁ : a = b) (h₂ : b ≤ c) : a ≤ c := h₁ ▸ h₂
theorem lt_of_eq_of_lt {α : Type u} [LT α] {a b c : α} (h₁ : a = b) (h₂ : b < c) : a < c := h₁ ▸ h₂
theorem lt_of_lt_of_eq {α : Type u} [LT α] {a b c : α} (h₁ : a < b) (h₂ : b = c) : a < c := h₂ ▸ h₁
