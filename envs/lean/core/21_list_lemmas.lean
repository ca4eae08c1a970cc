/-
The laws of lists: length, joining, reversal, membership.
-/

namespace List

/-! ### Constructors -/

theorem cons_ne_nil {α : Type u} (a : α) (l : List α) : a :: l ≠ [] := fun h => by cases h
theorem nil_ne_cons {α : Type u} (a : α) (l : List α) : [] ≠ a :: l := fun h => by cases h
theorem cons_ne_self {α : Type u} (a : α) (l : List α) : a :: l ≠ l := by
  intro h
  induction l generalizing a with
  | nil => cases h
  | cons b l ih => injection h with _ h; exact ih b h
theorem cons_inj {α : Type u} (a : α) {l l' : List α} : a :: l = a :: l' ↔ l = l' :=
  ⟨fun h => by injection h, fun h => h ▸ rfl⟩
theorem cons_right_inj {α : Type u} (a : α) {l l' : List α} : a :: l = a :: l' ↔ l = l' := cons_inj a
theorem cons_left_inj {α : Type u} {a b : α} (l : List α) : a :: l = b :: l ↔ a = b :=
  ⟨fun h => by injection h, fun h => h ▸ rfl⟩
theorem cons_eq_cons {α : Type u} {a b : α} {l l' : List α} : a :: l = b :: l' ↔ a = b ∧ l = l' :=
  ⟨fun h => by injection h with h₁ h₂; exact ⟨h₁, h₂⟩, fun ⟨h₁, h₂⟩ => by rw [h₁, h₂]⟩
theorem head_eq_of_cons_eq {α : Type u} {a b : α} {l l' : List α} (h : a :: l = b :: l') : a = b := by injection h
theorem tail_eq_of_cons_eq {α : Type u} {a b : α} {l l' : List α} (h : a :: l = b :: l') : l = l' := by injection h
theorem exists_cons_of_ne_nil {α : Type u} : {l : List α} → l ≠ [] → ∃ b l', l = b :: l'
  | [], h => absurd rfl h
  | b :: l, _ => ⟨b, l, rfl⟩
theorem ne_nil_iff_exists_cons {α : Type u} {l : List α} : l ≠ [] ↔ ∃ b l', l = b :: l' :=
  ⟨exists_cons_of_ne_nil, fun ⟨b, l', h⟩ => h ▸ cons_ne_nil b l'⟩
theorem singleton_inj {α : Type u} {a b : α} : [a] = [b] ↔ a = b := cons_left_inj []

/-! ### Length -/

@[simp] theorem length_nil {α : Type u} : ([] : List α).length = 0 := rfl
@[simp] theorem length_cons {α : Type u} {a : α} {l : List α} : (a :: l).length = l.length + 1 := rfl
theorem length_singleton {α : Type u} {a : α} : [a].length = 1 := rfl
theorem eq_nil_of_length_eq_zero {α : Type u} : {l : List α} → l.length = 0 → l = []
  | [], _ => rfl
  | _ :: _, h => Nat.noConfusion h
theorem length_eq_zero_iff {α : Type u} {l : List α} : l.length = 0 ↔ l = [] :=
  ⟨eq_nil_of_length_eq_zero, fun h => h ▸ rfl⟩
theorem length_eq_zero {α : Type u} {l : List α} : l.length = 0 ↔ l = [] := length_eq_zero_iff
theorem ne_nil_of_length_eq_add_one {α : Type u} {l : List α} {n : Nat} (h : l.length = n + 1) : l ≠ [] :=
  fun h' => by rw [h'] at h; cases h
theorem length_eq_one_iff {α : Type u} : {l : List α} → (l.length = 1 ↔ ∃ a, l = [a])
  | [] => ⟨fun h => Nat.noConfusion h, fun ⟨_, h⟩ => by cases h⟩
  | [a] => ⟨fun _ => ⟨a, rfl⟩, fun _ => rfl⟩
  | _ :: _ :: _ => ⟨fun h => (by cases h), fun ⟨_, h⟩ => (by cases h)⟩
theorem exists_cons_of_length_eq_add_one {α : Type u} : {n : Nat} → {l : List α} → l.length = n + 1 →
    ∃ h t, l = h :: t
  | _, [], h => Nat.noConfusion h
  | _, a :: l, _ => ⟨a, l, rfl⟩
theorem length_pos_of_mem {α : Type u} {a : α} : {l : List α} → a ∈ l → 0 < l.length
  | [], h => (not_mem_nil' h).elim
  | _ :: _, _ => Nat.zero_lt_succ _
theorem length_pos_iff {α : Type u} : {l : List α} → (0 < l.length ↔ l ≠ [])
  | [] => ⟨fun h => absurd h (Nat.lt_irrefl 0), fun h => absurd rfl h⟩
  | a :: l => ⟨fun _ => cons_ne_nil a l, fun _ => Nat.zero_lt_succ _⟩
theorem length_pos_of_ne_nil {α : Type u} {l : List α} (h : l ≠ []) : 0 < l.length := length_pos_iff.mpr h
theorem ne_nil_of_length_pos {α : Type u} {l : List α} (h : 0 < l.length) : l ≠ [] := length_pos_iff.mp h

@[simp] theorem isEmpty_nil {α : Type u} : ([] : List α).isEmpty = true := rfl
@[simp] theorem isEmpty_cons {α : Type u} {a : α} {l : List α} : (a :: l).isEmpty = false := rfl
@[simp] theorem isEmpty_iff {α : Type u} : {l : List α} → (l.isEmpty = true ↔ l = [])
  | [] => ⟨fun _ => rfl, fun _ => rfl⟩
  | _ :: _ => ⟨fun h => (by cases h), fun h => (by cases h)⟩

/-! ### Joining -/

@[simp] theorem append_eq {α : Type u} {as bs : List α} : List.append as bs = as ++ bs := rfl
@[simp] theorem nil_append {α : Type u} (as : List α) : [] ++ as = as := rfl
@[simp] theorem cons_append {α : Type u} {a : α} {as bs : List α} : (a :: as) ++ bs = a :: (as ++ bs) := rfl
@[simp] theorem append_nil {α : Type u} (as : List α) : as ++ [] = as := by
  induction as with
  | nil => rfl
  | cons a as ih => rw [cons_append, ih]
@[simp] theorem append_assoc {α : Type u} (as bs cs : List α) : as ++ bs ++ cs = as ++ (bs ++ cs) := by
  induction as with
  | nil => rfl
  | cons a as ih => rw [cons_append, cons_append, cons_append, ih]
theorem append_cons {α : Type u} (as : List α) (b : α) (bs : List α) : as ++ b :: bs = as ++ [b] ++ bs := by
  rw [append_assoc]; rfl
theorem singleton_append {α : Type u} {a : α} {l : List α} : [a] ++ l = a :: l := rfl
@[simp] theorem length_append {α : Type u} {as bs : List α} : (as ++ bs).length = as.length + bs.length := by
  induction as with
  | nil => exact (Nat.zero_add _).symm
  | cons a as ih => rw [cons_append, length_cons, length_cons, ih, Nat.add_right_comm]
@[simp] theorem concat_eq_append {α : Type u} {as : List α} {a : α} : as.concat a = as ++ [a] := by
  induction as with
  | nil => rfl
  | cons b as ih => rw [concat, ih]; rfl
theorem length_concat {α : Type u} {as : List α} {a : α} : (concat as a).length = as.length + 1 := by
  rw [concat_eq_append, length_append]; rfl
@[simp] theorem append_eq_nil_iff {α : Type u} {as bs : List α} : as ++ bs = [] ↔ as = [] ∧ bs = [] := by
  cases as with
  | nil => exact ⟨fun h => ⟨rfl, h⟩, fun h => h.right⟩
  | cons a as => exact ⟨fun h => (cons_ne_nil _ _ h).elim, fun h => (cons_ne_nil _ _ h.left).elim⟩
@[simp] theorem nil_eq_append_iff {α : Type u} {as bs : List α} : [] = as ++ bs ↔ as = [] ∧ bs = [] :=
  ⟨fun h => append_eq_nil_iff.mp h.symm, fun h => (append_eq_nil_iff.mpr h).symm⟩
theorem append_ne_nil_of_left_ne_nil {α : Type u} {as : List α} (h : as ≠ []) (bs : List α) : as ++ bs ≠ [] :=
  fun h' => h (append_eq_nil_iff.mp h').left
theorem append_ne_nil_of_right_ne_nil {α : Type u} (as : List α) {bs : List α} (h : bs ≠ []) : as ++ bs ≠ [] :=
  fun h' => h (append_eq_nil_iff.mp h').right
theorem append_cancel_left {α : Type u} {as bs cs : List α} (h : as ++ bs = as ++ cs) : bs = cs := by
  induction as with
  | nil => exact h
  | cons a as ih => exact ih (tail_eq_of_cons_eq h)
@[simp] theorem append_right_inj {α : Type u} {bs cs : List α} (as : List α) : as ++ bs = as ++ cs ↔ bs = cs :=
  ⟨append_cancel_left, fun h => h ▸ rfl⟩
theorem append_inj {α : Type u} :
    {as bs cs ds : List α} → as ++ bs = cs ++ ds → as.length = cs.length → as = cs ∧ bs = ds
  | [], _, [], _, h, _ => ⟨rfl, h⟩
  | [], _, _ :: _, _, _, hl => Nat.noConfusion hl
  | _ :: _, _, [], _, _, hl => Nat.noConfusion hl
  | a :: as, _, c :: cs, _, h, hl => by
    have ⟨h₁, h₂⟩ := append_inj (tail_eq_of_cons_eq h) (Nat.succ.inj hl)
    exact ⟨by rw [head_eq_of_cons_eq h, h₁], h₂⟩
theorem append_inj_left {α : Type u} {as bs cs ds : List α} (h : as ++ bs = cs ++ ds) (hl : as.length = cs.length) :
    as = cs := (append_inj h hl).left
theorem append_inj_right {α : Type u} {as bs cs ds : List α} (h : as ++ bs = cs ++ ds) (hl : as.length = cs.length) :
    bs = ds := (append_inj h hl).right
theorem append_cancel_right {α : Type u} {as bs cs : List α} (h : as ++ bs = cs ++ bs) : as = cs := by
  have hl := congrArg length h
  rw [length_append, length_append] at hl
  exact append_inj_left h (Nat.add_right_cancel hl)
@[simp] theorem append_left_inj {α : Type u} {as cs : List α} (bs : List α) : as ++ bs = cs ++ bs ↔ as = cs :=
  ⟨append_cancel_right, fun h => h ▸ rfl⟩
@[simp] theorem append_right_eq_self {α : Type u} {as bs : List α} : as ++ bs = as ↔ bs = [] :=
  ⟨fun h => append_cancel_left (h.trans (append_nil as).symm), fun h => by rw [h, append_nil]⟩
@[simp] theorem append_left_eq_self {α : Type u} {as bs : List α} : as ++ bs = bs ↔ as = [] :=
  ⟨fun h => append_cancel_right (h.trans (nil_append bs).symm), fun h => by rw [h, nil_append]⟩
@[simp] theorem self_eq_append_right {α : Type u} {as bs : List α} : as = as ++ bs ↔ bs = [] :=
  ⟨fun h => append_right_eq_self.mp h.symm, fun h => (append_right_eq_self.mpr h).symm⟩
@[simp] theorem self_eq_append_left {α : Type u} {as bs : List α} : bs = as ++ bs ↔ as = [] :=
  ⟨fun h => append_left_eq_self.mp h.symm, fun h => (append_left_eq_self.mpr h).symm⟩
theorem concat_inj {α : Type u} {a b : α} {as bs : List α} : as ++ [a] = bs ++ [b] ↔ as = bs ∧ a = b := by
  constructor
  · intro h
    have hl := congrArg length h
    rw [length_append, length_append] at hl
    have ⟨h₁, h₂⟩ := append_inj h (Nat.succ.inj hl)
    exact ⟨h₁, head_eq_of_cons_eq h₂⟩
  · intro ⟨h₁, h₂⟩; rw [h₁, h₂]
theorem eq_nil_or_concat {α : Type u} : (l : List α) → l = [] ∨ ∃ l' b, l = l' ++ [b]
  | [] => .inl rfl
  | a :: l => match eq_nil_or_concat l with
    | .inl h => .inr ⟨[], a, congrArg (cons a) h⟩
    | .inr ⟨l', b, h⟩ => .inr ⟨a :: l', b, congrArg (cons a) h⟩

/-! ### Reversal -/

theorem reverseAux_eq {α : Type u} (as bs : List α) : reverseAux as bs = reverse as ++ bs := by
  have general (as bs cs : List α) : reverseAux as (bs ++ cs) = reverseAux as bs ++ cs := by
    induction as generalizing bs with
    | nil => rfl
    | cons a as ih => exact ih (a :: bs)
  exact general as [] bs
@[simp] theorem reverse_nil {α : Type u} : reverse ([] : List α) = [] := rfl
@[simp] theorem reverse_cons {α : Type u} {a : α} {as : List α} : reverse (a :: as) = reverse as ++ [a] :=
  reverseAux_eq as [a]
theorem reverse_singleton {α : Type u} (a : α) : reverse [a] = [a] := rfl
@[simp] theorem reverse_append {α : Type u} {as bs : List α} : (as ++ bs).reverse = bs.reverse ++ as.reverse := by
  induction as with
  | nil => rw [nil_append, reverse_nil, append_nil]
  | cons a as ih => rw [cons_append, reverse_cons, reverse_cons, ih, append_assoc]
theorem reverse_concat {α : Type u} {as : List α} {a : α} : (as ++ [a]).reverse = a :: as.reverse := reverse_append
@[simp] theorem reverse_reverse {α : Type u} (as : List α) : as.reverse.reverse = as := by
  induction as with
  | nil => rfl
  | cons a as ih => rw [reverse_cons, reverse_append, ih]; rfl
@[simp] theorem length_reverse {α : Type u} {as : List α} : (as.reverse).length = as.length := by
  induction as with
  | nil => rfl
  | cons a as ih => rw [reverse_cons, length_append, ih]; rfl
@[simp] theorem reverse_inj {α : Type u} {as bs : List α} : as.reverse = bs.reverse ↔ as = bs :=
  ⟨fun h => by rw [← reverse_reverse as, h, reverse_reverse], fun h => h ▸ rfl⟩
theorem reverse_eq_iff {α : Type u} {as bs : List α} : as.reverse = bs ↔ as = bs.reverse :=
  ⟨fun h => by rw [← h, reverse_reverse], fun h => by rw [h, reverse_reverse]⟩
@[simp] theorem reverse_eq_nil_iff {α : Type u} {as : List α} : as.reverse = [] ↔ as = [] := by
  rw [reverse_eq_iff, reverse_nil]
theorem reverse_ne_nil_iff {α : Type u} {as : List α} : as.reverse ≠ [] ↔ as ≠ [] := not_congr reverse_eq_nil_iff
theorem reverse_eq_cons_iff {α : Type u} {as bs : List α} {a : α} : as.reverse = a :: bs ↔ as = bs.reverse ++ [a] := by
  rw [reverse_eq_iff, reverse_cons]
@[simp] theorem isEmpty_reverse {α : Type u} {as : List α} : as.reverse.isEmpty = as.isEmpty := by
  cases as with
  | nil => rfl
  | cons a as =>
    rw [reverse_cons]
    cases as.reverse <;> rfl

/-! ### Membership -/

@[simp] theorem not_mem_nil {α : Type u} {a : α} : ¬a ∈ ([] : List α) := not_mem_nil'
@[simp] theorem mem_cons {α : Type u} {a b : α} {l : List α} : a ∈ b :: l ↔ a = b ∨ a ∈ l := mem_cons_iff'
theorem mem_cons_self {α : Type u} {a : α} {l : List α} : a ∈ a :: l := .head l
theorem mem_cons_of_mem {α : Type u} (y : α) {a : α} {l : List α} (h : a ∈ l) : a ∈ y :: l := .tail y h
theorem mem_singleton_self {α : Type u} (a : α) : a ∈ [a] := mem_cons_self
theorem mem_singleton {α : Type u} {a b : α} : a ∈ [b] ↔ a = b :=
  ⟨fun h => (mem_cons.mp h).elim id fun h => (not_mem_nil h).elim, fun h => h ▸ mem_cons_self⟩
theorem eq_of_mem_singleton {α : Type u} {a b : α} (h : a ∈ [b]) : a = b := mem_singleton.mp h
theorem eq_or_mem_of_mem_cons {α : Type u} {a y : α} {l : List α} (h : a ∈ y :: l) : a = y ∨ a ∈ l := mem_cons.mp h
theorem ne_of_not_mem_cons {α : Type u} {a b : α} {l : List α} (h : ¬a ∈ b :: l) : a ≠ b :=
  fun e => h (mem_cons.mpr (.inl e))
theorem not_mem_of_not_mem_cons {α : Type u} {a b : α} {l : List α} (h : ¬a ∈ b :: l) : ¬a ∈ l :=
  fun e => h (mem_cons_of_mem b e)
theorem not_mem_cons_of_ne_of_not_mem {α : Type u} {a y : α} {l : List α} (h₁ : a ≠ y) (h₂ : ¬a ∈ l) : ¬a ∈ y :: l :=
  fun h => (mem_cons.mp h).elim h₁ h₂
theorem ne_nil_of_mem {α : Type u} {a : α} {l : List α} (h : a ∈ l) : l ≠ [] :=
  fun h' => not_mem_nil (a := a) (h' ▸ h)
