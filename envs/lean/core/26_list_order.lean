/-
The laws of lists: prefixes, sublists, relations between all pairs, lists without repetition, permutations.
-/

namespace List

/-! ### Prefixes and suffixes -/

theorem prefix_append {α : Type u} (l₁ l₂ : List α) : IsPrefix l₁ (l₁ ++ l₂) := ⟨l₂, rfl⟩
theorem suffix_append {α : Type u} (l₁ l₂ : List α) : IsSuffix l₂ (l₁ ++ l₂) := ⟨l₁, rfl⟩
theorem nil_prefix {α : Type u} {l : List α} : IsPrefix [] l := ⟨l, rfl⟩
theorem nil_suffix {α : Type u} {l : List α} : IsSuffix [] l := ⟨l, append_nil l⟩
theorem prefix_rfl {α : Type u} {l : List α} : IsPrefix l l := ⟨[], append_nil l⟩
theorem suffix_rfl {α : Type u} {l : List α} : IsSuffix l l := ⟨[], rfl⟩
theorem prefix_refl {α : Type u} (l : List α) : IsPrefix l l := prefix_rfl
theorem suffix_refl {α : Type u} (l : List α) : IsSuffix l l := suffix_rfl
theorem IsPrefix.trans {α : Type u} {l₁ l₂ l₃ : List α} : IsPrefix l₁ l₂ → IsPrefix l₂ l₃ → IsPrefix l₁ l₃
  | ⟨s, hs⟩, ⟨t, ht⟩ => ⟨s ++ t, by rw [← append_assoc, hs, ht]⟩
theorem IsSuffix.trans {α : Type u} {l₁ l₂ l₃ : List α} : IsSuffix l₁ l₂ → IsSuffix l₂ l₃ → IsSuffix l₁ l₃
  | ⟨s, hs⟩, ⟨t, ht⟩ => ⟨t ++ s, by rw [append_assoc, hs, ht]⟩
theorem IsPrefix.length_le {α : Type u} {l₁ l₂ : List α} : IsPrefix l₁ l₂ → l₁.length ≤ l₂.length
  | ⟨t, ht⟩ => by rw [← ht, length_append]; exact Nat.le_add_right _ _
theorem IsSuffix.length_le {α : Type u} {l₁ l₂ : List α} : IsSuffix l₁ l₂ → l₁.length ≤ l₂.length
  | ⟨t, ht⟩ => by rw [← ht, length_append]; exact Nat.le_add_left _ _
theorem IsPrefix.subset {α : Type u} {l₁ l₂ : List α} : IsPrefix l₁ l₂ → l₁ ⊆ l₂
  | ⟨t, ht⟩ => ht ▸ subset_append_left l₁ t
theorem IsSuffix.subset {α : Type u} {l₁ l₂ : List α} : IsSuffix l₁ l₂ → l₁ ⊆ l₂
  | ⟨t, ht⟩ => ht ▸ subset_append_right t l₁
theorem reverse_prefix {α : Type u} {l₁ l₂ : List α} : IsPrefix l₁.reverse l₂.reverse ↔ IsSuffix l₁ l₂ :=
  ⟨fun ⟨t, ht⟩ => ⟨t.reverse, reverse_inj.mp (by rw [reverse_append, reverse_reverse, ht])⟩,
    fun ⟨t, ht⟩ => ⟨t.reverse, by rw [← reverse_append, ht]⟩⟩
theorem take_prefix {α : Type u} (i : Nat) (l : List α) : IsPrefix (l.take i) l := ⟨l.drop i, take_append_drop i l⟩
theorem drop_suffix {α : Type u} (i : Nat) (l : List α) : IsSuffix (l.drop i) l := ⟨l.take i, take_append_drop i l⟩
theorem cons_prefix_cons {α : Type u} {a b : α} {l₁ l₂ : List α} :
    IsPrefix (a :: l₁) (b :: l₂) ↔ a = b ∧ IsPrefix l₁ l₂ :=
  ⟨fun ⟨t, ht⟩ => ⟨head_eq_of_cons_eq ht, t, tail_eq_of_cons_eq ht⟩, fun ⟨e, t, ht⟩ => ⟨t, by rw [cons_append, e, ht]⟩⟩

/-! ### Sublists -/

theorem nil_sublist {α : Type u} : (l : List α) → Sublist [] l
  | [] => .slnil
  | a :: l => .cons a (nil_sublist l)
