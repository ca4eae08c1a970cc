/-
What `ac_rfl` builds its proofs from. Two expressions in an operation that is associative (and commutative, ...) are
equal if
they have the same normal form: their variables in a list, without neutral elements, sorted, without repetitions.
-/

namespace Lean.Data.AC

inductive Expr where
  | var (x : Nat)
  | op (lhs rhs : Expr)

structure Variable {α : Sort u} (op : α → α → α) : Type u where
  value : α
  neutral : Option (PLift (Std.LawfulIdentity op value))

structure Context (α : Sort u) where
  op : α → α → α
  assoc : Std.Associative op
  comm : Option (PLift (Std.Commutative op))
  idem : Option (PLift (Std.IdempotentOp op))
  vars : List (Variable op)
  arbitrary : α

/-! ### Expressions and normal forms -/

def pick {β : Type u} (other : β) : List β → Nat → β
  | .nil, _ => other
  | .cons v _, 0 => v
  | .cons _ vs, n + 1 => pick other vs n

def present {β : Type u} : Option β → Bool
  | none => false
  | some _ => true

def Context.var {α : Sort u} (ctx : Context α) (x : Nat) : Variable ctx.op := pick ⟨ctx.arbitrary, none⟩ ctx.vars x

def eval (α : Sort u) (ctx : Context α) : Expr → α
  | .var x => (ctx.var x).value
  | .op l r => ctx.op (eval α ctx l) (eval α ctx r)

def join : List Nat → List Nat → List Nat
  | .nil, ys => ys
  | .cons x xs, ys => .cons x (join xs ys)

def Expr.toList : Expr → List Nat
  | .var x => .cons x .nil
  | .op l r => join l.toList r.toList

def drop {α : Sort u} (ctx : Context α) : List Nat → List Nat
  | .nil => .nil
  | .cons x xs => cond (present (ctx.var x).neutral) (drop ctx xs) (.cons x (drop ctx xs))

def insert (x : Nat) : List Nat → List Nat
  | .nil => .cons x .nil
  | .cons y ys => cond (Nat.ble x y) (.cons x (.cons y ys)) (.cons y (insert x ys))

def sort : List Nat → List Nat
  | .nil => .nil
  | .cons x xs => insert x (sort xs)

def mergeFrom (x : Nat) : List Nat → List Nat
  | .nil => .cons x .nil
  | .cons y ys => cond (Nat.beq x y) (mergeFrom y ys) (.cons x (mergeFrom y ys))

def merge : List Nat → List Nat
  | .nil => .nil
  | .cons x xs => mergeFrom x xs

def same : List Nat → List Nat → Bool
  | .nil, .nil => true
  | .cons x xs, .cons y ys => Nat.beq x y && same xs ys
  | _, _ => false

def norm {α : Sort u} (ctx : Context α) (e : Expr) : List Nat :=
  let xs := drop ctx e.toList
  let xs := cond (present ctx.comm) (sort xs) xs
  cond (present ctx.idem) (merge xs) xs

/-! ### Their meaning: a value, or none for the empty list -/

inductive Lift (α : Sort u) : Type u where
  | unit : Lift α
  | val (a : α) : Lift α

def Lift.op {α : Sort u} (op : α → α → α) : Lift α → Lift α → Lift α
  | .unit, y => y
  | .val a, .unit => .val a
  | .val a, .val b => .val (op a b)

def mean {α : Sort u} (ctx : Context α) : List Nat → Lift α
  | .nil => .unit
  | .cons x xs => Lift.op ctx.op (.val (ctx.var x).value) (mean ctx xs)

section
variable {α : Sort u} (ctx : Context α)

theorem Lift.op_assoc (a b c : Lift α) :
    Lift.op ctx.op (Lift.op ctx.op a b) c = Lift.op ctx.op a (Lift.op ctx.op b c) := by
  cases a <;> cases b <;> cases c <;> first | rfl | exact congrArg Lift.val (ctx.assoc.assoc _ _ _)
theorem Lift.op_comm (h : Std.Commutative ctx.op) (a b : Lift α) : Lift.op ctx.op a b = Lift.op ctx.op b a := by
  cases a <;> cases b <;> first | rfl | exact congrArg Lift.val (h.comm _ _)
theorem Lift.op_left_comm (h : Std.Commutative ctx.op) (a b c : Lift α) :
    Lift.op ctx.op a (Lift.op ctx.op b c) = Lift.op ctx.op b (Lift.op ctx.op a c) := by
  rw [← op_assoc, op_comm ctx h a b, op_assoc]
theorem Lift.op_self (h : Std.IdempotentOp ctx.op) (a b : Lift α) :
    Lift.op ctx.op a (Lift.op ctx.op a b) = Lift.op ctx.op a b := by
  rw [← op_assoc]
  cases a with
  | unit => rfl
  | val a => exact congrArg (Lift.op ctx.op · b) (congrArg Lift.val (h.idempotent a))

theorem mean_join (xs ys : List Nat) : mean ctx (join xs ys) = Lift.op ctx.op (mean ctx xs) (mean ctx ys) := by
  induction xs with
  | nil => rfl
  | cons x xs ih => exact (congrArg _ ih).trans (Lift.op_assoc ctx _ _ _).symm
theorem mean_toList (e : Expr) : mean ctx e.toList = .val (eval α ctx e) := by
  induction e with
  | var x => rfl
  | op l r ihl ihr => exact (mean_join ctx _ _).trans (by rw [ihl, ihr]; rfl)