theorem exists_mem_of_ne_nil {α : Type u} : (l : List α) → l ≠ [] → ∃ x, x ∈ l
  | [], h => absurd rfl h
  | a :: _, _ => ⟨a, mem_cons_self⟩
theorem eq_nil_iff_forall_not_mem {α : Type u} {l : List α} : l = [] ↔ ∀ a, ¬a ∈ l := by
  cases l with
  | nil => exact ⟨fun _ _ => not_mem_nil, fun _ => rfl⟩
  | cons a l => exact ⟨fun h => (cons_ne_nil a l h).elim, fun h => (h a mem_cons_self).elim⟩
@[simp] theorem mem_append {α : Type u} {a : α} {s t : List α} : a ∈ s ++ t ↔ a ∈ s ∨ a ∈ t := by
  induction s with
  | nil => exact ⟨Or.inr, fun h => h.elim (fun h => (not_mem_nil h).elim) id⟩
  | cons b s ih => rw [cons_append, mem_cons, mem_cons, ih, or_assoc]
theorem mem_append_left {α : Type u} {a : α} {as : List α} (bs : List α) (h : a ∈ as) : a ∈ as ++ bs :=
  mem_append.mpr (.inl h)
theorem mem_append_right {α : Type u} {b : α} (as : List α) {bs : List α} (h : b ∈ bs) : b ∈ as ++ bs :=
  mem_append.mpr (.inr h)
