/-
Natural numbers: subtraction (which stops at zero), minimum and maximum.
-/

namespace Nat

/-! ### Subtraction -/

@[simp] protected theorem sub_zero (n : Nat) : n - 0 = n := rfl
theorem sub_succ (n m : Nat) : n - succ m = pred (n - m) := rfl
theorem sub_add_one (n m : Nat) : n - (m + 1) = n - m - 1 := rfl
@[simp] protected theorem zero_sub : (n : Nat) → 0 - n = 0
  | 0 => rfl
  | n + 1 => congrArg pred (Nat.zero_sub n)
theorem succ_sub_succ (n m : Nat) : succ n - succ m = n - m := by
  induction m with
  | zero => rfl
  | succ m ih => exact congrArg pred ih
theorem succ_sub_succ_eq_sub (n m : Nat) : succ n - succ m = n - m := succ_sub_succ n m
theorem add_one_sub_add_one (n m : Nat) : n + 1 - (m + 1) = n - m := succ_sub_succ n m
theorem succ_sub_one (n : Nat) : succ n - 1 = n := rfl
@[simp] theorem add_one_sub_one (n : Nat) : n + 1 - 1 = n := rfl
@[simp] protected theorem sub_self : (n : Nat) → n - n = 0
  | 0 => rfl
  | n + 1 => (succ_sub_succ n n).trans (Nat.sub_self n)
theorem sub_le (n m : Nat) : n - m ≤ n := by
  induction m with
  | zero => exact Nat.le.refl
  | succ m ih => exact Nat.le_trans (pred_le _) ih
theorem sub_lt : {n m : Nat} → 0 < n → 0 < m → n - m < n
  | 0, _, h, _ => absurd h (Nat.lt_irrefl 0)
  | _ + 1, 0, _, h => absurd h (Nat.lt_irrefl 0)
  | n + 1, m + 1, _, _ => by rw [add_one_sub_add_one]; exact succ_le_succ (sub_le n m)
theorem sub_one_lt {n : Nat} (h : n ≠ 0) : n - 1 < n := sub_lt (pos_of_ne_zero h) Nat.zero_lt_one
theorem pred_lt {n : Nat} (h : n ≠ 0) : pred n < n := sub_one_lt h
theorem sub_one_le (n : Nat) : n - 1 ≤ n := sub_le n 1
theorem pred_le_self (n : Nat) : pred n ≤ n := pred_le n
protected theorem sub_add_eq (a b c : Nat) : a - (b + c) = a - b - c := by
  induction c with
  | zero => rfl
  | succ c ih => exact congrArg pred ih
protected theorem sub_sub (n m k : Nat) : n - m - k = n - (m + k) := (Nat.sub_add_eq n m k).symm
protected theorem sub_right_comm (m n k : Nat) : m - n - k = m - k - n := by
  rw [Nat.sub_sub, Nat.sub_sub, Nat.add_comm]
@[simp] protected theorem add_sub_cancel (n m : Nat) : n + m - m = n := by
  induction m with
  | zero => rfl
  | succ m ih => exact (succ_sub_succ (n + m) m).trans ih
@[simp] protected theorem add_sub_cancel_left (n m : Nat) : n + m - n = m :=
  by rw [Nat.add_comm]; exact Nat.add_sub_cancel m n
@[simp] protected theorem sub_add_cancel {n m : Nat} (h : m ≤ n) : n - m + m = n := by
  obtain ⟨k, rfl⟩ := exists_eq_add_of_le h
  rw [Nat.add_sub_cancel_left, Nat.add_comm]
protected theorem add_sub_of_le {a b : Nat} (h : a ≤ b) : a + (b - a) = b := by
  rw [Nat.add_comm]; exact Nat.sub_add_cancel h
protected theorem add_sub_cancel' {n m : Nat} (h : m ≤ n) : m + (n - m) = n := Nat.add_sub_of_le h
@[simp] protected theorem add_sub_add_right (n k m : Nat) : n + k - (m + k) = n - m := by
  induction k with
  | zero => rfl
  | succ k ih => exact (succ_sub_succ (n + k) (m + k)).trans ih
@[simp] protected theorem add_sub_add_left (k n m : Nat) : k + n - (k + m) = n - m := by
  rw [Nat.add_comm k, Nat.add_comm k]; exact Nat.add_sub_add_right n k m
protected theorem add_sub_assoc {m k : Nat} (h : k ≤ m) (n : Nat) : n + m - k = n + (m - k) := by
  obtain ⟨j, rfl⟩ := exists_eq_add_of_le h
  rw [Nat.add_sub_cancel_left, Nat.add_left_comm, Nat.add_sub_cancel_left]
