/-
What the tactic `omega` takes its proofs from, second part: lists of coefficients and linear combinations. The kernel
computes with these definitions on literals, and must arrive at what the native code computed.
-/

namespace Lean.Omega

/-- Coefficients of the atoms; those not listed are zero. -/
abbrev IntList := List Int

noncomputable section

namespace IntList

def get : IntList → Nat → Int
  | [], _ => 0
  | x :: _, .zero => x
  | _ :: xs, .succ i => get xs i

/-- Puts a value at a place, after zeros where the list is too short. -/
def set : IntList → Nat → Int → IntList
  | [], .zero, y => [y]
  | [], .succ i, y => 0 :: set [] i y
  | _ :: xs, .zero, y => y :: xs
  | x :: xs, .succ i, y => x :: set xs i y

/-- The first coefficient that is not zero, or zero. -/
def leading : IntList → Int
  | [] => 0
  | x :: xs => if x = 0 then leading xs else x

def map (f : Int → Int) : IntList → IntList
  | [] => []
  | x :: xs => f x :: map f xs

def length : IntList → Nat
  | [] => 0
  | _ :: xs => length xs + 1

def add : IntList → IntList → IntList
  | [], ys => ys
  | x :: xs, [] => x :: xs
  | x :: xs, y :: ys => (x + y) :: add xs ys

def neg (xs : IntList) : IntList := map (fun x => -x) xs
def sub (xs ys : IntList) : IntList := add xs (neg ys)
def smul (xs : IntList) (i : Int) : IntList := map (fun x => i * x) xs
def sdiv (xs : IntList) (g : Int) : IntList := map (fun x => x / g) xs
def bmod (xs : IntList) (m : Nat) : IntList := map (fun x => Int.bmod x m) xs
def combo (a : Int) (xs : IntList) (b : Int) (ys : IntList) : IntList := add (smul xs a) (smul ys b)

def dot : IntList → IntList → Int
  | [], _ => 0
  | _ :: _, [] => 0
  | x :: xs, y :: ys => x * y + dot xs ys

def gcd : IntList → Nat
  | [] => 0
  | x :: xs => Nat.gcd (Int.natAbs x) (gcd xs)

def zeros : IntList → Bool
  | [] => true
  | x :: xs => Bool.and (decide (x = 0)) (zeros xs)

/-! ### Laws -/

theorem dot_nil (xs : IntList) : dot xs [] = 0 := by cases xs <;> rfl
theorem dot_cons (x y : Int) (xs ys : IntList) : dot (x :: xs) (y :: ys) = x * y + dot xs ys := rfl
theorem dot_add (xs ys zs : IntList) : dot (add xs ys) zs = dot xs zs + dot ys zs := by
  induction xs generalizing ys zs with
  | nil => exact (Int.zero_add _).symm
  | cons x xs ih =>
    cases ys with
    | nil => exact (Int.add_zero _).symm
    | cons y ys =>
      cases zs with
      | nil => rfl
      | cons z zs =>
        show (x + y) * z + dot (add xs ys) zs = x * z + dot xs zs + (y * z + dot ys zs)
        rw [ih, Int.add_mul, Int.add_assoc, Int.add_assoc, Int.add_left_comm (y * z)]
theorem dot_smul (xs ys : IntList) (i : Int) : dot (smul xs i) ys = i * dot xs ys := by
  induction xs generalizing ys with
  | nil => exact (Int.mul_zero i).symm
  | cons x xs ih =>
    cases ys with
    | nil => exact (Int.mul_zero i).symm
    | cons y ys =>
      show i * x * y + dot (smul xs i) ys = i * (x * y + dot xs ys)
      rw [ih, Int.mul_add, Int.mul_assoc]
theorem dot_neg (xs ys : IntList) : dot (neg xs) ys = -dot xs ys := by
  induction xs generalizing ys with
  | nil => rfl
  | cons x xs ih =>
    cases ys with
    | nil => rfl
    | cons y ys =>
      show -x * y + dot (neg xs) ys = -(x * y + dot xs ys)
      rw [ih, Int.neg_add, Int.neg_mul]
