/-
Lists, words and trees with functions that the task defines itself.
-/

/-! level 1, lists -/

/-- A list with an element put behind its last. -/
def snoc : List Nat → Nat → List Nat
  | [], a => [a]
  | x :: xs, a => x :: snoc xs a

theorem snoc_onto_nothing (a : Nat) : snoc [] a = [a] := by
  rfl

/-- The sum of the elements. -/
def total : List Nat → Nat
  | [] => 0
  | x :: xs => x + total xs

theorem total_of_three : total [3, 4, 5] = 12 := by
  rfl

/-- A binary tree with numbers in its inner nodes. -/
inductive Tree where
  | leaf : Tree
  | node : Tree → Nat → Tree → Tree

/-- The same tree seen in a mirror. -/
def mirror : Tree → Tree
  | .leaf => .leaf
  | .node l a r => .node (mirror r) a (mirror l)

/-- The number of inner nodes. -/
def size : Tree → Nat
  | .leaf => 0
  | .node l _ r => size l + 1 + size r

theorem mirror_of_a_leaf : mirror .leaf = .leaf := by
  rfl

theorem mirror_of_a_small_tree (a b : Nat) :
    mirror (.node (.node .leaf a .leaf) b .leaf) = .node .leaf b (.node .leaf a .leaf) := by
  rfl

theorem a_leaf_is_not_a_node (l r : Tree) (a : Nat) : Tree.leaf ≠ Tree.node l a r := by
  intro h
  contradiction

/-! level 2, lists -/

theorem total_of_one_more (a : Nat) (xs : List Nat) : total (a :: xs) = total xs + a := by
  show a + total xs = total xs + a
  rw [Nat.add_comm]

theorem snoc_is_never_empty (xs : List Nat) (a : Nat) : snoc xs a ≠ [] := by
  cases xs with
  | nil =>
    intro h
    contradiction
  | cons x xs =>
    intro h
    contradiction

theorem nodes_with_equal_numbers (l r l' r' : Tree) (a b : Nat) (h : Tree.node l a r = Tree.node l' b r') : a = b := by
  injection h

theorem mirror_of_a_symmetric_tree (t : Tree) (a : Nat) (h : mirror t = t) : mirror (.node t a t) = .node t a t := by
  show Tree.node (mirror t) a (mirror t) = .node t a t
  rw [h]

theorem size_of_a_node_with_leaves (a : Nat) : size (.node .leaf a .leaf) = 1 := by
  rfl

/-- Every element once more. -/
def stutter : List Nat → List Nat
  | [] => []
  | x :: xs => x :: x :: stutter xs

theorem stuttering_two (a b : Nat) : stutter [a, b] = [a, a, b, b] := by
  rfl

theorem only_nothing_stutters_to_nothing (xs : List Nat) (h : stutter xs = []) : xs = [] := by
  cases xs with
  | nil => rfl
  | cons x xs => contradiction

/-! level 3, lists -/

theorem snoc_is_an_append (xs : List Nat) (a : Nat) : snoc xs a = xs ++ [a] := by
  induction xs with
  | nil => rfl
  | cons x xs ih =>
    show x :: snoc xs a = x :: (xs ++ [a])
    rw [ih]

theorem snoc_makes_one_longer (xs : List Nat) (a : Nat) : (snoc xs a).length = xs.length + 1 := by
  induction xs with
  | nil => rfl
  | cons x xs ih =>
    show (snoc xs a).length + 1 = xs.length + 1 + 1
    rw [ih]

theorem mirror_twice (t : Tree) : mirror (mirror t) = t := by
  induction t with
  | leaf => rfl
  | node l a r ihl ihr =>
    show Tree.node (mirror (mirror l)) a (mirror (mirror r)) = .node l a r
    rw [ihl, ihr]

/-- The elements of a list of lists in a row. -/
def flat : List (List Nat) → List Nat
  | [] => []
  | xs :: xss => xs ++ flat xss

theorem flat_of_one_list (xs : List Nat) : flat [xs] = xs := by
  show xs ++ [] = xs
  simp

/-- The numbers n, n - 1, ..., 1. -/
def countdown : Nat → List Nat
  | 0 => []
  | n + 1 => (n + 1) :: countdown n

