/-
Casts of numbers: a natural number read as an integer, `↑n`.
-/

class NatCast (R : Type u) where
  natCast : Nat → R

class IntCast (R : Type u) where
  intCast : Int → R

@[coe, reducible, match_pattern] protected def Nat.cast {R : Type u} [NatCast R] : Nat → R := NatCast.natCast
@[coe, reducible, match_pattern] protected def Int.cast {R : Type u} [IntCast R] : Int → R := IntCast.intCast

instance instNatCastNat : NatCast Nat := ⟨id⟩
instance instNatCastInt : NatCast Int := ⟨Int.ofNat⟩
instance instIntCastInt : IntCast Int := ⟨id⟩

@[reducible] instance natCastCoe {R : Type u} [NatCast R] (n : Nat) : CoeT Nat n R := ⟨Nat.cast n⟩
@[reducible] instance intCastCoe {R : Type u} [IntCast R] (n : Int) : CoeT Int n R := ⟨Int.cast n⟩
