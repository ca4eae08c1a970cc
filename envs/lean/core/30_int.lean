/-
The integers: data and functions. The kernel accelerates none of them; on literals everything comes down to `Nat`. The
compiled code of a function marked `extern` is the binary's own; no proof rests on it.
-/

set_option genCtorIdx false in
inductive Int : Type where
  | ofNat : Nat → Int
  | negSucc : Nat → Int

attribute [extern "lean_nat_to_int"] Int.ofNat
attribute [extern "lean_int_neg_succ_of_nat"] Int.negSucc

instance instOfNat {n : Nat} : OfNat Int n := ⟨Int.ofNat n⟩

namespace Int

protected noncomputable def ctorIdx : Int → Nat
  | ofNat _ => 0
  | negSucc _ => 1

instance instInhabited : Inhabited Int := ⟨ofNat 0⟩

def negOfNat : Nat → Int
  | .zero => ofNat 0
  | .succ m => negSucc m

/-- The difference of two natural numbers. -/
def subNatNat (m n : Nat) : Int :=
  match n - m with
  | .zero => ofNat (m - n)
  | .succ k => negSucc k

set_option bootstrap.genMatcherCode false in
@[extern "lean_nat_abs"] def natAbs : Int → Nat
  | ofNat m => m
  | negSucc m => .succ m

set_option bootstrap.genMatcherCode false in
@[extern "lean_int_neg"] protected def neg : Int → Int
  | ofNat n => negOfNat n
  | negSucc n => ofNat (.succ n)

set_option bootstrap.genMatcherCode false in
@[extern "lean_int_add"] protected def add : Int → Int → Int
  | ofNat m, ofNat n => ofNat (m + n)
  | ofNat m, negSucc n => subNatNat m (.succ n)
  | negSucc m, ofNat n => subNatNat n (.succ m)
  | negSucc m, negSucc n => negSucc (.succ (m + n))

set_option bootstrap.genMatcherCode false in
@[extern "lean_int_mul"] protected def mul : Int → Int → Int
  | ofNat m, ofNat n => ofNat (m * n)
  | ofNat m, negSucc n => negOfNat (m * .succ n)
  | negSucc m, ofNat n => negOfNat (.succ m * n)
  | negSucc m, negSucc n => ofNat (.succ m * .succ n)

@[default_instance 1000] instance instNegInt : Neg Int := ⟨Int.neg⟩
instance instAdd : Add Int := ⟨Int.add⟩
instance instMul : Mul Int := ⟨Int.mul⟩

@[extern "lean_int_sub"] protected def sub (m n : Int) : Int := m + -n
instance instSub : Sub Int := ⟨Int.sub⟩

set_option bootstrap.genMatcherCode false in
/-- Rounds so that the remainder is never negative; `n / 0 = 0`. -/
@[extern "lean_int_ediv"] def ediv : Int → Int → Int
  | ofNat m, ofNat n => ofNat (m / n)
  | ofNat m, negSucc n => -ofNat (m / .succ n)
  | negSucc _, ofNat .zero => ofNat 0
  | negSucc m, ofNat (.succ n) => negSucc (m / .succ n)
  | negSucc m, negSucc n => ofNat (.succ (m / .succ n))

set_option bootstrap.genMatcherCode false in
/-- The remainder of `ediv`: from 0 to `|n| - 1`; `m % 0 = m`. -/
@[extern "lean_int_emod"] def emod : Int → Int → Int
  | ofNat m, n => ofNat (m % natAbs n)
  | negSucc m, n => subNatNat (natAbs n) (.succ (m % natAbs n))

instance instDiv : Div Int := ⟨Int.ediv⟩
instance instMod : Mod Int := ⟨Int.emod⟩

/-! ### Order and equality -/

inductive NonNeg : Int → Prop where
  | mk (n : Nat) : NonNeg (ofNat n)

protected def le (a b : Int) : Prop := NonNeg (b - a)
instance instLEInt : LE Int := ⟨Int.le⟩
protected def lt (a b : Int) : Prop := a + 1 ≤ b
instance instLTInt : LT Int := ⟨Int.lt⟩
instance instDvd : Dvd Int := ⟨fun a b => ∃ c, b = a * c⟩

set_option bootstrap.genMatcherCode false in
@[extern "lean_int_dec_nonneg"] def decNonneg (m : Int) : Decidable (NonNeg m) :=
  match m with
  | ofNat m => isTrue (NonNeg.mk m)
  | negSucc _ => isFalse (fun h => nomatch h)

@[extern "lean_int_dec_le"] instance decLe (a b : Int) : Decidable (a ≤ b) := decNonneg (b - a)
@[extern "lean_int_dec_lt"] instance decLt (a b : Int) : Decidable (a < b) := decNonneg (b - (a + 1))

set_option bootstrap.genMatcherCode false in
@[extern "lean_int_dec_eq"] protected def decEq (a b : Int) : Decidable (a = b) :=
  match a, b with
  | ofNat a, ofNat b =>
    match Nat.decEq a b with
    | ⟨true, h⟩ => isTrue (congrArg ofNat h)
    | ⟨false, h⟩ => isFalse (fun h' => h (ofNat.inj h'))
  | negSucc a, negSucc b =>
    match Nat.decEq a b with
    | ⟨true, h⟩ => isTrue (congrArg negSucc h)
    | ⟨false, h⟩ => isFalse (fun h' => h (negSucc.inj h'))
  | ofNat _, negSucc _ => isFalse (fun h => nomatch h)
  | negSucc _, ofNat _ => isFalse (fun h => nomatch h)

instance instDecidableEq : DecidableEq Int := Int.decEq

/-! ### What the code of a match on integers needs stands above -/

def toNat : Int → Nat
  | ofNat m => m
  | negSucc _ => 0

def sign : Int → Int
  | ofNat .zero => 0
  | ofNat (.succ _) => 1
  | negSucc _ => -1

protected def pow (m : Int) : Nat → Int
  | .zero => 1
  | .succ n => Int.pow m n * m
instance instNatPow : NatPow Int := ⟨Int.pow⟩

instance instMin : Min Int := ⟨fun a b => if a ≤ b then a else b⟩
instance instMax : Max Int := ⟨fun a b => if a ≤ b then b else a⟩

/-- The balanced remainder, from about `-m / 2` to about `m / 2`. -/
def bmod (x : Int) (m : Nat) : Int :=
  if x % ofNat m < (ofNat m + 1) / 2 then x % ofNat m else x % ofNat m - ofNat m

end Int