theorem length_of_a_countdown (n : Nat) : (countdown n).length = n := by
  induction n with
  | zero => rfl
  | succ n ih =>
    show (countdown n).length + 1 = n + 1
    rw [ih]

/-- The list with a times the element. -/
def copies : Nat → Nat → List Nat
  | 0, _ => []
  | n + 1, a => a :: copies n a

theorem total_of_copies (n a : Nat) : total (copies n a) = n * a := by
  induction n with
  | zero =>
    show 0 = 0 * a
    simp
  | succ n ih =>
    show a + total (copies n a) = (n + 1) * a
    rw [ih, Nat.add_mul, Nat.one_mul, Nat.add_comm]

/-! level 4, lists -/

theorem total_of_an_append (xs ys : List Nat) : total (xs ++ ys) = total xs + total ys := by
  induction xs with
  | nil =>
    show total ys = 0 + total ys
    simp
  | cons x xs ih =>
    show x + total (xs ++ ys) = x + total xs + total ys
    rw [ih, Nat.add_assoc]

theorem stutter_doubles_the_length (xs : List Nat) : (stutter xs).length = 2 * xs.length := by
  induction xs with
  | nil => rfl
  | cons x xs ih =>
    show (stutter xs).length + 1 + 1 = 2 * (xs.length + 1)
    rw [ih]
    rfl

theorem stutter_of_an_append (xs ys : List Nat) : stutter (xs ++ ys) = stutter xs ++ stutter ys := by
  induction xs with
  | nil => rfl
  | cons x xs ih =>
    show x :: x :: stutter (xs ++ ys) = x :: x :: (stutter xs ++ stutter ys)
    rw [ih]

theorem a_mirror_keeps_the_size (t : Tree) : size (mirror t) = size t := by
  induction t with
  | leaf => rfl
  | node l a r ihl ihr =>
    show size (mirror r) + 1 + size (mirror l) = size l + 1 + size r
    rw [ihl, ihr, Nat.add_comm, Nat.add_comm (size r) 1, Nat.add_assoc]

theorem flat_of_an_append (xss yss : List (List Nat)) : flat (xss ++ yss) = flat xss ++ flat yss := by
  induction xss with
  | nil => rfl
  | cons xs xss ih =>
    show xs ++ flat (xss ++ yss) = xs ++ flat xss ++ flat yss
    rw [ih, List.append_assoc]

/-- The numbers of a tree from left to right. -/
def inorder : Tree → List Nat
  | .leaf => []
  | .node l a r => inorder l ++ a :: inorder r

theorem as_many_numbers_as_nodes (t : Tree) : (inorder t).length = size t := by
  induction t with
  | leaf => rfl
  | node l a r ihl ihr =>
    show (inorder l ++ a :: inorder r).length = size l + 1 + size r
    rw [List.length_append, List.length_cons, ihl, ihr, Nat.add_comm (size r) 1, Nat.add_assoc]

theorem mirror_is_injective (s t : Tree) (h : mirror s = mirror t) : s = t := by
  have twice : ∀ t, mirror (mirror t) = t := by
    intro t
    induction t with
    | leaf => rfl
    | node l a r ihl ihr =>
      show Tree.node (mirror (mirror l)) a (mirror (mirror r)) = .node l a r
      rw [ihl, ihr]
  rw [← twice s, h, twice]

/-! level 5, lists -/

/-- Reversal with an accumulator. -/
def reverseOnto : List Nat → List Nat → List Nat
  | [], acc => acc
  | x :: xs, acc => reverseOnto xs (x :: acc)

theorem the_accumulator_stands_behind (xs acc : List Nat) : reverseOnto xs acc = reverseOnto xs [] ++ acc := by
  induction xs generalizing acc with
  | nil => rfl
  | cons x xs ih =>
    show reverseOnto xs (x :: acc) = reverseOnto xs [x] ++ acc
    rw [ih (x :: acc), ih [x], List.append_assoc]
    rfl

theorem reversed_onto_nothing_twice (xs : List Nat) : reverseOnto (reverseOnto xs []) [] = xs := by
  have general : ∀ xs acc, reverseOnto (reverseOnto xs acc) [] = reverseOnto acc xs := by
    intro xs
    induction xs with
    | nil =>
      intro acc
      rfl
    | cons x xs ih =>
      intro acc
      exact ih (x :: acc)
  exact general xs []

