/-
Small theorems on lists, options, pairs and strings, each proved as a user of Lean would expect to prove it: this
file must compile against the core library as it is.
-/
theorem length_append {α : Type u} (xs ys : List α) : (xs ++ ys).length = xs.length + ys.length := by simp
theorem map_append {α : Type u} {β : Type v} (f : α → β) (xs ys : List α) :
    (xs ++ ys).map f = xs.map f ++ ys.map f := by simp
theorem map_map {α β γ : Type} (f : α → β) (g : β → γ) (xs : List α) : (xs.map f).map g = xs.map (g ∘ f) := by simp
theorem map_map' {α β γ : Type} (f : α → β) (g : β → γ) (xs : List α) :
    (xs.map f).map g = xs.map (fun x => g (f x)) := by
  simp [Function.comp_def]
theorem map_comp {α β γ : Type} (f : α → β) (g : β → γ) : List.map (g ∘ f) = List.map g ∘ List.map f := by
  funext xs
  simp
theorem reverse_append {α : Type u} (xs ys : List α) : (xs ++ ys).reverse = ys.reverse ++ xs.reverse := by simp
theorem reverse_twice {α : Type u} (xs : List α) : xs.reverse.reverse = xs := by simp
theorem length_reverse {α : Type u} (xs : List α) : (xs.reverse ++ xs).length = xs.length + xs.length := by simp
theorem append_assoc {α : Type u} (xs ys zs : List α) : (xs ++ ys) ++ zs = xs ++ (ys ++ zs) := by
  induction xs with
  | nil => rfl
  | cons x xs ih => simp
theorem append_nil' {α : Type u} (xs : List α) : xs ++ [] = xs := by
  induction xs with
  | nil => rfl
  | cons x xs ih => rw [List.cons_append, ih]
theorem no_simp {α : Type u} (xs ys : List α) : (xs ++ ys).length = xs.length + ys.length := by
  induction xs with
  | nil => simp
  | cons x xs ih =>
    simp only [List.cons_append, List.length_cons, ih]
    rw [Nat.add_right_comm]
theorem mem_append {α : Type u} (a : α) (xs ys : List α) (h : a ∈ xs) : a ∈ ys ++ xs := by simp [h]
theorem mem_cons {α : Type u} (a b : α) (xs : List α) (h : a ∈ xs) : a ∈ b :: xs := by simp [h]
theorem mem_cases {α : Type u} (a : α) (xs ys : List α) (h : a ∈ xs ++ ys) (hx : ¬a ∈ xs) : a ∈ ys := by
  simp at h
  rcases h with h | h
  · contradiction
  · exact h
theorem mem_map {α β : Type} (f : α → β) (a : α) (xs : List α) (h : a ∈ xs) : f a ∈ xs.map f := by
  simp
  exact ⟨a, h, rfl⟩
theorem mem_reverse (a : Nat) (xs : List Nat) : a ∈ xs.reverse ↔ a ∈ xs := by simp
theorem mem_filter (xs : List Nat) (a : Nat) (h : a ∈ xs.filter (fun x => x < 3)) : a < 3 := by
  simp at h
  exact h.2
theorem mem_literal (a : Nat) (h : a ∈ [1, 2, 3]) : a < 4 := by
  simp at h
  rcases h with rfl | rfl | rfl <;> decide
theorem all_literal : ∀ x ∈ [1, 2, 3], x < 4 := by decide
theorem all_literal' : ∀ x ∈ [1, 2, 3], x < 4 := by simp
theorem exists_literal : ∃ x ∈ [1, 2, 3], x > 2 := by decide
theorem not_in : ¬ 4 ∈ [1, 2, 3] := by decide
theorem not_in' : ¬ 4 ∈ [1, 2, 3] := by simp
theorem cons_inj {α : Type u} (x y : α) (xs ys : List α) (h : x :: xs = y :: ys) : x = y ∧ xs = ys := by simpa using h
theorem cons_inj' {α : Type u} (x y : α) (xs ys : List α) (h : x :: xs = y :: ys) : xs = ys := by
  injection h
theorem cons_inj'' {α : Type u} (x y : α) (xs ys : List α) (h : x :: xs = y :: ys) : xs = ys := by
  cases h
  rfl
