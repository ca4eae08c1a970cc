/-
The laws of propositional logic, of equality and of quantifiers, by the names that people expect, and the attributes
through which `simp`, `symm`, `rfl`, `ext` and `by_cases` find them.
-/

/-! ### Reflexivity, symmetry, transitivity -/

theorem Iff.refl (a : Prop) : a ↔ a := ⟨id, id⟩
protected theorem Iff.rfl {a : Prop} : a ↔ a := Iff.refl a
theorem Iff.of_eq {a b : Prop} (h : a = b) : a ↔ b := h ▸ Iff.rfl
theorem Iff.trans {a b c : Prop} (h₁ : a ↔ b) (h₂ : b ↔ c) : a ↔ c :=
  ⟨fun ha => h₂.mp (h₁.mp ha), fun hc => h₁.mpr (h₂.mpr hc)⟩
theorem Iff.symm {a b : Prop} (h : a ↔ b) : b ↔ a := ⟨h.mpr, h.mp⟩
theorem Eq.to_iff {a b : Prop} (h : a = b) : a ↔ b := Iff.of_eq h
theorem iff_of_eq {a b : Prop} (h : a = b) : a ↔ b := Iff.of_eq h
theorem Iff.comm {a b : Prop} : (a ↔ b) ↔ (b ↔ a) := ⟨Iff.symm, Iff.symm⟩
theorem iff_comm {a b : Prop} : (a ↔ b) ↔ (b ↔ a) := Iff.comm
theorem Ne.symm {α : Sort u} {a b : α} (h : a ≠ b) : b ≠ a := fun h' => h h'.symm
theorem Ne.intro {α : Sort u} {a b : α} (h : a = b → False) : a ≠ b := h
theorem Ne.elim {α : Sort u} {a b : α} (h : a ≠ b) : a = b → False := h
theorem Ne.irrefl {α : Sort u} {a : α} (h : a ≠ a) : False := h rfl
theorem ne_of_eq_of_ne {α : Sort u} {a b c : α} (h₁ : a = b) (h₂ : b ≠ c) : a ≠ c := h₁ ▸ h₂
theorem ne_of_ne_of_eq {α : Sort u} {a b c : α} (h₁ : a ≠ b) (h₂ : b = c) : a ≠ c := h₂ ▸ h₁
theorem ne_comm {α : Sort u} {a b : α} : a ≠ b ↔ b ≠ a := ⟨Ne.symm, Ne.symm⟩
theorem eq_comm {α : Sort u} {a b : α} : a = b ↔ b = a := ⟨Eq.symm, Eq.symm⟩
theorem false_of_ne {α : Sort u} {a : α} : a ≠ a → False := Ne.irrefl
theorem ne_false_of_self {p : Prop} (hp : p) : p ≠ False := fun h => h ▸ hp
theorem ne_true_of_not {p : Prop} (hn : ¬p) : p ≠ True := fun h => hn (of_eq_true h)
theorem true_ne_false : ¬True = False := ne_false_of_self trivial
theorem false_ne_true : False ≠ True := fun h => of_eq_true h
theorem HEq.trans {α β φ : Sort u} {a : α} {b : β} {c : φ} (h₁ : HEq a b) (h₂ : HEq b c) : HEq a c := h₂.rec h₁
theorem HEq.subst {p : (T : Sort u) → T → Prop} {α β : Sort u} {a : α} {b : β} (h₁ : HEq a b) (h₂ : p α a) : p β b :=
  h₁.rec h₂