/-- Reversal element by element. -/
def slowReverse : List Nat → List Nat
  | [] => []
  | x :: xs => slowReverse xs ++ [x]

theorem slow_reverse_of_an_append (xs ys : List Nat) : slowReverse (xs ++ ys) = slowReverse ys ++ slowReverse xs := by
  induction xs with
  | nil =>
    show slowReverse ys = slowReverse ys ++ []
    simp
  | cons x xs ih =>
    show slowReverse (xs ++ ys) ++ [x] = slowReverse ys ++ (slowReverse xs ++ [x])
    rw [ih, List.append_assoc]

theorem slow_reverse_twice (xs : List Nat) : slowReverse (slowReverse xs) = xs := by
  have last : ∀ xs a, slowReverse (xs ++ [a]) = a :: slowReverse xs := by
    intro xs a
    induction xs with
    | nil => rfl
    | cons x xs ih =>
      show slowReverse (xs ++ [a]) ++ [x] = a :: (slowReverse xs ++ [x])
      rw [ih]
      rfl
  induction xs with
  | nil => rfl
  | cons x xs ih =>
    show slowReverse (slowReverse xs ++ [x]) = x :: xs
    rw [last, ih]

theorem slow_and_fast_reverse_agree (xs : List Nat) : slowReverse xs = reverseOnto xs [] := by
  have general : ∀ xs acc, reverseOnto xs acc = slowReverse xs ++ acc := by
    intro xs
    induction xs with
    | nil =>
      intro acc
      rfl
    | cons x xs ih =>
      intro acc
      show reverseOnto xs (x :: acc) = slowReverse xs ++ [x] ++ acc
      rw [ih, List.append_assoc]
      rfl
  rw [general, List.append_nil]

theorem a_mirror_reverses_the_numbers (t : Tree) : inorder (mirror t) = (inorder t).reverse := by
  induction t with
  | leaf => rfl
  | node l a r ihl ihr =>
    show inorder (mirror r) ++ a :: inorder (mirror l) = (inorder l ++ a :: inorder r).reverse
    rw [ihl, ihr]
    simp

/-- Puts a number into a sorted list. -/
def insertSorted (a : Nat) : List Nat → List Nat
  | [] => [a]
  | x :: xs => if a ≤ x then a :: x :: xs else x :: insertSorted a xs

theorem insertion_makes_one_longer (a : Nat) (xs : List Nat) : (insertSorted a xs).length = xs.length + 1 := by
  induction xs with
  | nil => rfl
  | cons x xs ih =>
    unfold insertSorted
    split
    · rfl
    · rw [List.length_cons, List.length_cons, ih]

theorem insertion_adds_to_the_total (a : Nat) (xs : List Nat) : total (insertSorted a xs) = a + total xs := by
  induction xs with
  | nil => rfl
  | cons x xs ih =>
    unfold insertSorted
    split
    · rfl
    · show x + total (insertSorted a xs) = a + (x + total xs)
      rw [ih, ← Nat.add_assoc, Nat.add_comm x a, Nat.add_assoc]

/-- Every second element, beginning with the first. -/
def everySecond : List Nat → List Nat
  | [] => []
  | [x] => [x]
  | x :: _ :: xs => x :: everySecond xs

theorem every_second_of_a_stutter (xs : List Nat) : everySecond (stutter xs) = xs := by
  induction xs with
  | nil => rfl
  | cons x xs ih =>
    show x :: everySecond (stutter xs) = x :: xs
    rw [ih]

/-- A list and another, element by element in turn. -/
def interleave : List Nat → List Nat → List Nat
  | [], ys => ys
  | x :: xs, [] => x :: xs
  | x :: xs, y :: ys => x :: y :: interleave xs ys

theorem length_of_an_interleaving (xs ys : List Nat) : (interleave xs ys).length = xs.length + ys.length := by
  induction xs generalizing ys with
  | nil =>
    show ys.length = 0 + ys.length
    simp
  | cons x xs ih =>
    cases ys with
    | nil => rfl
    | cons y ys =>
      show (interleave xs ys).length + 1 + 1 = (xs.length + 1) + (ys.length + 1)
      rw [ih, Nat.add_right_comm xs.length 1, Nat.add_assoc xs.length]