theorem nil_cons {α : Type u} (x : α) (xs : List α) (h : x :: xs = []) : False := by simp at h
theorem nil_cons' {α : Type u} (x : α) (xs : List α) (h : [] = x :: xs) : False := by contradiction
theorem nil_of_length {α : Type u} (xs : List α) (h : xs.length = 0) : xs = [] := by
  cases xs with
  | nil => rfl
  | cons x xs => simp at h
theorem take_drop {α : Type u} (n : Nat) (xs : List α) : (xs.take n ++ xs.drop n).length = xs.length := by simp
theorem sum_append (xs ys : List Nat) : (xs ++ ys).sum = ys.sum + xs.sum := by simp [Nat.add_comm]
theorem sum_literal : [1, 2, 3].sum = 6 := by decide
theorem sum_literal' : [1, 2, 3].sum = 6 := by rfl
theorem sum_literal'' : [1, 2, 3].sum = 6 := by simp
theorem foldr_literal : [1, 2, 3].foldr (· + ·) 0 = 6 := by simp
theorem foldl_literal : [1, 2, 3].foldl (· + ·) 0 = 6 := by rfl
theorem replicate_length (n : Nat) : (List.replicate n 7).length = n := by simp
theorem filter_literal : [1, 2, 3, 4].filter (fun x => x % 2 = 0) = [2, 4] := by decide
theorem filter_append {α : Type u} (p : α → Bool) (xs ys : List α) :
    (xs ++ ys).filter p = xs.filter p ++ ys.filter p := by simp
theorem filter_twice {α : Type u} (p : α → Bool) (xs : List α) : (xs.filter p).filter p = xs.filter p := by simp
theorem filter_by_hand (p : Nat → Bool) (xs : List Nat) : (xs.filter p).length ≤ xs.length := by
  induction xs with
  | nil => simp
  | cons x xs ih =>
    rw [List.filter_cons]
    split
    · simp [ih]
    · exact Nat.le_succ_of_le ih
theorem all_append {α : Type u} (p : α → Bool) (xs ys : List α) (hx : xs.all p = true) (hy : ys.all p = true) :
    (xs ++ ys).all p = true := by
  simp_all
theorem range_length (n : Nat) : (List.range n).length = n := by simp
theorem range_mem (n : Nat) (h : 0 < n) : 0 ∈ List.range n := by simp [h]
theorem range_sum (n : Nat) : 2 * (List.range (n + 1)).sum = n * (n + 1) := by
  induction n with
  | zero => rfl
  | succ n ih =>
    rw [List.range_succ, List.sum_append, Nat.mul_add, ih, List.sum_singleton, ← Nat.add_mul, Nat.mul_comm]
theorem zip_literal : [1, 2].zip [3, 4] = [(1, 3), (2, 4)] := by simp
theorem count_literal : [1, 2, 1].count 1 = 2 := by decide
theorem nodup_literal : List.Nodup [1, 2, 3] := by decide
theorem flatten_literal : List.flatten [[1], [2, 3]] = [1, 2, 3] := by simp
theorem option_map (o : Option Nat) : (o.map (· + 0)) = o := by cases o <;> simp
theorem option_some (a b : Nat) (h : some a = some b) : a = b := by simpa using h
theorem option_none (a : Nat) (h : some a = none) : False := by simp at h
theorem option_bind (o : Option Nat) (h : o.isSome = true) : ∃ a, o = some a := by
  cases o with
  | none => simp at h
  | some a => exact ⟨a, rfl⟩
theorem head_map (f : Nat → Nat) (xs : List Nat) : (xs.map f).head? = xs.head?.map f := by simp
theorem pair_ext (p q : Nat × Nat) (h₁ : p.1 = q.1) (h₂ : p.2 = q.2) : p = q := by
  ext
  · exact h₁
  · exact h₂
theorem pair_eq (a b c d : Nat) (h : (a, b) = (c, d)) : a = c := by
  simp at h
  exact h.1
theorem swap_pair (p : Nat × Nat) : (p.2, p.1).2 = p.1 := by simp
theorem sum_cases (s : Nat ⊕ Bool) : s.isLeft = true ∨ s.isRight = true := by cases s <;> simp
theorem string_append : "ab" ++ "c" = "abc" := by decide
theorem string_append' : "ab" ++ "c" = "abc" := by rfl
theorem string_length : "abc".length = 3 := by rfl
theorem string_length' : "abc".length = 3 := by decide
theorem string_length_append (s t : String) : (s ++ t).length = t.length + s.length := by simp [Nat.add_comm]
theorem string_ne : "ab" ≠ "ac" := by decide
theorem char_ne : 'a' ≠ 'b' := by decide
theorem char_toNat : 'a'.toNat = 97 := by rfl
theorem char_simp : 'a' ≠ 'b' := by simp
theorem string_simp : "a" ≠ "b" := by simp
theorem injective_comp {α β γ : Type} (f : α → β) (g : β → γ) (hf : Function.Injective f) (hg : Function.Injective g) :
    Function.Injective (g ∘ f) := by
  intro a b h
  exact hf (hg h)
