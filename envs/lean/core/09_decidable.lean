/-
What can be decided about `Bool`, `Option`, pairs and other data; `==` and its laws.
-/

/-! ### Equality of data -/

instance instDecidableEqPUnit : DecidableEq PUnit := fun _ _ => isTrue rfl
instance instDecidableEqEmpty : DecidableEq Empty := fun a _ => a.elim
instance instDecidableEqProp {p : Prop} : DecidableEq p := fun _ _ => isTrue rfl
instance instDecidablePropEq {p q : Prop} [Decidable p] [Decidable q] : Decidable (p = q) :=
  decidable_of_iff (p ↔ q) propext_iff.symm
instance instDecidableEqProd {α : Type u} {β : Type v} [DecidableEq α] [DecidableEq β] : DecidableEq (α × β) :=
  fun (a, b) (a', b') =>
    match decEq a a', decEq b b' with
    | isTrue h₁, isTrue h₂ => isTrue (h₁ ▸ h₂ ▸ rfl)
    | isFalse h, _ => isFalse fun e => h (Prod.ext_iff.mp e).left
    | _, isFalse h => isFalse fun e => h (Prod.ext_iff.mp e).right
instance instDecidableEqSum {α : Type u} {β : Type v} [DecidableEq α] [DecidableEq β] : DecidableEq (Sum α β)
  | .inl a, .inl b => decidable_of_iff (a = b) ⟨congrArg Sum.inl, fun h => by injection h⟩
  | .inr a, .inr b => decidable_of_iff (a = b) ⟨congrArg Sum.inr, fun h => by injection h⟩
  | .inl _, .inr _ => isFalse fun h => nomatch h
  | .inr _, .inl _ => isFalse fun h => nomatch h
instance instDecidableEqOption {α : Type u} [DecidableEq α] : DecidableEq (Option α)
  | none, none => isTrue rfl
  | some a, some b => decidable_of_iff (a = b) ⟨congrArg some, fun h => by injection h⟩
  | none, some _ => isFalse fun h => nomatch h
  | some _, none => isFalse fun h => nomatch h
instance instDecidableEqSubtype {α : Type u} {p : α → Prop} [DecidableEq α] : DecidableEq (Subtype p) :=
  fun a b => decidable_of_iff (a.val = b.val) ⟨Subtype.ext, congrArg Subtype.val⟩
theorem Char.ext : {a b : Char} → a.val = b.val → a = b
  | ⟨_, _⟩, ⟨_, _⟩, rfl => rfl
theorem Char.ext_iff {a b : Char} : a = b ↔ a.val = b.val := ⟨congrArg Char.val, Char.ext⟩
instance instDecidableEqChar : DecidableEq Char := fun a b => decidable_of_iff (a.val = b.val) Char.ext_iff.symm
instance instDecidableNe {α : Sort u} (a b : α) [Decidable (a = b)] : Decidable (a ≠ b) := instDecidableNot
instance instDecidableXor {p q : Prop} [Decidable p] [Decidable q] : Decidable (p ∧ ¬q ∨ q ∧ ¬p) := inferInstance
instance instDecidableExistsUnit {p : PUnit → Prop} [Decidable (p .unit)] : Decidable (∃ x, p x) :=
  decidable_of_iff (p .unit) ⟨fun h => ⟨_, h⟩, fun ⟨_, h⟩ => h⟩
instance Bool.instDecidableForall (p : Bool → Prop) [DecidablePred p] : Decidable (∀ x, p x) :=
  decidable_of_iff (p false ∧ p true) ⟨fun ⟨h₀, h₁⟩ b => match b with | false => h₀ | true => h₁, fun h => ⟨h _, h _⟩⟩
instance Bool.instDecidableExists (p : Bool → Prop) [DecidablePred p] : Decidable (∃ x, p x) :=
  decidable_of_iff (p false ∨ p true) ⟨fun h => h.elim (⟨_, ·⟩) (⟨_, ·⟩),
    fun ⟨b, h⟩ => match b, h with | false, h => Or.inl h | true, h => Or.inr h⟩
instance instDecidableForallProp {p : Prop} {q : p → Prop} [Decidable p] [∀ h, Decidable (q h)] :
    Decidable (∀ h, q h) :=
  if hp : p then decidable_of_iff (q hp) ⟨fun h _ => h, fun h => h hp⟩ else isTrue fun h => absurd h hp
instance instDecidableExistsProp {p : Prop} {q : p → Prop} [Decidable p] [∀ h, Decidable (q h)] :
    Decidable (∃ h, q h) :=
  if hp : p then decidable_of_iff (q hp) ⟨fun h => ⟨hp, h⟩, fun ⟨_, h⟩ => h⟩ else isFalse fun ⟨h, _⟩ => hp h
instance instDecidableIte {p q r : Prop} [Decidable p] [Decidable q] [Decidable r] : Decidable (if p then q else r) :=
  if h : p then decidable_of_iff q (by rw [if_pos h]) else decidable_of_iff r (by rw [if_neg h])