theorem heq_of_heq_of_eq {α β : Sort u} {a : α} {b b' : β} (h₁ : HEq a b) (h₂ : b = b') : HEq a b' := h₂ ▸ h₁
theorem heq_of_eq_of_heq {α β : Sort u} {a a' : α} {b : β} (h₁ : a = a') (h₂ : HEq a' b) : HEq a b := h₁ ▸ h₂
theorem type_eq_of_heq {α β : Sort u} {a : α} {b : β} (h : HEq a b) : α = β := h.rec rfl
theorem heq_eq_eq {α : Sort u} (a b : α) : HEq a b = (a = b) := propext ⟨eq_of_heq, heq_of_eq⟩
theorem proof_irrel {a : Prop} (h₁ h₂ : a) : h₁ = h₂ := rfl
theorem cast_eq {α : Sort u} (h : α = α) (a : α) : cast h a = a := rfl
theorem cast_heq {α β : Sort u} (h : α = β) (a : α) : HEq (cast h a) a := by subst h; exact HEq.rfl
theorem eq_mp_eq_cast {α β : Sort u} (h : α = β) : Eq.mp h = cast h := rfl
theorem eq_mpr_eq_cast {α β : Sort u} (h : α = β) : Eq.mpr h = cast h.symm := rfl
theorem congr_arg {α : Sort u} {β : Sort v} {a₁ a₂ : α} (f : α → β) (h : a₁ = a₂) : f a₁ = f a₂ := congrArg f h
theorem congr_fun {α : Sort u} {β : α → Sort v} {f g : (x : α) → β x} (h : f = g) (a : α) : f a = g a := congrFun h a
theorem funext_iff {α : Sort u} {β : α → Sort v} {f g : (x : α) → β x} : f = g ↔ ∀ x, f x = g x :=
  ⟨fun h x => h ▸ rfl, funext⟩
theorem propext_iff {a b : Prop} : a = b ↔ (a ↔ b) := ⟨iff_of_eq, propext⟩
theorem eq_iff_iff {a b : Prop} : (a = b) ↔ (a ↔ b) := propext_iff

attribute [refl] Iff.refl
attribute [symm] Eq.symm Iff.symm HEq.symm Ne.symm
attribute [ext] funext propext
attribute [simp] ne_eq iff_self heq_eq_eq cast_eq eq_mp_eq_cast eq_mpr_eq_cast

instance : Trans Iff Iff Iff where
  trans := Iff.trans

theorem Prod.ext {α : Type u} {β : Type v} : {p q : α × β} → p.fst = q.fst → p.snd = q.snd → p = q
  | ⟨_, _⟩, ⟨_, _⟩, rfl, rfl => rfl
theorem Prod.ext_iff {α : Type u} {β : Type v} {p q : α × β} : p = q ↔ p.fst = q.fst ∧ p.snd = q.snd :=
  ⟨fun h => h ▸ ⟨rfl, rfl⟩, fun h => Prod.ext h.left h.right⟩
theorem Subtype.ext {α : Sort u} {p : α → Prop} : {a b : Subtype p} → a.val = b.val → a = b
  | ⟨_, _⟩, ⟨_, _⟩, rfl => rfl
attribute [ext] Prod.ext Subtype.ext

/-! ### Ways to use a connective -/

@[macro_inline] def Not.elim {a : Prop} {α : Sort u} (h : ¬a) (ha : a) : α := absurd ha h
theorem Not.intro {a : Prop} (h : a → False) : ¬a := h
theorem Not.imp {a b : Prop} (h : ¬b) (f : a → b) : ¬a := fun ha => h (f ha)
theorem mt {a b : Prop} (h₁ : a → b) (h₂ : ¬b) : ¬a := fun ha => h₂ (h₁ ha)
theorem And.elim {a b c : Prop} (f : a → b → c) (h : a ∧ b) : c := f h.left h.right
theorem And.symm {a b : Prop} (h : a ∧ b) : b ∧ a := ⟨h.right, h.left⟩
theorem And.imp {a b c d : Prop} (f : a → c) (g : b → d) (h : a ∧ b) : c ∧ d := ⟨f h.left, g h.right⟩
theorem And.imp_left {a b c : Prop} (h : a → b) (hac : a ∧ c) : b ∧ c := And.imp h id hac
theorem And.imp_right {a b c : Prop} (h : a → b) (hca : c ∧ a) : c ∧ b := And.imp id h hca
theorem Or.intro_left {a : Prop} (b : Prop) (h : a) : a ∨ b := Or.inl h
theorem Or.intro_right {b : Prop} (a : Prop) (h : b) : a ∨ b := Or.inr h
theorem Or.elim {a b c : Prop} (h : a ∨ b) (left : a → c) (right : b → c) : c :=
  match h with
  | Or.inl h => left h
  | Or.inr h => right h
theorem Or.symm {a b : Prop} (h : a ∨ b) : b ∨ a := h.elim Or.inr Or.inl
theorem Or.imp {a b c d : Prop} (f : a → c) (g : b → d) (h : a ∨ b) : c ∨ d :=
  h.elim (fun ha => Or.inl (f ha)) (fun hb => Or.inr (g hb))
theorem Or.imp_left {a b c : Prop} (f : a → b) (h : a ∨ c) : b ∨ c := h.imp f id
theorem Or.imp_right {a b c : Prop} (f : b → c) (h : a ∨ b) : a ∨ c := h.imp id f
theorem Or.resolve_left {a b : Prop} (h : a ∨ b) (na : ¬a) : b := h.elim (fun ha => absurd ha na) id
theorem Or.resolve_right {a b : Prop} (h : a ∨ b) (nb : ¬b) : a := h.elim id (fun hb => absurd hb nb)
theorem Or.neg_resolve_left {a b : Prop} (h : ¬a ∨ b) (ha : a) : b := h.elim (fun na => absurd ha na) id
theorem Or.neg_resolve_right {a b : Prop} (h : a ∨ ¬b) (hb : b) : a := h.elim id (fun nb => absurd hb nb)
theorem Iff.elim {a b c : Prop} (f : (a → b) → (b → a) → c) (h : a ↔ b) : c := f h.mp h.mpr
theorem Iff.not {a b : Prop} (h : a ↔ b) : ¬a ↔ ¬b := ⟨fun n hb => n (h.mpr hb), fun n ha => n (h.mp ha)⟩
theorem Exists.elim {α : Sort u} {p : α → Prop} {b : Prop} (h₁ : ∃ x, p x) (h₂ : ∀ a, p a → b) : b :=
  match h₁ with
  | ⟨a, ha⟩ => h₂ a ha
theorem Exists.imp {α : Sort u} {p q : α → Prop} (h : ∀ a, p a → q a) : (∃ a, p a) → ∃ a, q a
  | ⟨a, ha⟩ => ⟨a, h a ha⟩
noncomputable def Exists.choose {α : Sort u} {p : α → Prop} (h : ∃ a, p a) : α :=
  (Classical.choice (h.elim fun a ha => ⟨(⟨a, ha⟩ : Subtype p)⟩)).val
theorem Exists.choose_spec {α : Sort u} {p : α → Prop} (h : ∃ a, p a) : p h.choose :=
  (Classical.choice (h.elim fun a ha => ⟨(⟨a, ha⟩ : Subtype p)⟩)).property
theorem exists_imp_intro {α : Sort u} {p : α → Prop} (a : α) (h : p a) : ∃ a, p a := ⟨a, h⟩
