/-
Natural numbers: divisibility and the greatest common divisor.
-/

namespace Nat

/-! ### Divisibility -/

protected theorem dvd_refl (a : Nat) : a ∣ a := ⟨1, (Nat.mul_one a).symm⟩
protected theorem dvd_rfl {a : Nat} : a ∣ a := Nat.dvd_refl a
protected theorem dvd_zero (a : Nat) : a ∣ 0 := ⟨0, rfl⟩
protected theorem one_dvd (n : Nat) : 1 ∣ n := ⟨n, (Nat.one_mul n).symm⟩
protected theorem dvd_mul_left (a b : Nat) : a ∣ b * a := ⟨b, Nat.mul_comm b a⟩
protected theorem dvd_mul_right (a b : Nat) : a ∣ a * b := ⟨b, rfl⟩
protected theorem dvd_intro {a n : Nat} (k : Nat) (h : a * k = n) : a ∣ n := ⟨k, h.symm⟩
protected theorem dvd_intro_left {a n : Nat} (k : Nat) (h : k * a = n) : a ∣ n :=
  ⟨k, by rw [Nat.mul_comm]; exact h.symm⟩
protected theorem dvd_trans {a b c : Nat} : a ∣ b → b ∣ c → a ∣ c
  | ⟨d, hd⟩, ⟨e, he⟩ => ⟨d * e, by rw [he, hd, Nat.mul_assoc]⟩
protected theorem dvd_mul_left_of_dvd {a b : Nat} (h : a ∣ b) (c : Nat) : a ∣ c * b :=
  Nat.dvd_trans h (Nat.dvd_mul_left b c)
protected theorem dvd_mul_right_of_dvd {a b : Nat} (h : a ∣ b) (c : Nat) : a ∣ b * c :=
  Nat.dvd_trans h (Nat.dvd_mul_right b c)
protected theorem eq_zero_of_zero_dvd {a : Nat} : 0 ∣ a → a = 0 | ⟨c, h⟩ => h.trans (Nat.zero_mul c)
@[simp] protected theorem zero_dvd {n : Nat} : 0 ∣ n ↔ n = 0 := ⟨Nat.eq_zero_of_zero_dvd, fun h => h ▸ Nat.dvd_refl 0⟩
protected theorem dvd_add {m n k : Nat} : k ∣ m → k ∣ n → k ∣ m + n
  | ⟨d, hd⟩, ⟨e, he⟩ => ⟨d + e, by rw [Nat.mul_add, hd, he]⟩
protected theorem dvd_sub {k m n : Nat} : k ∣ m → k ∣ n → k ∣ m - n
  | ⟨d, hd⟩, ⟨e, he⟩ => ⟨d - e, by rw [Nat.mul_sub, hd, he]⟩
protected theorem dvd_sub' {k m n : Nat} (h₁ : k ∣ m) (h₂ : k ∣ n) : k ∣ m - n := Nat.dvd_sub h₁ h₂
protected theorem dvd_add_right {m k : Nat} (h : k ∣ m) {n : Nat} : k ∣ m + n ↔ k ∣ n :=
  ⟨fun h' => by have := Nat.dvd_sub h' h; rw [Nat.add_sub_cancel_left] at this; exact this, Nat.dvd_add h⟩
protected theorem dvd_add_left {m k : Nat} (h : k ∣ m) {n : Nat} : k ∣ n + m ↔ k ∣ n := by
  rw [Nat.add_comm]; exact Nat.dvd_add_right h
protected theorem dvd_add_iff_right {k m : Nat} (h : k ∣ m) {n : Nat} : k ∣ n ↔ k ∣ m + n := (Nat.dvd_add_right h).symm
protected theorem dvd_add_iff_left {k m : Nat} (h : k ∣ m) {n : Nat} : k ∣ n ↔ k ∣ n + m := (Nat.dvd_add_left h).symm
protected theorem mul_dvd_mul {a b c d : Nat} : a ∣ b → c ∣ d → a * c ∣ b * d
  | ⟨e, he⟩, ⟨f, hf⟩ => ⟨e * f, by rw [he, hf, Nat.mul_mul_mul_comm]⟩