instance Bool.instInhabited : Inhabited Bool := ⟨false⟩
instance instInhabitedProp : Inhabited Prop := ⟨True⟩
instance instInhabitedPUnit : Inhabited PUnit := ⟨.unit⟩
instance instInhabitedPi {α : Sort u} {β : α → Sort v} [(a : α) → Inhabited (β a)] : Inhabited ((a : α) → β a) :=
  ⟨fun _ => default⟩

/-! ### `==` -/

class ReflBEq (α : Type u) [BEq α] : Prop where
  rfl : {a : α} → (a == a) = true

class LawfulBEq (α : Type u) [BEq α] : Prop extends ReflBEq α where
  eq_of_beq : {a b : α} → (a == b) = true → a = b

export LawfulBEq (eq_of_beq)

instance instLawfulBEqOfDecidableEq {α : Type u} [DecidableEq α] : LawfulBEq α where
  rfl := decide_eq_true rfl
  eq_of_beq h := of_decide_eq_true h

section
variable {α : Type u} [BEq α]

@[simp] theorem BEq.rfl [ReflBEq α] {a : α} : (a == a) = true := ReflBEq.rfl
@[simp] theorem beq_self_eq_true [ReflBEq α] (a : α) : (a == a) = true := ReflBEq.rfl
theorem BEq.refl [ReflBEq α] (a : α) : (a == a) = true := ReflBEq.rfl
theorem beq_of_eq [ReflBEq α] {a b : α} (h : a = b) : (a == b) = true := h ▸ BEq.rfl
theorem ne_of_beq_false [ReflBEq α] {a b : α} (h : (a == b) = false) : a ≠ b :=
  fun e => Bool.ne_false_of_eq_true (beq_of_eq e) h
@[simp] theorem beq_iff_eq [LawfulBEq α] {a b : α} : (a == b) = true ↔ a = b := ⟨eq_of_beq, beq_of_eq⟩
@[simp] theorem beq_eq_false_iff_ne [LawfulBEq α] {a b : α} : (a == b) = false ↔ a ≠ b :=
  ⟨ne_of_beq_false, fun h => Bool.eq_false_of_ne_true fun e => h (eq_of_beq e)⟩
theorem not_beq_of_ne [LawfulBEq α] {a b : α} (h : a ≠ b) : ¬(a == b) = true := fun e => h (eq_of_beq e)
theorem beq_false_of_ne [LawfulBEq α] {a b : α} (h : a ≠ b) : (a == b) = false := beq_eq_false_iff_ne.mpr h
@[simp] theorem bne_self_eq_false [ReflBEq α] (a : α) : (a != a) = false := congrArg Bool.not (beq_self_eq_true a)
@[simp] theorem bne_iff_ne [LawfulBEq α] {a b : α} : (a != b) = true ↔ a ≠ b := by
  by_cases h : a = b
  · subst h; rw [bne_self_eq_false]; exact iff_of_false (fun e => nomatch e) (not_not_intro rfl)
  · exact iff_of_true (congrArg Bool.not (beq_false_of_ne h)) h
@[simp] theorem bne_eq_false_iff_eq [LawfulBEq α] {a b : α} : (a != b) = false ↔ a = b := by
  by_cases h : a = b
  · subst h; exact iff_of_true (bne_self_eq_false a) rfl
  · exact iff_of_false (fun e => Bool.ne_false_of_eq_true (bne_iff_ne.mpr h) e) h
theorem beq_comm [LawfulBEq α] {a b : α} : (a == b) = (b == a) := by
  by_cases h : a = b
  · subst h; rfl
  · rw [beq_false_of_ne h, beq_false_of_ne (Ne.symm h)]
theorem bne_comm [LawfulBEq α] {a b : α} : (a != b) = (b != a) := congrArg Bool.not beq_comm
theorem BEq.symm [LawfulBEq α] {a b : α} (h : (a == b) = true) : (b == a) = true := beq_comm.trans h
theorem bne_eq (a b : α) : (a != b) = !(a == b) := rfl
@[simp] theorem not_bne (a b : α) : (!(a != b)) = (a == b) := by rw [bne_eq]; cases a == b <;> rfl
@[simp] theorem not_beq (a b : α) : (!(a == b)) = (a != b) := rfl
end

theorem beq_eq_decide {α : Type u} [BEq α] [LawfulBEq α] [DecidableEq α] {a b : α} : (a == b) = decide (a = b) := by
  by_cases h : a = b
  · rw [beq_of_eq h, decide_eq_true h]
  · rw [beq_false_of_ne h, decide_eq_false h]
theorem bne_eq_decide {α : Type u} [DecidableEq α] (a b : α) : (a != b) = decide (a ≠ b) := rfl
theorem decide_eq {α : Type u} [DecidableEq α] (a b : α) : decide (a = b) = (a == b) := rfl