theorem not_mem_append {α : Type u} {a : α} {s t : List α} (h₁ : ¬a ∈ s) (h₂ : ¬a ∈ t) : ¬a ∈ s ++ t :=
  fun h => (mem_append.mp h).elim h₁ h₂
@[simp] theorem mem_reverse {α : Type u} {a : α} {as : List α} : a ∈ as.reverse ↔ a ∈ as := by
  induction as with
  | nil => exact Iff.rfl
  | cons b as ih => rw [reverse_cons, mem_append, mem_singleton, mem_cons, ih, or_comm]
theorem append_of_mem {α : Type u} {a : α} {l : List α} (h : a ∈ l) : ∃ s t, l = s ++ a :: t := by
  induction l with
  | nil => exact (not_mem_nil h).elim
  | cons b l ih =>
    cases mem_cons.mp h with
    | inl h => exact ⟨[], l, h ▸ rfl⟩
    | inr h =>
      have ⟨s, t, e⟩ := ih h
      exact ⟨b :: s, t, e ▸ rfl⟩
theorem mem_iff_append {α : Type u} {a : α} {l : List α} : a ∈ l ↔ ∃ s t, l = s ++ a :: t :=
  ⟨append_of_mem, fun ⟨s, _, e⟩ => e ▸ mem_append_right s mem_cons_self⟩
