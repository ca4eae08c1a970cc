/-
Natural numbers: quotient and remainder. `divMod` counts up; that it is division is proved first, and everything else
follows
from there being only one quotient and remainder.
-/

namespace Nat

theorem divMod_succ (n m : Nat) : divMod (n + 1) m =
    cond (beq ((divMod n m).snd + 1) m) ⟨(divMod n m).fst + 1, 0⟩ ⟨(divMod n m).fst, (divMod n m).snd + 1⟩ := rfl

theorem div_add_mod (m k : Nat) : k * (m / k) + m % k = m := by
  show k * (divMod m k).fst + (divMod m k).snd = m
  induction m with
  | zero => rfl
  | succ m ih =>
    rw [divMod_succ]
    cases h : beq ((divMod m k).snd + 1) k with
    | true =>
      show k * ((divMod m k).fst + 1) + 0 = m + 1
      have h' := Nat.eq_of_beq_eq_true h
      rw [Nat.add_zero, mul_add_one]
      exact (congrArg (k * (divMod m k).fst + ·) h'.symm).trans (congrArg succ ih)
    | false => exact congrArg succ ih
theorem mod_add_div (m k : Nat) : m % k + k * (m / k) = m := by rw [Nat.add_comm]; exact div_add_mod m k
theorem mod_lt (x : Nat) {y : Nat} (hy : y > 0) : x % y < y := by
  show (divMod x y).snd < y
  induction x with
  | zero => exact hy
  | succ x ih =>
    rw [divMod_succ]
    cases h : beq ((divMod x y).snd + 1) y with
    | true => exact hy
    | false => exact Nat.lt_of_le_of_ne ih (Nat.ne_of_beq_eq_false h)
theorem div_add_mod' (m k : Nat) : m / k * k + m % k = m := by rw [Nat.mul_comm]; exact div_add_mod m k
theorem mod_add_div' (m k : Nat) : m % k + m / k * k = m := by rw [Nat.mul_comm]; exact mod_add_div m k

/-! ### Only one quotient and remainder -/

theorem quotient_le {d a b s t : Nat} (h : d * a + s = d * b + t) (ht : t < d) : a ≤ b := by
  refine Nat.ge_of_not_lt fun hab => ?_
  have h₁ : d * b + d ≤ d * b + t := h ▸ Nat.le_trans (Nat.mul_le_mul_left d hab) (le_add_right (d * a) s)
  exact Nat.not_le_of_gt ht (Nat.le_of_add_le_add_left h₁)
theorem div_mod_unique {n d q r : Nat} (h : d * q + r = n) (hr : r < d) : n / d = q ∧ n % d = r := by
  have hn := (div_add_mod n d).trans h.symm
  have hq : n / d = q := Nat.le_antisymm (quotient_le hn hr) (quotient_le hn.symm (mod_lt n (zero_lt_of_lt hr)))
  rw [hq] at hn
  exact ⟨hq, Nat.add_left_cancel hn⟩
theorem div_eq_of_eq_mul_add {n d q r : Nat} (h : n = d * q + r) (hr : r < d) : n / d = q :=
  (div_mod_unique h.symm hr).left
theorem mod_eq_of_eq_mul_add {n d q r : Nat} (h : n = d * q + r) (hr : r < d) : n % d = r :=
  (div_mod_unique h.symm hr).right

/-! ### Simple cases -/

@[simp] protected theorem zero_div (n : Nat) : 0 / n = 0 := rfl
@[simp] theorem zero_mod (n : Nat) : 0 % n = 0 := rfl
@[simp] protected theorem div_zero (n : Nat) : n / 0 = 0 := by
  show (divMod n 0).fst = 0
  induction n with
  | zero => rfl
  | succ n ih => exact ih
@[simp] theorem mod_zero (n : Nat) : n % 0 = n :=
  by have h := div_add_mod n 0; rw [Nat.zero_mul, Nat.zero_add] at h; exact h
theorem div_eq_of_lt {a b : Nat} (h : a < b) : a / b = 0 := div_eq_of_eq_mul_add (Nat.zero_add a).symm h
theorem mod_eq_of_lt {a b : Nat} (h : a < b) : a % b = a := mod_eq_of_eq_mul_add (q := 0) (Nat.zero_add a).symm h
@[simp] protected theorem div_one (n : Nat) : n / 1 = n :=
  div_eq_of_eq_mul_add (r := 0) (Nat.one_mul n).symm Nat.zero_lt_one
@[simp] theorem mod_one (n : Nat) : n % 1 = 0 := lt_one_iff.mp (mod_lt n Nat.zero_lt_one)
@[simp] protected theorem div_self {n : Nat} (h : 0 < n) : n / n = 1 :=
  div_eq_of_eq_mul_add (r := 0) (Nat.mul_one n).symm h
@[simp] theorem mod_self (n : Nat) : n % n = 0 := by
  rcases Nat.eq_zero_or_pos n with h | h
  · subst h; rfl
  · exact mod_eq_of_eq_mul_add (q := 1) (r := 0) (Nat.mul_one n).symm h
theorem mod_le (x y : Nat) : x % y ≤ x :=
  Nat.le_trans (le_add_left (x % y) (y * (x / y))) (Nat.le_of_eq (div_add_mod x y))
theorem div_mul_le_self (m n : Nat) : m / n * n ≤ m :=
  Nat.le_trans (le_add_right (m / n * n) (m % n)) (Nat.le_of_eq (div_add_mod' m n))
theorem mul_div_le (m n : Nat) : n * (m / n) ≤ m := by rw [Nat.mul_comm]; exact div_mul_le_self m n
theorem div_le_self (n k : Nat) : n / k ≤ n := by
  rcases Nat.eq_zero_or_pos k with h | h
  · rw [h, Nat.div_zero]; exact Nat.zero_le n
  · exact Nat.le_trans (Nat.le_mul_of_pos_right (n / k) h) (div_mul_le_self n k)
theorem div_lt_self {n k : Nat} (hn : 0 < n) (hk : 1 < k) : n / k < n := by
  rcases Nat.eq_zero_or_pos (n / k) with h | h
  · rw [h]; exact hn
  · have h₁ : n / k < n / k * k := by
      have := Nat.mul_lt_mul_of_pos_left hk h
      rw [Nat.mul_one] at this; exact this
    exact Nat.lt_of_lt_of_le h₁ (div_mul_le_self n k)
theorem lt_mul_div_succ (a : Nat) {b : Nat} (hb : 0 < b) : a < b * (a / b + 1) := by
  have h := Nat.add_lt_add_left (mod_lt a hb) (b * (a / b))
  rw [div_add_mod] at h; exact h
theorem lt_div_mul_add {a b : Nat} (hb : 0 < b) : a < a / b * b + b := by
  have h := lt_mul_div_succ a hb
  rw [Nat.mul_comm, add_one_mul] at h; exact h
theorem mod_def (a b : Nat) : a % b = a - b * (a / b) := Nat.eq_sub_of_add_eq (mod_add_div a b)
theorem sub_mul_div_eq_mod (a b : Nat) : a - b * (a / b) = a % b := (mod_def a b).symm
theorem mod_two_eq_zero_or_one (n : Nat) : n % 2 = 0 ∨ n % 2 = 1 := by
  have h : n % 2 < 2 := mod_lt n Nat.two_pos
  rcases lt_or_eq_of_lt_succ h with h | h
  · exact Or.inl (lt_one_iff.mp h)
  · exact Or.inr h
@[simp] theorem mod_two_ne_zero {n : Nat} : ¬n % 2 = 0 ↔ n % 2 = 1 :=
  ⟨(mod_two_eq_zero_or_one n).resolve_left, fun h h' => Nat.zero_ne_one (h'.symm.trans h)⟩
@[simp] theorem mod_two_ne_one {n : Nat} : ¬n % 2 = 1 ↔ n % 2 = 0 :=
  ⟨(mod_two_eq_zero_or_one n).resolve_right, fun h h' => Nat.zero_ne_one (h.symm.trans h')⟩

/-! ### Multiples -/

@[simp] theorem add_mul_div_left (x z : Nat) {y : Nat} (hy : 0 < y) : (x + y * z) / y = x / y + z :=
  div_eq_of_eq_mul_add (r := x % y) (by rw [Nat.mul_add, Nat.add_right_comm, div_add_mod]) (mod_lt x hy)
@[simp] theorem add_mul_div_right (x y : Nat) {z : Nat} (hz : 0 < z) : (x + y * z) / z = x / z + y := by
  rw [Nat.mul_comm]; exact add_mul_div_left x y hz
theorem mul_add_div {m : Nat} (hm : 0 < m) (x y : Nat) : (m * x + y) / m = x + y / m := by
  rw [Nat.add_comm, add_mul_div_left y x hm, Nat.add_comm]
@[simp] theorem add_mul_mod_self_left (x y z : Nat) : (x + y * z) % y = x % y := by
  rcases Nat.eq_zero_or_pos y with h | h
  · subst h; rw [Nat.zero_mul]; rfl
  · exact mod_eq_of_eq_mul_add (q := x / y + z) (by rw [Nat.mul_add, Nat.add_right_comm, div_add_mod]) (mod_lt x h)
@[simp] theorem add_mul_mod_self_right (x y z : Nat) : (x + y * z) % z = x % z := by
  rw [Nat.mul_comm]; exact add_mul_mod_self_left x z y
@[simp] theorem mul_add_mod_self_left (a b m : Nat) : (m * a + b) % m = b % m := by
  rw [Nat.add_comm]; exact add_mul_mod_self_left b m a
@[simp] theorem mul_add_mod_self_right (a b m : Nat) : (a * m + b) % m = b % m := by
  rw [Nat.add_comm]; exact add_mul_mod_self_right b a m
theorem mul_add_mod (m x y : Nat) : (m * x + y) % m = y % m := mul_add_mod_self_left x y m
@[simp] theorem add_mod_right (x z : Nat) : (x + z) % z = x % z := by
  have h := add_mul_mod_self_left x z 1
  rw [Nat.mul_one] at h; exact h
@[simp] theorem add_mod_left (x z : Nat) : (x + z) % x = z % x := by rw [Nat.add_comm]; exact add_mod_right z x
theorem add_div_right (x : Nat) {z : Nat} (hz : 0 < z) : (x + z) / z = x / z + 1 := by
  have h := add_mul_div_left x 1 hz
  rw [Nat.mul_one] at h; exact h
theorem add_div_left (x : Nat) {z : Nat} (hz : 0 < z) : (z + x) / z = x / z + 1 := by
  rw [Nat.add_comm]; exact add_div_right x hz
@[simp] theorem mul_mod_right (m n : Nat) : m * n % m = 0 := by
  have h := add_mul_mod_self_left 0 m n
  rw [Nat.zero_add] at h; exact h
@[simp] theorem mul_mod_left (m n : Nat) : m * n % n = 0 := by rw [Nat.mul_comm]; exact mul_mod_right n m
@[simp] protected theorem mul_div_right (n : Nat) {m : Nat} (hm : 0 < m) : m * n / m = n :=
  div_eq_of_eq_mul_add (r := 0) rfl hm
@[simp] protected theorem mul_div_left (m : Nat) {n : Nat} (hn : 0 < n) : m * n / n = m := by
  rw [Nat.mul_comm]; exact Nat.mul_div_right m hn
protected theorem mul_div_cancel (m : Nat) {n : Nat} (hn : 0 < n) : m * n / n = m := Nat.mul_div_left m hn
protected theorem mul_div_cancel_left (m : Nat) {n : Nat} (hn : 0 < n) : n * m / n = m := Nat.mul_div_right m hn
protected theorem div_eq_of_eq_mul_left {m n k : Nat} (hn : 0 < n) (h : m = k * n) : m / n = k := by
  rw [h]; exact Nat.mul_div_left k hn
protected theorem div_eq_of_eq_mul_right {m n k : Nat} (hn : 0 < n) (h : m = n * k) : m / n = k := by
  rw [h]; exact Nat.mul_div_right k hn
@[simp] theorem mod_mod (a n : Nat) : a % n % n = a % n := by
  rcases Nat.eq_zero_or_pos n with h | h
  · subst h; rw [mod_zero, mod_zero]
  · exact mod_eq_of_lt (mod_lt a h)
@[simp] theorem mod_add_mod (m n k : Nat) : (m % n + k) % n = (m + k) % n := by
  have h := add_mul_mod_self_left (m % n + k) n (m / n)
  rw [Nat.add_right_comm, mod_add_div] at h; exact h.symm
@[simp] theorem add_mod_mod (m n k : Nat) : (m + n % k) % k = (m + n) % k := by
  rw [Nat.add_comm, mod_add_mod, Nat.add_comm]
theorem add_mod (a b n : Nat) : (a + b) % n = (a % n + b % n) % n := by rw [add_mod_mod, mod_add_mod]
@[simp] theorem mod_mul_mod (m n k : Nat) : m % n * k % n = m * k % n := by
  have h := add_mul_mod_self_left (m % n * k) n (m / n * k)
  rw [← Nat.mul_assoc, ← Nat.add_mul, mod_add_div] at h; exact h.symm
@[simp] theorem mul_mod_mod (m n k : Nat) : m * (n % k) % k = m * n % k := by
  rw [Nat.mul_comm, mod_mul_mod, Nat.mul_comm]
theorem mul_mod (a b n : Nat) : a * b % n = a % n * (b % n) % n := by rw [mul_mod_mod, mod_mul_mod]

/-! ### Quotients and order -/

theorem le_div_iff_mul_le {x y k : Nat} (hk : 0 < k) : x ≤ y / k ↔ x * k ≤ y := by
  refine ⟨fun h => Nat.le_trans (Nat.mul_le_mul_right k h) (div_mul_le_self y k), fun h => ?_⟩
  refine Nat.le_of_lt_succ ?_
  have h₁ := Nat.lt_of_le_of_lt h (lt_mul_div_succ y hk)
  rw [Nat.mul_comm] at h₁; exact Nat.lt_of_mul_lt_mul_left h₁
theorem div_lt_iff_lt_mul {x y k : Nat} (hk : 0 < k) : x / k < y ↔ x < y * k := by
  rw [← Nat.not_le, ← Nat.not_le]; exact not_congr (le_div_iff_mul_le hk)
theorem div_le_of_le_mul {m n k : Nat} (h : m ≤ k * n) : m / k ≤ n := by
  rcases Nat.eq_zero_or_pos k with hk | hk
  · subst hk; rw [Nat.div_zero]; exact Nat.zero_le n
  · exact Nat.le_of_lt_succ ((div_lt_iff_lt_mul hk).mpr
      (Nat.lt_of_le_of_lt h (by rw [Nat.mul_comm]; exact Nat.mul_lt_mul_of_pos_right (lt_succ_self n) hk)))
theorem div_lt_of_lt_mul {m n k : Nat} (h : m < n * k) : m / n < k := by
  rw [Nat.mul_comm] at h
  exact (div_lt_iff_lt_mul (pos_of_ne_zero fun e => Nat.not_lt_zero m (by rw [e] at h; exact h))).mpr h
protected theorem div_le_div_right {a b : Nat} (h : a ≤ b) (k : Nat) : a / k ≤ b / k := by
  rcases Nat.eq_zero_or_pos k with hk | hk
  · subst hk; rw [Nat.div_zero]; exact Nat.zero_le _
  · exact (le_div_iff_mul_le hk).mpr (Nat.le_trans (div_mul_le_self a k) h)
protected theorem div_pos {a b : Nat} (hba : b ≤ a) (hb : 0 < b) : 0 < a / b :=
  (le_div_iff_mul_le hb).mpr (by rw [Nat.one_mul]; exact hba)
protected theorem div_eq_zero_iff_lt {a b : Nat} (hb : 0 < b) : a / b = 0 ↔ a < b :=
  ⟨fun h => Nat.lt_of_not_ge fun h' => Nat.ne_of_gt (Nat.div_pos h' hb) h, div_eq_of_lt⟩