theorem dot_combo (a : Int) (xs : IntList) (b : Int) (ys zs : IntList) :
    dot (combo a xs b ys) zs = a * dot xs zs + b * dot ys zs := by
  unfold combo
  rw [dot_add, dot_smul, dot_smul]
theorem dot_of_zeros (xs ys : IntList) (h : zeros xs = true) : dot xs ys = 0 := by
  induction xs generalizing ys with
  | nil => rfl
  | cons x xs ih =>
    cases ys with
    | nil => rfl
    | cons y ys =>
      have h : Bool.and (decide (x = 0)) (zeros xs) = true := h
      cases hx : decide (x = 0) with
      | false => rw [hx] at h; exact (Bool.false_ne_true h).elim
      | true =>
        rw [hx] at h
        have e : x = 0 := of_decide_eq_true hx
        rw [dot_cons, e, ih ys h, Int.zero_mul]; rfl
theorem gcd_dvd_dot (xs ys : IntList) (g : Nat) (h : g ∣ gcd xs) : dot xs ys = g * dot (sdiv xs g) ys := by
  by_cases hg : g = 0
  · subst hg
    have z : gcd xs = 0 := by obtain ⟨c, e⟩ := h; rw [e, Nat.zero_mul]
    have zz : ∀ xs : IntList, gcd xs = 0 → zeros xs = true := by
      intro xs
      induction xs with
      | nil => intro _; rfl
      | cons x xs ih =>
        intro e
        have l := Nat.gcd_dvd_left (Int.natAbs x) (gcd xs)
        have r := Nat.gcd_dvd_right (Int.natAbs x) (gcd xs)
        have e : Nat.gcd (Int.natAbs x) (gcd xs) = 0 := e
        rw [e] at l r
        obtain ⟨c, hc⟩ := l
        obtain ⟨d, hd⟩ := r
        rw [Nat.zero_mul] at hc hd
        have hx : x = 0 := by
          rcases Int.natAbs_cases x with h | h
          · rw [h, hc]; rfl
          · rw [h, hc]; rfl
        show Bool.and (decide (x = 0)) (zeros xs) = true
        rw [ih hd, hx]; rfl
    rw [dot_of_zeros xs ys (zz xs z)]
    exact (Int.zero_mul _).symm
  · have hg : (0 : Int) < g := Int.natCast_pos.mpr (Nat.pos_of_ne_zero hg)
    induction xs generalizing ys with
    | nil => exact (Int.mul_zero _).symm
    | cons x xs ih =>
      cases ys with
      | nil => exact (Int.mul_zero _).symm
      | cons y ys =>
        have l := Nat.dvd_trans h (Nat.gcd_dvd_left (Int.natAbs x) (gcd xs))
        have r := Nat.dvd_trans h (Nat.gcd_dvd_right (Int.natAbs x) (gcd xs))
        have hx : x = g * (x / g) := by
          obtain ⟨c, hc⟩ := l
          rcases Int.natAbs_cases x with h | h
          · rw [h, hc, Int.natCast_mul, Int.mul_ediv_cancel_left_of_pos _ hg]
          · rw [h, hc, Int.natCast_mul, ← Int.mul_neg, Int.mul_ediv_cancel_left_of_pos _ hg]
        show x * y + dot xs ys = g * (x / g * y + dot (sdiv xs g) ys)
        rw [ih ys r, Int.mul_add, ← Int.mul_assoc, ← hx]

theorem get_nil (i : Nat) : get [] i = 0 := rfl
theorem dot_set_nil (ys : IntList) (i : Nat) (z : Int) : dot (set [] i z) ys = z * get ys i := by
  induction i generalizing ys with
  | zero =>
    cases ys with
    | nil => exact (Int.mul_zero z).symm
    | cons y ys => exact Int.add_zero _
  | succ i ih =>
    cases ys with
    | nil => exact (Int.mul_zero z).symm
    | cons y ys =>
      show 0 * y + dot (set [] i z) ys = z * get ys i
      rw [ih, Int.zero_mul, Int.zero_add]
