/-
Lists: the functions, each by recursion on the list or the number that shrinks, membership, and what can be decided
about lists. The laws follow in the next files.
-/

namespace List

/-! ### Building and joining -/

def length {α : Type u} : List α → Nat
  | [] => 0
  | _ :: xs => length xs + 1

protected def append {α : Type u} : (xs ys : List α) → List α
  | [], ys => ys
  | x :: xs, ys => x :: List.append xs ys

instance instAppend {α : Type u} : Append (List α) := ⟨List.append⟩
instance instInhabited {α : Type u} : Inhabited (List α) := ⟨[]⟩
instance instEmptyCollection {α : Type u} : EmptyCollection (List α) := ⟨[]⟩

def singleton {α : Type u} (a : α) : List α := [a]

def concat {α : Type u} : List α → α → List α
  | [], a => [a]
  | x :: xs, a => x :: concat xs a

def reverseAux {α : Type u} : List α → List α → List α
  | [], ys => ys
  | x :: xs, ys => reverseAux xs (x :: ys)

/-- The elements in the opposite order, moved one by one to the front of another list. -/
def reverse {α : Type u} (xs : List α) : List α := reverseAux xs []

def flatten {α : Type u} : List (List α) → List α
  | [] => []
  | xs :: xss => xs ++ flatten xss

def replicate {α : Type u} : (n : Nat) → (a : α) → List α
  | 0, _ => []
  | n + 1, a => a :: replicate n a

def range.loop : Nat → List Nat → List Nat
  | 0, ns => ns
  | n + 1, ns => loop n (n :: ns)

/-- The numbers below `n`: `[0, 1, ..., n - 1]`. -/
def range (n : Nat) : List Nat := range.loop n []

/-- `len` numbers from `start` on: `[start, start + step, ...]`. -/
def range' : (start len : Nat) → (step : Nat := 1) → List Nat
  | _, 0, _ => []
  | s, n + 1, step => s :: range' (s + step) n step

/-! ### Maps, filters and folds -/

def map {α : Type u} {β : Type v} (f : α → β) : (xs : List α) → List β
  | [] => []
  | x :: xs => f x :: map f xs

def flatMap {α : Type u} {β : Type v} (f : α → List β) (xs : List α) : List β := flatten (map f xs)

def filter {α : Type u} (p : α → Bool) : (xs : List α) → List α
  | [] => []
  | x :: xs => match p x with
    | true => x :: filter p xs
    | false => filter p xs

def filterMap {α : Type u} {β : Type v} (f : α → Option β) : List α → List β
  | [] => []
  | x :: xs => match f x with
    | none => filterMap f xs
    | some y => y :: filterMap f xs

def foldl {α : Type u} {β : Type v} (f : α → β → α) : (init : α) → List β → α
  | a, [] => a
  | a, x :: xs => foldl f (f a x) xs

def foldr {α : Type u} {β : Type v} (f : α → β → β) (init : β) : (xs : List α) → β
  | [] => init
  | x :: xs => f x (foldr f init xs)

def zipWith {α : Type u} {β : Type v} {γ : Type w} (f : α → β → γ) : (xs : List α) → (ys : List β) → List γ
  | x :: xs, y :: ys => f x y :: zipWith f xs ys
  | _, _ => []

def zip {α : Type u} {β : Type v} : List α → List β → List (α × β) := zipWith Prod.mk

def unzip {α : Type u} {β : Type v} : (xs : List (α × β)) → List α × List β
  | [] => ([], [])
  | (a, b) :: xs => (a :: (unzip xs).1, b :: (unzip xs).2)

def all {α : Type u} : List α → (α → Bool) → Bool
  | [], _ => true
  | x :: xs, p => p x && all xs p

def any {α : Type u} : List α → (α → Bool) → Bool
  | [], _ => false
  | x :: xs, p => p x || any xs p

def and (bs : List Bool) : Bool := bs.all id
def or (bs : List Bool) : Bool := bs.any id

protected def sum {α : Type u} [Add α] [OfNat α (nat_lit 0)] : List α → α := foldr (· + ·) 0
protected def prod {α : Type u} [Mul α] [OfNat α (nat_lit 1)] : List α → α := foldr (· * ·) 1

/-! ### Parts -/

def isEmpty {α : Type u} : List α → Bool
  | [] => true
  | _ :: _ => false

def head? {α : Type u} : List α → Option α
  | [] => none
  | x :: _ => some x

def headD {α : Type u} : (xs : List α) → (fallback : α) → α
  | [], a => a
  | x :: _, _ => x

