/-
Logic, equality and the first data types. No tactic exists yet, so every proof here is a term.
Names, argument orders and the shape of `Decidable` are what the binary looks up (see ../README.md).
-/
prelude
set_option linter.all false
set_option autoImplicit false
set_option genCtorIdx false

universe u v w x

/-! ### What the code generator looks up -/

unsafe axiom lcAny : Type
unsafe axiom lcErased : Type
unsafe axiom lcVoid : Type

/-! ### Functions and markers -/

@[inline] def id {α : Sort u} (a : α) : α := a
@[inline] def Function.comp {α : Sort u} {β : Sort v} {δ : Sort w} (f : β → δ) (g : α → β) : α → δ := fun a => f (g a)
@[inline] def Function.const {α : Sort u} (β : Sort v) (a : α) : β → α := fun _ => a
set_option checkBinderAnnotations false in
abbrev inferInstance {α : Sort u} [i : α] : α := i
@[reducible] def outParam (α : Sort u) : Sort u := α
@[reducible] def semiOutParam (α : Sort u) : Sort u := α
@[reducible] def optParam (α : Sort u) (default : α) : Sort u := α
/-- Tells the kernel to compute before it compares. -/
def eagerReduce {α : Sort u} (a : α) : α := a

/-! ### Units, truth, equality -/

set_option bootstrap.inductiveCheckResultingUniverse false in
inductive PUnit : Sort u where
  | unit : PUnit

abbrev Unit : Type := PUnit
@[match_pattern] abbrev Unit.unit : Unit := PUnit.unit

inductive True : Prop where
  | intro : True

inductive False : Prop

inductive Empty : Type

def Not (a : Prop) : Prop := a → False

@[macro_inline] def False.elim {C : Sort u} (h : False) : C := h.rec
@[macro_inline] def absurd {a : Prop} {b : Sort v} (h₁ : a) (h₂ : Not a) : b := (h₂ h₁).rec
@[macro_inline] def Empty.elim {C : Sort u} (h : Empty) : C := h.rec
theorem trivial : True := True.intro
theorem not_false : Not False := id

inductive Eq {α : Sort u} : α → α → Prop where
  | refl (a : α) : Eq a a

@[match_pattern] def rfl {α : Sort u} {a : α} : Eq a a := Eq.refl a
@[reducible] def namedPattern {α : Sort u} (x a : α) (h : Eq x a) : α := a

@[macro_inline] abbrev Eq.ndrec.{u1, u2} {α : Sort u2} {a : α} {motive : α → Sort u1} (m : motive a)
    {b : α} (h : Eq a b) : motive b :=
  h.rec m
theorem Eq.subst {α : Sort u} {motive : α → Prop} {a b : α} (h₁ : Eq a b) (h₂ : motive a) : motive b := h₁.rec h₂
theorem Eq.symm {α : Sort u} {a b : α} (h : Eq a b) : Eq b a := h.rec rfl
@[macro_inline] abbrev Eq.ndrec_symm.{u1, u2} {α : Sort u2} {a : α} {motive : α → Sort u1} (m : motive a)
    {b : α} (h : Eq b a) : motive b :=
  h.symm.rec m
theorem Eq.trans {α : Sort u} {a b c : α} (h₁ : Eq a b) (h₂ : Eq b c) : Eq a c := h₂.rec h₁
@[macro_inline] def cast {α β : Sort u} (h : Eq α β) (a : α) : β := h.rec a
@[macro_inline] def Eq.mp {α β : Sort u} (h : Eq α β) (a : α) : β := h.rec a
@[macro_inline] def Eq.mpr {α β : Sort u} (h : Eq α β) (b : β) : α := h.symm.rec b
theorem congrArg {α : Sort u} {β : Sort v} {a₁ a₂ : α} (f : α → β) (h : Eq a₁ a₂) : Eq (f a₁) (f a₂) := h.rec rfl
theorem congr {α : Sort u} {β : Sort v} {f₁ f₂ : α → β} {a₁ a₂ : α} (h₁ : Eq f₁ f₂) (h₂ : Eq a₁ a₂) :
    Eq (f₁ a₁) (f₂ a₂) := h₁.rec (h₂.rec rfl)
