/-
Options, pairs, sums and subtypes: functions and laws.
-/

namespace Option

/-! ### Options -/

@[inline] def isSome {α : Type u} : Option α → Bool
  | some _ => true
  | none => false
@[inline] def isNone {α : Type u} : Option α → Bool
  | some _ => false
  | none => true
@[inline] def getD {α : Type u} (opt : Option α) (dflt : α) : α :=
  match opt with
  | some a => a
  | none => dflt
@[inline] def get {α : Type u} : (o : Option α) → isSome o = true → α
  | some a, _ => a
  | none, h => (Bool.false_ne_true h).elim
@[inline] def map {α : Type u} {β : Type v} (f : α → β) : Option α → Option β
  | some a => some (f a)
  | none => none
@[inline] protected def bind {α : Type u} {β : Type v} : Option α → (α → Option β) → Option β
  | some a, f => f a
  | none, _ => none
@[inline] def join {α : Type u} (x : Option (Option α)) : Option α := x.bind id
@[inline] protected def filter {α : Type u} (p : α → Bool) : Option α → Option α
  | some a => if p a then some a else none
  | none => none
@[inline] protected def or {α : Type u} : Option α → Option α → Option α
  | some a, _ => some a
  | none, o => o
@[inline] protected def elim {α : Type u} {β : Sort v} : Option α → β → (α → β) → β
  | some a, _, f => f a
  | none, b, _ => b
@[inline] def toList {α : Type u} : Option α → List α
  | some a => [a]
  | none => []

instance instMembership {α : Type u} : Membership α (Option α) := ⟨fun o a => o = some a⟩
instance instInhabited {α : Type u} : Inhabited (Option α) := ⟨none⟩
instance instDecidableMem {α : Type u} [DecidableEq α] (a : α) (o : Option α) : Decidable (a ∈ o) :=
  (inferInstance : Decidable (o = some a))
instance instDecidableForallMem {α : Type u} (p : α → Prop) [DecidablePred p] :
    (o : Option α) → Decidable (∀ a, a ∈ o → p a)
  | none => isTrue fun _ h => nomatch h
  | some a => decidable_of_iff (p a) ⟨fun h b e => by injection e with e; exact e ▸ h, fun h => h a rfl⟩

theorem some_ne_none {α : Type u} (a : α) : some a ≠ none := fun h => nomatch h
theorem none_ne_some {α : Type u} (a : α) : none ≠ some a := fun h => nomatch h
theorem some_inj {α : Type u} {a b : α} : some a = some b ↔ a = b := ⟨fun h => by injection h, congrArg some⟩
@[simp] theorem mem_def {α : Type u} {a : α} {o : Option α} : a ∈ o ↔ o = some a := Iff.rfl
theorem mem_some_self {α : Type u} (a : α) : a ∈ some a := rfl
theorem not_mem_none {α : Type u} (a : α) : ¬a ∈ (none : Option α) := fun h => nomatch h
@[ext] theorem ext {α : Type u} : {o₁ o₂ : Option α} → (∀ a, o₁ = some a ↔ o₂ = some a) → o₁ = o₂
  | none, none, _ => rfl
  | some a, _, h => ((h a).mp rfl).symm
  | none, some b, h => (h b).mpr rfl
theorem eq_none_or_eq_some {α : Type u} : (o : Option α) → o = none ∨ ∃ a, o = some a
  | none => .inl rfl
  | some a => .inr ⟨a, rfl⟩
protected theorem «forall» {α : Type u} {p : Option α → Prop} : (∀ x, p x) ↔ p none ∧ ∀ x, p (some x) :=
  ⟨fun h => ⟨h none, fun x => h (some x)⟩, fun ⟨h₁, h₂⟩ x => match x with | none => h₁ | some x => h₂ x⟩
protected theorem «exists» {α : Type u} {p : Option α → Prop} : (∃ x, p x) ↔ p none ∨ ∃ x, p (some x) :=
  ⟨fun ⟨x, h⟩ => match x, h with | none, h => .inl h | some x, h => .inr ⟨x, h⟩,
    fun h => h.elim (fun h => ⟨none, h⟩) fun ⟨x, h⟩ => ⟨some x, h⟩⟩

