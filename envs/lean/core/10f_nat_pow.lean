/-
Natural numbers: powers, strong induction, and what can be decided about all numbers below a bound.
-/

namespace Nat

/-! ### Powers -/

@[simp] protected theorem pow_zero (b : Nat) : b ^ 0 = 1 := rfl
protected theorem pow_succ (n m : Nat) : n ^ succ m = n ^ m * n := rfl
protected theorem pow_add_one (n m : Nat) : n ^ (m + 1) = n ^ m * n := rfl
protected theorem pow_succ' (n m : Nat) : n ^ (m + 1) = n * n ^ m := Nat.mul_comm _ n
protected theorem pow_add_one' (n m : Nat) : n ^ (m + 1) = n * n ^ m := Nat.mul_comm _ n
@[simp] protected theorem pow_one (n : Nat) : n ^ 1 = n := Nat.one_mul n
protected theorem pow_two (n : Nat) : n ^ 2 = n * n := congrArg (· * n) (Nat.pow_one n)
@[simp] protected theorem one_pow (n : Nat) : 1 ^ n = 1 := by
  induction n with
  | zero => rfl
  | succ n ih => rw [Nat.pow_add_one, ih]
protected theorem zero_pow {n : Nat} (h : 0 < n) : 0 ^ n = 0 := by
  cases n with
  | zero => exact absurd h (Nat.lt_irrefl 0)
  | succ n => rfl
@[simp] protected theorem zero_pow_succ (n : Nat) : 0 ^ (n + 1) = 0 := rfl
protected theorem pow_add (a m n : Nat) : a ^ (m + n) = a ^ m * a ^ n := by
  induction n with
  | zero => exact (Nat.mul_one _).symm
  | succ n ih => rw [← Nat.add_assoc, Nat.pow_add_one, ih, Nat.pow_add_one, Nat.mul_assoc]
protected theorem pow_mul (a m n : Nat) : a ^ (m * n) = (a ^ m) ^ n := by
  induction n with
  | zero => rfl
  | succ n ih => rw [mul_add_one, Nat.pow_add, ih, Nat.pow_add_one]