theorem congrFun {α : Sort u} {β : α → Sort v} {f g : (x : α) → β x} (h : Eq f g) (a : α) : Eq (f a) (g a) := h.rec rfl
theorem congrFun' {α : Sort u} {β : Sort v} {f g : α → β} (h : Eq f g) (a : α) : Eq (f a) (g a) := h.rec rfl

init_quot
axiom Quot.sound {α : Sort u} {r : α → α → Prop} {a b : α} (h : r a b) : Eq (Quot.mk r a) (Quot.mk r b)
unsafe axiom Quot.lcInv {α : Sort u} {r : α → α → Prop} (q : Quot r) : α
protected abbrev Quot.liftOn {α : Sort u} {β : Sort v} {r : α → α → Prop} (q : Quot r) (f : α → β)
    (c : (a b : α) → r a b → Eq (f a) (f b)) : β := Quot.lift f c q

theorem funext {α : Sort u} {β : α → Sort v} {f g : (x : α) → β x} (h : (x : α) → Eq (f x) (g x)) : Eq f g :=
  let eqv (f g : (x : α) → β x) := (x : α) → Eq (f x) (g x)
  let app (q : Quot eqv) (x : α) : β x := Quot.liftOn q (fun f => f x) (fun f g (h : eqv f g) => h x)
  congrArg (f := app) (Quot.sound (r := eqv) h)

inductive HEq : {α : Sort u} → α → {β : Sort u} → β → Prop where
  | refl {α : Sort u} (a : α) : HEq a a

@[match_pattern] protected def HEq.rfl {α : Sort u} {a : α} : HEq a a := HEq.refl a
theorem eq_of_heq {α : Sort u} {a a' : α} (h : HEq a a') : Eq a a' :=
  have general : {β : Sort u} → {b : β} → HEq a b → (p : Eq α β) → Eq (cast p a) b :=
    fun h => @HEq.rec α a (fun {β} b _ => (p : Eq α β) → Eq (cast p a) b) (fun (p : Eq α α) => @rfl α a) _ _ h
  general h rfl
theorem heq_of_eq {α : Sort u} {a a' : α} (h : Eq a a') : HEq a a' := h.rec (HEq.refl a)
theorem HEq.symm {α β : Sort u} {a : α} {b : β} (h : HEq a b) : HEq b a := h.rec (HEq.refl a)
noncomputable def HEq.homo_ndrec.{u1, u2} {α : Sort u2} {a : α} {motive : α → Sort u1} (m : motive a)
    {b : α} (h : HEq a b) :
    motive b := (eq_of_heq h).rec m
noncomputable def HEq.homo_ndrec_symm.{u1, u2} {α : Sort u2} {a : α} {motive : α → Sort u1} (m : motive a)
    {b : α} (h : HEq b a) :
    motive b := (eq_of_heq h.symm).rec m

/-! ### Pairs and connectives -/

structure Prod (α : Type u) (β : Type v) where
  fst : α
  snd : β

structure PProd (α : Sort u) (β : Sort v) where
  fst : α
  snd : β

structure MProd (α β : Type u) where
  fst : α
  snd : β

structure And (a b : Prop) : Prop where
  intro ::
  left : a
  right : b

inductive Or (a b : Prop) : Prop where
  | inl (h : a) : Or a b
  | inr (h : b) : Or a b

structure Iff (a b : Prop) : Prop where
  intro ::
  mp : a → b
  mpr : b → a

inductive Exists {α : Sort u} (p : α → Prop) : Prop where
  | intro (w : α) (h : p w) : Exists p

@[reducible] def Ne {α : Sort u} (a b : α) : Prop := Not (Eq a b)

axiom propext {a b : Prop} : Iff a b → Eq a b

/-! ### Booleans and decidability -/

inductive Bool : Type where
  | false : Bool
  | true : Bool

export Bool (false true)

@[macro_inline] def cond {α : Sort u} (c : Bool) (x y : α) : α :=
  match c with
  | true => x
  | false => y