theorem mean_insert (h : Std.Commutative ctx.op) (x : Nat) (xs : List Nat) :
    mean ctx (insert x xs) = Lift.op ctx.op (.val (ctx.var x).value) (mean ctx xs) := by
  induction xs with
  | nil => rfl
  | cons y ys ih =>
    rw [insert]
    cases Nat.ble x y with
    | true => rfl
    | false => exact (congrArg _ ih).trans (Lift.op_left_comm ctx h _ _ _)
theorem mean_sort (h : Std.Commutative ctx.op) (xs : List Nat) : mean ctx (sort xs) = mean ctx xs := by
  induction xs with
  | nil => rfl
  | cons x xs ih => exact (mean_insert ctx h x (sort xs)).trans (congrArg _ ih)
theorem mean_mergeFrom (h : Std.IdempotentOp ctx.op) (x : Nat) (xs : List Nat) :
    mean ctx (mergeFrom x xs) = mean ctx (.cons x xs) := by
  induction xs generalizing x with
  | nil => rfl
  | cons y ys ih =>
    rw [mergeFrom]
    cases e : Nat.beq x y with
    | true =>
      have e := Nat.eq_of_beq_eq_true e
      subst e
      exact (ih x).trans (Lift.op_self ctx h _ _).symm
    | false => exact congrArg (Lift.op ctx.op (.val (ctx.var x).value)) (ih y)
theorem mean_merge (h : Std.IdempotentOp ctx.op) (xs : List Nat) : mean ctx (merge xs) = mean ctx xs := by
  cases xs with
  | nil => rfl
  | cons x xs => exact mean_mergeFrom ctx h x xs

/-- The empty list read as a neutral element. -/
def fill (e : α) : Lift α → Lift α
  | .unit => .val e
  | .val a => .val a

theorem neutral_of_present {x : Nat} (h : present (ctx.var x).neutral = true) :
    Std.LawfulIdentity ctx.op (ctx.var x).value := by
  cases e : (ctx.var x).neutral with
  | none => rw [e] at h; cases h
  | some n => exact n.down

theorem fill_drop (e : α) (h : Std.LawfulIdentity ctx.op e) (xs : List Nat) :
    fill e (mean ctx (drop ctx xs)) = fill e (mean ctx xs) := by
  induction xs with
  | nil => rfl
  | cons x xs ih =>
    rw [drop, mean]
    cases hx : present (ctx.var x).neutral with
    | true =>
      have hn := neutral_of_present ctx hx
      have he : e = (ctx.var x).value := (hn.right_id e).symm.trans (h.left_id _)
      rw [cond_true, ih, ← he]
      cases mean ctx xs with
      | unit => rfl
      | val a => exact congrArg Lift.val (h.left_id a).symm
    | false =>
      rw [cond_false, mean]
      cases h₁ : mean ctx (drop ctx xs) <;> cases h₂ : mean ctx xs <;> rw [h₁, h₂] at ih
      · cases ih; exact congrArg Lift.val (h.right_id _).symm
      · cases ih; exact congrArg Lift.val (h.right_id _)
      · cases ih; rfl

theorem drop_none (h : ∀ x, present (ctx.var x).neutral = false) (xs : List Nat) : drop ctx xs = xs := by
  induction xs with
  | nil => rfl
  | cons x xs ih => rw [drop, h x, cond_false, ih]

theorem mean_norm (e : Expr) : mean ctx (norm ctx e) = mean ctx (drop ctx e.toList) := by
  rw [norm]
  have hc (xs : List Nat) : mean ctx (cond (present ctx.comm) (sort xs) xs) = mean ctx xs := by
    cases h : ctx.comm with
    | none => rfl
    | some c => exact mean_sort ctx c.down xs
  have hi (xs : List Nat) : mean ctx (cond (present ctx.idem) (merge xs) xs) = mean ctx xs := by
    cases h : ctx.idem with
    | none => rfl
    | some c => exact mean_merge ctx c.down xs
  exact (hi _).trans (hc _)

theorem eq_of_same : (xs ys : List Nat) → same xs ys = true → xs = ys
  | .nil, .nil, _ => rfl
  | .cons x xs, .cons y ys, h => by
    have ⟨hx, hs⟩ := Bool.and_eq_true_iff.mp h
    rw [Nat.eq_of_beq_eq_true hx, eq_of_same xs ys hs]
  | .nil, .cons _ _, h => nomatch h
  | .cons _ _, .nil, h => nomatch h

theorem Context.eq_of_norm (a b : Expr) (h : same (norm ctx a) (norm ctx b) = true) : eval α ctx a = eval α ctx b := by
  have h : mean ctx (drop ctx a.toList) = mean ctx (drop ctx b.toList) := by
    rw [← mean_norm, ← mean_norm, eq_of_same _ _ h]
  by_cases hn : ∃ x, present (ctx.var x).neutral = true
  · obtain ⟨x, hx⟩ := hn
    have e := congrArg (fill (ctx.var x).value) h
    have law := neutral_of_present ctx hx
    rw [fill_drop ctx _ law, fill_drop ctx _ law, mean_toList, mean_toList] at e
    injection e
  · have hn : ∀ x, present (ctx.var x).neutral = false := fun x => Bool.eq_false_of_ne_true fun hx => hn ⟨x, hx⟩
    rw [drop_none ctx hn, drop_none ctx hn, mean_toList, mean_toList] at h
    injection h

end

end Lean.Data.AC
