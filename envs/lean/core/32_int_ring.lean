/-
Integers as differences of natural numbers: from that view come the laws of `+`, `*` and `-`.
-/

namespace Int

theorem ofNat_eq_natCast (n : Nat) : ofNat n = (n : Int) := rfl
@[simp] theorem ofNat_eq_coe (n : Nat) : ofNat n = (n : Int) := rfl
theorem neg_ofNat_succ (n : Nat) : -((n + 1 : Nat) : Int) = negSucc n := rfl
theorem negSucc_eq (n : Nat) : negSucc n = -((n : Int) + 1) := rfl

/-! ### Differences -/

theorem subNatNat_self_add (n k : Nat) : subNatNat (n + k) n = ofNat k := by
  unfold subNatNat
  rw [Nat.sub_eq_zero_of_le (Nat.le_add_right n k), Nat.add_sub_cancel_left]

theorem subNatNat_add_succ (n k : Nat) : subNatNat n (n + (k + 1)) = negSucc k := by
  unfold subNatNat
  rw [Nat.add_sub_cancel_left]

theorem subNatNat_zero (n : Nat) : subNatNat n 0 = ofNat n := by
  have h := subNatNat_self_add 0 n
  rw [Nat.zero_add] at h; exact h

theorem subNatNat_zero_succ (n : Nat) : subNatNat 0 (n + 1) = negSucc n := by
  have h := subNatNat_add_succ 0 n
  rw [Nat.zero_add] at h; exact h

theorem subNatNat_zero_left (n : Nat) : negOfNat n = subNatNat 0 n := by
  cases n with
  | zero => rfl
  | succ n => exact (subNatNat_zero_succ n).symm

theorem subNatNat_cases (m n : Nat) :
    (∃ k, m = n + k ∧ subNatNat m n = ofNat k) ∨ (∃ k, n = m + (k + 1) ∧ subNatNat m n = negSucc k) := by
  rcases Nat.lt_or_ge m n with h | h
  · obtain ⟨k, hk⟩ := Nat.exists_eq_add_of_le h
    have e : n = m + (k + 1) := by rw [hk, Nat.succ_add]; rfl
    refine Or.inr ⟨k, e, ?_⟩
    rw [e]; exact subNatNat_add_succ m k
  · obtain ⟨k, rfl⟩ := Nat.exists_eq_add_of_le h
    exact Or.inl ⟨k, rfl, subNatNat_self_add n k⟩

/-- Every integer is a difference. -/
theorem exists_subNatNat (x : Int) : ∃ m n, x = subNatNat m n := by
  cases x with
  | ofNat n => exact ⟨n, 0, (subNatNat_zero n).symm⟩
  | negSucc n => exact ⟨0, n + 1, (subNatNat_zero_succ n).symm⟩

theorem subNatNat_add_add (m n k : Nat) : subNatNat (m + k) (n + k) = subNatNat m n := by
  rcases subNatNat_cases m n with ⟨j, rfl, h⟩ | ⟨j, rfl, h⟩
  · rw [h, Nat.add_right_comm, subNatNat_self_add]
  · rw [h]
    rw [Nat.add_right_comm, subNatNat_add_succ]

theorem subNatNat_congr {m n k l : Nat} (h : m + l = k + n) : subNatNat m n = subNatNat k l := by
  rw [← subNatNat_add_add m n l, h, Nat.add_comm n l, subNatNat_add_add k l n]

theorem subNatNat_add_subNatNat (m n k l : Nat) : subNatNat m n + subNatNat k l = subNatNat (m + k) (n + l) := by
  rcases subNatNat_cases m n with ⟨i, rfl, hi⟩ | ⟨i, rfl, hi⟩ <;>
  rcases subNatNat_cases k l with ⟨j, rfl, hj⟩ | ⟨j, rfl, hj⟩ <;> rw [hi, hj]
  · show ofNat (i + j) = _
    rw [← subNatNat_zero]; apply subNatNat_congr; simp [Nat.add_comm, Nat.add_left_comm, Nat.add_assoc]
  · show subNatNat i (j + 1) = _
    apply subNatNat_congr; simp [Nat.add_comm, Nat.add_left_comm, Nat.add_assoc]
  · show subNatNat j (i + 1) = _
    apply subNatNat_congr; simp [Nat.add_comm, Nat.add_left_comm, Nat.add_assoc]
  · show negSucc (i + j + 1) = _
    rw [← subNatNat_zero_succ]; apply subNatNat_congr; simp [Nat.add_comm, Nat.add_left_comm, Nat.add_assoc]

