/-
What notation stands for: the classes behind `+`, `≤`, `==`, `++`, `∈`, ... and their instances for `Nat`, `List`,
`Bool`,
`Option`, `Char` and `String`.
-/

class HAdd (α : Type u) (β : Type v) (γ : outParam (Type w)) where
  hAdd : α → β → γ
class HSub (α : Type u) (β : Type v) (γ : outParam (Type w)) where
  hSub : α → β → γ
class HMul (α : Type u) (β : Type v) (γ : outParam (Type w)) where
  hMul : α → β → γ
class HDiv (α : Type u) (β : Type v) (γ : outParam (Type w)) where
  hDiv : α → β → γ
class HMod (α : Type u) (β : Type v) (γ : outParam (Type w)) where
  hMod : α → β → γ
class HPow (α : Type u) (β : Type v) (γ : outParam (Type w)) where
  hPow : α → β → γ
class HAppend (α : Type u) (β : Type v) (γ : outParam (Type w)) where
  hAppend : α → β → γ
class HAnd (α : Type u) (β : Type v) (γ : outParam (Type w)) where
  hAnd : α → β → γ
class HOr (α : Type u) (β : Type v) (γ : outParam (Type w)) where
  hOr : α → β → γ
class HXor (α : Type u) (β : Type v) (γ : outParam (Type w)) where
  hXor : α → β → γ
class HShiftLeft (α : Type u) (β : Type v) (γ : outParam (Type w)) where
  hShiftLeft : α → β → γ
class HShiftRight (α : Type u) (β : Type v) (γ : outParam (Type w)) where
  hShiftRight : α → β → γ
class Add (α : Type u) where
  add : α → α → α
class Sub (α : Type u) where
  sub : α → α → α
class Mul (α : Type u) where
  mul : α → α → α
class Div (α : Type u) where
  div : α → α → α
class Mod (α : Type u) where
  mod : α → α → α
class Pow (α : Type u) (β : Type v) where
  pow : α → β → α
class NatPow (α : Type u) where
  pow : α → Nat → α
class Neg (α : Type u) where
  neg : α → α
class Append (α : Type u) where
  append : α → α → α
class AndOp (α : Type u) where
  and : α → α → α
class OrOp (α : Type u) where
  or : α → α → α
class XorOp (α : Type u) where
  xor : α → α → α
class ShiftLeft (α : Type u) where
  shiftLeft : α → α → α
class ShiftRight (α : Type u) where
  shiftRight : α → α → α
class Dvd (α : Type u) where
  dvd : α → α → Prop
class LE (α : Type u) where
  le : α → α → Prop
class LT (α : Type u) where
  lt : α → α → Prop
class BEq (α : Type u) where
  beq : α → α → Bool
class Min (α : Type u) where
  min : α → α → α
class Max (α : Type u) where
  max : α → α → α
class Membership (α : outParam (Type u)) (γ : Type v) where
  mem : (γ : γ) → (a : α) → Prop
class HasSubset (α : Type u) where
  Subset : α → α → Prop
class EmptyCollection (α : Type u) where
  emptyCollection : α
class Functor (f : Type u → Type v) where
  map : {α β : Type u} → (α → β) → f α → f β
universe y z
/-- `calc` names the universes by position: first those of the relations, then those of the types. -/
class Trans {α : Sort x} {β : Sort y} {γ : Sort z} (r : α → β → Sort u) (s : β → γ → Sort v)
    (t : outParam (α → γ → Sort w)) where
  trans {a : α} {b : β} {c : γ} : r a b → s b c → t a c
class SizeOf (α : Sort u) where
  sizeOf : α → Nat

export Min (min)
export Max (max)
export SizeOf (sizeOf)

@[reducible] def GE.ge {α : Type u} [LE α] (a b : α) : Prop := LE.le b a
@[reducible] def GT.gt {α : Type u} [LT α] (a b : α) : Prop := LT.lt b a
@[inline] def bne {α : Type u} [BEq α] (a b : α) : Bool := Bool.not (BEq.beq a b)

attribute [match_pattern] HAdd.hAdd Add.add Nat.add Neg.neg

@[default_instance, reducible] instance instHAdd {α : Type u} [Add α] : HAdd α α α where
  hAdd a b := Add.add a b
@[default_instance, reducible] instance instHSub {α : Type u} [Sub α] : HSub α α α where
  hSub a b := Sub.sub a b
@[default_instance, reducible] instance instHMul {α : Type u} [Mul α] : HMul α α α where
  hMul a b := Mul.mul a b
@[default_instance, reducible] instance instHDiv {α : Type u} [Div α] : HDiv α α α where
  hDiv a b := Div.div a b
@[default_instance, reducible] instance instHMod {α : Type u} [Mod α] : HMod α α α where
  hMod a b := Mod.mod a b
@[default_instance 10000, reducible] instance instPowNat {α : Type u} [NatPow α] : Pow α Nat where
  pow a n := NatPow.pow a n