protected theorem mul_dvd_mul_left {b c : Nat} (a : Nat) (h : b ∣ c) : a * b ∣ a * c :=
  Nat.mul_dvd_mul (Nat.dvd_refl a) h
protected theorem mul_dvd_mul_right {a b : Nat} (h : a ∣ b) (c : Nat) : a * c ∣ b * c :=
  Nat.mul_dvd_mul h (Nat.dvd_refl c)
protected theorem dvd_of_mul_dvd_mul_left {k m n : Nat} (hk : 0 < k) : k * m ∣ k * n → m ∣ n
  | ⟨c, hc⟩ => ⟨c, Nat.mul_left_cancel hk (hc.trans (Nat.mul_assoc k m c))⟩
protected theorem dvd_of_mul_dvd_mul_right {k m n : Nat} (hk : 0 < k) (h : m * k ∣ n * k) : m ∣ n := by
  rw [Nat.mul_comm m, Nat.mul_comm n] at h; exact Nat.dvd_of_mul_dvd_mul_left hk h
theorem le_of_dvd {m n : Nat} (hn : 0 < n) : m ∣ n → m ≤ n
  | ⟨0, h⟩ => absurd h (Nat.ne_of_gt hn)
  | ⟨c + 1, h⟩ => h ▸ Nat.le_mul_of_pos_right m (zero_lt_succ c)
theorem pos_of_dvd_of_pos {m n : Nat} (h : m ∣ n) (hn : 0 < n) : 0 < m :=
  pos_of_ne_zero fun e => Nat.ne_of_gt hn (Nat.eq_zero_of_zero_dvd (e ▸ h))
protected theorem dvd_antisymm {m n : Nat} (h₁ : m ∣ n) (h₂ : n ∣ m) : m = n := by
  rcases Nat.eq_zero_or_pos m with h | h
  · subst h; exact (Nat.eq_zero_of_zero_dvd h₁).symm
  · exact Nat.le_antisymm (le_of_dvd (pos_of_dvd_of_pos h₂ h) h₁) (le_of_dvd h h₂)
theorem eq_zero_of_dvd_of_lt {a b : Nat} (h : a ∣ b) (hlt : b < a) : b = 0 :=
  Nat.eq_zero_of_not_pos fun hb => Nat.not_le_of_gt hlt (le_of_dvd hb h)
@[simp] protected theorem dvd_one {n : Nat} : n ∣ 1 ↔ n = 1 :=
  ⟨fun h => Nat.dvd_antisymm h (Nat.one_dvd n), fun h => h ▸ Nat.dvd_refl 1⟩
theorem eq_one_of_dvd_one {n : Nat} (h : n ∣ 1) : n = 1 := Nat.dvd_one.mp h
theorem eq_one_of_self_mul_dvd {a b : Nat} (hb : 0 < b) (h : a * b ∣ b) : a = 1 := by
  have := Nat.dvd_of_mul_dvd_mul_right (m := a) (n := 1) hb (by rw [Nat.one_mul]; exact h)
  exact eq_one_of_dvd_one this
theorem mod_eq_zero_of_dvd {k n : Nat} : k ∣ n → n % k = 0 | ⟨c, h⟩ => h ▸ mul_mod_right k c
theorem dvd_of_mod_eq_zero {k n : Nat} (h : n % k = 0) : k ∣ n :=
  ⟨n / k, by have h' := div_add_mod n k; rw [h, Nat.add_zero] at h'; exact h'.symm⟩
theorem dvd_iff_mod_eq_zero {k n : Nat} : k ∣ n ↔ n % k = 0 := ⟨mod_eq_zero_of_dvd, dvd_of_mod_eq_zero⟩
theorem mod_eq_zero_iff_dvd {k n : Nat} : n % k = 0 ↔ k ∣ n := dvd_iff_mod_eq_zero.symm
theorem emod_pos_of_not_dvd {a b : Nat} (h : ¬a ∣ b) : 0 < b % a := pos_of_ne_zero fun e => h (dvd_of_mod_eq_zero e)
instance decidable_dvd (k n : Nat) : Decidable (k ∣ n) := decidable_of_iff (n % k = 0) mod_eq_zero_iff_dvd
protected theorem mul_div_cancel' {n m : Nat} (h : n ∣ m) : n * (m / n) = m := by
  have h' := div_add_mod m n
  rw [mod_eq_zero_of_dvd h, Nat.add_zero] at h'; exact h'