theorem neg_subNatNat (m n : Nat) : -subNatNat m n = subNatNat n m := by
  rcases subNatNat_cases m n with ⟨i, rfl, h⟩ | ⟨i, rfl, h⟩ <;> rw [h]
  · show negOfNat i = _
    rw [subNatNat_zero_left]; apply subNatNat_congr; simp [Nat.add_comm, Nat.add_left_comm, Nat.add_assoc]
  · show ofNat (i + 1) = _
    rw [← subNatNat_zero]; apply subNatNat_congr; simp [Nat.add_comm, Nat.add_left_comm, Nat.add_assoc]

theorem subNatNat_mul_subNatNat (m n k l : Nat) :
    subNatNat m n * subNatNat k l = subNatNat (m * k + n * l) (m * l + n * k) := by
  rcases subNatNat_cases m n with ⟨i, rfl, hi⟩ | ⟨i, rfl, hi⟩ <;>
  rcases subNatNat_cases k l with ⟨j, rfl, hj⟩ | ⟨j, rfl, hj⟩ <;> rw [hi, hj]
  · show ofNat (i * j) = _
    rw [← subNatNat_zero]; apply subNatNat_congr
    simp only [Nat.mul_add, Nat.add_mul, Nat.add_assoc, Nat.add_comm, Nat.add_left_comm, Nat.zero_add, Nat.add_zero]
  · show negOfNat (i * (j + 1)) = _
    rw [subNatNat_zero_left]; apply subNatNat_congr
    generalize j + 1 = j
    simp only [Nat.mul_add, Nat.add_mul, Nat.add_assoc, Nat.add_comm, Nat.add_left_comm, Nat.zero_add, Nat.add_zero]
  · show negOfNat ((i + 1) * j) = _
    rw [subNatNat_zero_left]; apply subNatNat_congr
    generalize i + 1 = i
    simp only [Nat.mul_add, Nat.add_mul, Nat.add_assoc, Nat.add_comm, Nat.add_left_comm, Nat.zero_add, Nat.add_zero]
  · show ofNat ((i + 1) * (j + 1)) = _
    rw [← subNatNat_zero]; apply subNatNat_congr
    generalize i + 1 = i
    generalize j + 1 = j
    simp only [Nat.mul_add, Nat.add_mul, Nat.add_assoc, Nat.add_comm, Nat.add_left_comm, Nat.zero_add, Nat.add_zero]

/-! ### The laws of a commutative ring -/

protected theorem add_comm (a b : Int) : a + b = b + a := by
  obtain ⟨a₁, a₂, rfl⟩ := exists_subNatNat a
  obtain ⟨b₁, b₂, rfl⟩ := exists_subNatNat b
  rw [subNatNat_add_subNatNat, subNatNat_add_subNatNat, Nat.add_comm a₁, Nat.add_comm a₂]

protected theorem add_assoc (a b c : Int) : a + b + c = a + (b + c) := by
  obtain ⟨a₁, a₂, rfl⟩ := exists_subNatNat a
  obtain ⟨b₁, b₂, rfl⟩ := exists_subNatNat b
  obtain ⟨c₁, c₂, rfl⟩ := exists_subNatNat c
  simp only [subNatNat_add_subNatNat, Nat.add_assoc]

protected theorem add_left_comm (a b c : Int) : a + (b + c) = b + (a + c) := by
  rw [← Int.add_assoc, Int.add_comm a b, Int.add_assoc]
protected theorem add_right_comm (a b c : Int) : a + b + c = a + c + b := by
  rw [Int.add_assoc, Int.add_comm b c, ← Int.add_assoc]

@[simp] protected theorem add_zero (a : Int) : a + 0 = a := by
  cases a with
  | ofNat n => rfl
  | negSucc n => exact subNatNat_zero_succ n
@[simp] protected theorem zero_add (a : Int) : 0 + a = a := by rw [Int.add_comm, Int.add_zero]