theorem recursion (xs : List Nat) : xs.foldr (fun _ n => n + 1) 0 = xs.length := by
  induction xs with
  | nil => rfl
  | cons x xs ih => simp [ih]
def double : List Nat → List Nat
  | [] => []
  | x :: xs => (2 * x) :: double xs
theorem double_eq (xs : List Nat) : double xs = xs.map (2 * ·) := by
  induction xs with
  | nil => rfl
  | cons x xs ih => simp [double, ih]
theorem double_length (xs : List Nat) : (double xs).length = xs.length := by
  induction xs with
  | nil => rfl
  | cons x xs ih => unfold double; simp [ih]
theorem unfold_length (x : Nat) (xs : List Nat) : (x :: xs).length = xs.length + 1 := by
  simp only [List.length]
theorem unfold_map (f : Nat → Nat) (x : Nat) (xs : List Nat) : (x :: xs).map f = f x :: xs.map f := by
  rw [List.map]

/-! ### Insertion sort -/

def insertSorted (a : Nat) : List Nat → List Nat
  | [] => [a]
  | b :: l => if a ≤ b then a :: b :: l else b :: insertSorted a l
def insertionSort : List Nat → List Nat
  | [] => []
  | a :: l => insertSorted a (insertionSort l)
theorem sort_literal : insertionSort [3, 1, 2] = [1, 2, 3] := by decide
theorem insert_perm (a : Nat) (l : List Nat) : (insertSorted a l).Perm (a :: l) := by
  induction l with
  | nil => exact List.Perm.refl _
  | cons b l ih =>
    unfold insertSorted
    split
    · exact List.Perm.refl _
    · exact (List.Perm.cons b ih).trans (.swap a b l)
theorem sort_perm (l : List Nat) : (insertionSort l).Perm l := by
  induction l with
  | nil => exact .nil
  | cons a l ih => exact (insert_perm a _).trans (.cons a ih)
theorem sort_length (l : List Nat) : (insertionSort l).length = l.length := (sort_perm l).length_eq
theorem sort_mem (a : Nat) (l : List Nat) : a ∈ insertionSort l ↔ a ∈ l := (sort_perm l).mem_iff
theorem insert_sorted (a : Nat) (l : List Nat) (h : l.Pairwise (· ≤ ·)) : (insertSorted a l).Pairwise (· ≤ ·) := by
  induction l with
  | nil => simp [insertSorted]
  | cons b l ih =>
    rw [List.pairwise_cons] at h
    obtain ⟨hb, hl⟩ := h
    unfold insertSorted
    split
    · rename_i hab
      rw [List.pairwise_cons, List.pairwise_cons]
      refine ⟨?_, hb, hl⟩
      intro x hx
      rcases List.mem_cons.mp hx with rfl | hx
      · exact hab
      · exact Nat.le_trans hab (hb x hx)
    · rename_i hab
      rw [List.pairwise_cons]
      refine ⟨?_, ih hl⟩
      intro x hx
      rw [(insert_perm a l).mem_iff, List.mem_cons] at hx
      rcases hx with rfl | hx
      · exact Nat.le_of_lt (Nat.lt_of_not_le hab)
      · exact hb x hx
theorem sort_sorted (l : List Nat) : (insertionSort l).Pairwise (· ≤ ·) := by
  induction l with
  | nil => exact .nil
  | cons a l ih => exact insert_sorted a _ ih

/-! ### Trees -/

inductive Tree (α : Type) where
  | leaf : Tree α
  | node (left : Tree α) (value : α) (right : Tree α) : Tree α
def Tree.size {α : Type} : Tree α → Nat
  | leaf => 0
  | node l _ r => l.size + 1 + r.size
def Tree.flatten {α : Type} : Tree α → List α
  | leaf => []
  | node l v r => l.flatten ++ v :: r.flatten
