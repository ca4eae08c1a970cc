/-
Equality: reflexivity, symmetry, transitivity, rewriting, functions and pairs.
-/

/-! level 1, equality -/

theorem equal_to_itself (a : Nat) : a = a := by
  rfl

theorem two_and_two : 2 + 2 = 4 := by
  rfl

theorem the_equation_is_given (a b : Nat) (h : a = b) : a = b := by
  exact h

theorem the_equation_read_backwards (a b : Nat) (h : a = b) : b = a := by
  exact h.symm

theorem zero_on_the_right (n : Nat) : n + 0 = n := by
  rfl

theorem same_function_same_value (f : Nat → Nat) (a b : Nat) (h : a = b) : f a = f b := by
  rw [h]

theorem equal_functions_at_a_point (f g : Nat → Nat) (a : Nat) (h : f = g) : f a = g a := by
  rw [h]

theorem identity_function (α : Type) (a : α) : id a = a := by
  rfl

theorem first_of_a_pair (α β : Type) (a : α) (b : β) : (a, b).1 = a := by
  rfl

theorem swapped_twice_by_hand (a b : Nat) : ((a, b).2, (a, b).1) = (b, a) := by
  rfl

theorem a_function_applied (a : Nat) : (fun x => x + a) 3 = 3 + a := by
  rfl

theorem different_from_itself_never (a : Nat) (h : a ≠ a) : False := by
  exact h rfl

theorem not_is_its_table : (!true) = false := by
  rfl

theorem pairs_with_equal_parts (a b : Nat) (h : a = b) : (a, b) = (b, b) := by
  rw [h]

/-! level 2, equality -/

theorem two_equations_in_a_row (a b c : Nat) (h₁ : a = b) (h₂ : b = c) : a = c := by
  rw [h₁, h₂]

theorem both_equal_to_a_third (a b c : Nat) (h₁ : a = b) (h₂ : c = b) : a = c := by
  rw [h₁, h₂]

theorem two_from_one_source (a b c : Nat) (h₁ : a = b) (h₂ : a = c) : b = c := by
  rw [← h₁]
  exact h₂

theorem sums_of_equals (a b c d : Nat) (h₁ : a = b) (h₂ : c = d) : a + c = b + d := by
  rw [h₁, h₂]

theorem a_property_travels (P : Nat → Prop) (a b : Nat) (h : a = b) (ha : P a) : P b := by
  rw [← h]
  exact ha

theorem value_under_two_functions (f g : Nat → Nat) (h : ∀ x, f x = g x) (a : Nat) : g (f a) = g (g a) := by
  rw [h a]

theorem functions_equal_everywhere (f g : Nat → Nat) (h : ∀ x, f x = g x) : f = g := by
  funext x
  exact h x

theorem unequal_the_other_way (a b : Nat) (h : a ≠ b) : b ≠ a := by
  intro h'
  exact h h'.symm

theorem a_pair_is_its_parts (α β : Type) (x : α × β) : (x.1, x.2) = x := by
  cases x with
  | mk a b => rfl

theorem successors_of_equals (a b : Nat) (h : a = b) : a + 1 = b + 1 := by
  rw [h]

theorem equal_successors (a b : Nat) (h : a + 1 = b + 1) : a = b := by
  injection h

theorem double_negation_of_bool (b : Bool) : (!(!b)) = b := by
  cases b <;> rfl

theorem argument_replaced_in_both_places (f : Nat → Nat → Nat) (a b : Nat) (h : a = b) : f a a = f b b := by
  subst h
  rfl

theorem equal_pairs_have_equal_parts (a b c d : Nat) (h : (a, b) = (c, d)) : a = c ∧ b = d := by
  injection h with h₁ h₂
  exact ⟨h₁, h₂⟩

theorem composition_applied (f g : Nat → Nat) (a : Nat) (h : g a = 0) : (f ∘ g) a = f 0 := by
  show f (g a) = f 0
  rw [h]

/-! level 3, equality -/

theorem three_equations_turned (a b c d : Nat) (h₁ : b = a) (h₂ : b = c) (h₃ : d = c) : a = d := by
  rw [← h₁, h₂, h₃]

theorem composition_is_associative (f g h : Nat → Nat) : (f ∘ g) ∘ h = f ∘ (g ∘ h) := by
  funext x
  rfl

theorem a_function_that_forgets (f : Nat → Nat) (c : Nat) (h : ∀ x, f x = c) (a b : Nat) : f a = f b := by
  rw [h a, h b]