protected theorem div_div_eq_div_mul (m n k : Nat) : m / n / k = m / (n * k) := by
  rcases Nat.eq_zero_or_pos n with h | hn
  · subst h; rw [Nat.zero_mul, Nat.div_zero, Nat.zero_div]
  rcases Nat.eq_zero_or_pos k with h | hk
  · subst h; rw [Nat.mul_zero, Nat.div_zero, Nat.div_zero]
  refine Nat.eq_of_forall_le_iff fun c => ?_
  rw [le_div_iff_mul_le hk, le_div_iff_mul_le hn, le_div_iff_mul_le (Nat.mul_pos hn hk), Nat.mul_assoc, Nat.mul_comm k]
protected theorem mul_div_mul_left {m : Nat} (n k : Nat) (hm : 0 < m) : m * n / (m * k) = n / k := by
  rw [← Nat.div_div_eq_div_mul, Nat.mul_div_right n hm]
protected theorem mul_div_mul_right {m : Nat} (n k : Nat) (hm : 0 < m) : n * m / (k * m) = n / k := by
  rw [Nat.mul_comm n, Nat.mul_comm k]; exact Nat.mul_div_mul_left n k hm
theorem mul_mod_mul_left (z x y : Nat) : z * x % (z * y) = z * (x % y) := by
  rcases Nat.eq_zero_or_pos z with h | hz
  · subst h; rw [Nat.zero_mul, Nat.zero_mul, Nat.zero_mul]; rfl
  · rw [mod_def, mod_def x y, Nat.mul_div_mul_left x y hz, Nat.mul_sub, Nat.mul_assoc]
