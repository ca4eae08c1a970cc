/-
Small theorems, at least one for each tactic and form of proof that the core library must support. A heading names the
tactic; `tests/test_lean_core.py` compiles the whole and looks for errors below each heading.
-/

/-! ### intro -/
theorem intro_one (p : Prop) : p → p := by intro h; exact h
theorem intro_several (p q : Prop) : p → q → p := by
  intro hp _
  exact hp
theorem intro_pattern (p q : Prop) : p ∧ q → q := by
  intro ⟨_, hq⟩
  exact hq

/-! ### intros -/
theorem intros_all (p q : Prop) : p → q → p := by intros; assumption
theorem intros_named (p q : Prop) : p → q → q := by intros hp hq; exact hq

/-! ### exact -/
theorem exact_term (p q : Prop) (h : p → q) (hp : p) : q := by exact h hp

/-! ### apply -/
theorem apply_chain (p q r : Prop) (h : p → q → r) (hp : p) (hq : q) : r := by
  apply h
  · exact hp
  · exact hq
theorem apply_law (a b : Nat) (h : a ≤ b) : a + 1 ≤ b + 1 := by
  apply Nat.succ_le_succ
  assumption

/-! ### refine -/
theorem refine_holes (p q : Prop) (hp : p) (hq : q) : p ∧ q := by
  refine ⟨?_, ?_⟩
  · exact hp
  · exact hq
theorem refine_named (p q : Prop) (hp : p) (hq : q) : p ∧ q := by
  refine ⟨?first, ?second⟩
  case second => exact hq
  case first => exact hp

/-! ### constructor -/
theorem constructor_and (p q : Prop) (hp : p) (hq : q) : p ∧ q := by constructor <;> assumption
theorem constructor_iff (p q : Prop) : p ∧ q ↔ q ∧ p := by
  constructor
  · intro h; exact ⟨h.2, h.1⟩
  · intro h; exact ⟨h.2, h.1⟩

/-! ### left -/
theorem left_or (p q : Prop) (hp : p) : p ∨ q := by left; exact hp

/-! ### right -/
theorem right_or (p q : Prop) (hq : q) : p ∨ q := by right; exact hq

/-! ### cases -/
theorem cases_or (p q : Prop) (h : p ∨ q) : q ∨ p := by
  cases h with
  | inl hp => exact Or.inr hp
  | inr hq => exact Or.inl hq
theorem cases_nat (n : Nat) (h : n ≠ 0) : ∃ m, n = m + 1 := by
  cases n with
  | zero => exact absurd rfl h
  | succ m => exact ⟨m, rfl⟩
theorem cases_equation (h : 1 = 2) : False := by cases h
theorem cases_variable (a b : Nat) (h : a = b) : b = a := by cases h; rfl
theorem cases_dot (b : Bool) : (b && true) = b := by
  cases b
  · rfl
  · rfl
theorem cases_remembered (n m : Nat) : n = m ∨ n ≠ m := by
  cases h : decide (n = m)
  · right; exact of_decide_eq_false h
  · left; exact of_decide_eq_true h
theorem cases_exists (p : Nat → Prop) (h : ∃ x, p x ∧ p (x + 1)) : ∃ x, p x := by
  cases h with
  | intro x hx => cases hx with
    | intro h₁ _ => exact ⟨x, h₁⟩

/-! ### rcases -/
theorem rcases_deep (p q r : Prop) (h : (p ∧ q) ∨ r) : q ∨ r := by
  rcases h with ⟨_, hq⟩ | hr
  · left; exact hq
  · right; exact hr
theorem rcases_rfl (n : Nat) (h : ∃ m, n = m + m) : ∃ k, n = k + k := by
  rcases h with ⟨m, rfl⟩
  exact ⟨m, rfl⟩

/-! ### rintro -/
theorem rintro_pair (p q : Prop) : p ∧ q → q ∧ p := by
  rintro ⟨hp, hq⟩
  exact ⟨hq, hp⟩