def Tree.mirror {α : Type} : Tree α → Tree α
  | leaf => leaf
  | node l v r => node r.mirror v l.mirror
theorem flatten_length {α : Type} (t : Tree α) : t.flatten.length = t.size := by
  induction t with
  | leaf => rfl
  | node l v r hl hr => simp [Tree.flatten, Tree.size, hl, hr, Nat.add_assoc, Nat.add_comm 1]
theorem mirror_mirror {α : Type} (t : Tree α) : t.mirror.mirror = t := by
  induction t with
  | leaf => rfl
  | node l v r hl hr => simp [Tree.mirror, hl, hr]
theorem mirror_flatten {α : Type} (t : Tree α) : t.mirror.flatten = t.flatten.reverse := by
  induction t with
  | leaf => rfl
  | node l v r hl hr => simp [Tree.mirror, Tree.flatten, hl, hr]
theorem node_ne_leaf {α : Type} (l r : Tree α) (v : α) : Tree.node l v r ≠ .leaf := by simp
theorem node_inj {α : Type} (l r l' r' : Tree α) (v v' : α) (h : Tree.node l v r = .node l' v' r') : v = v' := by
  simp at h
  exact h.2.1

/-! ### More everyday proofs -/

theorem index_free (xs : List Nat) (h : ∀ x ∈ xs, 0 < x) (h' : 0 ∈ xs) : False := by
  have := h 0 h'
  contradiction
theorem ne_nil_exists (xs : List Nat) (h : xs ≠ []) : ∃ x ys, xs = x :: ys := by
  cases xs with
  | nil => contradiction
  | cons x ys => exact ⟨x, ys, rfl⟩
theorem snoc_length (xs : List Nat) (x : Nat) : (xs ++ [x]).length = xs.length + 1 := by simp
theorem subset_trans (xs ys zs : List Nat) (h₁ : xs ⊆ ys) (h₂ : ys ⊆ zs) : xs ⊆ zs := by
  intro x hx
  exact h₂ (h₁ hx)
theorem any_iff (p : Nat → Bool) (xs : List Nat) : xs.any p = true ↔ ∃ x ∈ xs, p x = true := by simp
theorem all_iff (p : Nat → Bool) (xs : List Nat) : xs.all p = true ↔ ∀ x ∈ xs, p x = true := by simp
theorem contains_iff (xs : List Nat) (a : Nat) : xs.contains a = true ↔ a ∈ xs := by simp
theorem if_in_list (a : Nat) (xs : List Nat) : (if a ∈ a :: xs then 1 else 0) = 1 := by simp
theorem match_list (xs : List Nat) : (match xs with | [] => 0 | _ :: ys => ys.length + 1) = xs.length := by
  cases xs <;> rfl
theorem list_cases (xs : List Nat) : xs = [] ∨ ∃ x ys, xs = x :: ys := by
  match xs with
  | [] => left; rfl
  | x :: ys => right; exact ⟨x, ys, rfl⟩
theorem calc_lists (xs ys zs : List Nat) : (xs ++ ys ++ zs).length = xs.length + (ys.length + zs.length) := calc
  (xs ++ ys ++ zs).length = (xs ++ (ys ++ zs)).length := by rw [List.append_assoc]
  _ = xs.length + (ys ++ zs).length := List.length_append
  _ = xs.length + (ys.length + zs.length) := by rw [List.length_append]
theorem two_lists (xs ys : List Nat) (h : xs.length = ys.length) : (xs.zip ys).length = xs.length := by simp [h]
theorem generalizing_fold (xs : List Nat) (n : Nat) : xs.foldl (· + ·) n = n + xs.sum := by
  induction xs generalizing n with
  | nil => simp
  | cons x xs ih => simp [ih, Nat.add_assoc]
theorem filter_map_length (p : Nat → Bool) (f : Nat → Nat) (xs : List Nat) :
    ((xs.filter p).map f).length ≤ xs.length := by
  simp
  exact List.length_filter_le p xs
theorem nested (f : Nat → List Nat) (xs ys : List Nat) : (xs ++ ys).flatMap f = xs.flatMap f ++ ys.flatMap f := by simp
theorem extensionality (f g : List Nat → Nat) (h₁ : f [] = g []) (h₂ : ∀ x xs, f (x :: xs) = g (x :: xs)) : f = g := by
  funext xs
  cases xs with
  | nil => exact h₁
  | cons x xs => exact h₂ x xs
