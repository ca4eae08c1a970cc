/-
The laws of lists: maps, filters, folds, tests of all elements, sums, lists of lists.
-/

namespace List

/-! ### Maps -/

@[simp] theorem map_nil {α : Type u} {β : Type v} {f : α → β} : map f [] = [] := rfl
@[simp] theorem map_cons {α : Type u} {β : Type v} {f : α → β} {a : α} {l : List α} : map f (a :: l) = f a :: map f l :=
  rfl
theorem map_singleton {α : Type u} {β : Type v} {f : α → β} {a : α} : map f [a] = [f a] := rfl
@[simp] theorem map_id {α : Type u} (l : List α) : map id l = l := by
  induction l with
  | nil => rfl
  | cons a l ih => rw [map_cons, ih]; rfl
@[simp] theorem map_id' {α : Type u} (l : List α) : map (fun a => a) l = l := map_id l
@[simp] theorem map_id_fun {α : Type u} : map (id : α → α) = id := funext map_id
@[simp] theorem map_map {α : Type u} {β : Type v} {γ : Type w} {g : β → γ} {f : α → β} {l : List α} :
    map g (map f l) = map (g ∘ f) l := by
  induction l with
  | nil => rfl
  | cons a l ih => rw [map_cons, map_cons, map_cons, ih]; rfl
@[simp] theorem length_map {α : Type u} {β : Type v} {as : List α} (f : α → β) : (as.map f).length = as.length := by
  induction as with
  | nil => rfl
  | cons a as ih => rw [map_cons, length_cons, length_cons, ih]
@[simp] theorem map_append {α : Type u} {β : Type v} {f : α → β} {l₁ l₂ : List α} :
    map f (l₁ ++ l₂) = map f l₁ ++ map f l₂ := by
  induction l₁ with
  | nil => rfl
  | cons a l ih => rw [cons_append, map_cons, map_cons, ih]; rfl
@[simp] theorem map_reverse {α : Type u} {β : Type v} {f : α → β} {l : List α} :
    map f l.reverse = (map f l).reverse := by
  induction l with
  | nil => rfl
  | cons a l ih => rw [map_cons, reverse_cons, reverse_cons, map_append, ih]; rfl
@[simp] theorem mem_map {α : Type u} {β : Type v} {b : β} {f : α → β} {l : List α} :
    b ∈ map f l ↔ ∃ a, a ∈ l ∧ f a = b := by
  induction l with
  | nil => exact ⟨fun h => (not_mem_nil h).elim, fun ⟨_, h, _⟩ => (not_mem_nil h).elim⟩
  | cons c l ih => rw [map_cons, mem_cons, ih, exists_mem_cons, eq_comm]
theorem mem_map_of_mem {α : Type u} {β : Type v} {a : α} {l : List α} {f : α → β} (h : a ∈ l) : f a ∈ map f l :=
  mem_map.mpr ⟨a, h, rfl⟩
theorem exists_of_mem_map {α : Type u} {β : Type v} {b : β} {f : α → β} {l : List α} (h : b ∈ map f l) :
    ∃ a, a ∈ l ∧ f a = b := mem_map.mp h
theorem forall_mem_map {α : Type u} {β : Type v} {f : α → β} {l : List α} {P : β → Prop} :
    (∀ i, i ∈ map f l → P i) ↔ ∀ j, j ∈ l → P (f j) :=
  ⟨fun h j hj => h (f j) (mem_map_of_mem hj), fun h _ hi => match mem_map.mp hi with | ⟨j, hj, e⟩ => e ▸ h j hj⟩
@[simp] theorem map_eq_nil_iff {α : Type u} {β : Type v} {f : α → β} : {l : List α} → (map f l = [] ↔ l = [])
  | [] => ⟨fun _ => rfl, fun _ => rfl⟩
  | _ :: _ => ⟨fun h => (by cases h), fun h => (by cases h)⟩
theorem map_congr_left {α : Type u} {β : Type v} {f g : α → β} {l : List α} (h : ∀ a, a ∈ l → f a = g a) :
    map f l = map g l := by
  induction l with
  | nil => rfl
  | cons a l ih => rw [map_cons, map_cons, h a mem_cons_self, ih fun x hx => h x (mem_cons_of_mem a hx)]