theorem Sublist.refl {α : Type u} : (l : List α) → Sublist l l
  | [] => .slnil
  | a :: l => .cons_cons a (Sublist.refl l)
theorem Sublist.trans {α : Type u} {l₁ l₂ l₃ : List α} (h₁ : Sublist l₁ l₂) (h₂ : Sublist l₂ l₃) : Sublist l₁ l₃ := by
  induction h₂ generalizing l₁ with
  | slnil => exact h₁
  | cons a _ ih => exact .cons a (ih h₁)
  | cons_cons a _ ih =>
    cases h₁ with
    | cons _ h => exact .cons a (ih h)
    | cons_cons _ h => exact .cons_cons a (ih h)
theorem sublist_cons_self {α : Type u} (a : α) (l : List α) : Sublist l (a :: l) := .cons a (Sublist.refl l)
theorem Sublist.length_le {α : Type u} {l₁ l₂ : List α} (h : Sublist l₁ l₂) : l₁.length ≤ l₂.length := by
  induction h with
  | slnil => exact Nat.le_refl 0
  | cons _ _ ih => exact Nat.le_succ_of_le ih
  | cons_cons _ _ ih => exact Nat.succ_le_succ ih
theorem Sublist.subset {α : Type u} {l₁ l₂ : List α} (h : Sublist l₁ l₂) : l₁ ⊆ l₂ := by
  induction h with
  | slnil => exact Subset.refl []
  | cons a _ ih => exact fun _ hx => mem_cons_of_mem a (ih hx)
  | cons_cons a _ ih => exact cons_subset_cons a ih
theorem Sublist.map {α : Type u} {β : Type v} (f : α → β) {l₁ l₂ : List α} (h : Sublist l₁ l₂) :
    Sublist (map f l₁) (map f l₂) := by
  induction h with
  | slnil => exact .slnil
  | cons a _ ih => exact .cons (f a) ih
  | cons_cons a _ ih => exact .cons_cons (f a) ih
theorem filter_sublist {α : Type u} {p : α → Bool} : {l : List α} → Sublist (filter p l) l
  | [] => .slnil
  | a :: l => by
    rw [filter]
    cases p a with
    | true => exact .cons_cons a filter_sublist
    | false => exact .cons a filter_sublist
theorem sublist_append_left {α : Type u} : (l₁ l₂ : List α) → Sublist l₁ (l₁ ++ l₂)
  | [], l₂ => nil_sublist l₂
  | a :: l₁, l₂ => .cons_cons a (sublist_append_left l₁ l₂)
theorem sublist_append_right {α : Type u} : (l₁ l₂ : List α) → Sublist l₂ (l₁ ++ l₂)
  | [], l₂ => Sublist.refl l₂
  | a :: l₁, l₂ => .cons a (sublist_append_right l₁ l₂)
theorem Sublist.eq_of_length_le {α : Type u} {l₁ l₂ : List α} (h : Sublist l₁ l₂) (hl : l₂.length ≤ l₁.length) :
    l₁ = l₂ := by
  induction h with
  | slnil => rfl
  | cons _ h _ => exact absurd (Nat.lt_of_lt_of_le (Nat.lt_succ_self _) (Nat.le_trans hl h.length_le)) (Nat.lt_irrefl _)
  | cons_cons a _ ih => exact congrArg (List.cons a) (ih (Nat.le_of_succ_le_succ hl))

/-! ### Relations between all pairs -/