protected theorem div_mul_cancel {n m : Nat} (h : n ∣ m) : m / n * n = m :=
  by rw [Nat.mul_comm]; exact Nat.mul_div_cancel' h
protected theorem mul_div_assoc {k n : Nat} (m : Nat) (h : k ∣ n) : m * n / k = m * (n / k) := by
  rcases Nat.eq_zero_or_pos k with hk | hk
  · subst hk; rw [Nat.div_zero, Nat.div_zero]; rfl
  · obtain ⟨c, rfl⟩ := h
    rw [Nat.mul_div_right c hk, Nat.mul_left_comm, Nat.mul_div_right _ hk]
protected theorem div_dvd_of_dvd {n m : Nat} (h : n ∣ m) : m / n ∣ m := ⟨n, (Nat.div_mul_cancel h).symm⟩
theorem dvd_mod_iff {k m n : Nat} (h : k ∣ n) : k ∣ m % n ↔ k ∣ m := by
  have h' : k ∣ n * (m / n) := Nat.dvd_mul_right_of_dvd h _
  rw [Nat.dvd_add_iff_right h', div_add_mod]
theorem dvd_mod {k m n : Nat} (hm : k ∣ m) (hn : k ∣ n) : k ∣ m % n := (dvd_mod_iff hn).mpr hm
theorem mod_mod_of_dvd (a : Nat) {b c : Nat} : c ∣ b → a % b % c = a % c := by
  intro ⟨k, hk⟩
  have h := mod_add_div a b
  rw [hk, Nat.mul_assoc, ← hk] at h
  have h₂ := add_mul_mod_self_left (a % b) c (k * (a / b))
  rw [h] at h₂; exact h₂.symm
protected theorem pow_dvd_pow {m n : Nat} (a : Nat) (h : m ≤ n) : a ^ m ∣ a ^ n := by
  obtain ⟨k, rfl⟩ := exists_eq_add_of_le h
  rw [Nat.pow_add]; exact Nat.dvd_mul_right _ _
theorem dvd_sub_mod (k : Nat) (m : Nat) : m ∣ k - k % m :=
  ⟨k / m, Nat.sub_eq_of_eq_add (div_add_mod k m).symm⟩
attribute [refl] Nat.dvd_refl
attribute [simp] Nat.dvd_refl Nat.dvd_zero Nat.one_dvd Nat.dvd_mul_left Nat.dvd_mul_right
instance : Trans (α := Nat) (· ∣ ·) (· ∣ ·) (· ∣ ·) := ⟨Nat.dvd_trans⟩

/-! ### The greatest common divisor -/

/-- Any bound on the first number that is large enough will do. -/
theorem gcdGo_eq (m n : Nat) : ∀ fuel fuel', m ≤ fuel → m ≤ fuel' → gcdGo fuel m n = gcdGo fuel' m n := by
  refine Nat.strong_induction_on (motive := fun m => ∀ n fuel fuel', m ≤ fuel → m ≤ fuel' →
    gcdGo fuel m n = gcdGo fuel' m n) m (fun m ih n fuel fuel' h h' => ?_) n
  match m, fuel, fuel' with
  | 0, 0, 0 => rfl
  | 0, 0, _ + 1 => rfl
  | 0, _ + 1, 0 => rfl
  | 0, _ + 1, _ + 1 => rfl
  | m + 1, 0, _ => exact absurd h (not_succ_le_zero m)
  | m + 1, _ + 1, 0 => exact absurd h' (not_succ_le_zero m)
  | m + 1, f + 1, f' + 1 =>
    have hr : n % (m + 1) < m + 1 := mod_lt n (zero_lt_succ m)
    exact ih _ hr (m + 1) f f' (Nat.le_trans (le_of_lt_succ hr) (le_of_succ_le_succ h))
      (Nat.le_trans (le_of_lt_succ hr) (le_of_succ_le_succ h'))
@[simp] theorem gcd_zero_left (n : Nat) : gcd 0 n = n := rfl
theorem gcd_succ (m n : Nat) : gcd (m + 1) n = gcd (n % (m + 1)) (m + 1) :=
  gcdGo_eq _ _ _ _ (le_of_lt_succ (mod_lt n (zero_lt_succ m))) Nat.le.refl
theorem gcd_rec (m n : Nat) : gcd m n = gcd (n % m) m := by
  cases m with
  | zero =>
    rw [mod_zero, gcd_zero_left]
    cases n with
    | zero => rfl
    | succ n => rw [gcd_succ, zero_mod, gcd_zero_left]
  | succ m => exact gcd_succ m n
@[simp] theorem gcd_zero_right (n : Nat) : gcd n 0 = n := by rw [gcd_rec, zero_mod, gcd_zero_left]
@[simp] theorem gcd_self (n : Nat) : gcd n n = n := by rw [gcd_rec, mod_self, gcd_zero_left]
@[simp] theorem gcd_one_left (n : Nat) : gcd 1 n = 1 := by rw [gcd_rec, mod_one, gcd_zero_left]
@[elab_as_elim] theorem gcd.induction {P : Nat → Nat → Prop} (m n : Nat) (zero : ∀ n, P 0 n)
    (more : ∀ m n, 0 < m → P (n % m) m → P m n) : P m n :=
  Nat.strong_induction_on (motive := fun m => ∀ n, P m n) m (fun m ih n => match m with
    | 0 => zero n
    | m + 1 => more _ n (zero_lt_succ m) (ih _ (mod_lt n (zero_lt_succ m)) _)) n
theorem gcd_dvd (m n : Nat) : gcd m n ∣ m ∧ gcd m n ∣ n := by
  refine gcd.induction (P := fun m n => gcd m n ∣ m ∧ gcd m n ∣ n) m n (fun n => ⟨Nat.dvd_zero _, Nat.dvd_refl n⟩) ?_
  intro m n _ ⟨h₁, h₂⟩
  rw [gcd_rec]; exact ⟨h₂, (dvd_mod_iff h₂).mp h₁⟩
theorem gcd_dvd_left (m n : Nat) : gcd m n ∣ m := (gcd_dvd m n).left
theorem gcd_dvd_right (m n : Nat) : gcd m n ∣ n := (gcd_dvd m n).right
theorem dvd_gcd {k m n : Nat} : k ∣ m → k ∣ n → k ∣ gcd m n := by
  refine gcd.induction (P := fun m n => k ∣ m → k ∣ n → k ∣ gcd m n) m n (fun n _ h => h) ?_
  intro m n _ ih hm hn
  rw [gcd_rec]; exact ih (dvd_mod hn hm) hm
theorem dvd_gcd_iff {k m n : Nat} : k ∣ gcd m n ↔ k ∣ m ∧ k ∣ n :=
  ⟨fun h => ⟨Nat.dvd_trans h (gcd_dvd_left m n), Nat.dvd_trans h (gcd_dvd_right m n)⟩, fun h => dvd_gcd h.left h.right⟩
theorem gcd_comm (m n : Nat) : gcd m n = gcd n m :=
  Nat.dvd_antisymm (dvd_gcd (gcd_dvd_right m n) (gcd_dvd_left m n)) (dvd_gcd (gcd_dvd_right n m) (gcd_dvd_left n m))
@[simp] theorem gcd_one_right (n : Nat) : gcd n 1 = 1 := (gcd_comm n 1).trans (gcd_one_left n)
theorem gcd_assoc (m n k : Nat) : gcd (gcd m n) k = gcd m (gcd n k) :=
  Nat.dvd_antisymm
    (dvd_gcd (Nat.dvd_trans (gcd_dvd_left _ k) (gcd_dvd_left m n))
      (dvd_gcd (Nat.dvd_trans (gcd_dvd_left _ k) (gcd_dvd_right m n)) (gcd_dvd_right _ k)))
    (dvd_gcd (dvd_gcd (gcd_dvd_left m _) (Nat.dvd_trans (gcd_dvd_right m _) (gcd_dvd_left n k)))
      (Nat.dvd_trans (gcd_dvd_right m _) (gcd_dvd_right n k)))
theorem gcd_eq_left {m n : Nat} (h : m ∣ n) : gcd m n = m :=
  Nat.dvd_antisymm (gcd_dvd_left m n) (dvd_gcd (Nat.dvd_refl m) h)
theorem gcd_eq_right {m n : Nat} (h : n ∣ m) : gcd m n = n := (gcd_comm m n).trans (gcd_eq_left h)
theorem gcd_eq_left_iff_dvd {m n : Nat} : gcd m n = m ↔ m ∣ n := ⟨fun h => h ▸ gcd_dvd_right m n, gcd_eq_left⟩
theorem gcd_mul_left (m n k : Nat) : gcd (m * n) (m * k) = m * gcd n k := by
  refine gcd.induction (P := fun n k => gcd (m * n) (m * k) = m * gcd n k) n k (fun k => rfl) ?_
  intro n k _ ih
  rw [gcd_rec, mul_mod_mul_left, ih, ← gcd_rec]
theorem gcd_mul_right (m n k : Nat) : gcd (m * n) (k * n) = gcd m k * n := by
  rw [Nat.mul_comm m, Nat.mul_comm k, gcd_mul_left, Nat.mul_comm]
theorem gcd_pos_of_pos_left {m : Nat} (n : Nat) (h : 0 < m) : 0 < gcd m n := pos_of_dvd_of_pos (gcd_dvd_left m n) h
theorem gcd_pos_of_pos_right (m : Nat) {n : Nat} (h : 0 < n) : 0 < gcd m n := pos_of_dvd_of_pos (gcd_dvd_right m n) h
theorem gcd_le_left {m : Nat} (n : Nat) (h : 0 < m) : gcd m n ≤ m := le_of_dvd h (gcd_dvd_left m n)
theorem gcd_le_right {n : Nat} (m : Nat) (h : 0 < n) : gcd m n ≤ n := le_of_dvd h (gcd_dvd_right m n)
theorem eq_zero_of_gcd_eq_zero_left {m n : Nat} (h : gcd m n = 0) : m = 0 :=
  Nat.eq_zero_of_zero_dvd (h ▸ gcd_dvd_left m n)
theorem eq_zero_of_gcd_eq_zero_right {m n : Nat} (h : gcd m n = 0) : n = 0 :=
  Nat.eq_zero_of_zero_dvd (h ▸ gcd_dvd_right m n)

/-- No common divisor but 1. -/
@[reducible] def Coprime (m n : Nat) : Prop := gcd m n = 1
theorem Coprime.symm {m n : Nat} (h : Coprime m n) : Coprime n m := (gcd_comm n m).trans h
theorem Coprime.dvd_of_dvd_mul_right {k m n : Nat} (h : Coprime k n) (hd : k ∣ m * n) : k ∣ m := by
  have := dvd_gcd (Nat.dvd_mul_left k m) hd
  rw [gcd_mul_left, h, Nat.mul_one] at this; exact this
theorem Coprime.dvd_of_dvd_mul_left {k m n : Nat} (h : Coprime k m) (hd : k ∣ m * n) : k ∣ n :=
  h.dvd_of_dvd_mul_right (Nat.mul_comm m n ▸ hd)

/-- The least common multiple. -/
def lcm (m n : Nat) : Nat := m * n / gcd m n
theorem lcm_comm (m n : Nat) : lcm m n = lcm n m := by rw [lcm, lcm, Nat.mul_comm, gcd_comm]
theorem gcd_mul_lcm (m n : Nat) : gcd m n * lcm m n = m * n :=
  Nat.mul_div_cancel' (Nat.dvd_mul_right_of_dvd (gcd_dvd_left m n) n)
theorem dvd_lcm_left (m n : Nat) : m ∣ lcm m n :=
  ⟨n / gcd m n, by rw [lcm, Nat.mul_div_assoc m (gcd_dvd_right m n)]⟩
theorem dvd_lcm_right (m n : Nat) : n ∣ lcm m n := by rw [lcm_comm]; exact dvd_lcm_left n m

end Nat