@[simp] theorem forall_mem_cons {α : Type u} {p : α → Prop} {a : α} {l : List α} :
    (∀ x, x ∈ a :: l → p x) ↔ p a ∧ ∀ x, x ∈ l → p x :=
  ⟨fun h => ⟨h a mem_cons_self, fun x hx => h x (mem_cons_of_mem a hx)⟩,
    fun ⟨h₁, h₂⟩ x hx => (mem_cons.mp hx).elim (fun e => e ▸ h₁) (h₂ x)⟩
theorem forall_mem_nil {α : Type u} (p : α → Prop) : ∀ x, x ∈ ([] : List α) → p x := fun _ h => (not_mem_nil h).elim
theorem forall_mem_singleton {α : Type u} {p : α → Prop} {a : α} : (∀ x, x ∈ [a] → p x) ↔ p a :=
  ⟨fun h => h a (mem_singleton_self a), fun h _ e => mem_singleton.mp e ▸ h⟩
theorem forall_mem_append {α : Type u} {p : α → Prop} {l l' : List α} :
    (∀ x, x ∈ l ++ l' → p x) ↔ (∀ x, x ∈ l → p x) ∧ ∀ x, x ∈ l' → p x :=
  ⟨fun h => ⟨fun x hx => h x (mem_append_left l' hx), fun x hx => h x (mem_append_right l hx)⟩,
    fun ⟨h₁, h₂⟩ x hx => (mem_append.mp hx).elim (h₁ x) (h₂ x)⟩
theorem exists_mem_nil {α : Type u} (p : α → Prop) : ¬∃ x, x ∈ ([] : List α) ∧ p x := fun ⟨_, h, _⟩ => not_mem_nil h
theorem exists_mem_cons {α : Type u} {p : α → Prop} {a : α} {l : List α} :
    (∃ x, x ∈ a :: l ∧ p x) ↔ p a ∨ ∃ x, x ∈ l ∧ p x :=
  ⟨fun ⟨x, hx, hp⟩ => (mem_cons.mp hx).elim (fun e => .inl (e ▸ hp)) fun hx => .inr ⟨x, hx, hp⟩,
    fun h => h.elim (fun hp => ⟨a, mem_cons_self, hp⟩) fun ⟨x, hx, hp⟩ => ⟨x, mem_cons_of_mem a hx, hp⟩⟩

/-! ### Inclusion -/

theorem subset_def {α : Type u} {l l' : List α} : l ⊆ l' ↔ ∀ {a : α}, a ∈ l → a ∈ l' := Iff.rfl
theorem nil_subset {α : Type u} (l : List α) : [] ⊆ l := fun _ h => (not_mem_nil h).elim
theorem Subset.refl {α : Type u} (l : List α) : l ⊆ l := fun _ h => h
theorem Subset.trans {α : Type u} {l₁ l₂ l₃ : List α} (h₁ : l₁ ⊆ l₂) (h₂ : l₂ ⊆ l₃) : l₁ ⊆ l₃ := fun _ h => h₂ (h₁ h)
theorem subset_cons_self {α : Type u} (a : α) (l : List α) : l ⊆ a :: l := fun _ => mem_cons_of_mem a
theorem subset_append_left {α : Type u} (l l' : List α) : l ⊆ l ++ l' := fun _ => mem_append_left l'
theorem subset_append_right {α : Type u} (l l' : List α) : l' ⊆ l ++ l' := fun _ => mem_append_right l
theorem cons_subset_cons {α : Type u} {l l' : List α} (a : α) (h : l ⊆ l') : a :: l ⊆ a :: l' :=
  fun _ hx => (mem_cons.mp hx).elim (fun e => mem_cons.mpr (.inl e)) fun hx => mem_cons_of_mem a (h hx)
theorem cons_subset {α : Type u} {a : α} {l l' : List α} : a :: l ⊆ l' ↔ a ∈ l' ∧ l ⊆ l' :=
  ⟨fun h => ⟨h mem_cons_self, fun _ hx => h (mem_cons_of_mem a hx)⟩,
    fun ⟨h₁, h₂⟩ _ hx => (mem_cons.mp hx).elim (fun e => e ▸ h₁) fun hx => h₂ hx⟩
theorem subset_nil {α : Type u} {l : List α} : l ⊆ [] ↔ l = [] :=
  ⟨fun h => eq_nil_iff_forall_not_mem.mpr fun _ ha => not_mem_nil (h ha), fun h => h ▸ Subset.refl []⟩

end List
