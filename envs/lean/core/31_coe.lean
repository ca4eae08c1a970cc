/-
Coercions: the classes that the elaborator searches when a term has the wrong type, and the casts `↑n` of numbers.
-/

class Coe (α : semiOutParam (Sort u)) (β : Sort v) where
  coe : α → β
class CoeTC (α : Sort u) (β : Sort v) where
  coe : α → β
class CoeOut (α : Sort u) (β : semiOutParam (Sort v)) where
  coe : α → β
class CoeOTC (α : Sort u) (β : Sort v) where
  coe : α → β
class CoeHead (α : Sort u) (β : semiOutParam (Sort v)) where
  coe : α → β
class CoeHTC (α : Sort u) (β : Sort v) where
  coe : α → β
class CoeTail (α : semiOutParam (Sort u)) (β : Sort v) where
  coe : α → β
class CoeHTCT (α : Sort u) (β : Sort v) where
  coe : α → β
class CoeDep (α : Sort u) (a : α) (β : Sort v) where
  coe : β
class CoeT (α : Sort u) (a : α) (β : Sort v) where
  coe : β
class CoeFun (α : Sort u) (γ : outParam (α → Sort v)) where
  coe : (f : α) → γ f
class CoeSort (α : Sort u) (β : outParam (Sort v)) where
  coe : α → β

attribute [coe_decl] Coe.coe CoeTC.coe CoeOut.coe CoeOTC.coe CoeHead.coe CoeHTC.coe CoeTail.coe CoeHTCT.coe CoeDep.coe
  CoeT.coe CoeFun.coe CoeSort.coe

section
variable {α : Sort u} {β : Sort v} {γ : Sort w}

@[coe_decl, reducible] instance instCoeTC [Coe β γ] [CoeTC α β] : CoeTC α γ := ⟨fun a => Coe.coe (CoeTC.coe a : β)⟩
@[coe_decl, reducible] instance instCoeTC_1 [Coe α β] : CoeTC α β := ⟨fun a => Coe.coe a⟩
@[coe_decl, reducible] instance instCoeTC_2 : CoeTC α α := ⟨fun a => a⟩
@[coe_decl, reducible] instance instCoeOTC [CoeOut α β] [CoeOTC β γ] : CoeOTC α γ :=
  ⟨fun a => CoeOTC.coe (CoeOut.coe a : β)⟩
@[coe_decl, reducible] instance instCoeOTC_1 [CoeTC α β] : CoeOTC α β := ⟨fun a => CoeTC.coe a⟩
@[coe_decl, reducible] instance instCoeOTC_2 : CoeOTC α α := ⟨fun a => a⟩
@[coe_decl, reducible] instance instCoeHTC [CoeHead α β] [CoeOTC β γ] : CoeHTC α γ :=
  ⟨fun a => CoeOTC.coe (CoeHead.coe a : β)⟩
@[coe_decl, reducible] instance instCoeHTC_1 [CoeOTC α β] : CoeHTC α β := ⟨fun a => CoeOTC.coe a⟩
@[coe_decl, reducible] instance instCoeHTC_2 : CoeHTC α α := ⟨fun a => a⟩
@[coe_decl, reducible] instance instCoeHTCT [CoeTail β γ] [CoeHTC α β] : CoeHTCT α γ :=
  ⟨fun a => CoeTail.coe (CoeHTC.coe a : β)⟩
@[coe_decl, reducible] instance instCoeHTCT_1 [CoeHTC α β] : CoeHTCT α β := ⟨fun a => CoeHTC.coe a⟩
@[coe_decl, reducible] instance instCoeHTCT_2 : CoeHTCT α α := ⟨fun a => a⟩
@[coe_decl, reducible] instance instCoeT (a : α) [CoeDep α a β] : CoeT α a β := ⟨CoeDep.coe a⟩
@[coe_decl, reducible] instance instCoeT_1 (a : α) [CoeHTCT α β] : CoeT α a β := ⟨CoeHTCT.coe a⟩
@[coe_decl, reducible] instance instCoeT_2 (a : α) : CoeT α a α := ⟨a⟩
end

@[coe_decl, reducible] instance boolToProp : Coe Bool Prop := ⟨fun b => b = true⟩
@[coe_decl, reducible] instance boolToSort : CoeSort Bool Prop := ⟨fun b => b = true⟩
@[coe_decl, reducible] instance decPropToBool (p : Prop) [Decidable p] : CoeDep Prop p Bool := ⟨decide p⟩
@[coe_decl, reducible] instance subtypeCoe {α : Sort v} {p : α → Prop} : CoeOut (Subtype p) α := ⟨fun v => v.val⟩

/-! ### Casts of numbers -/

class NatCast (R : Type u) where
  natCast : Nat → R

class IntCast (R : Type u) where
  intCast : Int → R

@[coe, reducible, match_pattern] protected def Nat.cast {R : Type u} [NatCast R] : Nat → R := NatCast.natCast
@[coe, reducible, match_pattern] protected def Int.cast {R : Type u} [IntCast R] : Int → R := IntCast.intCast

instance instNatCastNat : NatCast Nat := ⟨id⟩
instance instNatCastInt : NatCast Int := ⟨Int.ofNat⟩
instance instIntCastInt : IntCast Int := ⟨id⟩

@[coe_decl, reducible] instance instCoeTailNat {R : Type u} [NatCast R] : CoeTail Nat R := ⟨Nat.cast⟩
@[coe_decl, reducible] instance instCoeHTCTNat {R : Type u} [NatCast R] : CoeHTCT Nat R := ⟨Nat.cast⟩
@[coe_decl, reducible] instance instCoeTailInt {R : Type u} [IntCast R] : CoeTail Int R := ⟨Int.cast⟩
@[coe_decl, reducible] instance instCoeHTCTInt {R : Type u} [IntCast R] : CoeHTCT Int R := ⟨Int.cast⟩
@[coe_decl, reducible] instance IntCoe : Coe Nat Int := ⟨Nat.cast⟩

@[term_parser 1000, extern "x"] def coeNotation : Lean.ParserDescr := .symbol ""
@[term_parser 1000, extern "x"] def coeFunNotation : Lean.ParserDescr := .symbol ""
@[term_parser 1000, extern "x"] def coeSortNotation : Lean.ParserDescr := .symbol ""