protected theorem sub_add_comm {n m k : Nat} (h : k ≤ n) : n + m - k = n - k + m := by
  rw [Nat.add_comm, Nat.add_sub_assoc h, Nat.add_comm]
theorem succ_sub {m n : Nat} (h : n ≤ m) : succ m - n = succ (m - n) := Nat.sub_add_comm (m := 1) h
@[simp] protected theorem sub_eq_zero_of_le {n m : Nat} (h : n ≤ m) : n - m = 0 := by
  obtain ⟨k, rfl⟩ := exists_eq_add_of_le h
  rw [Nat.sub_add_eq, Nat.sub_self, Nat.zero_sub]
protected theorem le_of_sub_eq_zero {n m : Nat} (h : n - m = 0) : n ≤ m := by
  rcases Nat.le_total n m with h' | h'
  · exact h'
  · rw [← Nat.sub_add_cancel h', h, Nat.zero_add]
protected theorem sub_eq_zero_iff_le {n m : Nat} : n - m = 0 ↔ n ≤ m := ⟨Nat.le_of_sub_eq_zero, Nat.sub_eq_zero_of_le⟩
@[simp] protected theorem sub_self_add (n m : Nat) : n - (n + m) = 0 := Nat.sub_eq_zero_of_le (le_add_right n m)
protected theorem sub_pos_of_lt {m n : Nat} (h : m < n) : 0 < n - m :=
  pos_of_ne_zero fun e => Nat.not_le_of_gt h (Nat.le_of_sub_eq_zero e)
protected theorem lt_of_sub_pos {m n : Nat} (h : 0 < n - m) : m < n :=
  Nat.lt_of_not_ge fun h' => Nat.ne_of_gt h (Nat.sub_eq_zero_of_le h')
protected theorem sub_pos_iff_lt {m n : Nat} : 0 < n - m ↔ m < n := ⟨Nat.lt_of_sub_pos, Nat.sub_pos_of_lt⟩
protected theorem sub_ne_zero_of_lt {a b : Nat} (h : a < b) : b - a ≠ 0 := Nat.ne_of_gt (Nat.sub_pos_of_lt h)
theorem sub_le_iff_le_add {a b c : Nat} : a - b ≤ c ↔ a ≤ c + b := by
  rcases Nat.le_total a b with h | h
  · exact iff_of_true ((Nat.sub_eq_zero_of_le h).symm ▸ Nat.zero_le c) (le_add_left_of_le h)
  · obtain ⟨k, rfl⟩ := exists_eq_add_of_le h
    rw [Nat.add_sub_cancel_left, Nat.add_comm b]; exact Nat.add_le_add_iff_right.symm
theorem sub_le_iff_le_add' {a b c : Nat} : a - b ≤ c ↔ a ≤ b + c := by rw [Nat.add_comm]; exact sub_le_iff_le_add
theorem le_add_of_sub_le {a b c : Nat} (h : a - b ≤ c) : a ≤ c + b := sub_le_iff_le_add.mp h
theorem sub_le_of_le_add {a b c : Nat} (h : a ≤ c + b) : a - b ≤ c := sub_le_iff_le_add.mpr h
protected theorem le_sub_iff_add_le {x y k : Nat} (h : k ≤ y) : x ≤ y - k ↔ x + k ≤ y := by
  rw [← Nat.add_le_add_iff_right (n := k), Nat.sub_add_cancel h]
theorem le_sub_of_add_le {a b c : Nat} (h : a + b ≤ c) : a ≤ c - b :=
  (Nat.le_sub_iff_add_le (le_of_add_left_le h)).mpr h
theorem add_le_of_le_sub {a b c : Nat} (hc : b ≤ c) (h : a ≤ c - b) : a + b ≤ c := (Nat.le_sub_iff_add_le hc).mp h
theorem lt_sub_iff_add_lt {a b c : Nat} : a < c - b ↔ a + b < c := by
  rcases Nat.le_total b c with h | h
  · exact (Nat.le_sub_iff_add_le h).trans (by rw [add_one_add]; exact Iff.rfl)
  · rw [Nat.sub_eq_zero_of_le h]
    exact iff_of_false (Nat.not_lt_zero a) (Nat.not_lt_of_ge (le_add_left_of_le h))