theorem rintro_or (p q : Prop) : p ∨ q → q ∨ p := by
  rintro (hp | hq)
  · exact Or.inr hp
  · exact Or.inl hq

/-! ### obtain -/
theorem obtain_pair (p q : Prop) (h : p ∧ q) : q := by
  obtain ⟨_, hq⟩ := h
  exact hq
theorem obtain_rfl (a b : Nat) (h : a ≤ b) : ∃ k, b = a + k := by
  obtain ⟨k, hk⟩ := Nat.le.dest h
  exact ⟨k, hk.symm⟩

/-! ### induction -/
theorem induction_nat (n : Nat) : 0 + n = n := by
  induction n with
  | zero => rfl
  | succ n ih => rw [← Nat.add_assoc, ih]
theorem induction_generalizing (n m : Nat) (h : n + m = 0) : n = 0 := by
  induction m generalizing n with
  | zero => exact h
  | succ m _ => exact absurd h (Nat.add_one_ne_zero _)
theorem induction_list (xs : List Nat) : xs ++ [] = xs := by
  induction xs with
  | nil => rfl
  | cons x xs ih => exact congrArg (x :: ·) ih
theorem induction_le (a b : Nat) (h : a ≤ b) : a ≤ b + 1 := by
  induction h with
  | refl => exact Nat.le_succ a
  | step _ ih => exact Nat.le_trans ih (Nat.le_succ _)
theorem induction_using (n : Nat) : n = 0 ∨ 0 < n := by
  induction n using Nat.strongRecOn with
  | _ n ih => exact Nat.eq_zero_or_pos n
theorem induction_shows_numerals (p : Nat → Prop) (h₀ : p 0) (h : ∀ n, p n → p (n + 1)) (n : Nat) : p n := by
  induction n with
  | zero => exact h₀
  | succ n ih => exact h n ih

/-! ### rw -/
theorem rw_several (a b c : Nat) (h : a = b) (h' : b = c) : a = c := by rw [h, h']
theorem rw_backwards (a b : Nat) (h : a = b) : b + 1 = a + 1 := by rw [← h]
theorem rw_law (a b c : Nat) : a + b + c = a + c + b := by rw [Nat.add_assoc, Nat.add_comm b, ← Nat.add_assoc]
theorem rw_at (a b : Nat) (p : Nat → Prop) (h : a = b) (hp : p a) : p b := by
  rw [h] at hp
  exact hp
theorem rw_iff (p q : Prop) : p ∧ q ↔ q ∧ p := by rw [and_comm]
theorem rw_definition (n : Nat) : id n = n := by rw [id]
theorem rwa_at (a b : Nat) (p : Nat → Prop) (h : a = b) (hp : p a) : p b := by rwa [h] at hp

/-! ### simp -/
theorem simp_alone (n : Nat) : n + 0 = 0 + n := by simp
theorem simp_hypothesis (n : Nat) (h : n = 3) : n + 1 = 4 := by simp [h]
theorem simp_only (a b c : Nat) : a + b + c = c + b + a := by simp only [Nat.add_comm, Nat.add_left_comm]
theorem simp_at (a b : Nat) (h : a = b ∧ True) : a = b := by
  simp at h
  exact h