theorem dot_set (xs ys : IntList) (i : Nat) (z : Int) (h : length xs ≤ i) :
    dot (set xs i z) ys = dot xs ys + z * get ys i := by
  induction xs generalizing i ys with
  | nil =>
    rw [dot_set_nil]
    exact (Int.zero_add _).symm
  | cons x xs ih =>
    cases i with
    | zero => exact (Nat.not_succ_le_zero _ h).elim
    | succ i =>
      cases ys with
      | nil => exact (Int.mul_zero z).symm ▸ rfl
      | cons y ys =>
        show x * y + dot (set xs i z) ys = x * y + dot xs ys + z * get ys i
        rw [ih ys i (Nat.le_of_succ_le_succ h), Int.add_assoc]
theorem length_map (f : Int → Int) (xs : IntList) : length (map f xs) = length xs := by
  induction xs with
  | nil => rfl
  | cons x xs ih => exact congrArg Nat.succ ih

theorem bmod_eq (x : Int) (m : Nat) : ∃ q, Int.bmod x m = x + m * q := by
  unfold Int.bmod
  by_cases h : x % Int.ofNat m < (Int.ofNat m + 1) / 2
  · rw [if_pos h]
    refine ⟨-(x / m), ?_⟩
    rw [Int.mul_neg]
    exact Int.emod_def x m
  · rw [if_neg h]
    refine ⟨-(x / m) - 1, ?_⟩
    rw [Int.mul_sub, Int.mul_neg, Int.mul_one, Int.emod_def]
    exact Int.add_assoc x (-(m * (x / m))) (-m)
theorem dot_bmod (xs ys : IntList) (m : Nat) : ∃ q, dot (bmod xs m) ys = dot xs ys + m * q := by
  induction xs generalizing ys with
  | nil => exact ⟨0, by rw [Int.mul_zero]; rfl⟩
  | cons x xs ih =>
    cases ys with
    | nil => exact ⟨0, by rw [Int.mul_zero]; rfl⟩
    | cons y ys =>
      obtain ⟨q, hq⟩ := ih ys
      obtain ⟨p, hp⟩ := bmod_eq x m
      refine ⟨p * y + q, ?_⟩
      show Int.bmod x m * y + dot (bmod xs m) ys = x * y + dot xs ys + m * (p * y + q)
      rw [hp, hq, Int.add_mul, Int.mul_add, Int.mul_assoc, Int.add_assoc, Int.add_assoc, Int.add_left_comm (m * (p *
      y))]

end IntList

abbrev Coeffs := IntList

namespace Coeffs

abbrev toList (xs : Coeffs) : List Int := xs
abbrev ofList (xs : List Int) : Coeffs := xs
abbrev isZero (xs : Coeffs) : Prop := IntList.zeros xs = true
abbrev set (xs : Coeffs) (i : Nat) (y : Int) : Coeffs := IntList.set xs i y
abbrev get (xs : Coeffs) (i : Nat) : Int := IntList.get xs i
abbrev gcd (xs : Coeffs) : Nat := IntList.gcd xs
abbrev smul (xs : Coeffs) (g : Int) : Coeffs := IntList.smul xs g
abbrev sdiv (xs : Coeffs) (g : Int) : Coeffs := IntList.sdiv xs g
abbrev dot (xs ys : Coeffs) : Int := IntList.dot xs ys
abbrev combo (a : Int) (xs : Coeffs) (b : Int) (ys : Coeffs) : Coeffs := IntList.combo a xs b ys
abbrev length (xs : Coeffs) : Nat := IntList.length xs
abbrev leading (xs : Coeffs) : Int := IntList.leading xs
abbrev bmod (xs : Coeffs) (m : Nat) : Coeffs := IntList.bmod xs m
/-- How far the balanced remainder of a sum is from the sum of the balanced remainders. -/
def bmod_dot_sub_dot_bmod (m : Nat) (a b : Coeffs) : Int := Int.bmod (dot a b) m - dot (bmod a m) b

