/-
Characters and strings. A string is the list of its characters, and its laws are those of that list.
-/

/-! ### Characters -/

namespace Char

@[inline] def toNat (c : Char) : Nat := c.val

instance instLE : LE Char := ⟨fun a b => a.toNat ≤ b.toNat⟩
instance instLT : LT Char := ⟨fun a b => a.toNat < b.toNat⟩
instance instDecidableLE (a b : Char) : Decidable (a ≤ b) := (inferInstance : Decidable (a.toNat ≤ b.toNat))
instance instDecidableLT (a b : Char) : Decidable (a < b) := (inferInstance : Decidable (a.toNat < b.toNat))
instance instInhabited : Inhabited Char := ⟨'A'⟩

def isWhitespace (c : Char) : Bool := c == ' ' || c == '\t' || c == '\r' || c == '\n'
def isUpper (c : Char) : Bool := decide (65 ≤ c.toNat ∧ c.toNat ≤ 90)
def isLower (c : Char) : Bool := decide (97 ≤ c.toNat ∧ c.toNat ≤ 122)
def isAlpha (c : Char) : Bool := c.isUpper || c.isLower
def isDigit (c : Char) : Bool := decide (48 ≤ c.toNat ∧ c.toNat ≤ 57)
def isAlphanum (c : Char) : Bool := c.isAlpha || c.isDigit
def toLower (c : Char) : Char := if c.isUpper then ofNat (c.toNat + 32) else c
def toUpper (c : Char) : Char := if c.isLower then ofNat (c.toNat - 32) else c

theorem toNat_inj {a b : Char} : a.toNat = b.toNat ↔ a = b := Char.ext_iff.symm
theorem le_def {a b : Char} : a ≤ b ↔ a.toNat ≤ b.toNat := Iff.rfl
theorem lt_def {a b : Char} : a < b ↔ a.toNat < b.toNat := Iff.rfl
@[simp] protected theorem le_refl (a : Char) : a ≤ a := Nat.le_refl a.toNat
protected theorem le_trans {a b c : Char} (h₁ : a ≤ b) (h₂ : b ≤ c) : a ≤ c := Nat.le_trans h₁ h₂
protected theorem le_total (a b : Char) : a ≤ b ∨ b ≤ a := Nat.le_total a.toNat b.toNat
protected theorem le_antisymm {a b : Char} (h₁ : a ≤ b) (h₂ : b ≤ a) : a = b := toNat_inj.mp (Nat.le_antisymm h₁ h₂)
@[simp] protected theorem lt_irrefl (a : Char) : ¬a < a := Nat.lt_irrefl a.toNat

end Char

/-! ### Strings -/

namespace String

/- The code generator knows no list of characters behind a string; nothing is ever run. -/
attribute [extern "x"] toList

protected def append (s t : String) : String := ofList (s.toList ++ t.toList)
instance instAppend : Append String := ⟨String.append⟩
instance instInhabited : Inhabited String := ⟨""⟩
def length (s : String) : Nat := s.toList.length
def isEmpty (s : String) : Bool := s.toList.isEmpty
def push (s : String) (c : Char) : String := ofList (s.toList ++ [c])
def singleton (c : Char) : String := ofList [c]
def join (l : List String) : String := l.foldl (fun r s => r ++ s) ""
def map (f : Char → Char) (s : String) : String := ofList (s.toList.map f)
def any (s : String) (p : Char → Bool) : Bool := s.toList.any p
def all (s : String) (p : Char → Bool) : Bool := s.toList.all p
def contains (s : String) (c : Char) : Bool := s.toList.contains c

@[ext] theorem ext {s t : String} (h : s.toList = t.toList) : s = t := congrArg ofList h
theorem toList_inj {s t : String} : s.toList = t.toList ↔ s = t := String.ext_iff.symm
instance instDecidableEq : DecidableEq String := fun s t => decidable_of_iff (s.toList = t.toList) String.ext_iff.symm

@[simp] theorem toList_ofList {l : List Char} : (ofList l).toList = l := rfl
@[simp] theorem ofList_toList {s : String} : ofList s.toList = s := rfl
theorem ofList_injective {l l' : List Char} (h : ofList l = ofList l') : l = l' := congrArg toList h
theorem ofList_inj {l l' : List Char} : ofList l = ofList l' ↔ l = l' := ⟨congrArg toList, congrArg ofList⟩
@[simp] theorem toList_append {s t : String} : (s ++ t).toList = s.toList ++ t.toList := rfl
@[simp] theorem ofList_append {l l' : List Char} : ofList (l ++ l') = ofList l ++ ofList l' := rfl
@[simp] theorem toList_empty : "".toList = [] := rfl
@[simp] theorem ofList_nil : ofList [] = "" := rfl
@[simp] theorem empty_append {s : String} : "" ++ s = s := rfl
@[simp] theorem append_empty {s : String} : s ++ "" = s := ext (List.append_nil s.toList)
theorem append_assoc {s t r : String} : s ++ t ++ r = s ++ (t ++ r) :=
  ext (List.append_assoc s.toList t.toList r.toList)
@[simp] theorem length_empty : "".length = 0 := rfl
@[simp] theorem length_append {s t : String} : (s ++ t).length = s.length + t.length := List.length_append
@[simp] theorem length_ofList {l : List Char} : (ofList l).length = l.length := rfl
@[simp] theorem length_toList {s : String} : s.toList.length = s.length := rfl
@[simp] theorem length_push {s : String} {c : Char} : (s.push c).length = s.length + 1 := List.length_append
@[simp] theorem length_singleton {c : Char} : (singleton c).length = 1 := rfl
@[simp] theorem toList_push {s : String} {c : Char} : (s.push c).toList = s.toList ++ [c] := rfl
@[simp] theorem toList_singleton {c : Char} : (singleton c).toList = [c] := rfl
@[simp] theorem toList_map {f : Char → Char} {s : String} : (s.map f).toList = s.toList.map f := rfl
@[simp] theorem length_map {f : Char → Char} {s : String} : (s.map f).length = s.length := List.length_map f
theorem append_right_inj {t r : String} (s : String) : s ++ t = s ++ r ↔ t = r := by
  rw [String.ext_iff, String.ext_iff, toList_append, toList_append, List.append_right_inj]
theorem append_left_inj {s t : String} (r : String) : s ++ r = t ++ r ↔ s = t := by
  rw [String.ext_iff, String.ext_iff, toList_append, toList_append, List.append_left_inj]
@[simp] theorem append_eq_empty_iff {s t : String} : s ++ t = "" ↔ s = "" ∧ t = "" := by
  rw [String.ext_iff, String.ext_iff, String.ext_iff, toList_append, toList_empty, List.append_eq_nil_iff]
theorem length_eq_zero_iff {s : String} : s.length = 0 ↔ s = "" := by
  rw [String.ext_iff, toList_empty, ← List.length_eq_zero_iff]; exact Iff.rfl

end String