protected theorem add_right_neg (a : Int) : a + -a = 0 := by
  obtain ⟨a₁, a₂, rfl⟩ := exists_subNatNat a
  rw [neg_subNatNat, subNatNat_add_subNatNat, Nat.add_comm]
  exact (subNatNat_congr (by rw [Nat.add_zero, Nat.zero_add])).trans (subNatNat_zero 0)
protected theorem add_left_neg (a : Int) : -a + a = 0 := by rw [Int.add_comm, Int.add_right_neg]

protected theorem mul_comm (a b : Int) : a * b = b * a := by
  obtain ⟨a₁, a₂, rfl⟩ := exists_subNatNat a
  obtain ⟨b₁, b₂, rfl⟩ := exists_subNatNat b
  rw [subNatNat_mul_subNatNat, subNatNat_mul_subNatNat]
  simp [Nat.mul_comm, Nat.add_comm]

protected theorem mul_add (a b c : Int) : a * (b + c) = a * b + a * c := by
  obtain ⟨a₁, a₂, rfl⟩ := exists_subNatNat a
  obtain ⟨b₁, b₂, rfl⟩ := exists_subNatNat b
  obtain ⟨c₁, c₂, rfl⟩ := exists_subNatNat c
  simp only [subNatNat_mul_subNatNat, subNatNat_add_subNatNat, Nat.mul_add]
  simp [Nat.add_comm, Nat.add_left_comm, Nat.add_assoc]
protected theorem add_mul (a b c : Int) : (a + b) * c = a * c + b * c := by
  rw [Int.mul_comm, Int.mul_add, Int.mul_comm c, Int.mul_comm c]

@[simp] protected theorem mul_one (a : Int) : a * 1 = a := by
  obtain ⟨a₁, a₂, rfl⟩ := exists_subNatNat a
  have h : (1 : Int) = subNatNat 1 0 := (subNatNat_zero 1).symm
  rw [h, subNatNat_mul_subNatNat]
  simp
@[simp] protected theorem one_mul (a : Int) : 1 * a = a := by rw [Int.mul_comm, Int.mul_one]

protected theorem add_left_cancel {a b c : Int} (h : a + b = a + c) : b = c := by
  have h' : -a + (a + b) = -a + (a + c) := by rw [h]
  rw [← Int.add_assoc, ← Int.add_assoc, Int.add_left_neg, Int.zero_add, Int.zero_add] at h'
  exact h'
protected theorem add_right_cancel {a b c : Int} (h : a + b = c + b) : a = c := by
  rw [Int.add_comm a, Int.add_comm c] at h; exact Int.add_left_cancel h
protected theorem neg_eq_of_add_eq_zero {a b : Int} (h : a + b = 0) : -a = b :=
  Int.add_left_cancel ((Int.add_right_neg a).trans h.symm)

@[simp] protected theorem mul_zero (a : Int) : a * 0 = 0 := by
  have h : a * 0 + a * 0 = a * 0 + 0 := by rw [← Int.mul_add, Int.add_zero, Int.add_zero]
  exact Int.add_left_cancel h
@[simp] protected theorem zero_mul (a : Int) : 0 * a = 0 := by rw [Int.mul_comm, Int.mul_zero]
@[simp] protected theorem neg_zero : -(0 : Int) = 0 := rfl
@[simp] protected theorem neg_neg (a : Int) : - -a = a := Int.neg_eq_of_add_eq_zero (Int.add_left_neg a)
protected theorem neg_add (a b : Int) : -(a + b) = -a + -b := by
  apply Int.neg_eq_of_add_eq_zero
  rw [Int.add_assoc, Int.add_left_comm b, Int.add_right_neg, Int.add_zero, Int.add_right_neg]
protected theorem neg_mul (a b : Int) : -a * b = -(a * b) := by
  refine Eq.symm ?_
  apply Int.neg_eq_of_add_eq_zero
  rw [← Int.add_mul, Int.add_right_neg, Int.zero_mul]
protected theorem mul_neg (a b : Int) : a * -b = -(a * b) := by rw [Int.mul_comm, Int.neg_mul, Int.mul_comm]
theorem natCast_or_neg (a : Int) : ∃ n : Nat, a = n ∨ a = -(n : Int) := by
  cases a with
  | ofNat n => exact ⟨n, Or.inl rfl⟩
  | negSucc n => exact ⟨n + 1, Or.inr rfl⟩
