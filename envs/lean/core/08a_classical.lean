/-
Classical logic: the excluded middle from choice (Diaconescu), and what follows from it; the laws of decidable
propositions.
-/

namespace Classical

noncomputable def indefiniteDescription {α : Sort u} (p : α → Prop) (h : ∃ x, p x) : Subtype p :=
  choice (match h with | ⟨a, ha⟩ => ⟨⟨a, ha⟩⟩)
noncomputable def choose {α : Sort u} {p : α → Prop} (h : ∃ x, p x) : α := (indefiniteDescription p h).val
theorem choose_spec {α : Sort u} {p : α → Prop} (h : ∃ x, p x) : p (choose h) := (indefiniteDescription p h).property

/-- Two sets of propositions, each with a member, that are the same set when `p` holds and have other members when
not. -/
theorem em (p : Prop) : p ∨ ¬p :=
  let U (q : Prop) : Prop := q = True ∨ p
  let V (q : Prop) : Prop := q = False ∨ p
  have hU : ∃ q, U q := ⟨True, Or.inl rfl⟩
  have hV : ∃ q, V q := ⟨False, Or.inl rfl⟩
  have apart : choose hU ≠ choose hV ∨ p :=
    match choose_spec hU, choose_spec hV with
    | Or.inr hp, _ => Or.inr hp
    | _, Or.inr hp => Or.inr hp
    | Or.inl hu, Or.inl hv => Or.inl (fun h => true_ne_false (hu.symm.trans (h.trans hv)))
  have same (hp : p) : choose hU = choose hV :=
    have hUV : U = V := funext fun _ => propext ⟨fun _ => Or.inr hp, fun _ => Or.inr hp⟩
    have general (W : Prop → Prop) (h : U = W) (hW : ∃ q, W q) : choose hU = choose hW := by subst h; rfl
    general V hUV hV
  apart.elim (fun h => Or.inr fun hp => h (same hp)) Or.inl

theorem exists_true_of_nonempty {α : Sort u} : Nonempty α → ∃ _ : α, True
  | ⟨x⟩ => ⟨x, trivial⟩
@[reducible] noncomputable def inhabited_of_nonempty {α : Sort u} (h : Nonempty α) : Inhabited α := ⟨choice h⟩
@[reducible] noncomputable def propDecidable (a : Prop) : Decidable a :=
  choice (match em a with | Or.inl h => ⟨isTrue h⟩ | Or.inr h => ⟨isFalse h⟩)
attribute [scoped instance 100] propDecidable
@[reducible] noncomputable def decidableInhabited (a : Prop) : Inhabited (Decidable a) := ⟨propDecidable a⟩

theorem byCases {p q : Prop} (hpq : p → q) (hnpq : ¬p → q) : q := (em p).elim hpq hnpq
theorem byContradiction {p : Prop} (h : ¬p → False) : p := byCases id fun hn => (h hn).elim
theorem by_contradiction {p : Prop} (h : ¬p → False) : p := byContradiction h
theorem of_not_not {a : Prop} (h : ¬¬a) : a := byContradiction h
@[simp] theorem not_not {a : Prop} : ¬¬a ↔ a := ⟨of_not_not, fun ha hn => hn ha⟩
theorem propComplete (a : Prop) : a = True ∨ a = False :=
  (em a).imp (fun h => eq_true h) (fun h => eq_false h)
theorem skolem {α : Sort u} {b : α → Sort v} {p : (x : α) → b x → Prop} :
    (∀ x, ∃ y, p x y) ↔ ∃ f : (x : α) → b x, ∀ x, p x (f x) :=
  ⟨fun h => ⟨fun x => choose (h x), fun x => choose_spec (h x)⟩, fun ⟨f, hf⟩ x => ⟨f x, hf x⟩⟩
theorem axiomOfChoice {α : Sort u} {β : α → Sort v} {r : (x : α) → β x → Prop} (h : ∀ x, ∃ y, r x y) :
    ∃ f : (x : α) → β x, ∀ x, r x (f x) := skolem.mp h
@[simp] theorem not_forall {α : Sort u} {p : α → Prop} : (¬∀ x, p x) ↔ ∃ x, ¬p x :=
  ⟨fun h => byContradiction fun hn => h fun x => byContradiction fun hx => hn ⟨x, hx⟩, fun ⟨x, hx⟩ h => hx (h x)⟩