@[default_instance, reducible] instance instHPow {α : Type u} {β : Type v} [Pow α β] : HPow α β α where
  hPow a b := Pow.pow a b
@[default_instance, reducible] instance instHAppendOfAppend {α : Type u} [Append α] : HAppend α α α where
  hAppend a b := Append.append a b
@[default_instance, reducible] instance instHAndOfAndOp {α : Type u} [AndOp α] : HAnd α α α where
  hAnd a b := AndOp.and a b
@[default_instance, reducible] instance instHOrOfOrOp {α : Type u} [OrOp α] : HOr α α α where
  hOr a b := OrOp.or a b
@[default_instance, reducible] instance instHXorOfXorOp {α : Type u} [XorOp α] : HXor α α α where
  hXor a b := XorOp.xor a b
@[default_instance, reducible] instance instHShiftLeftOfShiftLeft {α : Type u} [ShiftLeft α] : HShiftLeft α α α where
  hShiftLeft a b := ShiftLeft.shiftLeft a b
@[default_instance, reducible] instance instHShiftRightOfShiftRight {α : Type u} [ShiftRight α] :
    HShiftRight α α α where
  hShiftRight a b := ShiftRight.shiftRight a b

/-! ### Coercions

The front end looks for a way from a value to a type (`CoeT`), from a type to the types it stands for (`CoeSort`) and to
functions (`CoeFun`), and unfolds what it finds. A truth value read as a proposition, a proposition that can be
decided read
as a truth value, and a member of a subtype read as its value are the ones there are. -/

class CoeT (α : Sort u) (_ : α) (β : Sort v) where
  coe : β
class CoeSort (α : Sort u) (β : outParam (Sort v)) where
  coe : α → β
class CoeFun (α : Sort u) (γ : outParam (α → Sort v)) where
  coe : (f : α) → γ f
attribute [coe_decl] CoeT.coe CoeSort.coe CoeFun.coe

@[reducible] instance boolToProp (b : Bool) : CoeT Bool b Prop := ⟨b = true⟩
@[reducible] instance boolToSort : CoeSort Bool Prop := ⟨fun b => b = true⟩
@[reducible] instance decPropToBool (p : Prop) [Decidable p] : CoeT Prop p Bool := ⟨decide p⟩
@[reducible] instance subtypeCoe {α : Sort u} {p : α → Prop} (a : Subtype p) : CoeT (Subtype p) a α := ⟨a.val⟩

/-! ### Natural numbers -/

protected inductive Nat.le (n : Nat) : Nat → Prop where
  | refl : Nat.le n n
  | step {m : Nat} : Nat.le n m → Nat.le n (.succ m)

protected def Nat.lt (n m : Nat) : Prop := Nat.le (.succ n) m

instance instAddNat : Add Nat := ⟨Nat.add⟩
instance instSubNat : Sub Nat := ⟨Nat.sub⟩
instance instMulNat : Mul Nat := ⟨Nat.mul⟩
instance Nat.instDivNat : Div Nat := ⟨Nat.div⟩
instance Nat.instModNat : Mod Nat := ⟨Nat.mod⟩
instance instNatPowNat : NatPow Nat := ⟨Nat.pow⟩
instance instLENat : LE Nat := ⟨Nat.le⟩
instance instLTNat : LT Nat := ⟨Nat.lt⟩
instance Nat.instDvd : Dvd Nat := ⟨fun a b => ∃ c, b = a * c⟩
instance Nat.instAndOp : AndOp Nat := ⟨Nat.land⟩
instance Nat.instOrOp : OrOp Nat := ⟨Nat.lor⟩
instance Nat.instXorOp : XorOp Nat := ⟨Nat.xor⟩
instance Nat.instShiftLeft : ShiftLeft Nat := ⟨Nat.shiftLeft⟩
instance Nat.instShiftRight : ShiftRight Nat := ⟨Nat.shiftRight⟩
instance instInhabitedNat : Inhabited Nat := ⟨0⟩

instance (priority := 100) instSizeOfDefault (α : Sort u) : SizeOf α := ⟨fun _ => 0⟩
@[reducible] instance instSizeOfNat : SizeOf Nat := ⟨fun n => n⟩
deriving instance SizeOf for Prod
deriving instance SizeOf for Sum
deriving instance SizeOf for Option
deriving instance SizeOf for List
deriving instance SizeOf for Bool
deriving instance SizeOf for Char
deriving instance SizeOf for String
deriving instance SizeOf for Subtype

instance instDecidableEqBool : DecidableEq Bool
  | false, false => isTrue rfl
  | false, true => isFalse Bool.false_ne_true
  | true, false => isFalse Bool.noConfusion_helper
  | true, true => isTrue rfl
instance instBEqOfDecidableEq {α : Type u} [DecidableEq α] : BEq α := ⟨fun a b => decide (a = b)⟩
