/-
Lists: append, map, reverse, length, filter and membership of the library.
-/

/-! level 1, lists -/

theorem nothing_appended_on_the_left (α : Type) (xs : List α) : [] ++ xs = xs := by
  rfl

theorem nothing_appended_on_the_right (α : Type) (xs : List α) : xs ++ [] = xs := by
  simp

theorem length_of_three : [5, 6, 7].length = 3 := by
  rfl

theorem reverse_of_three : [1, 2, 3].reverse = [3, 2, 1] := by
  rfl

theorem append_of_two_lists : [1, 2] ++ [3] = [1, 2, 3] := by
  rfl

theorem map_over_two (f : Nat → Nat) (a b : Nat) : [a, b].map f = [f a, f b] := by
  rfl

theorem first_is_a_member (a b : Nat) : a ∈ [a, b] := by
  simp

theorem nothing_is_in_the_empty_list (a : Nat) : ¬a ∈ ([] : List Nat) := by
  simp

theorem length_of_a_map (f : Nat → Nat) (xs : List Nat) : (xs.map f).length = xs.length := by
  simp

theorem reverse_twice (xs : List Nat) : xs.reverse.reverse = xs := by
  simp

theorem length_of_an_append (xs ys : List Nat) : (xs ++ ys).length = xs.length + ys.length := by
  simp

theorem the_even_ones_of_five : [1, 2, 3, 4, 5].filter (fun x => x % 2 == 0) = [2, 4] := by
  decide

theorem head_put_in_front (a : Nat) (xs ys : List Nat) : (a :: xs) ++ ys = a :: (xs ++ ys) := by
  rfl

theorem length_of_a_reverse (xs : List Nat) : xs.reverse.length = xs.length := by
  simp

/-! level 2, lists -/

theorem append_regrouped (xs ys zs : List Nat) : (xs ++ ys) ++ zs = xs ++ (ys ++ zs) := by
  rw [List.append_assoc]

theorem map_over_an_append (f : Nat → Nat) (xs ys : List Nat) : (xs ++ ys).map f = xs.map f ++ ys.map f := by
  simp

theorem map_of_the_identity (xs : List Nat) : xs.map (fun x => x) = xs := by
  induction xs with
  | nil => rfl
  | cons x xs ih => simp

theorem equal_lists_have_equal_heads (a b : Nat) (xs ys : List Nat) (h : a :: xs = b :: ys) : a = b := by
  injection h

theorem equal_lists_have_equal_tails (a b : Nat) (xs ys : List Nat) (h : a :: xs = b :: ys) : xs = ys := by
  injection h

theorem a_list_with_a_head_is_not_empty (a : Nat) (xs : List Nat) : a :: xs ≠ [] := by
  intro h
  cases h

theorem reverse_of_an_append (xs ys : List Nat) : (xs ++ ys).reverse = ys.reverse ++ xs.reverse := by
  simp

theorem empty_by_its_length (xs : List Nat) (h : xs.length = 0) : xs = [] := by
  cases xs with
  | nil => rfl
  | cons x xs => contradiction

theorem length_does_not_see_the_order (xs ys : List Nat) : (xs ++ ys).length = (ys ++ xs).length := by
  rw [List.length_append, List.length_append, Nat.add_comm]

theorem a_member_of_the_first_part (a : Nat) (xs ys : List Nat) (h : a ∈ xs) : a ∈ xs ++ ys := by
  simp [h]

theorem members_of_a_pair (a b c : Nat) (h : a ∈ [b, c]) : a = b ∨ a = c := by
  simp at h
  exact h

theorem map_then_reverse (f : Nat → Nat) (xs : List Nat) : (xs.map f).reverse = xs.reverse.map f := by
  simp

theorem a_successor_is_the_length (a : Nat) (xs : List Nat) : (a :: xs).length = xs.length + 1 := by
  rfl

/-! level 3, lists -/

theorem two_maps_in_one (f g : Nat → Nat) (xs : List Nat) : (xs.map f).map g = xs.map (fun x => g (f x)) := by
  induction xs with
  | nil => rfl
  | cons x xs ih =>
    show g (f x) :: (xs.map f).map g = g (f x) :: xs.map (fun x => g (f x))
    rw [ih]

theorem map_with_equal_functions (f g : Nat → Nat) (h : ∀ x, f x = g x) (xs : List Nat) : xs.map f = xs.map g := by
  induction xs with
  | nil => rfl
  | cons x xs ih =>
    show f x :: xs.map f = g x :: xs.map g
    rw [h x, ih]

theorem append_cancelled_on_the_left (xs ys zs : List Nat) (h : xs ++ ys = xs ++ zs) : ys = zs := by
  induction xs with
  | nil => exact h
  | cons x xs ih =>
    injection h with _ h
    exact ih h

theorem an_empty_append (xs ys : List Nat) (h : xs ++ ys = []) : xs = [] ∧ ys = [] := by
  cases xs with
  | nil => exact ⟨rfl, h⟩
  | cons x xs => cases h

theorem length_of_a_doubled_list (xs : List Nat) : (xs ++ xs).length = 2 * xs.length := by
  rw [List.length_append, Nat.two_mul]

theorem reverse_of_a_list_with_a_last_element (xs : List Nat) (a : Nat) : (xs ++ [a]).reverse = a :: xs.reverse := by
  simp

theorem members_of_an_append (a : Nat) (xs ys : List Nat) (h : a ∈ xs ++ ys) : a ∈ xs ∨ a ∈ ys := by
  simp at h
  exact h