protected theorem pow_mul' (a m n : Nat) : a ^ (m * n) = (a ^ n) ^ m := by rw [Nat.mul_comm, Nat.pow_mul]
protected theorem pow_right_comm (a m n : Nat) : (a ^ m) ^ n = (a ^ n) ^ m := by rw [← Nat.pow_mul, Nat.pow_mul']
protected theorem mul_pow (a b n : Nat) : (a * b) ^ n = a ^ n * b ^ n := by
  induction n with
  | zero => rfl
  | succ n ih => rw [Nat.pow_add_one, ih, Nat.mul_mul_mul_comm]; rfl
protected theorem pow_pos {p : Nat} (hp : 0 < p) {n : Nat} : 0 < p ^ n := by
  induction n with
  | zero => exact Nat.zero_lt_one
  | succ n ih => exact Nat.mul_pos ih hp
@[simp] theorem pow_pos_iff {a n : Nat} (hn : n ≠ 0) : 0 < a ^ n ↔ 0 < a :=
  ⟨fun h => pos_of_ne_zero fun e => by rw [e, Nat.zero_pow (pos_of_ne_zero hn)] at h; exact Nat.lt_irrefl 0 h,
    fun h => Nat.pow_pos h⟩
theorem pos_pow_of_pos {b : Nat} (n : Nat) (h : 0 < b) : 0 < b ^ n := Nat.pow_pos h
protected theorem pow_ne_zero {a : Nat} (n : Nat) (h : a ≠ 0) : a ^ n ≠ 0 :=
  Nat.ne_of_gt (Nat.pow_pos (pos_of_ne_zero h))
protected theorem two_pow_pos (w : Nat) : 0 < 2 ^ w := Nat.pow_pos Nat.two_pos
theorem pow_le_pow_left {m n : Nat} (h : m ≤ n) (i : Nat) : m ^ i ≤ n ^ i := by
  induction i with
  | zero => exact Nat.le.refl
  | succ i ih => exact Nat.mul_le_mul ih h
theorem pow_le_pow_right {n m k : Nat} (h : 0 < n) (hm : m ≤ k) : n ^ m ≤ n ^ k := by
  obtain ⟨j, rfl⟩ := exists_eq_add_of_le hm
  rw [Nat.pow_add]; exact Nat.le_mul_of_pos_right _ (Nat.pow_pos h)
theorem pow_lt_pow_left {m n i : Nat} (h : m < n) (hi : i ≠ 0) : m ^ i < n ^ i := by
  cases i with
  | zero => exact absurd rfl hi
  | succ i =>
    exact Nat.mul_lt_mul_of_le_of_lt (pow_le_pow_left (Nat.le_of_lt h) i) h (Nat.pow_pos (zero_lt_of_lt h))
theorem pow_lt_pow_succ {a n : Nat} (h : 1 < a) : a ^ n < a ^ (n + 1) := by
  have := Nat.mul_lt_mul_of_pos_left h (Nat.pow_pos (zero_lt_of_lt h) (n := n))
  rw [Nat.mul_one] at this; exact this
theorem pow_lt_pow_right {a m n : Nat} (ha : 1 < a) (h : m < n) : a ^ m < a ^ n :=
  Nat.lt_of_lt_of_le (pow_lt_pow_succ ha) (pow_le_pow_right (zero_lt_of_lt ha) h)
theorem lt_two_pow_self {n : Nat} : n < 2 ^ n := by
  induction n with
  | zero => exact Nat.zero_lt_one
  | succ n ih =>
    rw [Nat.pow_add_one, Nat.mul_two]
    exact Nat.add_lt_add_of_lt_of_le ih (Nat.pow_pos Nat.two_pos)
theorem lt_pow_self {n b : Nat} (h : 1 < b) : n < b ^ n := Nat.lt_of_lt_of_le lt_two_pow_self (pow_le_pow_left h n)
@[simp] theorem pow_eq_zero_iff {a n : Nat} (hn : n ≠ 0) : a ^ n = 0 ↔ a = 0 :=
  ⟨fun h => Decidable.of_not_not fun ha => Nat.pow_ne_zero n ha h, fun h => h ▸ Nat.zero_pow (pos_of_ne_zero hn)⟩

/-! ### Strong induction -/

protected theorem strongRecOn' {motive : Nat → Prop} (n : Nat) (ind : ∀ n, (∀ m, m < n → motive m) → motive n) :
    motive n := by
  have all : ∀ k m, m < k → motive m := by
    intro k
    induction k with
    | zero => exact fun m h => absurd h (Nat.not_lt_zero m)
    | succ k ih =>
      intro m h
      exact ind m fun j hj => ih j (Nat.lt_of_lt_of_le hj (le_of_lt_succ h))
  exact all (n + 1) n Nat.le.refl

/-- Every value below `k`, built from the values below each number. -/
protected noncomputable def strongBelow {motive : Nat → Sort u} (ind : ∀ n, (∀ m, m < n → motive m) → motive n) :
    (k : Nat) → (m : Nat) → m < k → motive m
  | 0, m, h => absurd h (Nat.not_lt_zero m)
  | k + 1, m, h => ind m fun j hj => Nat.strongBelow ind k j (Nat.lt_of_lt_of_le hj (le_of_lt_succ h))

@[elab_as_elim] protected noncomputable def strongRecOn {motive : Nat → Sort u} (n : Nat)
    (ind : ∀ n, (∀ m, m < n → motive m) → motive n) : motive n := Nat.strongBelow ind (n + 1) n Nat.le.refl
@[elab_as_elim] protected theorem strong_induction_on {motive : Nat → Prop} (n : Nat)
    (h : ∀ n, (∀ m, m < n → motive m) → motive n) : motive n := Nat.strongRecOn n h
@[elab_as_elim] protected theorem strongInductionOn {motive : Nat → Prop} (n : Nat)
    (h : ∀ n, (∀ m, m < n → motive m) → motive n) : motive n := Nat.strongRecOn n h
@[elab_as_elim] protected theorem case_strong_induction_on {motive : Nat → Prop} (a : Nat) (hz : motive 0)
    (hi : ∀ n, (∀ m, m ≤ n → motive m) → motive (n + 1)) : motive a :=
  Nat.strongRecOn a fun n => match n with
    | 0 => fun _ => hz
    | n + 1 => fun h => hi n fun m hm => h m (lt_succ_of_le hm)
@[elab_as_elim] protected theorem two_step_induction {motive : Nat → Prop} (zero : motive 0) (one : motive 1)
    (more : ∀ n, motive n → motive (n + 1) → motive (n + 2)) (n : Nat) : motive n := by
  have both : motive n ∧ motive (n + 1) := by
    induction n with
    | zero => exact ⟨zero, one⟩
    | succ n ih => exact ⟨ih.right, more n ih.left ih.right⟩
  exact both.left
@[elab_as_elim] theorem le_induction {m : Nat} {motive : (n : Nat) → m ≤ n → Prop} (base : motive m Nat.le.refl)
    (succ : ∀ n (h : m ≤ n), motive n h → motive (n + 1) (le_add_one_of_le h)) {n : Nat} (h : m ≤ n) : motive n h := by
  induction h with
  | refl => exact base
  | step h ih => exact succ _ h ih
/-- A property of some number holds of a least one. -/
theorem exists_least {p : Nat → Prop} (h : ∃ n, p n) : ∃ n, p n ∧ ∀ m, p m → n ≤ m := by
  refine Classical.byContradiction fun hn => ?_
  obtain ⟨n, hp⟩ := h
  revert hp
  refine Nat.strong_induction_on (motive := fun n => ¬p n) n fun n ih hp => hn ⟨n, hp, fun m hm => ?_⟩
  exact Nat.ge_of_not_lt fun hlt => ih m hlt hm

/-! ### Deciding for all numbers below a bound -/

instance decidableBallLT : (n : Nat) → (p : (k : Nat) → k < n → Prop) → [∀ n h, Decidable (p n h)] →
    Decidable (∀ n h, p n h)
  | 0, _, _ => isTrue fun _ h => absurd h (Nat.not_lt_zero _)
  | n + 1, p, inst =>
    match decidableBallLT n fun k h => p k (lt_succ_of_lt h) with
    | isFalse h => isFalse fun all => h fun k hk => all k (lt_succ_of_lt hk)
    | isTrue h =>
      match inst n (lt_succ_self n) with
      | isFalse hn => isFalse fun all => hn (all n (lt_succ_self n))
      | isTrue hn => isTrue fun k hk => (lt_or_eq_of_lt_succ hk).elim (h k) fun e => by subst e; exact hn
instance decidableBallLE (n : Nat) (p : (k : Nat) → k ≤ n → Prop) [∀ n h, Decidable (p n h)] :
    Decidable (∀ n h, p n h) :=
  decidable_of_iff (∀ k (h : k < n + 1), p k (le_of_lt_succ h))
    ⟨fun h k hk => h k (lt_succ_of_le hk), fun h k hk => h k (le_of_lt_succ hk)⟩
instance decidableExistsLT {p : Nat → Prop} [h : DecidablePred p] : (n : Nat) → Decidable (∃ m, m < n ∧ p m)
  | 0 => isFalse fun ⟨_, h, _⟩ => absurd h (Nat.not_lt_zero _)
  | n + 1 =>
    match decidableExistsLT n with
    | isTrue h => isTrue (h.imp fun _ => And.imp_left lt_succ_of_lt)
    | isFalse h' =>
      match h n with
      | isTrue hn => isTrue ⟨n, lt_succ_self n, hn⟩
      | isFalse hn => isFalse fun ⟨m, hm, hp⟩ =>
        (lt_or_eq_of_lt_succ hm).elim (fun hm => h' ⟨m, hm, hp⟩) fun e => hn (e ▸ hp)
instance decidableExistsLE {p : Nat → Prop} [DecidablePred p] (n : Nat) : Decidable (∃ m, m ≤ n ∧ p m) :=
  decidable_of_iff (∃ m, m < n + 1 ∧ p m)
    ⟨Exists.imp fun _ => And.imp_left le_of_lt_succ, Exists.imp fun _ => And.imp_left lt_succ_of_le⟩

end Nat