theorem mul_mod_mul_right (z x y : Nat) : x * z % (y * z) = x % y * z := by
  rw [Nat.mul_comm x, Nat.mul_comm y, Nat.mul_comm (x % y)]; exact mul_mod_mul_left z x y
theorem sub_mul_mod {x k n : Nat} (h : n * k ≤ x) : (x - n * k) % n = x % n := by
  obtain ⟨j, rfl⟩ := exists_eq_add_of_le h
  rw [Nat.add_sub_cancel_left, mul_add_mod]
theorem mod_eq_sub_mod {a b : Nat} (h : a ≥ b) : a % b = (a - b) % b := by
  obtain ⟨j, rfl⟩ := exists_eq_add_of_le h
  rw [Nat.add_sub_cancel_left, add_mod_left]
theorem div_eq_sub_div {a b : Nat} (hb : 0 < b) (h : b ≤ a) : a / b = (a - b) / b + 1 := by
  obtain ⟨j, rfl⟩ := exists_eq_add_of_le h
  rw [Nat.add_sub_cancel_left, add_div_left j hb]
theorem div_eq (x y : Nat) : x / y = if 0 < y ∧ y ≤ x then (x - y) / y + 1 else 0 := by
  split
  · rename_i h; exact div_eq_sub_div h.left h.right
  · rename_i h
    rcases Nat.eq_zero_or_pos y with hy | hy
    · subst hy; exact Nat.div_zero x
    · exact div_eq_of_lt (Nat.lt_of_not_ge fun h' => h ⟨hy, h'⟩)
theorem mod_eq (x y : Nat) : x % y = if 0 < y ∧ y ≤ x then (x - y) % y else x := by
  split
  · rename_i h; exact mod_eq_sub_mod h.right
  · rename_i h
    rcases Nat.eq_zero_or_pos y with hy | hy
    · subst hy; exact mod_zero x
    · exact mod_eq_of_lt (Nat.lt_of_not_ge fun h' => h ⟨hy, h'⟩)

end Nat
