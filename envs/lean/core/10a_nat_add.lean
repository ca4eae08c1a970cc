/-
Natural numbers: recursion that shows `0` and `n + 1`, successors, addition and multiplication.
-/

/-! ### Recursion -/

@[induction_eliminator] protected noncomputable abbrev Nat.recAux {motive : Nat → Sort u} (zero : motive 0)
    (succ : ∀ n, motive n → motive (n + 1)) (t : Nat) : motive t := Nat.rec zero succ t
@[cases_eliminator] protected noncomputable abbrev Nat.casesAuxOn {motive : Nat → Sort u} (t : Nat) (zero : motive 0)
    (succ : ∀ n, motive (n + 1)) : motive t := Nat.casesOn t zero succ

namespace Nat

@[simp] theorem zero_eq : Nat.zero = 0 := rfl
@[simp] theorem succ_eq (n : Nat) : Nat.succ n = n + 1 := rfl
@[simp] theorem add_eq (n m : Nat) : Nat.add n m = n + m := rfl
@[simp] theorem mul_eq (n m : Nat) : Nat.mul n m = n * m := rfl
@[simp] theorem sub_eq (n m : Nat) : Nat.sub n m = n - m := rfl
@[simp] theorem lt_eq (n m : Nat) : Nat.lt n m = (n < m) := rfl
@[simp] theorem le_eq (n m : Nat) : Nat.le n m = (n ≤ m) := rfl
@[simp] theorem div_eq_div (n m : Nat) : Nat.div n m = n / m := rfl
@[simp] theorem mod_eq_mod (n m : Nat) : Nat.mod n m = n % m := rfl
@[simp] theorem pow_eq (n m : Nat) : Nat.pow n m = n ^ m := rfl
@[simp] theorem beq_eq (n m : Nat) : (Nat.beq n m = true) = (n = m) :=
  propext ⟨Nat.eq_of_beq_eq_true, fun h => h ▸ Nat.beq_refl n⟩
theorem beq_eq_true_eq (n m : Nat) : ((n == m) = true) = (n = m) := propext beq_iff_eq

/-! ### Successor and predecessor -/

theorem succ_eq_add_one (n : Nat) : succ n = n + 1 := rfl
theorem add_one (n : Nat) : n + 1 = succ n := rfl
theorem succ_ne_zero (n : Nat) : succ n ≠ 0 := fun h => nomatch h
theorem zero_ne_succ (n : Nat) : 0 ≠ succ n := fun h => nomatch h
@[simp] theorem add_one_ne_zero (n : Nat) : n + 1 ≠ 0 := fun h => nomatch h
theorem zero_ne_add_one (n : Nat) : 0 ≠ n + 1 := fun h => nomatch h
protected theorem one_ne_zero : 1 ≠ 0 := fun h => nomatch h
protected theorem zero_ne_one : 0 ≠ 1 := fun h => nomatch h
protected theorem two_ne_zero : 2 ≠ 0 := fun h => nomatch h
theorem succ_inj {a b : Nat} : succ a = succ b ↔ a = b := ⟨succ.inj, congrArg succ⟩
theorem succ_inj' {a b : Nat} : succ a = succ b ↔ a = b := succ_inj
theorem add_one_inj {a b : Nat} : a + 1 = b + 1 ↔ a = b := succ_inj
theorem succ_ne_succ {a b : Nat} : succ a ≠ succ b ↔ a ≠ b := not_congr succ_inj
theorem pred_zero : pred 0 = 0 := rfl
@[simp] theorem pred_succ (n : Nat) : pred (succ n) = n := rfl
theorem pred_add_one (n : Nat) : pred (n + 1) = n := rfl
theorem pred_eq_sub_one {n : Nat} : pred n = n - 1 := rfl
theorem sub_one (n : Nat) : n - 1 = pred n := rfl
theorem eq_zero_or_eq_succ_pred (n : Nat) : n = 0 ∨ n = succ (pred n) := by cases n; exact Or.inl rfl; exact Or.inr rfl
theorem succ_pred {n : Nat} (h : n ≠ 0) : succ (pred n) = n := by
  cases n
  · exact absurd rfl h
  · rfl
theorem exists_eq_succ_of_ne_zero {n : Nat} (h : n ≠ 0) : ∃ k, n = succ k := ⟨pred n, (succ_pred h).symm⟩
theorem exists_eq_add_one_of_ne_zero {n : Nat} (h : n ≠ 0) : ∃ k, n = k + 1 := exists_eq_succ_of_ne_zero h
theorem succ_ne_self (n : Nat) : succ n ≠ n := by
  induction n with
  | zero => exact succ_ne_zero 0
  | succ n ih => exact fun h => ih (succ.inj h)