@[simp] theorem pairwise_cons {α : Type u} {R : α → α → Prop} {a : α} {l : List α} :
    Pairwise R (a :: l) ↔ (∀ a', a' ∈ l → R a a') ∧ Pairwise R l :=
  ⟨fun h => match h with | .cons h₁ h₂ => ⟨h₁, h₂⟩, fun h => .cons h.left h.right⟩
@[simp] theorem Pairwise.nil_iff {α : Type u} {R : α → α → Prop} : Pairwise R [] := .nil
theorem pairwise_singleton {α : Type u} (R : α → α → Prop) (a : α) : Pairwise R [a] :=
  .cons (fun _ h => (not_mem_nil h).elim) .nil
theorem Pairwise.tail {α : Type u} {R : α → α → Prop} : {l : List α} → Pairwise R l → Pairwise R l.tail
  | [], h => h
  | _ :: _, .cons _ h => h
theorem Pairwise.imp {α : Type u} {R S : α → α → Prop} (H : ∀ {a b}, R a b → S a b) {l : List α} (h : Pairwise R l) :
    Pairwise S l := by
  induction h with
  | nil => exact .nil
  | cons h _ ih => exact .cons (fun x hx => H (h x hx)) ih
theorem pairwise_append {α : Type u} {R : α → α → Prop} {l₁ l₂ : List α} :
    Pairwise R (l₁ ++ l₂) ↔ Pairwise R l₁ ∧ Pairwise R l₂ ∧ ∀ a, a ∈ l₁ → ∀ b, b ∈ l₂ → R a b := by
  induction l₁ with
  | nil => exact ⟨fun h => ⟨.nil, h, fun _ h => (not_mem_nil h).elim⟩, fun h => h.right.left⟩
  | cons a l ih =>
    rw [cons_append, pairwise_cons, pairwise_cons, ih, forall_mem_append, forall_mem_cons]
    exact ⟨fun ⟨⟨h₁, h₂⟩, h₃, h₄, h₅⟩ => ⟨⟨h₁, h₃⟩, h₄, h₂, h₅⟩, fun ⟨⟨h₁, h₃⟩, h₄, h₂, h₅⟩ => ⟨⟨h₁, h₂⟩, h₃, h₄, h₅⟩⟩
theorem Pairwise.sublist {α : Type u} {R : α → α → Prop} {l₁ l₂ : List α} (hs : Sublist l₁ l₂) (h : Pairwise R l₂) :
    Pairwise R l₁ := by
  induction hs with
  | slnil => exact h
  | cons _ _ ih => exact ih (pairwise_cons.mp h).right
  | cons_cons _ hs ih =>
    have ⟨h₁, h₂⟩ := pairwise_cons.mp h
    exact .cons (fun x hx => h₁ x (hs.subset hx)) (ih h₂)
theorem Pairwise.filter {α : Type u} {R : α → α → Prop} (p : α → Bool) {l : List α} (h : Pairwise R l) :
    Pairwise R (filter p l) := h.sublist filter_sublist
theorem pairwise_map {α : Type u} {β : Type v} {R : β → β → Prop} {f : α → β} {l : List α} :
    Pairwise R (map f l) ↔ Pairwise (fun a b => R (f a) (f b)) l := by
  induction l with
  | nil => exact ⟨fun _ => .nil, fun _ => .nil⟩
  | cons a l ih => rw [map_cons, pairwise_cons, pairwise_cons, ih, forall_mem_map]
theorem pairwise_reverse {α : Type u} {R : α → α → Prop} {l : List α} :
    Pairwise R l.reverse ↔ Pairwise (fun a b => R b a) l := by
  induction l with
  | nil => exact ⟨fun _ => .nil, fun _ => .nil⟩
  | cons a l ih =>
    rw [reverse_cons, pairwise_append, pairwise_cons (R := fun a b => R b a), ih]
    exact ⟨fun ⟨h₁, _, h₂⟩ => ⟨fun b hb => h₂ b (mem_reverse.mpr hb) a mem_cons_self, h₁⟩,
      fun ⟨h₁, h₂⟩ => ⟨h₂, pairwise_singleton R a, fun b hb c hc => mem_singleton.mp hc ▸ h₁ b (mem_reverse.mp hb)⟩⟩
theorem pairwise_lt_range {n : Nat} : Pairwise (fun a b => a < b) (range n) := by
  induction n with
  | zero => exact .nil
  | succ n ih =>
    rw [range_succ, pairwise_append]
    exact ⟨ih, pairwise_singleton _ n, fun a ha b hb => mem_singleton.mp hb ▸ mem_range.mp ha⟩
instance instDecidablePairwise {α : Type u} (R : α → α → Prop) [DecidableRel R] :
    (l : List α) → Decidable (Pairwise R l)
  | [] => isTrue .nil
  | a :: l =>
    match decidableBAll (R a) l, instDecidablePairwise R l with
    | isTrue h, isTrue hl => isTrue (.cons h hl)
    | isFalse h, _ => isFalse fun e => h (pairwise_cons.mp e).left
    | isTrue _, isFalse hl => isFalse fun e => hl (pairwise_cons.mp e).right

/-! ### No repetition -/

@[simp] theorem nodup_nil {α : Type u} : Nodup ([] : List α) := Pairwise.nil
@[simp] theorem nodup_cons {α : Type u} {a : α} {l : List α} : Nodup (a :: l) ↔ ¬a ∈ l ∧ Nodup l := by
  rw [Nodup, pairwise_cons]
  exact ⟨fun ⟨h₁, h₂⟩ => ⟨fun h => h₁ a h rfl, h₂⟩, fun ⟨h₁, h₂⟩ => ⟨fun b hb e => h₁ (e ▸ hb), h₂⟩⟩
theorem nodup_append {α : Type u} {l₁ l₂ : List α} :
    Nodup (l₁ ++ l₂) ↔ Nodup l₁ ∧ Nodup l₂ ∧ ∀ a, a ∈ l₁ → ∀ b, b ∈ l₂ → a ≠ b := pairwise_append
theorem Nodup.sublist {α : Type u} {l₁ l₂ : List α} (h : Sublist l₁ l₂) (hn : Nodup l₂) : Nodup l₁ :=
  Pairwise.sublist h hn
theorem Nodup.filter {α : Type u} (p : α → Bool) {l : List α} (h : Nodup l) : Nodup (filter p l) := Pairwise.filter p h
theorem nodup_reverse {α : Type u} {l : List α} : Nodup l.reverse ↔ Nodup l :=
  pairwise_reverse.trans ⟨fun h => h.imp Ne.symm, fun h => h.imp Ne.symm⟩
theorem nodup_range {n : Nat} : Nodup (range n) := pairwise_lt_range.imp fun h => Nat.ne_of_lt h
instance nodupDecidable {α : Type u} [DecidableEq α] (l : List α) : Decidable (Nodup l) := instDecidablePairwise _ l

/-! ### Permutations -/

theorem Perm.refl {α : Type u} : (l : List α) → Perm l l
  | [] => .nil
  | a :: l => .cons a (Perm.refl l)
theorem Perm.rfl {α : Type u} {l : List α} : Perm l l := Perm.refl l
theorem Perm.symm {α : Type u} {l₁ l₂ : List α} (h : Perm l₁ l₂) : Perm l₂ l₁ := by
  induction h with
  | nil => exact .nil
  | cons a _ ih => exact .cons a ih
  | swap a b l => exact .swap b a l
  | trans _ _ ih₁ ih₂ => exact .trans ih₂ ih₁
theorem perm_comm {α : Type u} {l₁ l₂ : List α} : Perm l₁ l₂ ↔ Perm l₂ l₁ := ⟨Perm.symm, Perm.symm⟩
theorem Perm.of_eq {α : Type u} {l₁ l₂ : List α} (h : l₁ = l₂) : Perm l₁ l₂ := h ▸ Perm.refl l₁
theorem Perm.length_eq {α : Type u} {l₁ l₂ : List α} (h : Perm l₁ l₂) : l₁.length = l₂.length := by
  induction h with
  | nil => rfl
  | cons a _ ih => rw [length_cons, length_cons, ih]
  | swap a b l => rfl
  | trans _ _ ih₁ ih₂ => rw [ih₁, ih₂]
theorem Perm.mem_iff {α : Type u} {a : α} {l₁ l₂ : List α} (h : Perm l₁ l₂) : a ∈ l₁ ↔ a ∈ l₂ := by
  induction h with
  | nil => exact Iff.rfl
  | cons b _ ih => rw [mem_cons, mem_cons, ih]
  | swap b c l => rw [mem_cons, mem_cons, mem_cons, mem_cons, ← or_assoc, ← or_assoc, or_comm (a := a = c)]
  | trans _ _ ih₁ ih₂ => exact ih₁.trans ih₂
theorem Perm.subset {α : Type u} {l₁ l₂ : List α} (h : Perm l₁ l₂) : l₁ ⊆ l₂ := fun _ => h.mem_iff.mp
theorem Perm.map {α : Type u} {β : Type v} (f : α → β) {l₁ l₂ : List α} (h : Perm l₁ l₂) :
    Perm (map f l₁) (map f l₂) := by
  induction h with
  | nil => exact .nil
  | cons a _ ih => exact .cons (f a) ih
  | swap a b l => exact .swap (f a) (f b) _
  | trans _ _ ih₁ ih₂ => exact .trans ih₁ ih₂
theorem Perm.filter {α : Type u} (p : α → Bool) {l₁ l₂ : List α} (h : Perm l₁ l₂) :
    Perm (filter p l₁) (filter p l₂) := by
  induction h with
  | nil => exact .nil
  | cons a _ ih =>
    rw [List.filter, List.filter]
    cases p a with
    | true => exact .cons a ih
    | false => exact ih
  | swap a b l =>
    rw [filter_cons, filter_cons, filter_cons, filter_cons]
    cases p a <;> cases p b
    · exact Perm.refl _
    · exact Perm.refl _
    · exact Perm.refl _
    · exact .swap a b _
  | trans _ _ ih₁ ih₂ => exact .trans ih₁ ih₂
theorem Perm.append_right {α : Type u} {l₁ l₂ : List α} (t : List α) (h : Perm l₁ l₂) : Perm (l₁ ++ t) (l₂ ++ t) := by
  induction h with
  | nil => exact Perm.refl _
  | cons a _ ih => exact .cons a ih
  | swap a b l => exact .swap a b _
  | trans _ _ ih₁ ih₂ => exact .trans ih₁ ih₂
theorem Perm.append_left {α : Type u} {l₁ l₂ : List α} : (t : List α) → Perm l₁ l₂ → Perm (t ++ l₁) (t ++ l₂)
  | [], h => h
  | a :: t, h => .cons a (h.append_left t)
theorem Perm.append {α : Type u} {l₁ l₂ t₁ t₂ : List α} (h₁ : Perm l₁ l₂) (h₂ : Perm t₁ t₂) :
    Perm (l₁ ++ t₁) (l₂ ++ t₂) :=
  (h₁.append_right t₁).trans (h₂.append_left l₂)
theorem perm_middle {α : Type u} {a : α} : {l₁ l₂ : List α} → Perm (l₁ ++ a :: l₂) (a :: (l₁ ++ l₂))
  | [], _ => Perm.refl _
  | b :: _, _ => (Perm.cons b perm_middle).trans (.swap a b _)
theorem perm_append_comm {α : Type u} : {l₁ l₂ : List α} → Perm (l₁ ++ l₂) (l₂ ++ l₁)
  | [], l₂ => Perm.of_eq (append_nil l₂).symm
  | a :: _, _ => (Perm.cons a perm_append_comm).trans perm_middle.symm
theorem perm_append_singleton {α : Type u} (a : α) (l : List α) : Perm (l ++ [a]) (a :: l) := perm_append_comm
theorem reverse_perm {α : Type u} : (l : List α) → Perm l.reverse l
  | [] => .nil
  | a :: l => by
    rw [reverse_cons]
    exact (perm_append_singleton a l.reverse).trans (.cons a (reverse_perm l))
theorem Perm.sum_nat {l₁ l₂ : List Nat} (h : Perm l₁ l₂) : l₁.sum = l₂.sum := by
  induction h with
  | nil => rfl
  | cons a _ ih => rw [sum_cons, sum_cons, ih]
  | swap a b l => rw [sum_cons, sum_cons, sum_cons, sum_cons, Nat.add_left_comm]
  | trans _ _ ih₁ ih₂ => rw [ih₁, ih₂]
theorem Perm.eq_nil {α : Type u} {l : List α} (h : Perm l []) : l = [] := eq_nil_of_length_eq_zero h.length_eq
theorem Perm.nodup {α : Type u} {l₁ l₂ : List α} (h : Perm l₁ l₂) (hn : Nodup l₁) : Nodup l₂ := by
  induction h with
  | nil => exact hn
  | cons a h ih =>
    have ⟨h₁, h₂⟩ := nodup_cons.mp hn
    exact nodup_cons.mpr ⟨fun hm => h₁ (h.mem_iff.mpr hm), ih h₂⟩
  | swap a b l =>
    rw [nodup_cons, nodup_cons, mem_cons] at hn
    rw [nodup_cons, nodup_cons, mem_cons]
    have ⟨h₁, h₂, h₃⟩ := hn
    exact ⟨fun h => h.elim (fun e => h₁ (.inl e.symm)) h₂, fun h => h₁ (.inr h), h₃⟩
  | trans _ _ ih₁ ih₂ => exact ih₂ (ih₁ hn)
theorem Perm.countP_eq {α : Type u} (p : α → Bool) {l₁ l₂ : List α} (h : Perm l₁ l₂) : countP p l₁ = countP p l₂ := by
  rw [countP_eq_length_filter, countP_eq_length_filter, (h.filter p).length_eq]
theorem Perm.count_eq {α : Type u} [BEq α] {l₁ l₂ : List α} (h : Perm l₁ l₂) (a : α) : count a l₁ = count a l₂ :=
  h.countP_eq _

end List