theorem not_forall_not {α : Sort u} {p : α → Prop} : (¬∀ x, ¬p x) ↔ ∃ x, p x :=
  ⟨fun h => byContradiction fun hn => h fun x hx => hn ⟨x, hx⟩, fun ⟨x, hx⟩ h => h x hx⟩
theorem not_exists_not {α : Sort u} {p : α → Prop} : (¬∃ x, ¬p x) ↔ ∀ x, p x :=
  ⟨fun h x => byContradiction fun hx => h ⟨x, hx⟩, fun h ⟨x, hx⟩ => hx (h x)⟩
theorem exists_not {α : Sort u} {p : α → Prop} : (∃ x, ¬p x) ↔ ¬∀ x, p x := not_forall.symm
theorem forall_or_exists_not {α : Sort u} (p : α → Prop) : (∀ a, p a) ∨ ∃ a, ¬p a := (em _).imp_right not_forall.mp
theorem exists_or_forall_not {α : Sort u} (p : α → Prop) : (∃ a, p a) ∨ ∀ a, ¬p a :=
  (em _).imp_right fun h a ha => h ⟨a, ha⟩
theorem not_and_iff_not_or_not {a b : Prop} : ¬(a ∧ b) ↔ ¬a ∨ ¬b :=
  ⟨fun h => byCases (p := a) (fun ha => Or.inr fun hb => h ⟨ha, hb⟩) Or.inl, fun h ⟨ha, hb⟩ => h.elim (· ha) (· hb)⟩
@[simp] theorem not_imp {a b : Prop} : ¬(a → b) ↔ a ∧ ¬b :=
  ⟨fun h => ⟨byContradiction fun ha => h fun ha' => absurd ha' ha, fun hb => h fun _ => hb⟩,
    fun h f => h.right (f h.left)⟩
theorem not_imp_iff_and_not {a b : Prop} : ¬(a → b) ↔ a ∧ ¬b := not_imp
theorem imp_iff_not_or {a b : Prop} : (a → b) ↔ ¬a ∨ b :=
  ⟨fun h => byCases (p := a) (fun ha => Or.inr (h ha)) Or.inl, fun h ha => h.neg_resolve_left ha⟩
theorem imp_iff_or_not {a b : Prop} : (b → a) ↔ a ∨ ¬b :=
  ⟨fun h => (imp_iff_not_or.mp h).symm, fun h => h.neg_resolve_right⟩
theorem or_iff_not_imp_left {a b : Prop} : a ∨ b ↔ (¬a → b) :=
  ⟨fun h => h.resolve_left, fun h => byCases (p := a) Or.inl fun ha => Or.inr (h ha)⟩
theorem or_iff_not_imp_right {a b : Prop} : a ∨ b ↔ (¬b → a) :=
  ⟨fun h => h.resolve_right, fun h => byCases (p := b) Or.inr fun hb => Or.inl (h hb)⟩
theorem not_imp_not {a b : Prop} : (¬a → ¬b) ↔ (b → a) := ⟨fun h hb => byContradiction fun ha => h ha hb, mt⟩
theorem not_imp_comm {a b : Prop} : (¬a → b) ↔ (¬b → a) :=
  ⟨fun h hb => byContradiction fun ha => hb (h ha), fun h ha => byContradiction fun hb => ha (h hb)⟩
theorem contrapositive {a b : Prop} : (¬a → ¬b) ↔ (b → a) := not_imp_not
theorem peirce {a b : Prop} (h : (a → b) → a) : a := byContradiction fun na => na (h fun ha => absurd ha na)
theorem imp_or {a b c : Prop} : (a → b ∨ c) ↔ (a → b) ∨ (a → c) :=
  ⟨fun h => byCases (p := a) (fun ha => (h ha).imp (fun hb _ => hb) (fun hc _ => hc))
      fun ha => Or.inl fun ha' => absurd ha' ha,
    fun h ha => h.imp (· ha) (· ha)⟩

end Classical

export Classical (not_not not_imp not_forall not_forall_not not_exists_not or_iff_not_imp_left or_iff_not_imp_right
imp_iff_not_or
  imp_iff_or_not not_imp_not not_imp_comm not_and_iff_not_or_not)
theorem by_contra {p : Prop} (h : ¬p → False) : p := Classical.byContradiction h