theorem ne_add_one (n : Nat) : n ≠ n + 1 := Ne.symm (succ_ne_self n)
theorem add_one_ne_self (n : Nat) : n + 1 ≠ n := succ_ne_self n

/-! ### Addition -/

@[simp] protected theorem add_zero (n : Nat) : n + 0 = n := rfl
theorem add_succ (n m : Nat) : n + succ m = succ (n + m) := rfl
theorem add_one_right (n m : Nat) : n + (m + 1) = n + m + 1 := rfl
@[simp] protected theorem zero_add (n : Nat) : 0 + n = n := by
  induction n with
  | zero => rfl
  | succ n ih => exact congrArg succ ih
theorem succ_add (n m : Nat) : succ n + m = succ (n + m) := by
  induction m with
  | zero => rfl
  | succ m ih => exact congrArg succ ih
theorem add_one_add (n m : Nat) : n + 1 + m = n + m + 1 := succ_add n m
theorem succ_add_eq_add_succ (n m : Nat) : succ n + m = n + succ m := succ_add n m
protected theorem add_comm (n m : Nat) : n + m = m + n := by
  induction m with
  | zero => exact (Nat.zero_add n).symm
  | succ m ih => exact (congrArg succ ih).trans (succ_add m n).symm
protected theorem add_assoc (n m k : Nat) : n + m + k = n + (m + k) := by
  induction k with
  | zero => rfl
  | succ k ih => exact congrArg succ ih
protected theorem add_left_comm (n m k : Nat) : n + (m + k) = m + (n + k) := by
  rw [← Nat.add_assoc, Nat.add_comm n m, Nat.add_assoc]
protected theorem add_right_comm (n m k : Nat) : n + m + k = n + k + m := by
  rw [Nat.add_assoc, Nat.add_comm m k, Nat.add_assoc]
protected theorem add_add_add_comm (a b c d : Nat) : a + b + (c + d) = a + c + (b + d) := by
  rw [Nat.add_assoc, Nat.add_left_comm b, ← Nat.add_assoc]
protected theorem add_left_cancel {n m k : Nat} (h : n + m = n + k) : m = k := by
  induction n with
  | zero => rw [Nat.zero_add, Nat.zero_add] at h; exact h
  | succ n ih => rw [add_one_add, add_one_add] at h; exact ih (succ.inj h)
protected theorem add_right_cancel {n m k : Nat} (h : n + m = k + m) : n = k := by
  rw [Nat.add_comm n, Nat.add_comm k] at h; exact Nat.add_left_cancel h
protected theorem add_left_cancel_iff {n m k : Nat} : n + m = n + k ↔ m = k := ⟨Nat.add_left_cancel, congrArg _⟩
protected theorem add_right_cancel_iff {n m k : Nat} : m + n = k + n ↔ m = k := ⟨Nat.add_right_cancel, congrArg (· + n)⟩
@[simp] protected theorem add_left_inj {m k n : Nat} : m + n = k + n ↔ m = k := Nat.add_right_cancel_iff
@[simp] protected theorem add_right_inj {m k n : Nat} : n + m = n + k ↔ m = k := Nat.add_left_cancel_iff
@[simp] protected theorem add_eq_zero_iff {n m : Nat} : n + m = 0 ↔ n = 0 ∧ m = 0 := by
  cases m with
  | zero => exact ⟨fun h => ⟨h, rfl⟩, And.left⟩
  | succ m => exact iff_of_false (succ_ne_zero _) fun h => succ_ne_zero _ h.right
protected theorem add_eq_zero {n m : Nat} : n + m = 0 ↔ n = 0 ∧ m = 0 := Nat.add_eq_zero_iff
theorem eq_zero_of_add_eq_zero {n m : Nat} (h : n + m = 0) : n = 0 ∧ m = 0 := Nat.add_eq_zero_iff.mp h
protected theorem eq_zero_of_add_eq_zero_left {n m : Nat} (h : n + m = 0) : m = 0 := (Nat.add_eq_zero_iff.mp h).right
protected theorem eq_zero_of_add_eq_zero_right {n m : Nat} (h : n + m = 0) : n = 0 := (Nat.add_eq_zero_iff.mp h).left
@[simp] protected theorem add_eq_left {a b : Nat} : a + b = a ↔ b = 0 :=
  ⟨fun h => Nat.add_left_cancel (n := a) h, fun h => h ▸ rfl⟩
