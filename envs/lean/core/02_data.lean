/-
Natural numbers, lists, options, characters and strings, as data. The kernel computes the functions on `Nat` marked
"accelerated" by its own big-number code, whatever is written here: each must mean exactly what that code computes, or
`False` would have a proof without axioms. `tests/test_lean_core.py` compares every one of them with its definition.
-/

inductive Nat where
  | zero : Nat
  | succ (n : Nat) : Nat

namespace Nat

protected noncomputable def ctorIdx : Nat → Nat
  | .zero => .zero
  | .succ _ => .succ .zero

/-- Accelerated. -/
@[extern "lean_nat_add"] protected def add : Nat → Nat → Nat
  | n, .zero => n
  | n, .succ m => .succ (Nat.add n m)

/-- Accelerated. -/
@[extern "lean_nat_pred"] def pred : Nat → Nat
  | .zero => .zero
  | .succ n => n

/-- Accelerated; stops at zero. -/
@[extern "lean_nat_sub"] protected def sub : Nat → Nat → Nat
  | n, .zero => n
  | n, .succ m => pred (Nat.sub n m)

/-- Accelerated. -/
@[extern "lean_nat_mul"] protected def mul : Nat → Nat → Nat
  | _, .zero => .zero
  | n, .succ m => Nat.add (Nat.mul n m) n

/-- Accelerated. -/
@[extern "lean_nat_pow"] protected def pow : Nat → Nat → Nat
  | _, .zero => .succ .zero
  | n, .succ m => Nat.mul (Nat.pow n m) n

set_option bootstrap.genMatcherCode false in
/-- Accelerated. -/
@[extern "lean_nat_dec_eq"] def beq : Nat → Nat → Bool
  | .zero, .zero => true
  | .zero, .succ _ => false
  | .succ _, .zero => false
  | .succ n, .succ m => beq n m

theorem eq_of_beq_eq_true : {n m : Nat} → Eq (beq n m) true → Eq n m
  | .zero, .zero, _ => rfl
  | .zero, .succ _, h => (Bool.false_ne_true h).rec
  | .succ _, .zero, h => (Bool.false_ne_true h).rec
  | .succ n, .succ m, h => congrArg Nat.succ (eq_of_beq_eq_true (n := n) (m := m) h)

theorem beq_refl : (n : Nat) → Eq (beq n n) true
  | .zero => rfl
  | .succ n => beq_refl n