@[simp] theorem isSome_none {α : Type u} : (none : Option α).isSome = false := rfl
@[simp] theorem isSome_some {α : Type u} {a : α} : (some a).isSome = true := rfl
@[simp] theorem isNone_none {α : Type u} : (none : Option α).isNone = true := rfl
@[simp] theorem isNone_some {α : Type u} {a : α} : (some a).isNone = false := rfl
theorem isSome_iff_exists {α : Type u} : {o : Option α} → (o.isSome = true ↔ ∃ a, o = some a)
  | none => ⟨fun h => (nomatch h), fun ⟨_, h⟩ => (nomatch h)⟩
  | some a => ⟨fun _ => ⟨a, rfl⟩, fun _ => rfl⟩
@[simp] theorem isNone_iff_eq_none {α : Type u} : {o : Option α} → (o.isNone = true ↔ o = none)
  | none => ⟨fun _ => rfl, fun _ => rfl⟩
  | some _ => ⟨fun h => (nomatch h), fun h => (nomatch h)⟩
theorem isSome_iff_ne_none {α : Type u} : {o : Option α} → (o.isSome = true ↔ o ≠ none)
  | none => ⟨fun h => (nomatch h), fun h => absurd rfl h⟩
  | some a => ⟨fun _ => some_ne_none a, fun _ => rfl⟩
theorem ne_none_iff_exists {α : Type u} : {o : Option α} → (o ≠ none ↔ ∃ a, some a = o)
  | none => ⟨fun h => absurd rfl h, fun ⟨_, h⟩ => (nomatch h)⟩
  | some a => ⟨fun _ => ⟨a, rfl⟩, fun _ => some_ne_none a⟩
theorem eq_none_iff_forall_ne_some {α : Type u} : {o : Option α} → (o = none ↔ ∀ a, o ≠ some a)
  | none => ⟨fun _ => none_ne_some, fun _ => rfl⟩
  | some a => ⟨fun h => (nomatch h), fun h => absurd rfl (h a)⟩
@[simp] theorem not_isSome {α : Type u} : {o : Option α} → (!o.isSome) = o.isNone
  | none => rfl
  | some _ => rfl
@[simp] theorem not_isNone {α : Type u} : {o : Option α} → (!o.isNone) = o.isSome
  | none => rfl
  | some _ => rfl
@[simp] theorem get_some {α : Type u} {a : α} (h : (some a).isSome = true) : (some a).get h = a := rfl
@[simp] theorem some_get {α : Type u} : {o : Option α} → (h : o.isSome = true) → some (o.get h) = o
  | some _, _ => rfl
@[simp] theorem getD_none {α : Type u} {a : α} : getD none a = a := rfl
@[simp] theorem getD_some {α : Type u} {a b : α} : getD (some a) b = a := rfl

@[simp] theorem map_none {α : Type u} {β : Type v} (f : α → β) : map f none = none := rfl
@[simp] theorem map_some {α : Type u} {β : Type v} {a : α} {f : α → β} : map f (some a) = some (f a) := rfl
@[simp] theorem map_map {α : Type u} {β : Type v} {γ : Type w} (h : β → γ) (g : α → β) :
    (o : Option α) → map h (map g o) = map (h ∘ g) o
  | none => rfl
  | some _ => rfl
@[simp] theorem map_id {α : Type u} : (o : Option α) → map id o = o
  | none => rfl
  | some _ => rfl
@[simp] theorem map_id' {α : Type u} (o : Option α) : map (fun a => a) o = o := map_id o
@[simp] theorem map_eq_none_iff {α : Type u} {β : Type v} {f : α → β} : {o : Option α} → (map f o = none ↔ o = none)
  | none => ⟨fun _ => rfl, fun _ => rfl⟩
  | some _ => ⟨fun h => (nomatch h), fun h => (nomatch h)⟩
@[simp] theorem map_eq_some_iff {α : Type u} {β : Type v} {f : α → β} {b : β} :
    {o : Option α} → (map f o = some b ↔ ∃ a, o = some a ∧ f a = b)
  | none => ⟨fun h => (nomatch h), fun ⟨_, h, _⟩ => (nomatch h)⟩
  | some a => ⟨fun h => ⟨a, rfl, by injection h⟩, fun ⟨_, h, e⟩ => by injection h with h; rw [h, map_some, e]⟩