theorem dvd_bmod_dot_sub_dot_bmod (m : Nat) (a b : Coeffs) : ∃ q, bmod_dot_sub_dot_bmod m a b = m * q := by
  obtain ⟨p, hp⟩ := IntList.bmod_eq (dot a b) m
  obtain ⟨q, hq⟩ := IntList.dot_bmod a b m
  refine ⟨p - q, ?_⟩
  unfold bmod_dot_sub_dot_bmod
  rw [hp]
  show dot a b + m * p - IntList.dot (IntList.bmod a m) b = m * (p - q)
  rw [hq, Int.mul_sub, Int.sub_eq_add_neg, Int.neg_add, Int.add_right_comm, ← Int.add_assoc, Int.add_right_neg,
    Int.zero_add, Int.add_comm]
  rfl

end Coeffs

/-! ### Linear combinations -/

structure LinearCombo where
  const : Int := 0
  coeffs : Coeffs := []

namespace LinearCombo

def eval (lc : LinearCombo) (values : Coeffs) : Int := lc.const + lc.coeffs.dot values

def coordinate (i : Nat) : LinearCombo where
  const := 0
  coeffs := Coeffs.set .nil i 1

theorem coordinate_eval (i : Nat) (v : Coeffs) : (coordinate i).eval v = v.get i := by
  show 0 + IntList.dot (IntList.set [] i 1) v = IntList.get v i
  rw [Int.zero_add, IntList.dot_set_nil, Int.one_mul]

section
variable {a0 a1 a2 a3 a4 a5 a6 a7 a8 a9 : Int} {t : List Int}
theorem coordinate_eval_0 : (coordinate 0).eval (.ofList (a0 :: t)) = a0 := coordinate_eval 0 _
theorem coordinate_eval_1 : (coordinate 1).eval (.ofList (a0 :: a1 :: t)) = a1 := coordinate_eval 1 _
theorem coordinate_eval_2 : (coordinate 2).eval (.ofList (a0 :: a1 :: a2 :: t)) = a2 := coordinate_eval 2 _
theorem coordinate_eval_3 : (coordinate 3).eval (.ofList (a0 :: a1 :: a2 :: a3 :: t)) = a3 := coordinate_eval 3 _
theorem coordinate_eval_4 : (coordinate 4).eval (.ofList (a0 :: a1 :: a2 :: a3 :: a4 :: t)) = a4 := coordinate_eval 4 _
theorem coordinate_eval_5 : (coordinate 5).eval (.ofList (a0 :: a1 :: a2 :: a3 :: a4 :: a5 :: t)) = a5 :=
  coordinate_eval 5 _
theorem coordinate_eval_6 : (coordinate 6).eval (.ofList (a0 :: a1 :: a2 :: a3 :: a4 :: a5 :: a6 :: t)) = a6 :=
  coordinate_eval 6 _
theorem coordinate_eval_7 : (coordinate 7).eval (.ofList (a0 :: a1 :: a2 :: a3 :: a4 :: a5 :: a6 :: a7 :: t)) = a7 :=
  coordinate_eval 7 _
theorem coordinate_eval_8 :
    (coordinate 8).eval (.ofList (a0 :: a1 :: a2 :: a3 :: a4 :: a5 :: a6 :: a7 :: a8 :: t)) = a8 := coordinate_eval 8 _
theorem coordinate_eval_9 :
    (coordinate 9).eval (.ofList (a0 :: a1 :: a2 :: a3 :: a4 :: a5 :: a6 :: a7 :: a8 :: a9 :: t)) = a9 :=
  coordinate_eval 9 _
end

