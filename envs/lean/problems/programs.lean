/-
Small programs and machines that the task defines: what they compute, and why it is right.
-/

/-! level 2, lists -/

/-- A sum of numbers, as it is written. -/
inductive Term where
  | num : Nat → Term
  | plus : Term → Term → Term

/-- The number that a term stands for. -/
def eval : Term → Nat
  | .num n => n
  | .plus s t => eval s + eval t

/-- The number of numbers in a term. -/
def leaves : Term → Nat
  | .num _ => 1
  | .plus s t => leaves s + leaves t

theorem value_of_a_number (n : Nat) : eval (.num n) = n := by
  rfl

theorem value_of_a_sum_turned_around (s t : Term) : eval (.plus s t) = eval (.plus t s) := by
  show eval s + eval t = eval t + eval s
  rw [Nat.add_comm]

/-! level 3, lists -/

/-- The term with each sum turned around. -/
def turned : Term → Term
  | .num n => .num n
  | .plus s t => .plus (turned t) (turned s)

theorem turning_keeps_the_value (t : Term) : eval (turned t) = eval t := by
  induction t with
  | num n => rfl
  | plus s t ihs iht =>
    show eval (turned t) + eval (turned s) = eval s + eval t
    rw [ihs, iht, Nat.add_comm]

theorem a_term_has_a_leaf (t : Term) : leaves t ≠ 0 := by
  induction t with
  | num n =>
    intro h
    contradiction
  | plus s t ihs iht =>
    intro h
    cases ht : leaves t with
    | zero => exact iht ht
    | succ k =>
      have h' : leaves s + leaves t = 0 := h
      rw [ht] at h'
      contradiction

/-- A switch that is pressed at each `true`. -/
def switch : List Bool → Bool → Bool
  | [], b => b
  | true :: bs, b => switch bs (!b)
  | false :: bs, b => switch bs b

theorem an_untouched_switch (b : Bool) : switch [false, false] b = b := by
  rfl

theorem pressing_twice (bs : List Bool) (b : Bool) : switch (true :: true :: bs) b = switch bs b := by
  show switch bs (!(!b)) = switch bs b
  cases b <;> rfl

/-! level 4, lists -/

/-- The term with a number added to each of its leaves. -/
def raised (k : Nat) : Term → Term
  | .num n => .num (n + k)
  | .plus s t => .plus (raised k s) (raised k t)

theorem raising_by_zero (t : Term) : raised 0 t = t := by
  induction t with
  | num n => rfl
  | plus s t ihs iht =>
    show Term.plus (raised 0 s) (raised 0 t) = .plus s t
    rw [ihs, iht]

theorem raising_twice (j k : Nat) (t : Term) : raised k (raised j t) = raised (j + k) t := by
  induction t with
  | num n =>
    show Term.num (n + j + k) = .num (n + (j + k))
    rw [Nat.add_assoc]
  | plus s t ihs iht =>
    show Term.plus (raised k (raised j s)) (raised k (raised j t)) = .plus (raised (j + k) s) (raised (j + k) t)
    rw [ihs, iht]

theorem switches_in_a_row (as bs : List Bool) (b : Bool) : switch (as ++ bs) b = switch bs (switch as b) := by
  induction as generalizing b with
  | nil => rfl
  | cons a as ih =>
    cases a with
    | false => exact ih b
    | true => exact ih (!b)

theorem the_opposite_switch (bs : List Bool) (b : Bool) : switch bs (!b) = !switch bs b := by
  induction bs generalizing b with
  | nil => rfl
  | cons a bs ih =>
    cases a with
    | false => exact ih b
    | true => exact ih (!b)

/-! level 5, lists -/

/-- What a machine with a stack can do. -/
inductive Op where
  | push : Nat → Op
  | add : Op

/-- The stack after one operation; adding needs two numbers. -/
def step : Op → List Nat → List Nat
  | .push n, stack => n :: stack
  | .add, a :: b :: stack => (b + a) :: stack
  | .add, stack => stack

/-- The stack after a program. -/
def run : List Op → List Nat → List Nat
  | [], stack => stack
  | op :: ops, stack => run ops (step op stack)

/-- The program of a term. -/
def compile : Term → List Op
  | .num n => [.push n]
  | .plus s t => compile s ++ (compile t ++ [.add])

theorem programs_in_a_row (ps qs : List Op) (stack : List Nat) : run (ps ++ qs) stack = run qs (run ps stack) := by
  induction ps generalizing stack with
  | nil => rfl
  | cons p ps ih => exact ih (step p stack)

theorem the_compiler_is_right (t : Term) (stack : List Nat)
    (row : ∀ ps qs stack, run (ps ++ qs) stack = run qs (run ps stack)) :
    run (compile t) stack = eval t :: stack := by
  induction t generalizing stack with
  | num n => rfl
  | plus s t ihs iht =>
    show run (compile s ++ (compile t ++ [Op.add])) stack = (eval s + eval t) :: stack
    rw [row, ihs, row, iht]
    rfl

theorem a_program_is_longer_than_its_leaves (t : Term) : (compile t).length + 1 = 2 * leaves t := by
  induction t with
  | num n => rfl
  | plus s t ihs iht =>
    show (compile s ++ (compile t ++ [Op.add])).length + 1 = 2 * (leaves s + leaves t)
    rw [List.length_append, List.length_append, Nat.mul_add, ← ihs, ← iht, Nat.add_assoc, Nat.add_assoc,
      Nat.add_assoc, Nat.add_comm 1, Nat.add_assoc]
    rfl

/-- Whether a word of brackets closes what it opens, with `depth` open before it. -/
def balanced : List Bool → Nat → Bool
  | [], 0 => true
  | [], _ + 1 => false
  | true :: w, d => balanced w (d + 1)
  | false :: _, 0 => false
  | false :: w, d + 1 => balanced w d

theorem a_balanced_word_inside_is_passed_over (v w : List Bool) (d : Nat) (h : balanced v d = true) (e : Nat) :
    balanced (v ++ w) (d + e) = balanced w e := by
  induction v generalizing d with
  | nil =>
    cases d with
    | zero =>
      show balanced w (0 + e) = balanced w e
      rw [Nat.zero_add]
    | succ d => contradiction
  | cons b v ih =>
    cases b with
    | true =>
      show balanced (v ++ w) (d + e + 1) = balanced w e
      rw [Nat.add_right_comm]
      exact ih (d + 1) h
    | false =>
      cases d with
      | zero => contradiction
      | succ d =>
        show balanced (false :: (v ++ w)) (d + 1 + e) = balanced w e
        rw [Nat.add_right_comm d 1 e]
        exact ih d h

/-! level 5, facts -/

/-- The value of a list of bits, the lowest first. -/
def value : List Bool → Nat
  | [] => 0
  | false :: bs => value bs + value bs
  | true :: bs => value bs + value bs + 1

/-- The bits of the next number. -/
def increment : List Bool → List Bool
  | [] => [true]
  | false :: bs => true :: bs
  | true :: bs => false :: increment bs

theorem incrementing_adds_one (bs : List Bool) : value (increment bs) = value bs + 1 := by
  induction bs with
  | nil => rfl
  | cons b bs ih =>
    cases b with
    | false => rfl
    | true =>
      show value (increment bs) + value (increment bs) = value bs + value bs + 1 + 1
      rw [ih, ← Nat.add_assoc, Nat.add_right_comm (value bs) 1]