@[macro_inline] protected def Bool.or (x y : Bool) : Bool :=
  match x with
  | true => true
  | false => y

@[macro_inline] protected def Bool.and (x y : Bool) : Bool :=
  match x with
  | false => false
  | true => y

@[inline] protected def Bool.not : Bool → Bool
  | true => false
  | false => true

@[inline] protected def Bool.xor : Bool → Bool → Bool
  | true, y => Bool.not y
  | false, y => y

@[reducible] def Bool.Reflects (b : Bool) (p : Prop) : Prop :=
  match b with
  | true => p
  | false => Not p

class Decidable (p : Prop) where
  intro ::
  decide : Bool
  reflects_decide : decide.Reflects p

export Decidable (decide)

@[match_pattern] abbrev Decidable.isTrue {p : Prop} (h : p) : Decidable p := .intro true h
@[match_pattern] abbrev Decidable.isFalse {p : Prop} (h : Not p) : Decidable p := .intro false h
export Decidable (isTrue isFalse)

abbrev DecidablePred {α : Sort u} (r : α → Prop) := (a : α) → Decidable (r a)
abbrev DecidableRel {α : Sort u} {β : Sort v} (r : α → β → Prop) := (a : α) → (b : β) → Decidable (r a b)
abbrev DecidableEq (α : Sort u) := (a b : α) → Decidable (Eq a b)
def decEq {α : Sort u} [inst : DecidableEq α] (a b : α) : Decidable (Eq a b) := inst a b

theorem Bool.noConfusion_helper (h : Eq true false) : False :=
  @Eq.rec Bool true (fun b _ => @Bool.rec (fun _ => Prop) False True b) True.intro false h
theorem Bool.false_ne_true (h : Eq false true) : False := Bool.noConfusion_helper h.symm
theorem Bool.ne_false_of_eq_true {b : Bool} (h : Eq b true) : Not (Eq b false) :=
  fun h' => Bool.noConfusion_helper (h.symm.trans h')
theorem Bool.ne_true_of_eq_false {b : Bool} (h : Eq b false) : Not (Eq b true) :=
  fun h' => Bool.noConfusion_helper (h'.symm.trans h)
theorem Bool.eq_false_of_ne_true {b : Bool} (h : Not (Eq b true)) : Eq b false :=
  match b, h with
  | true, h => (h rfl).rec
  | false, _ => rfl
theorem Bool.eq_true_of_ne_false {b : Bool} (h : Not (Eq b false)) : Eq b true :=
  match b, h with
  | true, _ => rfl
  | false, h => (h rfl).rec

theorem decide_eq_true {p : Prop} [inst : Decidable p] (h : p) : Eq (decide p) true :=
  match inst with
  | ⟨true, _⟩ => rfl
  | ⟨false, h'⟩ => absurd h h'
theorem decide_eq_false {p : Prop} [inst : Decidable p] (h : Not p) : Eq (decide p) false :=
  match inst with
  | ⟨true, h'⟩ => absurd h' h
  | ⟨false, _⟩ => rfl
theorem of_decide_eq_true {p : Prop} [inst : Decidable p] (h : Eq (decide p) true) : p :=
  match inst, h with
  | ⟨true, h'⟩, _ => h'
  | ⟨false, _⟩, h => (Bool.false_ne_true h).rec
theorem of_decide_eq_false {p : Prop} [inst : Decidable p] (h : Eq (decide p) false) : Not p :=
  match inst, h with
  | ⟨true, _⟩, h => (Bool.noConfusion_helper h).rec
  | ⟨false, h'⟩, _ => h'
theorem of_decide_eq_self_eq_true {α : Sort u} [inst : DecidableEq α] (a : α) : Eq (decide (Eq a a)) true :=
  decide_eq_true rfl

@[macro_inline] def dite {α : Sort u} (c : Prop) [h : Decidable c] (t : c → α) (e : Not c → α) : α :=
  match h with
  | ⟨true, h⟩ => t h
  | ⟨false, h⟩ => e h