def add (l₁ l₂ : LinearCombo) : LinearCombo where
  const := l₁.const + l₂.const
  coeffs := IntList.add l₁.coeffs l₂.coeffs
def sub (l₁ l₂ : LinearCombo) : LinearCombo where
  const := l₁.const - l₂.const
  coeffs := IntList.sub l₁.coeffs l₂.coeffs
def neg (lc : LinearCombo) : LinearCombo where
  const := -lc.const
  coeffs := IntList.neg lc.coeffs
def smul (lc : LinearCombo) (i : Int) : LinearCombo where
  const := i * lc.const
  coeffs := lc.coeffs.smul i
/-- The product, where one of the two is constant. -/
def mul (l₁ l₂ : LinearCombo) : LinearCombo :=
  sub (add (smul l₁ l₂.const) (smul l₂ l₁.const)) { const := l₁.const * l₂.const }

instance instAdd : Add LinearCombo := ⟨add⟩
instance instSub : Sub LinearCombo := ⟨sub⟩
instance instNeg : Neg LinearCombo := ⟨neg⟩

theorem add_eval (l₁ l₂ : LinearCombo) (v : Coeffs) : (l₁ + l₂).eval v = l₁.eval v + l₂.eval v := by
  show l₁.const + l₂.const + IntList.dot (IntList.add l₁.coeffs l₂.coeffs) v
    = l₁.const + IntList.dot l₁.coeffs v + (l₂.const + IntList.dot l₂.coeffs v)
  rw [IntList.dot_add, Int.add_assoc, Int.add_assoc, Int.add_left_comm l₂.const]
theorem neg_eval (lc : LinearCombo) (v : Coeffs) : (-lc).eval v = -lc.eval v := by
  show -lc.const + IntList.dot (IntList.neg lc.coeffs) v = -(lc.const + IntList.dot lc.coeffs v)
  rw [IntList.dot_neg, Int.neg_add]
theorem sub_eval (l₁ l₂ : LinearCombo) (v : Coeffs) : (l₁ - l₂).eval v = l₁.eval v - l₂.eval v := by
  have h := add_eval l₁ (-l₂) v
  rw [neg_eval] at h
  exact h
theorem smul_eval (lc : LinearCombo) (i : Int) (v : Coeffs) : (smul lc i).eval v = i * lc.eval v := by
  show i * lc.const + IntList.dot (IntList.smul lc.coeffs i) v = i * (lc.const + IntList.dot lc.coeffs v)
  rw [IntList.dot_smul, Int.mul_add]
theorem mul_eval (l₁ l₂ : LinearCombo) (v : Coeffs) (w : l₁.coeffs.isZero ∨ l₂.coeffs.isZero) :
    (mul l₁ l₂).eval v = l₁.eval v * l₂.eval v := by
  have e : (mul l₁ l₂).eval v = l₂.const * l₁.eval v + l₁.const * l₂.eval v - l₁.const * l₂.const := by
    have h₁ := sub_eval (smul l₁ l₂.const + smul l₂ l₁.const) { const := l₁.const * l₂.const } v
    rw [add_eval, smul_eval, smul_eval] at h₁
    refine h₁.trans (congrArg (fun z => l₂.const * l₁.eval v + l₁.const * l₂.eval v - z) ?_)
    exact Int.add_zero _
  rw [e]
  rcases w with w | w
  · have c : l₁.eval v = l₁.const := by
      show l₁.const + IntList.dot l₁.coeffs v = l₁.const
      rw [IntList.dot_of_zeros _ v w, Int.add_zero]
    rw [c, Int.mul_comm l₂.const, Int.add_comm, Int.add_sub_cancel]
  · have c : l₂.eval v = l₂.const := by
      show l₂.const + IntList.dot l₂.coeffs v = l₂.const
      rw [IntList.dot_of_zeros _ v w, Int.add_zero]
    rw [c, Int.add_sub_cancel, Int.mul_comm]

end LinearCombo

end

end Lean.Omega