theorem lt_sub_of_add_lt {a b c : Nat} (h : a + b < c) : a < c - b := lt_sub_iff_add_lt.mpr h
theorem add_lt_of_lt_sub {a b c : Nat} (h : a < c - b) : a + b < c := lt_sub_iff_add_lt.mp h
theorem sub_lt_iff_lt_add {a b c : Nat} (h : b ≤ a) : a - b < c ↔ a < c + b := by
  rw [← Nat.add_lt_add_iff_right (n := b), Nat.sub_add_cancel h]
theorem sub_lt_left_of_lt_add {n k m : Nat} (H : n ≤ k) (h : k < n + m) : k - n < m :=
  (sub_lt_iff_lt_add H).mpr (Nat.add_comm n m ▸ h)
protected theorem sub_le_sub_left {n m : Nat} (h : n ≤ m) (k : Nat) : k - m ≤ k - n := by
  obtain ⟨j, rfl⟩ := exists_eq_add_of_le h
  rw [Nat.sub_add_eq]; exact sub_le _ _
protected theorem sub_le_sub_right {n m : Nat} (h : n ≤ m) (k : Nat) : n - k ≤ m - k := by
  rw [sub_le_iff_le_add]
  rcases Nat.le_total k m with h' | h'
  · rw [Nat.sub_add_cancel h']; exact h
  · exact le_add_left_of_le (Nat.le_trans h h')
protected theorem sub_lt_sub_right {a b c : Nat} (h : c ≤ a) (h' : a < b) : a - c < b - c := by
  rw [sub_lt_iff_lt_add h, Nat.sub_add_cancel (Nat.le_of_lt (Nat.lt_of_le_of_lt h h'))]; exact h'
protected theorem sub_sub_self {n m : Nat} (h : n ≤ m) : m - (m - n) = n := by
  obtain ⟨k, rfl⟩ := exists_eq_add_of_le h
  rw [Nat.add_sub_cancel_left, Nat.add_sub_cancel]
protected theorem sub_eq_of_eq_add {a b c : Nat} (h : a = c + b) : a - b = c := by rw [h, Nat.add_sub_cancel]
protected theorem sub_eq_iff_eq_add {a b c : Nat} (h : b ≤ a) : a - b = c ↔ a = c + b :=
  ⟨fun e => by rw [← e, Nat.sub_add_cancel h], Nat.sub_eq_of_eq_add⟩
protected theorem sub_eq_iff_eq_add' {a b c : Nat} (h : b ≤ a) : a - b = c ↔ a = b + c := by
  rw [Nat.add_comm]; exact Nat.sub_eq_iff_eq_add h
protected theorem eq_sub_of_add_eq {a b c : Nat} (h : a + b = c) : a = c - b := (Nat.sub_eq_of_eq_add h.symm).symm
protected theorem sub_mul (n m k : Nat) : (n - m) * k = n * k - m * k := by
  rcases Nat.le_total m n with h | h
  · obtain ⟨j, rfl⟩ := exists_eq_add_of_le h
    rw [Nat.add_sub_cancel_left, Nat.add_mul, Nat.add_sub_cancel_left]
  · rw [Nat.sub_eq_zero_of_le h, Nat.zero_mul, Nat.sub_eq_zero_of_le (Nat.mul_le_mul_right k h)]
protected theorem mul_sub (k m n : Nat) : k * (m - n) = k * m - k * n := by
  rw [Nat.mul_comm, Nat.sub_mul, Nat.mul_comm m, Nat.mul_comm n]
protected theorem mul_sub_one (n m : Nat) : n * (m - 1) = n * m - n := by rw [Nat.mul_sub, Nat.mul_one]
protected theorem sub_one_mul (n m : Nat) : (n - 1) * m = n * m - m := by rw [Nat.sub_mul, Nat.one_mul]
theorem sub_one_add_one {n : Nat} (h : n ≠ 0) : n - 1 + 1 = n := succ_pred h
theorem sub_one_add_one_eq_of_pos {n : Nat} (h : 0 < n) : n - 1 + 1 = n := succ_pred (Nat.ne_of_gt h)
theorem succ_pred_eq_of_pos {n : Nat} (h : 0 < n) : succ (pred n) = n := succ_pred (Nat.ne_of_gt h)
theorem le_pred_of_lt {n m : Nat} (h : n < m) : n ≤ m - 1 := pred_le_pred h
theorem le_sub_one_of_lt {n m : Nat} (h : n < m) : n ≤ m - 1 := pred_le_pred h
theorem le_sub_one_iff_lt {n m : Nat} (h : 0 < m) : n ≤ m - 1 ↔ n < m := Nat.le_sub_iff_add_le h

/-! ### Minimum and maximum -/

protected def min (n m : Nat) : Nat := if n ≤ m then n else m
protected def max (n m : Nat) : Nat := if n ≤ m then m else n

end Nat

instance instMinNat : Min Nat := ⟨Nat.min⟩
instance instMaxNat : Max Nat := ⟨Nat.max⟩

namespace Nat

protected theorem min_def {n m : Nat} : min n m = if n ≤ m then n else m := rfl
protected theorem max_def {n m : Nat} : max n m = if n ≤ m then m else n := rfl
@[simp] protected theorem min_eq_left {a b : Nat} (h : a ≤ b) : min a b = a := if_pos h
@[simp] protected theorem min_eq_right {a b : Nat} (h : b ≤ a) : min a b = b := by
  rw [Nat.min_def]; split
  · exact Nat.le_antisymm ‹a ≤ b› h
  · rfl
@[simp] protected theorem max_eq_right {a b : Nat} (h : a ≤ b) : max a b = b := if_pos h
@[simp] protected theorem max_eq_left {a b : Nat} (h : b ≤ a) : max a b = a := by
  rw [Nat.max_def]; split
  · exact Nat.le_antisymm h ‹a ≤ b›
  · rfl
protected theorem min_le_left (a b : Nat) : min a b ≤ a := by
  rcases Nat.le_total a b with h | h
  · rw [Nat.min_eq_left h]
  · rw [Nat.min_eq_right h]; exact h
protected theorem min_le_right (a b : Nat) : min a b ≤ b := by
  rcases Nat.le_total a b with h | h
  · rw [Nat.min_eq_left h]; exact h
  · rw [Nat.min_eq_right h]
protected theorem le_max_left (a b : Nat) : a ≤ max a b := by
  rcases Nat.le_total a b with h | h
  · rw [Nat.max_eq_right h]; exact h
  · rw [Nat.max_eq_left h]
protected theorem le_max_right (a b : Nat) : b ≤ max a b := by
  rcases Nat.le_total a b with h | h
  · rw [Nat.max_eq_right h]
  · rw [Nat.max_eq_left h]; exact h
protected theorem le_min {a b c : Nat} : a ≤ min b c ↔ a ≤ b ∧ a ≤ c := by
  refine ⟨fun h => ⟨Nat.le_trans h (Nat.min_le_left b c), Nat.le_trans h (Nat.min_le_right b c)⟩, fun ⟨hb, hc⟩ => ?_⟩
  rw [Nat.min_def]; split <;> assumption
protected theorem le_min_of_le_of_le {a b c : Nat} (hb : a ≤ b) (hc : a ≤ c) : a ≤ min b c := Nat.le_min.mpr ⟨hb, hc⟩
protected theorem max_le {a b c : Nat} : max a b ≤ c ↔ a ≤ c ∧ b ≤ c := by
  refine ⟨fun h => ⟨Nat.le_trans (Nat.le_max_left a b) h, Nat.le_trans (Nat.le_max_right a b) h⟩, fun ⟨ha, hb⟩ => ?_⟩
  rw [Nat.max_def]; split <;> assumption
protected theorem max_le_of_le_of_le {a b c : Nat} (ha : a ≤ c) (hb : b ≤ c) : max a b ≤ c := Nat.max_le.mpr ⟨ha, hb⟩
protected theorem lt_min {a b c : Nat} : a < min b c ↔ a < b ∧ a < c := Nat.le_min
protected theorem max_lt {a b c : Nat} : max a b < c ↔ a < c ∧ b < c := by
  refine ⟨fun h => ⟨Nat.lt_of_le_of_lt (Nat.le_max_left a b) h, Nat.lt_of_le_of_lt (Nat.le_max_right a b) h⟩,
    fun ⟨ha, hb⟩ => ?_⟩
  rw [Nat.max_def]; split <;> assumption
protected theorem min_comm (a b : Nat) : min a b = min b a := by
  rcases Nat.le_total a b with h | h
  · rw [Nat.min_eq_left h, Nat.min_eq_right h]
  · rw [Nat.min_eq_right h, Nat.min_eq_left h]
protected theorem max_comm (a b : Nat) : max a b = max b a := by
  rcases Nat.le_total a b with h | h
  · rw [Nat.max_eq_right h, Nat.max_eq_left h]
  · rw [Nat.max_eq_left h, Nat.max_eq_right h]
/-- Two numbers with the same lower bounds are equal; so laws of `min` follow from those of `∧`. -/
protected theorem eq_of_forall_le_iff {a b : Nat} (h : ∀ c, c ≤ a ↔ c ≤ b) : a = b :=
  Nat.le_antisymm ((h a).mp Nat.le.refl) ((h b).mpr Nat.le.refl)
protected theorem eq_of_forall_ge_iff {a b : Nat} (h : ∀ c, a ≤ c ↔ b ≤ c) : a = b :=
  Nat.le_antisymm ((h b).mpr Nat.le.refl) ((h a).mp Nat.le.refl)
protected theorem min_assoc (a b c : Nat) : min (min a b) c = min a (min b c) := Nat.eq_of_forall_le_iff fun d => by
  rw [Nat.le_min, Nat.le_min, Nat.le_min, Nat.le_min]; exact and_assoc
protected theorem max_assoc (a b c : Nat) : max (max a b) c = max a (max b c) := Nat.eq_of_forall_ge_iff fun d => by
  rw [Nat.max_le, Nat.max_le, Nat.max_le, Nat.max_le]; exact and_assoc
protected theorem min_left_comm (a b c : Nat) : min a (min b c) = min b (min a c) := by
  rw [← Nat.min_assoc, Nat.min_comm a b, Nat.min_assoc]
protected theorem max_left_comm (a b c : Nat) : max a (max b c) = max b (max a c) := by
  rw [← Nat.max_assoc, Nat.max_comm a b, Nat.max_assoc]
@[simp] protected theorem min_self (a : Nat) : min a a = a := Nat.min_eq_left Nat.le.refl
@[simp] protected theorem max_self (a : Nat) : max a a = a := Nat.max_eq_right Nat.le.refl
@[simp] protected theorem zero_min (a : Nat) : min 0 a = 0 := Nat.min_eq_left (Nat.zero_le a)
@[simp] protected theorem min_zero (a : Nat) : min a 0 = 0 := Nat.min_eq_right (Nat.zero_le a)
@[simp] protected theorem zero_max (a : Nat) : max 0 a = a := Nat.max_eq_right (Nat.zero_le a)
@[simp] protected theorem max_zero (a : Nat) : max a 0 = a := Nat.max_eq_left (Nat.zero_le a)
protected theorem min_le_max (a b : Nat) : min a b ≤ max a b := Nat.le_trans (Nat.min_le_left a b) (Nat.le_max_left a b)
protected theorem min_add_max (a b : Nat) : min a b + max a b = a + b := by
  rcases Nat.le_total a b with h | h
  · rw [Nat.min_eq_left h, Nat.max_eq_right h]
  · rw [Nat.min_eq_right h, Nat.max_eq_left h, Nat.add_comm]
protected theorem add_min_add_right (a b c : Nat) : min (a + c) (b + c) = min a b + c := by
  rcases Nat.le_total a b with h | h
  · rw [Nat.min_eq_left h, Nat.min_eq_left (Nat.add_le_add_right h c)]
  · rw [Nat.min_eq_right h, Nat.min_eq_right (Nat.add_le_add_right h c)]
protected theorem add_max_add_right (a b c : Nat) : max (a + c) (b + c) = max a b + c := by
  rcases Nat.le_total a b with h | h
  · rw [Nat.max_eq_right h, Nat.max_eq_right (Nat.add_le_add_right h c)]
  · rw [Nat.max_eq_left h, Nat.max_eq_left (Nat.add_le_add_right h c)]
protected theorem add_min_add_left (a b c : Nat) : min (c + a) (c + b) = c + min a b := by
  rw [Nat.add_comm c, Nat.add_comm c, Nat.add_min_add_right, Nat.add_comm]
protected theorem add_max_add_left (a b c : Nat) : max (c + a) (c + b) = c + max a b := by
  rw [Nat.add_comm c, Nat.add_comm c, Nat.add_max_add_right, Nat.add_comm]

end Nat

instance Nat.instAssociativeMin : Std.Associative (α := Nat) min := ⟨Nat.min_assoc⟩
instance Nat.instCommutativeMin : Std.Commutative (α := Nat) min := ⟨Nat.min_comm⟩
instance Nat.instIdempotentMin : Std.IdempotentOp (α := Nat) min := ⟨Nat.min_self⟩
instance Nat.instAssociativeMax : Std.Associative (α := Nat) max := ⟨Nat.max_assoc⟩
instance Nat.instCommutativeMax : Std.Commutative (α := Nat) max := ⟨Nat.max_comm⟩
instance Nat.instIdempotentMax : Std.IdempotentOp (α := Nat) max := ⟨Nat.max_self⟩