@[macro_inline] def ite {α : Sort u} (c : Prop) [h : Decidable c] (t e : α) : α :=
  match h with
  | ⟨true, _⟩ => t
  | ⟨false, _⟩ => e

instance instDecidableTrue : Decidable True := isTrue trivial
instance instDecidableFalse : Decidable False := isFalse id
instance instDecidableAnd {p q : Prop} [dp : Decidable p] [dq : Decidable q] : Decidable (And p q) where
  decide := Bool.and (decide p) (decide q)
  reflects_decide :=
    match dp, dq with
    | ⟨true, hp⟩, ⟨true, hq⟩ => And.intro hp hq
    | ⟨true, _⟩, ⟨false, hq⟩ => fun h => hq h.right
    | ⟨false, hp⟩, _ => fun h => hp h.left
instance instDecidableOr {p q : Prop} [dp : Decidable p] [dq : Decidable q] : Decidable (Or p q) where
  decide := Bool.or (decide p) (decide q)
  reflects_decide :=
    match dp, dq with
    | ⟨true, hp⟩, _ => Or.inl hp
    | ⟨false, _⟩, ⟨true, hq⟩ => Or.inr hq
    | ⟨false, hp⟩, ⟨false, hq⟩ => fun h => h.rec hp hq
instance instDecidableNot {p : Prop} [dp : Decidable p] : Decidable (Not p) where
  decide := Bool.not (decide p)
  reflects_decide :=
    match dp with
    | ⟨true, hp⟩ => fun h => h hp
    | ⟨false, hp⟩ => hp
instance instDecidableImp {p q : Prop} [dp : Decidable p] [dq : Decidable q] : Decidable (p → q) where
  decide := Bool.or (Bool.not (decide p)) (decide q)
  reflects_decide :=
    match dp, dq with
    | ⟨true, _⟩, ⟨true, hq⟩ => fun _ => hq
    | ⟨true, hp⟩, ⟨false, hq⟩ => fun h => hq (h hp)
    | ⟨false, hp⟩, _ => fun h => absurd h hp
instance instDecidableIff {p q : Prop} [dp : Decidable p] [dq : Decidable q] : Decidable (Iff p q) where
  decide := match decide p with | true => decide q | false => Bool.not (decide q)
  reflects_decide :=
    match dp, dq with
    | ⟨true, hp⟩, ⟨true, hq⟩ => Iff.intro (fun _ => hq) (fun _ => hp)
    | ⟨true, hp⟩, ⟨false, hq⟩ => fun h => hq (h.mp hp)
    | ⟨false, hp⟩, ⟨true, hq⟩ => fun h => hp (h.mpr hq)
    | ⟨false, hp⟩, ⟨false, hq⟩ => Iff.intro (fun h => absurd h hp) (fun h => absurd h hq)

/-! ### Inhabitants and choice -/

class Inhabited (α : Sort u) where
  default : α

export Inhabited (default)

class inductive Nonempty (α : Sort u) : Prop where
  | intro (val : α) : Nonempty α

axiom Classical.choice {α : Sort u} : Nonempty α → α

/-- What the front end puts in place of a proof that failed, to go on and report more. The judge allows no use of it. -/
axiom sorryAx (α : Sort u) (synthetic : Bool := false) : α

structure Subtype {α : Sort u} (p : α → Prop) where
  val : α
  property : p val

structure Sigma {α : Type u} (β : α → Type v) where
  fst : α
  snd : β fst

structure PSigma {α : Sort u} (β : α → Sort v) where
  fst : α
  snd : β fst

inductive Sum (α : Type u) (β : Type v) where
  | inl (val : α) : Sum α β
  | inr (val : β) : Sum α β

inductive PSum (α : Sort u) (β : Sort v) where
  | inl (val : α) : PSum α β
  | inr (val : β) : PSum α β

structure PULift.{r, s} (α : Sort s) : Sort (max s r 1) where
  up ::
  down : α

structure ULift (α : Type u) : Type (max u v) where
  up ::
  down : α

structure PLift (α : Sort u) : Type u where
  up ::
  down : α
