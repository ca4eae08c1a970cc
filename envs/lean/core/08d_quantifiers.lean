/-
Quantifiers, functions, and conditionals.
-/

/-! ### Quantifiers -/

protected theorem Nonempty.elim {α : Sort u} {p : Prop} (h₁ : Nonempty α) (h₂ : α → p) : p :=
  match h₁ with | ⟨a⟩ => h₂ a

section
variable {α : Sort u} {β : Sort v} {p q : α → Prop} {a' : α} {b : Prop}

@[simp] theorem not_exists : (¬∃ x, p x) ↔ ∀ x, ¬p x := ⟨fun h x hx => h ⟨x, hx⟩, fun h ⟨x, hx⟩ => h x hx⟩
theorem forall_not_of_not_exists (h : ¬∃ x, p x) : ∀ x, ¬p x := not_exists.mp h
theorem not_exists_of_forall_not (h : ∀ x, ¬p x) : ¬∃ x, p x := not_exists.mpr h
theorem not_forall_of_exists_not : (∃ x, ¬p x) → ¬∀ x, p x | ⟨x, hx⟩, h => hx (h x)
theorem exists_not_of_not_forall (h : ¬∀ x, p x) : ∃ x, ¬p x := Classical.not_forall.mp h
theorem forall_imp (h : ∀ a, p a → q a) : (∀ a, p a) → ∀ a, q a := fun f a => h a (f a)
theorem exists_imp : ((∃ x, p x) → b) ↔ ∀ x, p x → b := ⟨fun h x hx => h ⟨x, hx⟩, fun h ⟨x, hx⟩ => h x hx⟩
theorem forall_exists_index {p : α → Prop} {q : (∃ x, p x) → Prop} : (∀ h, q h) ↔ ∀ x (h : p x), q ⟨x, h⟩ :=
  ⟨fun h x hx => h ⟨x, hx⟩, fun h ⟨x, hx⟩ => h x hx⟩
attribute [simp] forall_exists_index
theorem exists_imp' : ((∃ x, p x) → b) ↔ ∀ x, p x → b := forall_exists_index
theorem forall_and : (∀ x, p x ∧ q x) ↔ (∀ x, p x) ∧ ∀ x, q x :=
  ⟨fun h => ⟨fun x => (h x).left, fun x => (h x).right⟩, fun ⟨h₁, h₂⟩ x => ⟨h₁ x, h₂ x⟩⟩
theorem exists_or : (∃ x, p x ∨ q x) ↔ (∃ x, p x) ∨ ∃ x, q x :=
  ⟨fun ⟨x, h⟩ => h.imp (⟨x, ·⟩) (⟨x, ·⟩), fun h => h.elim (Exists.imp fun _ => Or.inl) (Exists.imp fun _ => Or.inr)⟩
theorem forall_or_of_or_forall (h : (∀ x, p x) ∨ ∀ x, q x) : ∀ x, p x ∨ q x := fun x => h.imp (· x) (· x)
theorem forall_or_left {b : Prop} {p : α → Prop} : (∀ x, b ∨ p x) ↔ b ∨ ∀ x, p x :=
  ⟨fun h => (Classical.em b).imp id fun hb x => (h x).resolve_left hb, fun h x => h.imp_right (· x)⟩
theorem forall_or_right {b : Prop} {p : α → Prop} : (∀ x, p x ∨ b) ↔ (∀ x, p x) ∨ b :=
  ⟨fun h => (Classical.em b).symm.imp (fun hb x => (h x).resolve_right hb) id, fun h x => h.imp_left (· x)⟩
theorem exists_and_of (h : ∃ x, p x ∧ q x) : (∃ x, p x) ∧ ∃ x, q x :=
  have ⟨x, h₁, h₂⟩ := h
  ⟨⟨x, h₁⟩, ⟨x, h₂⟩⟩
@[simp] theorem exists_and_left : (∃ x, b ∧ p x) ↔ b ∧ ∃ x, p x :=
  ⟨fun ⟨x, hb, hx⟩ => ⟨hb, x, hx⟩, fun ⟨hb, x, hx⟩ => ⟨x, hb, hx⟩⟩
@[simp] theorem exists_and_right : (∃ x, p x ∧ b) ↔ (∃ x, p x) ∧ b :=
  ⟨fun ⟨x, hx, hb⟩ => ⟨⟨x, hx⟩, hb⟩, fun ⟨⟨x, hx⟩, hb⟩ => ⟨x, hx, hb⟩⟩
theorem exists_const_iff (α : Sort u) : (∃ _ : α, b) ↔ Nonempty α ∧ b :=
  ⟨fun ⟨x, hb⟩ => ⟨⟨x⟩, hb⟩, fun ⟨⟨x⟩, hb⟩ => ⟨x, hb⟩⟩
@[simp] theorem exists_const (α : Sort u) [i : Nonempty α] : (∃ _ : α, b) ↔ b :=
  ⟨fun ⟨_, hb⟩ => hb, i.elim fun x hb => ⟨x, hb⟩⟩
@[simp] theorem forall_const (α : Sort u) [i : Nonempty α] : (α → b) ↔ b := ⟨i.elim fun x h => h x, fun hb _ => hb⟩
@[simp] theorem exists_false : ¬∃ _ : α, False := fun ⟨_, h⟩ => h
theorem exists_true_iff_nonempty : (∃ _ : α, True) ↔ Nonempty α := ⟨fun ⟨x, _⟩ => ⟨x⟩, fun ⟨x⟩ => ⟨x, trivial⟩⟩
@[simp] theorem exists_prop {a b : Prop} : (∃ _ : a, b) ↔ a ∧ b := ⟨fun ⟨ha, hb⟩ => ⟨ha, hb⟩, fun ⟨ha, hb⟩ => ⟨ha, hb⟩⟩
theorem exists_prop' {p : Prop} : (∃ _ : α, p) ↔ Nonempty α ∧ p := exists_const_iff α
theorem exists_prop_of_true {p : Prop} {q : p → Prop} (h : p) : (∃ h' : p, q h') ↔ q h :=
  ⟨fun ⟨_, hq⟩ => hq, fun hq => ⟨h, hq⟩⟩
theorem forall_prop_of_true {p : Prop} {q : p → Prop} (h : p) : (∀ h' : p, q h') ↔ q h := ⟨fun f => f h, fun hq _ => hq⟩
theorem forall_prop_of_false {p : Prop} {q : p → Prop} (hn : ¬p) : (∀ h' : p, q h') ↔ True :=
  iff_true_intro fun h => absurd h hn
theorem forall_true_iff : (α → True) ↔ True := imp_true_iff α
theorem forall_true_left {p : True → Prop} : (∀ x, p x) ↔ p trivial := forall_prop_of_true _
@[simp] theorem exists_eq : ∃ a, a = a' := ⟨a', rfl⟩
@[simp] theorem exists_eq' : ∃ a, a' = a := ⟨a', rfl⟩
@[simp] theorem exists_eq_left : (∃ a, a = a' ∧ p a) ↔ p a' := ⟨fun ⟨_, h, hp⟩ => h ▸ hp, fun hp => ⟨a', rfl, hp⟩⟩
@[simp] theorem exists_eq_right : (∃ a, p a ∧ a = a') ↔ p a' := ⟨fun ⟨_, hp, h⟩ => h ▸ hp, fun hp => ⟨a', hp, rfl⟩⟩
@[simp] theorem exists_eq_left' : (∃ a, a' = a ∧ p a) ↔ p a' := ⟨fun ⟨_, h, hp⟩ => h ▸ hp, fun hp => ⟨a', rfl, hp⟩⟩
@[simp] theorem exists_eq_right' : (∃ a, p a ∧ a' = a) ↔ p a' := ⟨fun ⟨_, hp, h⟩ => h ▸ hp, fun hp => ⟨a', hp, rfl⟩⟩
@[simp] theorem exists_eq_or_imp : (∃ a, (a = a' ∨ q a) ∧ p a) ↔ p a' ∨ ∃ a, q a ∧ p a :=
  ⟨fun ⟨a, h, hp⟩ => h.elim (fun h => Or.inl (h ▸ hp)) fun hq => Or.inr ⟨a, hq, hp⟩,
    fun h => h.elim (fun hp => ⟨a', Or.inl rfl, hp⟩) fun ⟨a, hq, hp⟩ => ⟨a, Or.inr hq, hp⟩⟩
@[simp] theorem forall_eq : (∀ a, a = a' → p a) ↔ p a' := ⟨fun h => h a' rfl, fun hp _ h => h ▸ hp⟩
@[simp] theorem forall_eq' : (∀ a, a' = a → p a) ↔ p a' := ⟨fun h => h a' rfl, fun hp _ h => h ▸ hp⟩
@[simp] theorem forall_eq_or_imp : (∀ a, a = a' ∨ q a → p a) ↔ p a' ∧ ∀ a, q a → p a :=
  ⟨fun h => ⟨h a' (Or.inl rfl), fun a hq => h a (Or.inr hq)⟩, fun ⟨h₁, h₂⟩ a h => h.elim (fun h => h ▸ h₁) (h₂ a)⟩
@[simp] theorem forall_apply_eq_imp_iff {f : α → β} {p : β → Prop} : (∀ b a, f a = b → p b) ↔ ∀ a, p (f a) :=
  ⟨fun h a => h _ a rfl, fun h _ a e => e ▸ h a⟩
theorem forall_eq_apply_imp_iff {f : α → β} {p : β → Prop} : (∀ b a, b = f a → p b) ↔ ∀ a, p (f a) :=
  ⟨fun h a => h _ a rfl, fun h _ a e => e ▸ h a⟩
theorem forall_comm {p : α → β → Prop} : (∀ a b, p a b) ↔ ∀ b a, p a b := ⟨fun h b a => h a b, fun h a b => h b a⟩
theorem forall_swap {p : α → β → Prop} : (∀ a b, p a b) ↔ ∀ b a, p a b := forall_comm
theorem exists_comm {p : α → β → Prop} : (∃ a b, p a b) ↔ ∃ b a, p a b :=
  ⟨fun ⟨a, b, h⟩ => ⟨b, a, h⟩, fun ⟨b, a, h⟩ => ⟨a, b, h⟩⟩
theorem exists_swap {p : α → β → Prop} : (∃ a b, p a b) ↔ ∃ b a, p a b := exists_comm
theorem exists_apply_eq_apply (f : α → β) (a' : α) : ∃ a, f a = f a' := ⟨a', rfl⟩
theorem exists_imp_exists (h : ∀ a, p a → q a) : (∃ a, p a) → ∃ a, q a := Exists.imp h
theorem exists₂_comm {p : α → β → Prop} : (∃ a b, p a b) ↔ ∃ b a, p a b := exists_comm
theorem exists_of_exists_and_left (h : ∃ x, p x ∧ q x) : ∃ x, p x := h.imp fun _ => And.left
theorem Exists.nonempty (h : ∃ x, p x) : Nonempty α := h.elim fun x _ => ⟨x⟩
end

/-- There is exactly one. -/
def ExistsUnique {α : Sort u} (p : α → Prop) : Prop := ∃ x, p x ∧ ∀ y, p y → y = x
theorem ExistsUnique.intro {α : Sort u} {p : α → Prop} (w : α) (h₁ : p w) (h₂ : ∀ y, p y → y = w) : ExistsUnique p :=
  ⟨w, h₁, h₂⟩
theorem ExistsUnique.«exists» {α : Sort u} {p : α → Prop} : ExistsUnique p → ∃ x, p x | ⟨x, h, _⟩ => ⟨x, h⟩
theorem ExistsUnique.unique {α : Sort u} {p : α → Prop} (h : ExistsUnique p) {a b : α} (ha : p a) (hb : p b) : a = b :=
  match h with
  | ⟨_, _, hx⟩ => (hx a ha).trans (hx b hb).symm

instance instNonemptyOfInhabited {α : Sort u} [Inhabited α] : Nonempty α := ⟨default⟩
theorem nonempty_of_exists {α : Sort u} {p : α → Prop} (h : ∃ x, p x) : Nonempty α := h.nonempty

/-! ### Functions -/

namespace Function

@[simp] theorem comp_apply {α : Sort u} {β : Sort v} {δ : Sort w} {f : β → δ} {g : α → β} {x : α} :
    (f ∘ g) x = f (g x) := rfl
theorem comp_def {α : Sort u} {β : Sort v} {δ : Sort w} (f : β → δ) (g : α → β) : f ∘ g = fun x => f (g x) := rfl
theorem comp_assoc {α : Sort u} {β : Sort v} {δ : Sort w} {φ : Sort x} (f : δ → φ) (g : β → δ) (h : α → β) :
    (f ∘ g) ∘ h = f ∘ g ∘ h := rfl
@[simp] theorem comp_id {α : Sort u} {β : Sort v} (f : α → β) : f ∘ id = f := rfl
@[simp] theorem id_comp {α : Sort u} {β : Sort v} (f : α → β) : id ∘ f = f := rfl
@[simp] theorem const_apply {α : Sort u} {β : Sort v} {y : β} {x : α} : const α y x = y := rfl

def Injective {α : Sort u} {β : Sort v} (f : α → β) : Prop := ∀ ⦃a b⦄, f a = f b → a = b
def Surjective {α : Sort u} {β : Sort v} (f : α → β) : Prop := ∀ b, ∃ a, f a = b
def Bijective {α : Sort u} {β : Sort v} (f : α → β) : Prop := Injective f ∧ Surjective f
def LeftInverse {α : Sort u} {β : Sort v} (g : β → α) (f : α → β) : Prop := ∀ x, g (f x) = x
def RightInverse {α : Sort u} {β : Sort v} (g : β → α) (f : α → β) : Prop := LeftInverse f g

theorem injective_id {α : Sort u} : Injective (@id α) := fun _ _ h => h
theorem surjective_id {α : Sort u} : Surjective (@id α) := fun b => ⟨b, rfl⟩
theorem Injective.comp {α : Sort u} {β : Sort v} {δ : Sort w} {g : β → δ} {f : α → β}
    (hg : Injective g) (hf : Injective f) : Injective (g ∘ f) := fun _ _ h => hf (hg h)
theorem Surjective.comp {α : Sort u} {β : Sort v} {δ : Sort w} {g : β → δ} {f : α → β}
    (hg : Surjective g) (hf : Surjective f) : Surjective (g ∘ f) := fun c =>
  have ⟨b, hb⟩ := hg c
  have ⟨a, ha⟩ := hf b
  ⟨a, (congrArg g ha).trans hb⟩
theorem Bijective.comp {α : Sort u} {β : Sort v} {δ : Sort w} {g : β → δ} {f : α → β}
    (hg : Bijective g) (hf : Bijective f) : Bijective (g ∘ f) := ⟨hg.left.comp hf.left, hg.right.comp hf.right⟩
theorem Injective.eq_iff {α : Sort u} {β : Sort v} {f : α → β} (h : Injective f) {a b : α} : f a = f b ↔ a = b :=
  ⟨fun h' => h h', congrArg f⟩
theorem LeftInverse.injective {α : Sort u} {β : Sort v} {g : β → α} {f : α → β} (h : LeftInverse g f) : Injective f :=
  fun a b e => (h a).symm.trans ((congrArg g e).trans (h b))
theorem RightInverse.surjective {α : Sort u} {β : Sort v} {g : β → α} {f : α → β} (h : RightInverse g f) :
    Surjective f :=
  fun b => ⟨g b, h b⟩
theorem LeftInverse.surjective {α : Sort u} {β : Sort v} {g : β → α} {f : α → β} (h : LeftInverse g f) : Surjective g :=
  fun a => ⟨f a, h a⟩

end Function

@[simp] theorem id_eq {α : Sort u} (a : α) : id a = a := rfl
theorem id_def {α : Sort u} (a : α) : id a = a := rfl