@[simp] theorem isSome_map {α : Type u} {β : Type v} {f : α → β} : {o : Option α} → (map f o).isSome = o.isSome
  | none => rfl
  | some _ => rfl
theorem map_congr {α : Type u} {β : Type v} {f g : α → β} : {o : Option α} → (∀ a, o = some a → f a = g a) →
    map f o = map g o
  | none, _ => rfl
  | some a, h => congrArg some (h a rfl)
@[simp] theorem bind_none {α : Type u} {β : Type v} (f : α → Option β) : none.bind f = none := rfl
@[simp] theorem bind_some {α : Type u} {β : Type v} (a : α) (f : α → Option β) : (some a).bind f = f a := rfl
@[simp] theorem bind_fun_some {α : Type u} : (o : Option α) → o.bind some = o
  | none => rfl
  | some _ => rfl
theorem bind_fun_none {α : Type u} {β : Type v} : (o : Option α) → (o.bind fun _ => (none : Option β)) = none
  | none => rfl
  | some _ => rfl
theorem bind_assoc {α : Type u} {β : Type v} {γ : Type w} : (o : Option α) → (f : α → Option β) → (g : β → Option γ) →
    (o.bind f).bind g = o.bind fun a => (f a).bind g
  | none, _, _ => rfl
  | some _, _, _ => rfl
theorem bind_eq_some_iff {α : Type u} {β : Type v} {b : β} {f : α → Option β} :
    {o : Option α} → (o.bind f = some b ↔ ∃ a, o = some a ∧ f a = some b)
  | none => ⟨fun h => (nomatch h), fun ⟨_, h, _⟩ => (nomatch h)⟩
  | some a => ⟨fun h => ⟨a, rfl, h⟩, fun ⟨_, h, e⟩ => by injection h with h; rw [h, bind_some, e]⟩
theorem map_eq_bind {α : Type u} {β : Type v} {f : α → β} : {o : Option α} → o.map f = o.bind (some ∘ f)
  | none => rfl
  | some _ => rfl
@[simp] theorem or_some {α : Type u} {a : α} {o : Option α} : (some a).or o = some a := rfl
@[simp] theorem none_or {α : Type u} {o : Option α} : none.or o = o := rfl
@[simp] theorem or_none {α : Type u} : {o : Option α} → o.or none = o
  | none => rfl
  | some _ => rfl
theorem or_assoc {α : Type u} : {o₁ o₂ o₃ : Option α} → (o₁.or o₂).or o₃ = o₁.or (o₂.or o₃)
  | none, _, _ => rfl
  | some _, _, _ => rfl