theorem injective_composition (f g : Nat → Nat) (hf : ∀ x y, f x = f y → x = y) (hg : ∀ x y, g x = g y → x = y) :
    ∀ x y, f (g x) = f (g y) → x = y := by
  intro x y h
  apply hg
  apply hf
  exact h

theorem left_inverse_is_injective (f g : Nat → Nat) (h : ∀ x, g (f x) = x) (a b : Nat) (hab : f a = f b) : a = b := by
  rw [← h a, ← h b, hab]

theorem an_involution_is_injective (f : Nat → Nat) (h : ∀ x, f (f x) = x) (a b : Nat) (hab : f a = f b) : a = b := by
  have h' : f (f a) = f (f b) := by
    rw [hab]
  rw [h a, h b] at h'
  exact h'

theorem surjective_composition (f g : Nat → Nat) (hf : ∀ z, ∃ y, f y = z) (hg : ∀ y, ∃ x, g x = y) :
    ∀ z, ∃ x, f (g x) = z := by
  intro z
  obtain ⟨y, hy⟩ := hf z
  obtain ⟨x, hx⟩ := hg y
  exact ⟨x, by rw [hx, hy]⟩

theorem fixed_point_stays (f : Nat → Nat) (a : Nat) (h : f a = a) : f (f (f a)) = a := by
  rw [h, h, h]

theorem equal_as_properties_see_it (a b : Nat) (h : ∀ P : Nat → Prop, P a → P b) : a = b := by
  apply h (fun x => a = x)
  rfl

theorem exclusive_or_with_itself (b c : Bool) (h : b = c) : (b != c) = false := by
  subst h
  cases b <;> rfl

theorem swap_is_its_own_inverse (α β : Type) (x y : α × β) (h : (x.2, x.1) = (y.2, y.1)) : x = y := by
  obtain ⟨a, b⟩ := x
  obtain ⟨c, d⟩ := y
  injection h with h₁ h₂
  have hb : b = d := h₁
  have ha : a = c := h₂
  rw [ha, hb]

theorem if_both_branches_agree (p : Prop) [Decidable p] (a : Nat) : (if p then a else a) = a := by
  split
  · rfl
  · rfl

theorem one_function_two_orders (f : Nat → Nat → Nat) (h : ∀ x y, f x y = f y x) (a b c : Nat) :
    f (f a b) c = f c (f b a) := by
  rw [h (f a b) c, h a b]

theorem the_condition_decides (p : Prop) [Decidable p] (h : ¬p) : (if p then 1 else 2) = 2 := by
  split
  · contradiction
  · rfl

/-! level 4, equality -/

theorem units_are_equal (f : Nat → Nat → Nat) (e u : Nat) (he : ∀ x, f e x = x) (hu : ∀ x, f x u = x) : e = u := by
  have h₁ : f e u = u := he u
  have h₂ : f e u = e := hu e
  rw [← h₁, h₂]

theorem rotate_three_arguments (f : Nat → Nat → Nat) (comm : ∀ x y, f x y = f y x)
    (assoc : ∀ x y z, f (f x y) z = f x (f y z)) (a b c : Nat) : f (f a b) c = f (f c a) b := by
  rw [comm (f a b) c, ← assoc c a b]

theorem middle_two_exchanged (f : Nat → Nat → Nat) (comm : ∀ x y, f x y = f y x)
    (assoc : ∀ x y z, f (f x y) z = f x (f y z)) (a b c d : Nat) : f (f a b) (f c d) = f (f a c) (f b d) := by
  rw [assoc a b (f c d), ← assoc b c d, comm b c, assoc c b d, ← assoc a c (f b d)]

theorem swapping_twice (α β : Type) (swap : α × β → β × α) (back : β × α → α × β) (h₁ : ∀ x, swap x = (x.2, x.1))
    (h₂ : ∀ x, back x = (x.2, x.1)) (x : α × β) : back (swap x) = x := by
  rw [h₁, h₂]

theorem image_of_a_cycle (f : Nat → Nat) (a b c : Nat) (h₁ : f a = b) (h₂ : f b = c) (h₃ : f c = a) :
    f (f (f b)) = b := by
  rw [h₂, h₃, h₁]

theorem booleans_with_one_fixed_value (f : Bool → Bool) (h : f true = f false) (a b : Bool) : f a = f b := by
  cases a <;> cases b <;> simp [h]

theorem every_boolean_map_three_times (f : Bool → Bool) (b : Bool) : f (f (f b)) = f b := by
  cases ht : f true <;> cases hf : f false <;> cases b <;> simp [ht, hf]