def head {α : Type u} : (xs : List α) → xs ≠ [] → α
  | [], h => absurd rfl h
  | x :: _, _ => x

def tail {α : Type u} : List α → List α
  | [] => []
  | _ :: xs => xs

def tail? {α : Type u} : List α → Option (List α)
  | [] => none
  | _ :: xs => some xs

def getLast {α : Type u} : (xs : List α) → xs ≠ [] → α
  | [], h => absurd rfl h
  | [x], _ => x
  | _ :: y :: xs, _ => getLast (y :: xs) (fun h => by cases h)

def getLast? {α : Type u} : List α → Option α
  | [] => none
  | x :: xs => some (getLast (x :: xs) (fun h => by cases h))

def getLastD {α : Type u} : (xs : List α) → (fallback : α) → α
  | [], a => a
  | x :: xs, _ => getLast (x :: xs) (fun h => by cases h)

def dropLast {α : Type u} : List α → List α
  | [] => []
  | [_] => []
  | x :: y :: xs => x :: dropLast (y :: xs)

def take {α : Type u} : (n : Nat) → (xs : List α) → List α
  | 0, _ => []
  | _ + 1, [] => []
  | n + 1, x :: xs => x :: take n xs

def drop {α : Type u} : (n : Nat) → (xs : List α) → List α
  | 0, xs => xs
  | _ + 1, [] => []
  | n + 1, _ :: xs => drop n xs

def takeWhile {α : Type u} (p : α → Bool) : (xs : List α) → List α
  | [] => []
  | x :: xs => match p x with
    | true => x :: takeWhile p xs
    | false => []

def dropWhile {α : Type u} (p : α → Bool) : List α → List α
  | [] => []
  | x :: xs => match p x with
    | true => dropWhile p xs
    | false => x :: xs

def find? {α : Type u} (p : α → Bool) : List α → Option α
  | [] => none
  | x :: xs => match p x with
    | true => some x
    | false => find? p xs

/-- The element at a position. The front end refers to it in proofs that two string literals differ. -/
def get!Internal {α : Type u} [Inhabited α] : (xs : List α) → Nat → α
  | [], _ => default
  | x :: _, 0 => x
  | _ :: xs, n + 1 => get!Internal xs n

/-! ### Elements, found by `==` -/

def elem {α : Type u} [BEq α] (a : α) : (xs : List α) → Bool
  | [] => false
  | x :: xs => match a == x with
    | true => true
    | false => elem a xs

abbrev contains {α : Type u} [BEq α] (xs : List α) (a : α) : Bool := elem a xs

def countP {α : Type u} (p : α → Bool) : List α → Nat
  | [] => 0
  | x :: xs => match p x with
    | true => countP p xs + 1
    | false => countP p xs

def count {α : Type u} [BEq α] (a : α) : List α → Nat := countP (· == a)

protected def erase {α : Type u} [BEq α] : List α → α → List α
  | [], _ => []
  | x :: xs, a => match x == a with
    | true => xs
    | false => x :: List.erase xs a

protected def insert {α : Type u} [BEq α] (a : α) (xs : List α) : List α := if xs.elem a then xs else a :: xs

def lookup {α : Type u} {β : Type v} [BEq α] : α → List (α × β) → Option β
  | _, [] => none
  | a, (k, b) :: xs => match a == k with
    | true => some b
    | false => lookup a xs

protected def beq {α : Type u} [BEq α] : List α → List α → Bool
  | [], [] => true
  | x :: xs, y :: ys => x == y && List.beq xs ys
  | _, _ => false

instance instBEq {α : Type u} [BEq α] : BEq (List α) := ⟨List.beq⟩

/-! ### Membership and relations -/

inductive Mem {α : Type u} (a : α) : List α → Prop where
  | head (xs : List α) : Mem a (a :: xs)
  | tail (b : α) {xs : List α} : Mem a xs → Mem a (b :: xs)

instance instMembership {α : Type u} : Membership α (List α) := ⟨fun xs a => Mem a xs⟩

protected def Subset {α : Type u} (xs ys : List α) : Prop := ∀ ⦃a : α⦄, a ∈ xs → a ∈ ys

instance instHasSubset {α : Type u} : HasSubset (List α) := ⟨List.Subset⟩

def IsPrefix {α : Type u} (xs ys : List α) : Prop := ∃ t, xs ++ t = ys
def IsSuffix {α : Type u} (xs ys : List α) : Prop := ∃ t, t ++ xs = ys

inductive Sublist {α : Type u} : List α → List α → Prop where
  | slnil : Sublist [] []
  | cons {xs ys : List α} (a : α) : Sublist xs ys → Sublist xs (a :: ys)
  | cons_cons {xs ys : List α} (a : α) : Sublist xs ys → Sublist (a :: xs) (a :: ys)