@[simp] theorem or_eq_none_iff {α : Type u} : {o o' : Option α} → (o.or o' = none ↔ o = none ∧ o' = none)
  | none, _ => ⟨fun h => ⟨rfl, h⟩, fun h => h.right⟩
  | some _, _ => ⟨fun h => (nomatch h), fun h => (nomatch h.left)⟩
@[simp] theorem filter_none {α : Type u} (p : α → Bool) : none.filter p = none := rfl
theorem filter_some {α : Type u} {p : α → Bool} {a : α} : (some a).filter p = if p a then some a else none := rfl
@[simp] theorem elim_none {α : Type u} {β : Sort v} (b : β) (f : α → β) : Option.elim none b f = b := rfl
@[simp] theorem elim_some {α : Type u} {β : Sort v} (b : β) (f : α → β) (a : α) : (some a).elim b f = f a := rfl
@[simp] theorem toList_none {α : Type u} : (none : Option α).toList = [] := rfl
@[simp] theorem toList_some {α : Type u} (a : α) : (some a).toList = [a] := rfl

end Option

/-! ### Pairs -/

namespace Prod

def map {α₁ : Type u} {α₂ : Type v} {β₁ : Type w} {β₂ : Type x} (f : α₁ → α₂) (g : β₁ → β₂) : α₁ × β₁ → α₂ × β₂
  | (a, b) => (f a, g b)
def swap {α : Type u} {β : Type v} (p : α × β) : β × α := (p.2, p.1)

instance instInhabited {α : Type u} {β : Type v} [Inhabited α] [Inhabited β] : Inhabited (α × β) := ⟨(default, default)⟩

@[simp] protected theorem eta {α : Type u} {β : Type v} (p : α × β) : (p.1, p.2) = p := rfl
theorem mk_inj {α : Type u} {β : Type v} {a₁ a₂ : α} {b₁ b₂ : β} : (a₁, b₁) = (a₂, b₂) ↔ a₁ = a₂ ∧ b₁ = b₂ :=
  Prod.ext_iff
@[simp] protected theorem «forall» {α : Type u} {β : Type v} {p : α × β → Prop} : (∀ x, p x) ↔ ∀ a b, p (a, b) :=
  ⟨fun h a b => h (a, b), fun h x => h x.1 x.2⟩
@[simp] protected theorem «exists» {α : Type u} {β : Type v} {p : α × β → Prop} : (∃ x, p x) ↔ ∃ a b, p (a, b) :=
  ⟨fun ⟨x, h⟩ => ⟨x.1, x.2, h⟩, fun ⟨a, b, h⟩ => ⟨(a, b), h⟩⟩
@[simp] theorem map_apply {α₁ : Type u} {α₂ : Type v} {β₁ : Type w} {β₂ : Type x} (f : α₁ → α₂) (g : β₁ → β₂) (a : α₁)
    (b : β₁) : map f g (a, b) = (f a, g b) := rfl
@[simp] theorem map_fst {α₁ : Type u} {α₂ : Type v} {β₁ : Type w} {β₂ : Type x} (f : α₁ → α₂) (g : β₁ → β₂)
    (p : α₁ × β₁) : (map f g p).1 = f p.1 := rfl
@[simp] theorem map_snd {α₁ : Type u} {α₂ : Type v} {β₁ : Type w} {β₂ : Type x} (f : α₁ → α₂) (g : β₁ → β₂)
    (p : α₁ × β₁) : (map f g p).2 = g p.2 := rfl
@[simp] theorem map_id {α : Type u} {β : Type v} : map (@id α) (@id β) = id := rfl
@[simp] theorem swap_swap {α : Type u} {β : Type v} (p : α × β) : p.swap.swap = p := rfl
@[simp] theorem fst_swap {α : Type u} {β : Type v} {p : α × β} : p.swap.1 = p.2 := rfl
@[simp] theorem snd_swap {α : Type u} {β : Type v} {p : α × β} : p.swap.2 = p.1 := rfl
@[simp] theorem swap_prod_mk {α : Type u} {β : Type v} {a : α} {b : β} : swap (a, b) = (b, a) := rfl

end Prod

/-! ### Sums -/

namespace Sum

@[inline] protected def elim {α : Type u} {β : Type v} {γ : Sort w} (f : α → γ) (g : β → γ) : α ⊕ β → γ
  | inl a => f a
  | inr b => g b
def map {α : Type u} {α' : Type w} {β : Type v} {β' : Type x} (f : α → α') (g : β → β') : α ⊕ β → α' ⊕ β'
  | inl a => inl (f a)
  | inr b => inr (g b)
def swap {α : Type u} {β : Type v} : α ⊕ β → β ⊕ α
  | inl a => inr a
  | inr b => inl b
def isLeft {α : Type u} {β : Type v} : α ⊕ β → Bool
  | inl _ => true
  | inr _ => false
def isRight {α : Type u} {β : Type v} : α ⊕ β → Bool
  | inl _ => false
  | inr _ => true
def getLeft? {α : Type u} {β : Type v} : α ⊕ β → Option α
  | inl a => some a
  | inr _ => none
def getRight? {α : Type u} {β : Type v} : α ⊕ β → Option β
  | inl _ => none
  | inr b => some b

theorem inl_injective {α : Type u} {β : Type v} : Function.Injective (inl : α → α ⊕ β) := fun _ _ h => by injection h
theorem inr_injective {α : Type u} {β : Type v} : Function.Injective (inr : β → α ⊕ β) := fun _ _ h => by injection h
theorem inl_ne_inr {α : Type u} {β : Type v} {a : α} {b : β} : inl a ≠ inr b := fun h => nomatch h
theorem inr_ne_inl {α : Type u} {β : Type v} {a : α} {b : β} : inr b ≠ inl a := fun h => nomatch h
@[simp] theorem elim_inl {α : Type u} {β : Type v} {γ : Sort w} (f : α → γ) (g : β → γ) (a : α) :
    Sum.elim f g (inl a) = f a := rfl
@[simp] theorem elim_inr {α : Type u} {β : Type v} {γ : Sort w} (f : α → γ) (g : β → γ) (b : β) :
    Sum.elim f g (inr b) = g b := rfl
@[simp] theorem map_inl {α : Type u} {α' : Type w} {β : Type v} {β' : Type x} (f : α → α') (g : β → β') (a : α) :
    map f g (inl a) = inl (f a) := rfl
@[simp] theorem map_inr {α : Type u} {α' : Type w} {β : Type v} {β' : Type x} (f : α → α') (g : β → β') (b : β) :
    map f g (inr b) = inr (g b) := rfl
@[simp] theorem swap_inl {α : Type u} {β : Type v} {a : α} : swap (inl a : α ⊕ β) = inr a := rfl
@[simp] theorem swap_inr {α : Type u} {β : Type v} {b : β} : swap (inr b : α ⊕ β) = inl b := rfl
@[simp] theorem swap_swap {α : Type u} {β : Type v} : (s : α ⊕ β) → s.swap.swap = s
  | inl _ => rfl
  | inr _ => rfl
@[simp] theorem isLeft_inl {α : Type u} {β : Type v} {a : α} : (inl a : α ⊕ β).isLeft = true := rfl
@[simp] theorem isLeft_inr {α : Type u} {β : Type v} {b : β} : (inr b : α ⊕ β).isLeft = false := rfl
@[simp] theorem isRight_inl {α : Type u} {β : Type v} {a : α} : (inl a : α ⊕ β).isRight = false := rfl
@[simp] theorem isRight_inr {α : Type u} {β : Type v} {b : β} : (inr b : α ⊕ β).isRight = true := rfl
@[simp] protected theorem «forall» {α : Type u} {β : Type v} {p : α ⊕ β → Prop} :
    (∀ x, p x) ↔ (∀ a, p (inl a)) ∧ ∀ b, p (inr b) :=
  ⟨fun h => ⟨fun a => h (inl a), fun b => h (inr b)⟩, fun ⟨h₁, h₂⟩ x => match x with | inl a => h₁ a | inr b => h₂ b⟩
@[simp] protected theorem «exists» {α : Type u} {β : Type v} {p : α ⊕ β → Prop} :
    (∃ x, p x) ↔ (∃ a, p (inl a)) ∨ ∃ b, p (inr b) :=
  ⟨fun ⟨x, h⟩ => match x, h with | inl a, h => .inl ⟨a, h⟩ | inr b, h => .inr ⟨b, h⟩,
    fun h => h.elim (fun ⟨a, h⟩ => ⟨inl a, h⟩) fun ⟨b, h⟩ => ⟨inr b, h⟩⟩

end Sum

/-! ### Subtypes -/

namespace Subtype

@[simp] theorem eta {α : Sort u} {p : α → Prop} (a : Subtype p) (h : p a.val) : mk a.val h = a := rfl
@[simp] protected theorem «forall» {α : Sort u} {p : α → Prop} {q : Subtype p → Prop} : (∀ x, q x) ↔ ∀ a b, q ⟨a, b⟩ :=
  ⟨fun h a b => h ⟨a, b⟩, fun h x => h x.val x.property⟩
@[simp] protected theorem «exists» {α : Sort u} {p : α → Prop} {q : Subtype p → Prop} : (∃ x, q x) ↔ ∃ a b, q ⟨a, b⟩ :=
  ⟨fun ⟨x, h⟩ => ⟨x.val, x.property, h⟩, fun ⟨a, b, h⟩ => ⟨⟨a, b⟩, h⟩⟩

end Subtype