theorem the_image_of_a_member (f : Nat → Nat) (a : Nat) (xs : List Nat) (h : a ∈ xs) : f a ∈ xs.map f := by
  simp
  exact ⟨a, h, rfl⟩

theorem a_filter_is_no_longer (p : Nat → Bool) (xs : List Nat) : (xs.filter p).length ≤ xs.length := by
  induction xs with
  | nil => exact Nat.le_refl 0
  | cons x xs ih =>
    cases hp : p x with
    | true =>
      rw [List.filter_cons_of_pos hp]
      exact Nat.succ_le_succ ih
    | false =>
      have h : (x :: xs).filter p = xs.filter p := by simp [hp]
      rw [h]
      exact Nat.le_trans ih (Nat.le_succ _)

theorem filter_over_an_append (p : Nat → Bool) (xs ys : List Nat) :
    (xs ++ ys).filter p = xs.filter p ++ ys.filter p := by
  simp

theorem filter_with_true (xs : List Nat) : xs.filter (fun _ => true) = xs := by
  induction xs with
  | nil => rfl
  | cons x xs ih =>
    show x :: xs.filter (fun _ => true) = x :: xs
    rw [ih]

theorem three_reverses (xs ys zs : List Nat) :
    (xs ++ ys ++ zs).reverse = zs.reverse ++ (ys.reverse ++ xs.reverse) := by
  rw [List.reverse_append, List.reverse_append]

theorem mapping_a_constant (c : Nat) (xs ys : List Nat) (h : xs.length = ys.length) :
    xs.map (fun _ => c) = ys.map (fun _ => c) := by
  induction xs generalizing ys with
  | nil =>
    cases ys with
    | nil => rfl
    | cons y ys => cases h
  | cons x xs ih =>
    cases ys with
    | nil => cases h
    | cons y ys =>
      injection h with h
      show c :: xs.map (fun _ => c) = c :: ys.map (fun _ => c)
      rw [ih ys h]

/-! level 4, lists -/

theorem reverse_is_injective (xs ys : List Nat) (h : xs.reverse = ys.reverse) : xs = ys := by
  rw [← List.reverse_reverse xs, h, List.reverse_reverse]

theorem a_list_that_is_its_own_double (xs : List Nat) (h : xs ++ xs = xs) : xs = [] := by
  cases xs with
  | nil => rfl
  | cons x xs =>
    have h' : (x :: xs) ++ (x :: xs) = (x :: xs) ++ [] := by
      rw [h, List.append_nil]
    exact List.append_cancel_left h'

theorem nothing_passes_two_opposite_filters (p : Nat → Bool) (xs : List Nat) :
    (xs.filter p).filter (fun x => !p x) = [] := by
  induction xs with
  | nil => rfl
  | cons x xs ih =>
    cases hp : p x with
    | true =>
      rw [List.filter_cons_of_pos hp, List.filter_cons_of_neg (by simp [hp])]
      exact ih
    | false =>
      rw [List.filter_cons_of_neg (by simp [hp])]
      exact ih

theorem map_is_injective (f : Nat → Nat) (hf : ∀ x y, f x = f y → x = y) (xs ys : List Nat)
    (h : xs.map f = ys.map f) : xs = ys := by
  induction xs generalizing ys with
  | nil =>
    cases ys with
    | nil => rfl
    | cons y ys => cases h
  | cons x xs ih =>
    cases ys with
    | nil => cases h
    | cons y ys =>
      injection h with h₁ h₂
      rw [hf x y h₁, ih ys h₂]

theorem a_member_splits_the_list (a : Nat) (xs : List Nat) (h : a ∈ xs) : ∃ ys zs, xs = ys ++ a :: zs := by
  induction xs with
  | nil => cases h
  | cons x xs ih =>
    simp at h
    rcases h with h | h
    · exact ⟨[], xs, by rw [h]; rfl⟩
    · obtain ⟨ys, zs, hs⟩ := ih h
      exact ⟨x :: ys, zs, by rw [hs]; rfl⟩

theorem filters_exchange (p q : Nat → Bool) (xs : List Nat) : (xs.filter p).filter q = (xs.filter q).filter p := by
  induction xs with
  | nil => rfl
  | cons x xs ih =>
    cases hp : p x <;> cases hq : q x <;> simp [hp, hq, ih]

theorem a_filter_and_its_rest (p : Nat → Bool) (xs : List Nat) :
    (xs.filter p).length + (xs.filter (fun x => !p x)).length = xs.length := by
  induction xs with
  | nil => rfl
  | cons x xs ih =>
    cases hp : p x with
    | true =>
      rw [List.filter_cons_of_pos hp, List.filter_cons_of_neg (by simp [hp]), List.length_cons, List.length_cons,
        Nat.add_right_comm, ih]
    | false =>
      rw [List.filter_cons_of_neg (by simp [hp]), List.filter_cons_of_pos (by simp [hp]), List.length_cons,
        List.length_cons, ← Nat.add_assoc, ih]

theorem a_map_after_a_filter (p : Nat → Bool) (f : Nat → Nat) (h : ∀ x, p (f x) = p x) (xs : List Nat) :
    (xs.map f).filter p = (xs.filter p).map f := by
  induction xs with
  | nil => rfl
  | cons x xs ih =>
    have hx : p (f x) = p x := h x
    cases hp : p x with
    | true =>
      rw [List.filter_cons_of_pos hp, List.map_cons, List.map_cons, List.filter_cons_of_pos (hx.trans hp), ih]
    | false =>
      rw [List.filter_cons_of_neg (by simp [hp]), List.map_cons, List.filter_cons_of_neg (by simp [hx, hp]), ih]