/-- Every element stands in relation `R` to every later one. -/
inductive Pairwise {α : Type u} (R : α → α → Prop) : List α → Prop where
  | nil : Pairwise R []
  | cons {a : α} {xs : List α} : (∀ a', a' ∈ xs → R a a') → Pairwise R xs → Pairwise R (a :: xs)

/-- No element occurs twice. -/
def Nodup {α : Type u} (xs : List α) : Prop := Pairwise (fun a b => a ≠ b) xs

/-- The same elements equally often, in any order. -/
inductive Perm {α : Type u} : List α → List α → Prop where
  | nil : Perm [] []
  | cons (x : α) {xs ys : List α} : Perm xs ys → Perm (x :: xs) (x :: ys)
  | swap (x y : α) (xs : List α) : Perm (y :: x :: xs) (x :: y :: xs)
  | trans {xs ys zs : List α} : Perm xs ys → Perm ys zs → Perm xs zs

/-! ### What can be decided -/

protected def hasDecEq {α : Type u} [DecidableEq α] : (xs ys : List α) → Decidable (xs = ys)
  | [], [] => isTrue rfl
  | [], _ :: _ => isFalse (fun h => by cases h)
  | _ :: _, [] => isFalse (fun h => by cases h)
  | x :: xs, y :: ys =>
    match decEq x y, List.hasDecEq xs ys with
    | isTrue h, isTrue hs => isTrue (by rw [h, hs])
    | isFalse h, _ => isFalse (fun e => h (by injection e))
    | isTrue _, isFalse hs => isFalse (fun e => hs (by injection e))

instance instDecidableEq {α : Type u} [DecidableEq α] : DecidableEq (List α) := List.hasDecEq

theorem not_mem_nil' {α : Type u} {a : α} (h : a ∈ ([] : List α)) : False := by cases h
theorem mem_cons_iff' {α : Type u} {a b : α} {xs : List α} : a ∈ b :: xs ↔ a = b ∨ a ∈ xs :=
  ⟨fun h => match h with
    | .head _ => .inl rfl
    | .tail _ h => .inr h,
   fun h => match h with
    | .inl e => e ▸ .head _
    | .inr h => .tail _ h⟩

instance instDecidableMemOfDecidableEq {α : Type u} [DecidableEq α] (a : α) : (xs : List α) → Decidable (a ∈ xs)
  | [] => isFalse not_mem_nil'
  | x :: xs =>
    match decEq a x, instDecidableMemOfDecidableEq a xs with
    | isTrue h, _ => isTrue (mem_cons_iff'.mpr (.inl h))
    | isFalse _, isTrue hs => isTrue (.tail _ hs)
    | isFalse h, isFalse hs => isFalse (fun e => Or.elim (mem_cons_iff'.mp e) h hs)

instance decidableBAll {α : Type u} (p : α → Prop) [DecidablePred p] : (xs : List α) → Decidable (∀ x, x ∈ xs → p x)
  | [] => isTrue (fun _ h => (not_mem_nil' h).elim)
  | x :: xs =>
    match (inferInstance : Decidable (p x)), decidableBAll p xs with
    | isTrue h, isTrue hs => isTrue (fun _ e => Or.elim (mem_cons_iff'.mp e) (fun e => e ▸ h) (hs _))
    | isFalse h, _ => isFalse (fun e => h (e _ (.head _)))
    | isTrue _, isFalse hs => isFalse (fun e => hs (fun _ h => e _ (.tail _ h)))

instance decidableBEx {α : Type u} (p : α → Prop) [DecidablePred p] : (xs : List α) → Decidable (∃ x, x ∈ xs ∧ p x)
  | [] => isFalse (fun ⟨_, h, _⟩ => not_mem_nil' h)
  | x :: xs =>
    match (inferInstance : Decidable (p x)), decidableBEx p xs with
    | isTrue h, _ => isTrue ⟨x, .head _, h⟩
    | isFalse _, isTrue hs => isTrue (hs.elim (fun a h => ⟨a, .tail _ h.1, h.2⟩))
    | isFalse h, isFalse hs => isFalse (fun ⟨a, ha, hp⟩ =>
        Or.elim (mem_cons_iff'.mp ha) (fun e => h (e ▸ hp)) (fun ha => hs ⟨a, ha, hp⟩))

instance {α : Type u} (xs : List α) : Decidable (xs = []) :=
  match xs with
  | [] => isTrue rfl
  | _ :: _ => isFalse (fun h => by cases h)

end List