protected theorem mul_assoc (a b c : Int) : a * b * c = a * (b * c) := by
  obtain ⟨k, rfl | rfl⟩ := natCast_or_neg a <;> obtain ⟨m, rfl | rfl⟩ := natCast_or_neg b <;>
  obtain ⟨n, rfl | rfl⟩ := natCast_or_neg c <;>
  simp only [Int.neg_mul, Int.mul_neg, show (k : Int) * m * n = k * (m * n) from congrArg ofNat (Nat.mul_assoc k m n)]
protected theorem mul_left_comm (a b c : Int) : a * (b * c) = b * (a * c) := by
  rw [← Int.mul_assoc, Int.mul_comm a b, Int.mul_assoc]
protected theorem neg_mul_neg (a b : Int) : -a * -b = a * b := by rw [Int.neg_mul, Int.mul_neg, Int.neg_neg]
protected theorem neg_eq_neg_one_mul (a : Int) : -a = -1 * a := by rw [Int.neg_mul, Int.one_mul]
protected theorem neg_inj {a b : Int} (h : -a = -b) : a = b := by rw [← Int.neg_neg a, h, Int.neg_neg]

protected theorem sub_eq_add_neg (a b : Int) : a - b = a + -b := rfl
@[simp] protected theorem sub_self (a : Int) : a - a = 0 := Int.add_right_neg a
@[simp] protected theorem sub_zero (a : Int) : a - 0 = a := Int.add_zero a
@[simp] protected theorem zero_sub (a : Int) : 0 - a = -a := Int.zero_add _
protected theorem sub_add_cancel (a b : Int) : a - b + b = a := by
  rw [Int.sub_eq_add_neg, Int.add_assoc, Int.add_left_neg, Int.add_zero]
protected theorem add_sub_cancel (a b : Int) : a + b - b = a := by
  rw [Int.sub_eq_add_neg, Int.add_assoc, Int.add_right_neg, Int.add_zero]
protected theorem neg_sub (a b : Int) : -(a - b) = b - a := by
  rw [Int.sub_eq_add_neg, Int.neg_add, Int.neg_neg, Int.add_comm]; rfl
protected theorem mul_sub (a b c : Int) : a * (b - c) = a * b - a * c := by
  rw [Int.sub_eq_add_neg, Int.mul_add, Int.mul_neg]; rfl
protected theorem sub_mul (a b c : Int) : (a - b) * c = a * c - b * c := by
  rw [Int.sub_eq_add_neg, Int.add_mul, Int.neg_mul]; rfl
protected theorem sub_eq_zero_of_eq {a b : Int} (h : a = b) : a - b = 0 := by rw [h, Int.sub_self]
protected theorem eq_of_sub_eq_zero {a b : Int} (h : a - b = 0) : a = b := by
  rw [← Int.sub_add_cancel a b, h, Int.zero_add]
protected theorem sub_sub (a b c : Int) : a - b - c = a - (b + c) := by
  rw [Int.sub_eq_add_neg, Int.sub_eq_add_neg, Int.sub_eq_add_neg, Int.neg_add, Int.add_assoc]

/-! ### Casts -/

@[simp] theorem natCast_add (a b : Nat) : ((a + b : Nat) : Int) = (a : Int) + (b : Int) := rfl
@[simp] theorem natCast_mul (a b : Nat) : ((a * b : Nat) : Int) = (a : Int) * (b : Int) := rfl
theorem natCast_succ (n : Nat) : ((Nat.succ n : Nat) : Int) = (n : Int) + 1 := rfl
@[simp] theorem natCast_ediv (a b : Nat) : ((a / b : Nat) : Int) = (a : Int) / (b : Int) := rfl
@[simp] theorem natCast_emod (a b : Nat) : ((a % b : Nat) : Int) = (a : Int) % (b : Int) := rfl
theorem ofNat_inj {a b : Nat} : ((a : Nat) : Int) = b ↔ a = b := ⟨ofNat.inj, fun h => h ▸ rfl⟩
protected theorem pow_zero (a : Int) : a ^ 0 = 1 := rfl
protected theorem pow_succ (a : Int) (n : Nat) : a ^ (n + 1) = a ^ n * a := rfl
theorem natCast_pow (a n : Nat) : ((a ^ n : Nat) : Int) = (a : Int) ^ n := by
  induction n with
  | zero => rfl
  | succ n ih => rw [Int.pow_succ, ← ih]; rfl

end Int