theorem ne_of_beq_eq_false {n m : Nat} (h : Eq (beq n m) false) : Not (Eq n m) :=
  fun h' => Bool.noConfusion_helper
    ((beq_refl n).symm.trans (Eq.subst (motive := fun k => Eq (beq n k) false) h'.symm h))

@[extern "lean_nat_dec_eq"] protected def decEq (n m : Nat) : Decidable (Eq n m) where
  decide := beq n m
  reflects_decide :=
    match h : beq n m with
    | true => eq_of_beq_eq_true h
    | false => ne_of_beq_eq_false h

/-- Accelerated. -/
@[extern "lean_nat_dec_le"] def ble : Nat → Nat → Bool
  | .zero, _ => true
  | .succ _, .zero => false
  | .succ n, .succ m => ble n m

/-- Quotient and remainder, counted up one by one: `(0, n)` when the divisor is zero. -/
def divMod : Nat → Nat → Prod Nat Nat
  | .zero, _ => ⟨.zero, .zero⟩
  | .succ n, m =>
    match divMod n m with
    | ⟨q, r⟩ => cond (beq (.succ r) m) ⟨.succ q, .zero⟩ ⟨q, .succ r⟩

/-- Accelerated; `n / 0 = 0`. -/
@[extern "lean_nat_div"] protected def div (n m : Nat) : Nat := (divMod n m).fst

/-- Accelerated; `n % 0 = n`. -/
@[extern "lean_nat_mod"] protected def mod (n m : Nat) : Nat := (divMod n m).snd

/-- Euclid's algorithm; `fuel` bounds the first number, which shrinks at every step. -/
def gcdGo : Nat → Nat → Nat → Nat
  | .zero, _, n => n
  | .succ _, .zero, n => n
  | .succ fuel, .succ m, n => gcdGo fuel (Nat.mod n (.succ m)) (.succ m)

/-- Accelerated. -/
@[extern "lean_nat_gcd"] def gcd (m n : Nat) : Nat := gcdGo m m n

/-- The number whose bits are `f` of the bits of two numbers; `fuel` bounds the first number, which halves at every
step. -/
def bitwiseGo (f : Bool → Bool → Bool) : Nat → Nat → Nat → Nat
  | .zero, _, m => cond (f false true) m .zero
  | .succ _, .zero, m => cond (f false true) m .zero
  | .succ _, .succ n, .zero => cond (f true false) (.succ n) .zero
  | .succ fuel, .succ n, .succ m =>
    let two : Nat := .succ (.succ .zero)
    let half := bitwiseGo f fuel (Nat.div (.succ n) two) (Nat.div (.succ m) two)
    let bit := f (beq (Nat.mod (.succ n) two) (.succ .zero)) (beq (Nat.mod (.succ m) two) (.succ .zero))
    cond bit (.succ (Nat.mul two half)) (Nat.mul two half)

def bitwise (f : Bool → Bool → Bool) (n m : Nat) : Nat := bitwiseGo f n n m

/-- Accelerated. -/
@[extern "lean_nat_land"] def land : Nat → Nat → Nat := bitwise Bool.and

/-- Accelerated. -/
@[extern "lean_nat_lor"] def lor : Nat → Nat → Nat := bitwise Bool.or

/-- Accelerated. -/
@[extern "lean_nat_lxor"] def xor : Nat → Nat → Nat := bitwise Bool.xor

/-- Accelerated. -/
@[extern "lean_nat_shiftl"] def shiftLeft : Nat → Nat → Nat
  | n, .zero => n
  | n, .succ m => Nat.mul (.succ (.succ .zero)) (shiftLeft n m)

/-- Accelerated. -/
@[extern "lean_nat_shiftr"] def shiftRight : Nat → Nat → Nat
  | n, .zero => n
  | n, .succ m => Nat.div (shiftRight n m) (.succ (.succ .zero))

def log2Go : Nat → Nat → Nat
  | .zero, _ => .zero
  | .succ fuel, n =>
    cond (ble (.succ (.succ .zero)) n) (.succ (log2Go fuel (Nat.div n (.succ (.succ .zero))))) .zero

/-- The position of the highest bit; 0 for 0. -/
@[extern "lean_nat_log2"] def log2 (n : Nat) : Nat := log2Go n n

end Nat

instance instDecidableEqNat : DecidableEq Nat := Nat.decEq

theorem noConfusion_of_Nat {α : Sort u} (f : α → Nat) {a b : α} (h : Eq a b) :
    (Nat.beq (f a) (f b)).rec False True :=
  @Eq.ndrec _ _ (fun c => @Bool.rec (fun _ => Prop) False True (Nat.beq (f a) (f c)))
    (@Eq.ndrec Bool true (fun c => @Bool.rec (fun _ => Prop) False True c) True.intro _ (Nat.beq_refl (f a)).symm) _ h

protected def Bool.ctorIdx : Bool → Nat
  | .false => .zero
  | .true => .succ .zero
protected def Sum.ctorIdx {α : Type u} {β : Type v} : Sum α β → Nat
  | .inl _ => .zero
  | .inr _ => .succ .zero
protected def PSum.ctorIdx {α : Sort u} {β : Sort v} : PSum α β → Nat
  | .inl _ => .zero
  | .inr _ => .succ .zero

/- From here on every inductive type gets `ctorIdx`, with which the front end tells its constructors apart. -/
set_option genCtorIdx true

class OfNat (α : Type u) (n : Nat) where
  ofNat : α

@[default_instance 100] instance instOfNatNat (n : Nat) : OfNat Nat n where
  ofNat := n

inductive Option (α : Type u) where
  | none : Option α
  | some (val : α) : Option α

export Option (none some)

inductive List (α : Type u) where
  | nil : List α
  | cons (head : α) (tail : List α) : List α

/-- The numbers that are Unicode scalar values: below 0xD800, or from 0xE000 to 0x10FFFF. -/
def Nat.isValidChar (n : Nat) : Bool :=
  Bool.or (Nat.ble n 0xD7FF) (Bool.and (Nat.ble 0xE000 n) (Nat.ble n 0x10FFFF))

structure Char where
  val : Nat
  valid : Eq (Nat.isValidChar val) true

/-- The character of a number; the character 0 for a number that is none. The kernel writes string literals with it. -/
def Char.ofNat (n : Nat) : Char :=
  match h : Nat.isValidChar n with
  | true => ⟨n, h⟩
  | false => ⟨0, rfl⟩

/-- The kernel writes a string literal as `String.ofList` of its characters. -/
structure String where
  ofList ::
  toList : List Char