@[simp] protected theorem add_eq_right {a b : Nat} : a + b = b ↔ a = 0 := by rw [Nat.add_comm]; exact Nat.add_eq_left
@[simp] protected theorem left_eq_add {a b : Nat} : a = a + b ↔ b = 0 := eq_comm.trans Nat.add_eq_left
@[simp] protected theorem right_eq_add {a b : Nat} : a = b + a ↔ b = 0 := eq_comm.trans Nat.add_eq_right
protected theorem add_self_eq (n : Nat) : n + n = 2 * n := by
  show n + n = Nat.mul 2 n
  induction n with
  | zero => rfl
  | succ n ih => exact (congrArg succ (succ_add n n)).trans (congrArg (succ ∘ succ) ih)

/-! ### Multiplication -/

@[simp] protected theorem mul_zero (n : Nat) : n * 0 = 0 := rfl
theorem mul_succ (n m : Nat) : n * succ m = n * m + n := rfl
theorem mul_add_one (n m : Nat) : n * (m + 1) = n * m + n := rfl
@[simp] protected theorem zero_mul (n : Nat) : 0 * n = 0 := by
  induction n with
  | zero => rfl
  | succ n ih => exact ih
theorem succ_mul (n m : Nat) : succ n * m = n * m + m := by
  induction m with
  | zero => rfl
  | succ m ih =>
    show succ n * m + n + 1 = n * m + n + m + 1
    rw [ih, Nat.add_right_comm (n * m) m n]
theorem add_one_mul (n m : Nat) : (n + 1) * m = n * m + m := succ_mul n m
protected theorem mul_comm (n m : Nat) : n * m = m * n := by
  induction m with
  | zero => exact (Nat.zero_mul n).symm
  | succ m ih => rw [mul_add_one, add_one_mul, ih]
@[simp] protected theorem mul_one (n : Nat) : n * 1 = n := Nat.zero_add n
@[simp] protected theorem one_mul (n : Nat) : 1 * n = n := by rw [Nat.mul_comm, Nat.mul_one]
protected theorem mul_add (k m n : Nat) : k * (m + n) = k * m + k * n := by
  induction n with
  | zero => rfl
  | succ n ih => show k * (m + n) + k = k * m + (k * n + k); rw [ih, Nat.add_assoc]
protected theorem add_mul (n m k : Nat) : (n + m) * k = n * k + m * k := by
  rw [Nat.mul_comm, Nat.mul_add, Nat.mul_comm k, Nat.mul_comm k]
protected theorem left_distrib (n m k : Nat) : n * (m + k) = n * m + n * k := Nat.mul_add n m k
protected theorem right_distrib (n m k : Nat) : (n + m) * k = n * k + m * k := Nat.add_mul n m k
protected theorem mul_assoc (n m k : Nat) : n * m * k = n * (m * k) := by
  induction k with
  | zero => rfl
  | succ k ih => rw [mul_add_one, mul_add_one, Nat.mul_add, ih]
protected theorem mul_left_comm (n m k : Nat) : n * (m * k) = m * (n * k) := by
  rw [← Nat.mul_assoc, Nat.mul_comm n m, Nat.mul_assoc]
protected theorem mul_right_comm (n m k : Nat) : n * m * k = n * k * m := by
  rw [Nat.mul_assoc, Nat.mul_comm m k, Nat.mul_assoc]
protected theorem mul_mul_mul_comm (a b c d : Nat) : a * b * (c * d) = a * c * (b * d) := by
  rw [Nat.mul_assoc, Nat.mul_left_comm b, ← Nat.mul_assoc]
protected theorem two_mul (n : Nat) : 2 * n = n + n := (Nat.add_self_eq n).symm
protected theorem mul_two (n : Nat) : n * 2 = n + n := by rw [Nat.mul_comm, Nat.two_mul]
@[simp] protected theorem mul_eq_zero {n m : Nat} : n * m = 0 ↔ n = 0 ∨ m = 0 := by
  cases m with
  | zero => exact iff_of_true rfl (Or.inr rfl)
  | succ m =>
    cases n with
    | zero => exact iff_of_true (Nat.zero_mul _) (Or.inl rfl)
    | succ n => exact iff_of_false (succ_ne_zero _) fun h => h.elim (succ_ne_zero _) (succ_ne_zero _)
theorem eq_zero_of_mul_eq_zero {n m : Nat} (h : n * m = 0) : n = 0 ∨ m = 0 := Nat.mul_eq_zero.mp h
protected theorem mul_ne_zero {n m : Nat} (hn : n ≠ 0) (hm : m ≠ 0) : n * m ≠ 0 :=
  fun h => (Nat.mul_eq_zero.mp h).elim hn hm
