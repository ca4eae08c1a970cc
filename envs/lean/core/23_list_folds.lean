/-
The laws of lists: folds, tests of all elements, sums, elements found by `==`.
-/

namespace List

/-! ### Folds -/

@[simp] theorem foldl_nil {α : Type u} {β : Type v} {f : α → β → α} {a : α} : foldl f a [] = a := rfl
@[simp] theorem foldl_cons {α : Type u} {β : Type v} {f : α → β → α} {a : α} {b : β} {l : List β} :
    foldl f a (b :: l) = foldl f (f a b) l := rfl
@[simp] theorem foldr_nil {α : Type u} {β : Type v} {f : α → β → β} {b : β} : foldr f b [] = b := rfl
@[simp] theorem foldr_cons {α : Type u} {β : Type v} {f : α → β → β} {b : β} {a : α} {l : List α} :
    foldr f b (a :: l) = f a (foldr f b l) := rfl
@[simp] theorem foldl_append {α : Type u} {β : Type v} {f : α → β → α} {a : α} {l l' : List β} :
    foldl f a (l ++ l') = foldl f (foldl f a l) l' := by
  induction l generalizing a with
  | nil => rfl
  | cons b l ih => exact ih
@[simp] theorem foldr_append {α : Type u} {β : Type v} {f : α → β → β} {b : β} {l l' : List α} :
    foldr f b (l ++ l') = foldr f (foldr f b l') l := by
  induction l with
  | nil => rfl
  | cons a l ih => rw [cons_append, foldr_cons, foldr_cons, ih]
theorem foldl_map {α : Type u} {β : Type v} {γ : Type w} {f : β → γ} {g : α → γ → α} {l : List β} {a : α} :
    foldl g a (map f l) = foldl (fun x y => g x (f y)) a l := by
  induction l generalizing a with
  | nil => rfl
  | cons b l ih => exact ih
theorem foldr_map {α : Type u} {β : Type v} {γ : Type w} {f : α → β} {g : β → γ → γ} {l : List α} {c : γ} :
    foldr g c (map f l) = foldr (fun x y => g (f x) y) c l := by
  induction l with
  | nil => rfl
  | cons a l ih => rw [map_cons, foldr_cons, foldr_cons, ih]
@[simp] theorem foldl_reverse {α : Type u} {β : Type v} {f : β → α → β} {b : β} {l : List α} :
    foldl f b l.reverse = foldr (fun x y => f y x) b l := by
  induction l with
  | nil => rfl
  | cons a l ih => rw [reverse_cons, foldl_append, ih]; rfl
@[simp] theorem foldr_reverse {α : Type u} {β : Type v} {f : α → β → β} {b : β} {l : List α} :
    foldr f b l.reverse = foldl (fun x y => f y x) b l := by
  induction l generalizing b with
  | nil => rfl
  | cons a l ih => rw [reverse_cons, foldr_append, ih]; rfl
theorem foldl_eq_foldr_reverse {α : Type u} {β : Type v} {f : β → α → β} {b : β} {l : List α} :
    foldl f b l = foldr (fun x y => f y x) b l.reverse := foldr_reverse.symm
theorem foldr_eq_foldl_reverse {α : Type u} {β : Type v} {f : α → β → β} {b : β} {l : List α} :
    foldr f b l = foldl (fun x y => f y x) b l.reverse := foldl_reverse.symm
theorem foldr_cons_eq_append {α : Type u} {β : Type v} {f : α → β} {l : List α} {l' : List β} :
    foldr (fun x ys => f x :: ys) l' l = map f l ++ l' := by
  induction l with
  | nil => rfl
  | cons a l ih => rw [foldr_cons, ih]; rfl
@[simp] theorem foldr_cons_eq_append' {α : Type u} {l l' : List α} : foldr cons l' l = l ++ l' := by
  induction l with
  | nil => rfl
  | cons a l ih => rw [foldr_cons, ih]; rfl
theorem foldr_cons_nil {α : Type u} {l : List α} : foldr cons [] l = l := by rw [foldr_cons_eq_append', append_nil]
theorem foldl_flip_cons_eq_append {α : Type u} {l l' : List α} :
    foldl (fun xs y => y :: xs) l' l = l.reverse ++ l' := by
  induction l generalizing l' with
  | nil => rfl
  | cons a l ih => rw [foldl_cons, ih, reverse_cons, append_assoc]; rfl
theorem foldl_ext {α : Type u} {β : Type v} {f g : α → β → α} {a : α} {l : List β}
    (h : ∀ a, ∀ b, b ∈ l → f a b = g a b) : foldl f a l = foldl g a l := by
  induction l generalizing a with
  | nil => rfl
  | cons b l ih => rw [foldl_cons, foldl_cons, h a b mem_cons_self, ih fun a b hb => h a b (mem_cons_of_mem _ hb)]

/-! ### All and any -/

@[simp] theorem all_nil {α : Type u} {p : α → Bool} : all [] p = true := rfl
@[simp] theorem all_cons {α : Type u} {p : α → Bool} {a : α} {l : List α} : all (a :: l) p = (p a && all l p) := rfl
@[simp] theorem any_nil {α : Type u} {p : α → Bool} : any [] p = false := rfl
@[simp] theorem any_cons {α : Type u} {p : α → Bool} {a : α} {l : List α} : any (a :: l) p = (p a || any l p) := rfl
@[simp] theorem all_eq_true {α : Type u} {p : α → Bool} {l : List α} : l.all p = true ↔ ∀ x, x ∈ l → p x = true := by
  induction l with
  | nil => exact ⟨fun _ _ h => (not_mem_nil h).elim, fun _ => rfl⟩
  | cons a l ih =>
    rw [all_cons, forall_mem_cons, ← ih]
    cases p a with
    | true => exact ⟨fun h => ⟨rfl, h⟩, fun h => h.right⟩
    | false => exact ⟨fun h => (Bool.false_ne_true h).elim, fun h => (Bool.false_ne_true h.left).elim⟩
@[simp] theorem any_eq_true {α : Type u} {p : α → Bool} {l : List α} : l.any p = true ↔ ∃ x, x ∈ l ∧ p x = true := by
  induction l with
  | nil => exact ⟨fun h => (Bool.false_ne_true h).elim, fun h => (exists_mem_nil _ h).elim⟩
  | cons a l ih =>
    rw [any_cons, exists_mem_cons, ← ih]
    cases p a with
    | true => exact ⟨fun _ => .inl rfl, fun _ => rfl⟩
    | false => exact ⟨.inr, fun h => h.elim (fun h => (Bool.false_ne_true h).elim) id⟩
@[simp] theorem all_eq_false {α : Type u} {p : α → Bool} {l : List α} : l.all p = false ↔ ∃ x, x ∈ l ∧ ¬p x = true := by
  induction l with
  | nil => exact ⟨fun h => (Bool.noConfusion_helper h).elim, fun h => (exists_mem_nil _ h).elim⟩
  | cons a l ih =>
    rw [all_cons, exists_mem_cons, ← ih]
    cases p a with
    | true => exact ⟨.inr, fun h => h.elim (fun h => (h rfl).elim) id⟩
    | false => exact ⟨fun _ => .inl Bool.false_ne_true, fun _ => rfl⟩
@[simp] theorem any_eq_false {α : Type u} {p : α → Bool} {l : List α} : l.any p = false ↔ ∀ x, x ∈ l → ¬p x = true := by
  induction l with
  | nil => exact ⟨fun _ _ h => (not_mem_nil h).elim, fun _ => rfl⟩
  | cons a l ih =>
    rw [any_cons, forall_mem_cons, ← ih]
    cases p a with
    | true => exact ⟨fun h => (Bool.noConfusion_helper h).elim, fun h => (h.left rfl).elim⟩
    | false => exact ⟨fun h => ⟨Bool.false_ne_true, h⟩, fun h => h.right⟩
@[simp] theorem all_append {α : Type u} {p : α → Bool} {xs ys : List α} :
    (xs ++ ys).all p = (xs.all p && ys.all p) := by
  induction xs with
  | nil => rfl
  | cons x xs ih => rw [cons_append, all_cons, all_cons, ih]; cases p x <;> rfl
@[simp] theorem any_append {α : Type u} {p : α → Bool} {xs ys : List α} :
    (xs ++ ys).any p = (xs.any p || ys.any p) := by
  induction xs with
  | nil => rfl
  | cons x xs ih => rw [cons_append, any_cons, any_cons, ih]; cases p x <;> rfl
@[simp] theorem all_reverse {α : Type u} {p : α → Bool} {l : List α} : l.reverse.all p = l.all p := by
  induction l with
  | nil => rfl
  | cons a l ih => rw [reverse_cons, all_append, ih, all_cons, all_cons]; cases p a <;> cases l.all p <;> rfl
@[simp] theorem any_reverse {α : Type u} {p : α → Bool} {l : List α} : l.reverse.any p = l.any p := by
  induction l with
  | nil => rfl
  | cons a l ih => rw [reverse_cons, any_append, ih, any_cons, any_cons]; cases p a <;> cases l.any p <;> rfl
@[simp] theorem all_map {α : Type u} {β : Type v} {f : α → β} {p : β → Bool} {l : List α} :
    (l.map f).all p = l.all (p ∘ f) := by
  induction l with
  | nil => rfl
  | cons a l ih => rw [map_cons, all_cons, all_cons, ih]; rfl
@[simp] theorem any_map {α : Type u} {β : Type v} {f : α → β} {p : β → Bool} {l : List α} :
    (l.map f).any p = l.any (p ∘ f) := by
  induction l with
  | nil => rfl
  | cons a l ih => rw [map_cons, any_cons, any_cons, ih]; rfl
theorem not_all_eq_any_not {α : Type u} (l : List α) (p : α → Bool) : (!l.all p) = l.any fun a => !p a := by
  induction l with
  | nil => rfl
  | cons a l ih => rw [all_cons, any_cons, ← ih]; cases p a <;> rfl
theorem not_any_eq_all_not {α : Type u} (l : List α) (p : α → Bool) : (!l.any p) = l.all fun a => !p a := by
  induction l with
  | nil => rfl
  | cons a l ih => rw [all_cons, any_cons, ← ih]; cases p a <;> rfl
@[simp] theorem and_nil : and [] = true := rfl
@[simp] theorem and_cons {b : Bool} {bs : List Bool} : and (b :: bs) = (b && and bs) := rfl
@[simp] theorem or_nil : or [] = false := rfl
@[simp] theorem or_cons {b : Bool} {bs : List Bool} : or (b :: bs) = (b || or bs) := rfl

/-! ### Sums -/

@[simp] theorem sum_nil {α : Type u} [Add α] [OfNat α (nat_lit 0)] : ([] : List α).sum = 0 := rfl
@[simp] theorem sum_cons {α : Type u} [Add α] [OfNat α (nat_lit 0)] {a : α} {l : List α} : (a :: l).sum = a + l.sum :=
  rfl
@[simp] theorem prod_nil {α : Type u} [Mul α] [OfNat α (nat_lit 1)] : ([] : List α).prod = 1 := rfl
@[simp] theorem prod_cons {α : Type u} [Mul α] [OfNat α (nat_lit 1)] {a : α} {l : List α} :
    (a :: l).prod = a * l.prod :=
  rfl
theorem sum_singleton {n : Nat} : [n].sum = n := rfl
@[simp] theorem sum_append {l₁ l₂ : List Nat} : (l₁ ++ l₂).sum = l₁.sum + l₂.sum := by
  induction l₁ with
  | nil => exact (Nat.zero_add _).symm
  | cons n l ih => rw [cons_append, sum_cons, sum_cons, ih, Nat.add_assoc]
theorem sum_append_nat {l₁ l₂ : List Nat} : (l₁ ++ l₂).sum = l₁.sum + l₂.sum := sum_append
@[simp] theorem prod_append {l₁ l₂ : List Nat} : (l₁ ++ l₂).prod = l₁.prod * l₂.prod := by
  induction l₁ with
  | nil => exact (Nat.one_mul _).symm
  | cons n l ih => rw [cons_append, prod_cons, prod_cons, ih, Nat.mul_assoc]
@[simp] theorem sum_reverse (l : List Nat) : l.reverse.sum = l.sum := by
  induction l with
  | nil => rfl
  | cons n l ih => rw [reverse_cons, sum_append, ih, sum_cons, Nat.add_comm]; rfl
theorem sum_eq_foldr {l : List Nat} : l.sum = l.foldr (· + ·) 0 := rfl
theorem sum_eq_foldl {l : List Nat} : l.sum = l.foldl (· + ·) 0 := by
  have general (a : Nat) : l.foldl (· + ·) a = a + l.sum := by
    induction l generalizing a with
    | nil => rfl
    | cons n l ih => rw [foldl_cons, ih, sum_cons, Nat.add_assoc]
  rw [general, Nat.zero_add]
theorem le_sum_of_mem {n : Nat} {l : List Nat} (h : n ∈ l) : n ≤ l.sum := by
  induction l with
  | nil => exact (not_mem_nil h).elim
  | cons m l ih =>
    cases mem_cons.mp h with
    | inl h => exact h ▸ Nat.le_add_right n l.sum
    | inr h => exact Nat.le_trans (ih h) (Nat.le_add_left l.sum m)
theorem sum_map_add {α : Type u} {f g : α → Nat} {l : List α} :
    (l.map fun a => f a + g a).sum = (l.map f).sum + (l.map g).sum := by
  induction l with
  | nil => rfl
  | cons a l ih =>
    rw [map_cons, map_cons, map_cons, sum_cons, sum_cons, sum_cons, ih, Nat.add_assoc, Nat.add_assoc,
      Nat.add_left_comm (g a)]
theorem sum_map_mul_left {α : Type u} {f : α → Nat} {n : Nat} {l : List α} :
    (l.map fun a => n * f a).sum = n * (l.map f).sum := by
  induction l with
  | nil => rfl
  | cons a l ih => rw [map_cons, map_cons, sum_cons, sum_cons, ih, Nat.mul_add]
@[simp] theorem length_flatten {α : Type u} {L : List (List α)} : L.flatten.length = (L.map length).sum := by
  induction L with
  | nil => rfl
  | cons l L ih => rw [flatten_cons, length_append, ih]; rfl
@[simp] theorem length_flatMap {α : Type u} {β : Type v} {f : α → List β} {l : List α} :
    (l.flatMap f).length = (l.map fun a => (f a).length).sum := by
  induction l with
  | nil => rfl
  | cons a l ih => rw [flatMap_cons, length_append, ih]; rfl
theorem sum_flatten {L : List (List Nat)} : L.flatten.sum = (L.map List.sum).sum := by
  induction L with
  | nil => rfl
  | cons l L ih => rw [flatten_cons, sum_append, ih]; rfl

end List