theorem map_inj_right {α : Type u} {β : Type v} {f : α → β} (w : ∀ x y, f x = f y → x = y) :
    {l l' : List α} → (map f l = map f l' ↔ l = l')
  | [], [] => ⟨fun _ => rfl, fun _ => rfl⟩
  | [], _ :: _ => ⟨fun h => (by cases h), fun h => (by cases h)⟩
  | _ :: _, [] => ⟨fun h => (by cases h), fun h => (by cases h)⟩
  | a :: l, b :: l' => by
    rw [map_cons, map_cons, cons_eq_cons, cons_eq_cons, map_inj_right w]
    exact ⟨fun ⟨h₁, h₂⟩ => ⟨w a b h₁, h₂⟩, fun ⟨h₁, h₂⟩ => ⟨h₁ ▸ rfl, h₂⟩⟩
theorem map_concat {α : Type u} {β : Type v} {f : α → β} {a : α} {l : List α} :
    map f (concat l a) = concat (map f l) (f a) := by
  rw [concat_eq_append, concat_eq_append, map_append]; rfl
theorem map_tail {α : Type u} {β : Type v} {f : α → β} {l : List α} : map f l.tail = (map f l).tail := by
  cases l <;> rfl
@[simp] theorem isEmpty_map {α : Type u} {β : Type v} {f : α → β} {l : List α} : (l.map f).isEmpty = l.isEmpty := by
  cases l <;> rfl

/-! ### Filters -/

@[simp] theorem filter_nil {α : Type u} {p : α → Bool} : filter p [] = [] := rfl
@[simp] theorem filter_cons_of_pos {α : Type u} {p : α → Bool} {a : α} {l : List α} (h : p a = true) :
    filter p (a :: l) = a :: filter p l := by rw [filter, h]
@[simp] theorem filter_cons_of_neg {α : Type u} {p : α → Bool} {a : α} {l : List α} (h : ¬p a = true) :
    filter p (a :: l) = filter p l := by rw [filter, Bool.eq_false_of_ne_true h]
theorem filter_cons {α : Type u} {p : α → Bool} {a : α} {l : List α} :
    filter p (a :: l) = if p a then a :: filter p l else filter p l := by
  cases h : p a with
  | true => rw [filter_cons_of_pos h, if_pos rfl]
  | false => rw [filter_cons_of_neg (Bool.ne_true_of_eq_false h), if_neg Bool.false_ne_true]
@[simp] theorem filter_append {α : Type u} {p : α → Bool} (l₁ l₂ : List α) :
    filter p (l₁ ++ l₂) = filter p l₁ ++ filter p l₂ := by
  induction l₁ with
  | nil => rfl
  | cons a l ih =>
    rw [cons_append, filter, filter, ih]
    cases p a <;> rfl
@[simp] theorem mem_filter {α : Type u} {p : α → Bool} {a : α} {l : List α} : a ∈ filter p l ↔ a ∈ l ∧ p a = true := by
  induction l with
  | nil => exact ⟨fun h => (not_mem_nil h).elim, fun h => (not_mem_nil h.left).elim⟩
  | cons b l ih =>
    cases h : p b with
    | true =>
      rw [filter_cons_of_pos h, mem_cons, mem_cons, ih]
      exact ⟨fun h' => h'.elim (fun e => ⟨.inl e, e ▸ h⟩) fun ⟨h₁, h₂⟩ => ⟨.inr h₁, h₂⟩,
        fun ⟨h₁, h₂⟩ => h₁.imp_right fun h₁ => ⟨h₁, h₂⟩⟩
    | false =>
      rw [filter_cons_of_neg (Bool.ne_true_of_eq_false h), mem_cons, ih]
      exact ⟨fun ⟨h₁, h₂⟩ => ⟨.inr h₁, h₂⟩,
        fun ⟨h₁, h₂⟩ => ⟨h₁.resolve_left fun e => Bool.noConfusion_helper (h₂.symm.trans (e ▸ h)), h₂⟩⟩
theorem mem_of_mem_filter {α : Type u} {p : α → Bool} {a : α} {l : List α} (h : a ∈ filter p l) : a ∈ l :=
  (mem_filter.mp h).left
theorem of_mem_filter {α : Type u} {p : α → Bool} {a : α} {l : List α} (h : a ∈ filter p l) : p a = true :=
  (mem_filter.mp h).right
theorem mem_filter_of_mem {α : Type u} {p : α → Bool} {a : α} {l : List α} (h : a ∈ l) (h' : p a = true) :
    a ∈ filter p l := mem_filter.mpr ⟨h, h'⟩
theorem filter_subset {α : Type u} {p : α → Bool} (l : List α) : filter p l ⊆ l := fun _ => mem_of_mem_filter
theorem filter_eq_nil_iff {α : Type u} {p : α → Bool} {l : List α} : filter p l = [] ↔ ∀ a, a ∈ l → ¬p a = true := by
  rw [eq_nil_iff_forall_not_mem]
  exact ⟨fun h a ha hp => h a (mem_filter_of_mem ha hp), fun h a ha => h a (mem_of_mem_filter ha) (of_mem_filter ha)⟩
theorem filter_eq_self {α : Type u} {p : α → Bool} {l : List α} : filter p l = l ↔ ∀ a, a ∈ l → p a = true := by
  constructor
  · intro h a ha
    rw [← h] at ha
    exact of_mem_filter ha
  · intro h
    induction l with
    | nil => rfl
    | cons a l ih =>
      rw [filter_cons_of_pos (h a mem_cons_self), ih fun x hx => h x (mem_cons_of_mem a hx)]
theorem filter_true {α : Type u} (l : List α) : filter (fun _ => true) l = l := filter_eq_self.mpr fun _ _ => rfl
theorem filter_false {α : Type u} (l : List α) : filter (fun _ => false) l = [] :=
  filter_eq_nil_iff.mpr fun _ _ => Bool.false_ne_true
theorem length_filter_le {α : Type u} (p : α → Bool) (l : List α) : (filter p l).length ≤ l.length := by
  induction l with
  | nil => exact Nat.le_refl 0
  | cons a l ih =>
    rw [filter]
    cases p a with
    | true => exact Nat.succ_le_succ ih
    | false => exact Nat.le_succ_of_le ih
@[simp] theorem filter_filter {α : Type u} {p q : α → Bool} (l : List α) :
    filter p (filter q l) = filter (fun a => p a && q a) l := by
  induction l with
  | nil => rfl
  | cons a l ih =>
    cases hq : q a with
    | true =>
      rw [filter_cons_of_pos hq, filter, filter, ih, hq]
      cases p a <;> rfl
    | false =>
      rw [filter_cons_of_neg (Bool.ne_true_of_eq_false hq), filter, ih, hq]
      cases p a <;> rfl
theorem filter_map {α : Type u} {β : Type v} {f : β → α} {p : α → Bool} {l : List β} :
    filter p (map f l) = map f (filter (p ∘ f) l) := by
  induction l with
  | nil => rfl
  | cons b l ih =>
    cases h : p (f b) with
    | true => rw [map_cons, filter_cons_of_pos h, filter_cons_of_pos (p := p ∘ f) h, ih]; rfl
    | false =>
      have h := Bool.ne_true_of_eq_false h
      rw [map_cons, filter_cons_of_neg h, filter_cons_of_neg (p := p ∘ f) h, ih]
theorem filter_congr {α : Type u} {p q : α → Bool} {l : List α} (h : ∀ x, x ∈ l → p x = q x) :
    filter p l = filter q l := by
  induction l with
  | nil => rfl
  | cons a l ih => rw [filter, filter, h a mem_cons_self, ih fun x hx => h x (mem_cons_of_mem a hx)]
@[simp] theorem filter_reverse {α : Type u} {p : α → Bool} {l : List α} :
    filter p l.reverse = (filter p l).reverse := by
  induction l with
  | nil => rfl
  | cons a l ih =>
    rw [reverse_cons, filter_append, ih]
    cases h : p a with
    | true => rw [filter_cons_of_pos h, filter_cons_of_pos h, reverse_cons]; rfl
    | false =>
      have h := Bool.ne_true_of_eq_false h
      rw [filter_cons_of_neg h, filter_cons_of_neg h]
      exact append_nil _
@[simp] theorem filterMap_nil {α : Type u} {β : Type v} {f : α → Option β} : filterMap f [] = [] := rfl
theorem filterMap_cons {α : Type u} {β : Type v} {f : α → Option β} {a : α} {l : List α} :
    filterMap f (a :: l) = match f a with | none => filterMap f l | some b => b :: filterMap f l := rfl
@[simp] theorem filterMap_cons_none {α : Type u} {β : Type v} {f : α → Option β} {a : α} {l : List α} (h : f a = none) :
    filterMap f (a :: l) = filterMap f l := by rw [filterMap, h]
@[simp] theorem filterMap_cons_some {α : Type u} {β : Type v} {f : α → Option β} {a : α} {l : List α} {b : β}
    (h : f a = some b) : filterMap f (a :: l) = b :: filterMap f l := by rw [filterMap, h]
theorem filterMap_some {α : Type u} {l : List α} : filterMap some l = l := by
  induction l with
  | nil => rfl
  | cons a l ih => rw [filterMap_cons_some rfl, ih]
@[simp] theorem filterMap_append {α : Type u} {β : Type v} {f : α → Option β} {l₁ l₂ : List α} :
    filterMap f (l₁ ++ l₂) = filterMap f l₁ ++ filterMap f l₂ := by
  induction l₁ with
  | nil => rfl
  | cons a l ih =>
    rw [cons_append, filterMap, filterMap, ih]
    cases f a <;> rfl

/-! ### Lists of lists -/

@[simp] theorem flatten_nil {α : Type u} : flatten ([] : List (List α)) = [] := rfl
@[simp] theorem flatten_cons {α : Type u} {l : List α} {L : List (List α)} : flatten (l :: L) = l ++ flatten L := rfl
theorem flatten_singleton {α : Type u} {l : List α} : flatten [l] = l := append_nil l
@[simp] theorem flatten_append {α : Type u} {L₁ L₂ : List (List α)} :
    flatten (L₁ ++ L₂) = flatten L₁ ++ flatten L₂ := by
  induction L₁ with
  | nil => rfl
  | cons l L ih => rw [cons_append, flatten_cons, flatten_cons, ih, append_assoc]
@[simp] theorem mem_flatten {α : Type u} {a : α} {L : List (List α)} : a ∈ flatten L ↔ ∃ l, l ∈ L ∧ a ∈ l := by
  induction L with
  | nil => exact ⟨fun h => (not_mem_nil h).elim, fun ⟨_, h, _⟩ => (not_mem_nil h).elim⟩
  | cons l L ih => rw [flatten_cons, mem_append, ih, exists_mem_cons]
@[simp] theorem map_flatten {α : Type u} {β : Type v} {f : α → β} {L : List (List α)} :
    map f (flatten L) = flatten (map (map f) L) := by
  induction L with
  | nil => rfl
  | cons l L ih => rw [flatten_cons, map_append, ih]; rfl
@[simp] theorem filter_flatten {α : Type u} {p : α → Bool} {L : List (List α)} :
    filter p (flatten L) = flatten (map (filter p) L) := by
  induction L with
  | nil => rfl
  | cons l L ih => rw [flatten_cons, filter_append, ih]; rfl
@[simp] theorem flatMap_nil {α : Type u} {β : Type v} {f : α → List β} : flatMap f [] = [] := rfl
@[simp] theorem flatMap_cons {α : Type u} {β : Type v} {f : α → List β} {a : α} {l : List α} :
    flatMap f (a :: l) = f a ++ flatMap f l := rfl
@[simp] theorem flatMap_append {α : Type u} {β : Type v} {f : α → List β} {l₁ l₂ : List α} :
    flatMap f (l₁ ++ l₂) = flatMap f l₁ ++ flatMap f l₂ := by rw [flatMap, map_append, flatten_append]; rfl
@[simp] theorem mem_flatMap {α : Type u} {β : Type v} {f : α → List β} {b : β} {l : List α} :
    b ∈ flatMap f l ↔ ∃ a, a ∈ l ∧ b ∈ f a := by
  induction l with
  | nil => exact ⟨fun h => (not_mem_nil h).elim, fun ⟨_, h, _⟩ => (not_mem_nil h).elim⟩
  | cons a l ih => rw [flatMap_cons, mem_append, ih, exists_mem_cons]
theorem flatMap_singleton {α : Type u} {β : Type v} {f : α → List β} {a : α} : flatMap f [a] = f a := append_nil (f a)
theorem flatMap_singleton' {α : Type u} (l : List α) : flatMap (fun a => [a]) l = l := by
  induction l with
  | nil => rfl
  | cons a l ih => rw [flatMap_cons, ih]; rfl
theorem flatMap_def {α : Type u} {β : Type v} {f : α → List β} {l : List α} : flatMap f l = flatten (map f l) := rfl
theorem map_eq_flatMap {α : Type u} {β : Type v} {f : α → β} {l : List α} : map f l = flatMap (fun a => [f a]) l := by
  induction l with
  | nil => rfl
  | cons a l ih => rw [map_cons, ih]; rfl

end List