protected theorem mul_ne_zero_iff {n m : Nat} : n * m ≠ 0 ↔ n ≠ 0 ∧ m ≠ 0 :=
  ⟨fun h => ⟨fun e => h (Nat.mul_eq_zero.mpr (Or.inl e)), fun e => h (Nat.mul_eq_zero.mpr (Or.inr e))⟩,
    fun h => Nat.mul_ne_zero h.left h.right⟩
protected theorem mul_eq_one_iff {n m : Nat} : n * m = 1 ↔ n = 1 ∧ m = 1 := by
  refine ⟨fun h => ?_, fun ⟨hn, hm⟩ => by rw [hn, hm]⟩
  match n, m, h with
  | 0, m, h => rw [Nat.zero_mul] at h; exact absurd h Nat.zero_ne_one
  | n + 1, 0, h => exact absurd h Nat.zero_ne_one
  | n + 1, m + 1, h =>
    have h : (n + 1) * m + n = 0 := succ.inj h
    have ⟨h₁, h₂⟩ := Nat.add_eq_zero_iff.mp h
    subst h₂
    exact ⟨rfl, congrArg succ ((Nat.mul_eq_zero.mp h₁).resolve_left (succ_ne_zero 0))⟩

end Nat

/-! ### For `ac_rfl` -/

class Std.Associative {α : Sort u} (op : α → α → α) : Prop where
  assoc : (a b c : α) → op (op a b) c = op a (op b c)

class Std.Commutative {α : Sort u} (op : α → α → α) : Prop where
  comm : (a b : α) → op a b = op b a

class Std.IdempotentOp {α : Sort u} (op : α → α → α) : Prop where
  idempotent : (x : α) → op x x = x

class Std.LeftIdentity {α : Sort u} {β : Sort v} (op : α → β → β) (o : outParam α) : Prop where

class Std.LawfulLeftIdentity {α : Sort u} {β : Sort v} (op : α → β → β) (o : outParam α) :
    Prop extends Std.LeftIdentity op o where
  left_id : (a : β) → op o a = a

class Std.RightIdentity {α : Sort u} {β : Sort v} (op : α → β → α) (o : outParam β) : Prop where

class Std.LawfulRightIdentity {α : Sort u} {β : Sort v} (op : α → β → α) (o : outParam β) :
    Prop extends Std.RightIdentity op o where
  right_id : (a : α) → op a o = a

class Std.Identity {α : Sort u} (op : α → α → α) (o : outParam α) :
    Prop extends Std.LeftIdentity op o, Std.RightIdentity op o where

class Std.LawfulIdentity {α : Sort u} (op : α → α → α) (o : outParam α) : Prop
    extends Std.Identity op o, Std.LawfulLeftIdentity op o, Std.LawfulRightIdentity op o where

instance Nat.instAssociativeAdd : Std.Associative (α := Nat) (· + ·) := ⟨Nat.add_assoc⟩
instance Nat.instCommutativeAdd : Std.Commutative (α := Nat) (· + ·) := ⟨Nat.add_comm⟩
instance Nat.instIdentityAdd : Std.LawfulIdentity (α := Nat) (· + ·) 0 where
  left_id := Nat.zero_add
  right_id := Nat.add_zero
instance Nat.instAssociativeMul : Std.Associative (α := Nat) (· * ·) := ⟨Nat.mul_assoc⟩
instance Nat.instCommutativeMul : Std.Commutative (α := Nat) (· * ·) := ⟨Nat.mul_comm⟩
instance Nat.instIdentityMul : Std.LawfulIdentity (α := Nat) (· * ·) 1 where
  left_id := Nat.one_mul
  right_id := Nat.mul_one
instance And.instAssociative : Std.Associative And := ⟨fun _ _ _ => propext and_assoc⟩
instance And.instCommutative : Std.Commutative And := ⟨fun _ _ => propext and_comm⟩
instance And.instIdempotent : Std.IdempotentOp And := ⟨and_self⟩
instance Or.instAssociative : Std.Associative Or := ⟨fun _ _ _ => propext or_assoc⟩
instance Or.instCommutative : Std.Commutative Or := ⟨fun _ _ => propext or_comm⟩
instance Or.instIdempotent : Std.IdempotentOp Or := ⟨or_self⟩
instance Bool.instAssociativeAnd : Std.Associative (· && ·) := ⟨Bool.and_assoc⟩
instance Bool.instCommutativeAnd : Std.Commutative (· && ·) := ⟨Bool.and_comm⟩
instance Bool.instAssociativeOr : Std.Associative (· || ·) := ⟨Bool.or_assoc⟩
instance Bool.instCommutativeOr : Std.Commutative (· || ·) := ⟨Bool.or_comm⟩