theorem equality_of_dependent_choices (α : Type) (f : α → α) (h : ∀ x y, f x = y ↔ x = f y) (x : α) : f (f x) = x := by
  have h' : f x = f x := rfl
  exact ((h (f x) x).mpr h')

theorem congruence_of_three_layers (f g h : Nat → Nat) (a b : Nat) (hab : h a = h b) (hg : ∀ x, g x = f x) :
    g (f (h a)) = f (g (h b)) := by
  rw [hab, hg (f (h b)), hg (h b)]

theorem a_right_and_a_left_inverse_agree (f g k : Nat → Nat) (h₁ : ∀ x, g (f x) = x) (h₂ : ∀ x, f (k x) = x) :
    g = k := by
  funext x
  have h : g (f (k x)) = k x := h₁ (k x)
  rw [h₂ x] at h
  exact h

theorem conditions_nested (p : Prop) [Decidable p] (a b c : Nat) : (if p then (if p then a else b) else c) = if p then a else c := by
  split
  · rfl
  · rfl

/-! level 5, equality -/

theorem inverses_in_a_group_are_unique (m : Nat → Nat → Nat) (e : Nat) (assoc : ∀ x y z, m (m x y) z = m x (m y z))
    (left : ∀ x, m e x = x) (right : ∀ x, m x e = x) (a b c : Nat) (hb : m b a = e) (hc : m a c = e) : b = c := by
  calc
    b = m b e := (right b).symm
    _ = m b (m a c) := by rw [hc]
    _ = m (m b a) c := by rw [assoc]
    _ = m e c := by rw [hb]
    _ = c := left c

theorem cancelling_in_a_group (m : Nat → Nat → Nat) (e : Nat) (inv : Nat → Nat)
    (assoc : ∀ x y z, m (m x y) z = m x (m y z)) (left : ∀ x, m e x = x) (inverse : ∀ x, m (inv x) x = e)
    (a b c : Nat) (h : m a b = m a c) : b = c := by
  rw [← left b, ← inverse a, assoc, h, ← assoc, inverse, left]

theorem a_left_inverse_is_a_right_inverse (m : Nat → Nat → Nat) (e : Nat) (inv : Nat → Nat)
    (assoc : ∀ x y z, m (m x y) z = m x (m y z)) (left : ∀ x, m e x = x) (inverse : ∀ x, m (inv x) x = e) (a : Nat) :
    m a (inv a) = e := by
  calc
    m a (inv a) = m e (m a (inv a)) := (left _).symm
    _ = m (m (inv (inv a)) (inv a)) (m a (inv a)) := by rw [inverse]
    _ = m (inv (inv a)) (m (inv a) (m a (inv a))) := by rw [assoc]
    _ = m (inv (inv a)) (m (m (inv a) a) (inv a)) := by rw [assoc (inv a) a (inv a)]
    _ = m (inv (inv a)) (inv a) := by rw [inverse a, left]
    _ = e := inverse (inv a)

theorem every_square_is_one_so_it_commutes (m : Nat → Nat → Nat) (e : Nat)
    (assoc : ∀ x y z, m (m x y) z = m x (m y z)) (left : ∀ x, m e x = x) (right : ∀ x, m x e = x)
    (square : ∀ x, m x x = e) (a b : Nat) : m a b = m b a := by
  have h : m (m a b) (m b a) = e := by
    rw [assoc, ← assoc b b a, square b, left, square a]
  calc
    m a b = m (m a b) e := (right _).symm
    _ = m (m a b) (m (m b a) (m b a)) := by rw [square]
    _ = m (m (m a b) (m b a)) (m b a) := by rw [assoc (m a b)]
    _ = m b a := by rw [h, left]

theorem two_operations_that_exchange_are_one (f g : Nat → Nat → Nat) (e : Nat) (f_left : ∀ x, f e x = x)
    (f_right : ∀ x, f x e = x) (g_left : ∀ x, g e x = x) (g_right : ∀ x, g x e = x)
    (exchange : ∀ a b c d, f (g a b) (g c d) = g (f a c) (f b d)) (a b : Nat) : f a b = g a b := by
  have h := exchange a e e b
  rw [g_right, g_left, f_right, f_left] at h
  exact h

theorem and_then_they_commute (f : Nat → Nat → Nat) (e : Nat) (f_left : ∀ x, f e x = x) (f_right : ∀ x, f x e = x)
    (exchange : ∀ a b c d, f (f a b) (f c d) = f (f a c) (f b d)) (a b : Nat) : f a b = f b a := by
  have h := exchange e a b e
  rw [f_left, f_right, f_left, f_right] at h
  exact h