theorem simp_contradiction (n : Nat) (h : n + 5 = 3) : False := by simp at h
theorem simp_offset (n m : Nat) (h : n + 2 = m + 2) : n = m := by simpa using h
theorem simp_if (n : Nat) (h : ¬n = 3) : (if n = 3 then 1 else 2) = 2 := by simp [h]
theorem simp_quantifiers (p q : Nat → Prop) : (¬∃ x, p x ∧ q x) ↔ ∀ x, p x → ¬q x := by simp
theorem simp_literals : 2 * 3 + 4 = 10 := by simp
theorem simp_star (a b : Nat) (h : a = b) (h' : b = 2) : a = 2 := by simp [*]
theorem simp_bool (a b : Bool) (h : (a && b) = true) : a = true := by
  simp at h
  exact h.1
def double (n : Nat) : Nat := n + n
theorem simp_unfold (n : Nat) : double n = n + n := by simp [double]
theorem simp_constructors (a b : Nat) (h : some a = some b) : b = a := by simp at h; exact h.symm

/-! ### simp_all -/
theorem simp_all_and (p q : Prop) (hp : p) (hq : q) : p ∧ q := by simp_all
theorem simp_all_equations (a b c : Nat) (h : a = b) (h' : b = c) : a = c := by simp_all

/-! ### decide -/
theorem decide_sum : 3 + 4 = 7 := by decide
theorem decide_power : 2 ^ 10 = 1024 := by decide
theorem decide_bounded : ∀ x, x < 5 → x * x < 20 := by decide
theorem decide_bounded_exists : ∃ x < 5, x * x = 16 := by decide
theorem decide_bool : ∀ a b : Bool, (a && b) = (b && a) := by decide
theorem decide_divides : 3 ∣ 12 ∧ ¬5 ∣ 12 := by decide
theorem decide_char : 'a' ≠ 'b' := by decide
theorem decide_list : [1, 2] ≠ [2, 1] := by decide

/-! ### rfl -/
theorem rfl_numbers : 3 * 4 = 12 := by rfl
theorem rfl_iff (p : Prop) : p ↔ p := by rfl
theorem rfl_le (n : Nat) : n ≤ n := by rfl
theorem rfl_term : 10 % 4 = 2 := rfl

/-! ### symm -/
theorem symm_eq (a b : Nat) (h : a = b) : b = a := by
  symm
  exact h
theorem symm_iff (p q : Prop) (h : p ↔ q) : q ↔ p := by
  symm
  exact h
theorem symm_ne (a b : Nat) (h : a ≠ b) : b ≠ a := by
  symm
  exact h
theorem symm_at (a b : Nat) (h : a = b) : b = a := by
  symm at h
  exact h

/-! ### exfalso -/
theorem exfalso_goal (p : Prop) (h : False) : p := by
  exfalso
  exact h

/-! ### contradiction -/
theorem contradiction_not (p q : Prop) (h : p) (hn : ¬p) : q := by contradiction
theorem contradiction_constructors (h : 1 = 2) : False := by contradiction
theorem contradiction_false (p : Prop) (h : False) : p := by contradiction
theorem contradiction_none (a : Nat) (h : some a = none) : False := by contradiction
theorem contradiction_ne (a : Nat) (h : a ≠ a) : False := by contradiction

/-! ### by_cases -/
theorem by_cases_classical (p : Prop) : p ∨ ¬p := by
  by_cases h : p
  · exact Or.inl h
  · exact Or.inr h
theorem by_cases_decidable (n : Nat) : (if n = 0 then 1 else 1) = 1 := by by_cases h : n = 0 <;> simp [h]

/-! ### calc -/
theorem calc_eq (a b c : Nat) (h : a = b) (h' : b = c) : a = c := calc
  a = b := h
  _ = c := h'
theorem calc_order (a b c d : Nat) (h : a ≤ b) (h' : b < c) (h'' : c = d) : a < d := by
  calc
    a ≤ b := h
    _ < c := h'
    _ = d := h''
theorem calc_iff (p q r : Prop) (h : p ↔ q) (h' : q ↔ r) : p ↔ r := calc
  p ↔ q := h
  _ ↔ r := h'
theorem calc_divides (a b c : Nat) (h : a ∣ b) (h' : b ∣ c) : a ∣ c := calc
  a ∣ b := h
  _ ∣ c := h'

/-! ### have -/
theorem have_step (p q r : Prop) (h : p → q) (h' : q → r) : p → r := by
  intro hp
  have hq : q := h hp
  exact h' hq
theorem have_pattern (p q : Prop) (h : p ∧ q) : p := by
  have ⟨hp, _⟩ := h
  exact hp
theorem have_by (n : Nat) : n + 1 ≠ 0 := by
  have h : 0 < n + 1 := by simp
  exact Nat.ne_of_gt h

/-! ### show -/
theorem show_goal (n : Nat) : Nat.succ n = n + 1 := by
  show n + 1 = n + 1
  rfl
theorem show_from (p : Prop) (hp : p) : p := show p from hp

/-! ### suffices -/
theorem suffices_by (p q : Prop) (h : p → q) (hp : p) : q := by
  suffices h' : p by exact h h'
  exact hp
theorem suffices_from (p q : Prop) (h : p → q) (hp : p) : q := by
  suffices h' : p from h h'
  exact hp

/-! ### exists -/
theorem exists_number : ∃ n : Nat, n + 2 = 5 := by exists 3
theorem exists_two : ∃ n m : Nat, n + m = 5 := by exists 2, 3
theorem exists_anonymous : ∃ n : Nat, n * n = 16 := ⟨4, rfl⟩

/-! ### funext -/
theorem funext_values (f g : Nat → Nat) (h : ∀ x, f x = g x) : f = g := by
  funext x
  exact h x

/-! ### ext -/
theorem ext_functions (f g : Nat → Nat → Nat) (h : ∀ x y, f x y = g x y) : f = g := by
  ext x y
  exact h x y
theorem ext_pairs (p q : Nat × Nat) (h : p.1 = q.1) (h' : p.2 = q.2) : p = q := by
  ext
  · exact h
  · exact h'

/-! ### match -/
theorem match_tactic (n : Nat) : n = 0 ∨ 0 < n := by
  match n with
  | 0 => left; rfl
  | n + 1 => right; exact Nat.succ_pos n
theorem match_term (p q : Prop) (h : p ∨ q) : q ∨ p :=
  match h with
  | .inl hp => .inr hp
  | .inr hq => .inl hq
theorem match_arms : (p q : Prop) → p ∧ q → q ∧ p
  | _, _, ⟨hp, hq⟩ => ⟨hq, hp⟩

theorem match_number : ∀ n : Nat, n = 0 ∨ n = 5 ∨ n ≤ n
  | 0 => Or.inl rfl
  | 5 => Or.inr (Or.inl rfl)
  | n => Or.inr (Or.inr (Nat.le_refl n))
theorem match_text (s : String) : s = "a" ∨ s = s :=
  match s with
  | "a" => Or.inl rfl
  | _ => Or.inr rfl
theorem match_character (c : Char) : c = 'a' ∨ c = c := by
  match c with
  | 'a' => exact Or.inl rfl
  | _ => exact Or.inr rfl

/-! ### injection -/
theorem injection_succ (a b : Nat) (h : Nat.succ a = Nat.succ b) : a = b := by injection h
theorem injection_cons (a b : Nat) (xs ys : List Nat) (h : a :: xs = b :: ys) : xs = ys := by
  injection h with _ h
theorem injection_some (a b : Nat) (h : some a = some b) : a = b := by injection h

/-! ### subst -/
theorem subst_variable (a b : Nat) (h : a = b) : b + 0 = a := by
  subst h
  rfl

/-! ### unfold -/
theorem unfold_definition (n : Nat) : double n = n + n := by unfold double; rfl

/-! ### split -/
theorem split_if (n : Nat) : (if n = n then 1 else 2) = 1 := by
  split
  · rfl
  · contradiction
theorem split_match (n : Nat) : (match n with | 0 => 1 | k + 1 => k + 1) > 0 := by
  split
  · decide
  · exact Nat.succ_pos _
theorem split_at (p q : Prop) [Decidable p] (h : if p then q else False) : q := by
  split at h
  · exact h
  · exact h.elim
theorem split_numbers (n : Nat) (h : (match n with | 0 => 1 | 5 => 2 | _ => 3) = 2) : n = 5 := by
  split at h
  · contradiction
  · rfl
  · contradiction
theorem split_text (s : String) : (match s with | "a" => 1 | _ => 2) > 0 := by split <;> decide

/-! ### <;> -/
theorem then_all (p q : Prop) (hp : p) (hq : q) : p ∧ q ∧ p := by
  refine ⟨?_, ?_, ?_⟩ <;> assumption
theorem then_twice (a b : Bool) : (a || b) = (b || a) := by cases a <;> cases b <;> rfl

/-! ### first -/
theorem first_that_works (p q : Prop) (hq : q) : p ∨ q := by
  first
  | exact Or.inl (by assumption)
  | exact Or.inr hq

/-! ### try -/
theorem try_and_go_on (p : Prop) (hp : p) : p := by
  try contradiction
  exact hp

/-! ### repeat -/
theorem repeat_constructor (p : Prop) (hp : p) : p ∧ p ∧ p := by
  repeat first | exact hp | constructor
theorem repeat_intro (p q r : Prop) : p → q → r → p := by
  repeat intro
  assumption

/-! ### all_goals -/
theorem all_goals_close (p q : Prop) (hp : p) (hq : q) : p ∧ q := by
  constructor
  all_goals assumption

/-! ### any_goals -/
theorem any_goals_close (p q : Prop) (hp : p) (hq : q) : p ∧ q := by
  constructor
  any_goals exact hp
  exact hq

/-! ### assumption -/
theorem assumption_found (p q : Prop) (_ : p) (_ : q) : p := by assumption

/-! ### next, case, rename_i -/
theorem next_and_rename (p q : Prop) : p → q → q ∧ p := by
  intros
  rename_i hp hq
  constructor
  next => exact hq
  case right => exact hp

/-! ### specialize -/
theorem specialize_hypothesis (p : Nat → Prop) (h : ∀ n, p n) : p 3 := by
  specialize h 3
  exact h

/-! ### generalize -/
theorem generalize_term (a b : Nat) : (a + b) * 0 = 0 := by
  generalize a + b = c
  exact Nat.mul_zero c

/-! ### revert -/
theorem revert_hypothesis (p q : Prop) (h : p → q) (hp : p) : q := by
  revert hp
  exact h

/-! ### congr -/
theorem congr_argument (f : Nat → Nat) (a b : Nat) (h : a = b) : f a = f b := by
  congr

/-! ### omega -/
theorem omega_linear (a b c : Nat) (h : a < b) (h' : b < c) : a + 1 < c := by omega
theorem omega_division (n : Nat) : n % 2 < 2 := by omega

/-! ### ac_rfl -/
theorem ac_rfl_sum (a b c d : Nat) : a + b + c + d = d + (b + c) + a := by ac_rfl
theorem ac_rfl_sum_of_products (a b c d : Nat) : a * b + c * d = d * c + b * a := by ac_rfl
theorem ac_rfl_neutral (a b : Nat) : a + 0 + b = b + a := by ac_rfl
theorem ac_rfl_repeated (a b c : Nat) : max a (max b (max c b)) = max c (max b a) := by ac_rfl

/-! ### structural recursion -/
def triangle : Nat → Nat
  | 0 => 0
  | n + 1 => triangle n + (n + 1)
theorem recursion_computes : triangle 4 = 10 := rfl
theorem recursion_unfolds (n : Nat) : triangle (n + 1) = triangle n + (n + 1) := by rw [triangle]
theorem recursion_simp (n : Nat) : triangle (n + 1) = triangle n + (n + 1) := by simp [triangle]
def even : Nat → Bool
  | 0 => true
  | 1 => false
  | n + 2 => even n
theorem recursion_two_steps (n : Nat) : even (n + 2) = even n := by rw [even]
theorem recursion_proof : (n : Nat) → triangle n * 2 = n * (n + 1)
  | 0 => rfl
  | n + 1 => by rw [triangle, Nat.add_mul, recursion_proof n, Nat.mul_comm n, ← Nat.mul_add]

/-! ### classical logic -/
theorem double_negation (p : Prop) (h : ¬¬p) : p := Classical.byContradiction h
theorem de_morgan (p q : Prop) : ¬(p ∧ q) ↔ ¬p ∨ ¬q := Classical.not_and_iff_not_or_not
theorem excluded_middle (p : Prop) : p ∨ ¬p := Classical.em p
