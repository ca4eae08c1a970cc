/-
What the tactic `omega` takes its proofs from, last part: constraints, the steps that combine them, and the
contradiction.
-/

namespace Lean.Omega

noncomputable section

/-- The least and the greatest value allowed; `none` is no bound. -/
structure Constraint where
  lowerBound : Option Int
  upperBound : Option Int

def LowerBound.sat : Option Int → Int → Prop
  | none, _ => True
  | some l, t => l ≤ t

def UpperBound.sat : Option Int → Int → Prop
  | none, _ => True
  | some u, t => t ≤ u

namespace Constraint

def sat (c : Constraint) (t : Int) : Prop := LowerBound.sat c.lowerBound t ∧ UpperBound.sat c.upperBound t

def mapBound (f : Int → Int) : Option Int → Option Int
  | none => none
  | some x => some (f x)

/-- `f` of two bounds, where there are two. -/
def bothBounds (f : Int → Int → Int) : Option Int → Option Int → Option Int
  | none, _ => none
  | some _, none => none
  | some x, some y => some (f x y)

/-- `f` of two bounds, or the only one. -/
def mergeBounds (f : Int → Int → Int) : Option Int → Option Int → Option Int
  | none, y => y
  | some x, none => some x
  | some x, some y => some (f x y)

def map (c : Constraint) (f : Int → Int) : Constraint := ⟨mapBound f c.lowerBound, mapBound f c.upperBound⟩
def flip (c : Constraint) : Constraint := ⟨c.upperBound, c.lowerBound⟩
def neg (c : Constraint) : Constraint := c.flip.map (fun x => -x)
def trivial : Constraint := ⟨none, none⟩
def impossible : Constraint := ⟨some 1, some 0⟩
def exact (r : Int) : Constraint := ⟨some r, some r⟩

def isImpossible : Constraint → Bool
  | ⟨some x, some y⟩ => decide (y < x)
  | ⟨some _, none⟩ => false
  | ⟨none, _⟩ => false

/-- Whether the constraint allows zero. -/
def hasZero : Constraint → Bool
  | ⟨none, none⟩ => true
  | ⟨some x, none⟩ => decide (x ≤ 0)
  | ⟨none, some y⟩ => decide (0 ≤ y)
  | ⟨some x, some y⟩ => Bool.and (decide (x ≤ 0)) (decide (0 ≤ y))

def scale (k : Int) (c : Constraint) : Constraint :=
  if k = 0 then
    if c.isImpossible = true then c else ⟨some 0, some 0⟩
  else if 0 < k then
    c.map (fun x => k * x)
  else
    c.flip.map (fun x => k * x)

def add (x y : Constraint) : Constraint :=
  ⟨bothBounds (fun a b => a + b) x.lowerBound y.lowerBound, bothBounds (fun a b => a + b) x.upperBound y.upperBound⟩

def combo (a : Int) (x : Constraint) (b : Int) (y : Constraint) : Constraint := add (scale a x) (scale b y)

def combine (x y : Constraint) : Constraint :=
  ⟨mergeBounds max x.lowerBound y.lowerBound, mergeBounds min x.upperBound y.upperBound⟩

/-- What holds of `t` where `c` holds of `k * t`. -/
def div (c : Constraint) (k : Nat) : Constraint :=
  ⟨mapBound (fun x => -(-x / k)) c.lowerBound, mapBound (fun y => y / k) c.upperBound⟩

abbrev sat' (c : Constraint) (x y : Coeffs) : Prop := c.sat (Coeffs.dot x y)

/-! ### Each step keeps what is satisfied -/

theorem not_sat_of_isImpossible {c : Constraint} (h : isImpossible c = true) {t : Int} : ¬c.sat t := by
  obtain ⟨l, u⟩ := c
  intro ⟨hl, hu⟩
  cases l with
  | none => exact Bool.false_ne_true h
  | some l =>
    cases u with
    | none => exact Bool.false_ne_true h
    | some u => exact Int.not_le_of_lt' (of_decide_eq_true h) (Int.le_trans hl hu)
theorem not_sat'_of_isImpossible {c : Constraint} (h : isImpossible c = true) {x y : Coeffs} : ¬c.sat' x y :=
  not_sat_of_isImpossible h

theorem map_sat {c : Constraint} {t : Int} (f : Int → Int) (hf : ∀ {a b : Int}, a ≤ b → f a ≤ f b) (h : c.sat t) :
    (c.map f).sat (f t) := by
  obtain ⟨l, u⟩ := c
  obtain ⟨hl, hu⟩ := h
  constructor
  · cases l with
    | none => exact True.intro
    | some l => exact hf hl
  · cases u with
    | none => exact True.intro
    | some u => exact hf hu
theorem flip_map_sat {c : Constraint} {t : Int} (f : Int → Int) (hf : ∀ {a b : Int}, a ≤ b → f b ≤ f a) (h : c.sat t) :
    (c.flip.map f).sat (f t) := by
  obtain ⟨l, u⟩ := c
  obtain ⟨hl, hu⟩ := h
  constructor
  · cases u with
    | none => exact True.intro
    | some u => exact hf hu
  · cases l with
    | none => exact True.intro
    | some l => exact hf hl
theorem neg_sat {c : Constraint} {t : Int} (h : c.sat t) : c.neg.sat (-t) :=
  flip_map_sat (fun x => -x) Int.neg_le_neg h
theorem scale_sat {c : Constraint} {t : Int} (k : Int) (h : c.sat t) : (scale k c).sat (k * t) := by
  unfold scale
  by_cases h₁ : k = 0
  · rw [if_pos h₁]
    by_cases h₂ : c.isImpossible = true
    · exact absurd h (not_sat_of_isImpossible h₂)
    · rw [if_neg h₂, h₁, Int.zero_mul]
      exact ⟨Int.le_refl 0, Int.le_refl 0⟩
  · rw [if_neg h₁]
    by_cases h₂ : 0 < k
    · rw [if_pos h₂]
      exact map_sat (fun x => k * x) (fun h => Int.mul_le_mul_of_nonneg_left h (Int.le_of_lt h₂)) h
    · rw [if_neg h₂]
      exact flip_map_sat (fun x => k * x) (fun h => Int.mul_le_mul_of_nonpos_left (Int.not_lt.mp h₂) h) h
theorem add_sat {c d : Constraint} {s t : Int} (hc : c.sat s) (hd : d.sat t) : (add c d).sat (s + t) := by
  obtain ⟨l, u⟩ := c
  obtain ⟨l', u'⟩ := d
  obtain ⟨hl, hu⟩ := hc
  obtain ⟨hl', hu'⟩ := hd
  constructor
  · cases l with
    | none => exact True.intro
    | some l =>
      cases l' with
      | none => exact True.intro
      | some l' => exact Int.add_le_add hl hl'
  · cases u with
    | none => exact True.intro
    | some u =>
      cases u' with
      | none => exact True.intro
      | some u' => exact Int.add_le_add hu hu'
theorem combine_sat {c d : Constraint} {t : Int} (hc : c.sat t) (hd : d.sat t) : (combine c d).sat t := by
  obtain ⟨l, u⟩ := c
  obtain ⟨l', u'⟩ := d
  obtain ⟨hl, hu⟩ := hc
  obtain ⟨hl', hu'⟩ := hd
  constructor
  · cases l with
    | none => exact hl'
    | some l =>
      cases l' with
      | none => exact hl
      | some l' =>
        show max l l' ≤ t
        rw [Int.max_def]
        by_cases h : l ≤ l'
        · rw [if_pos h]; exact hl'
        · rw [if_neg h]; exact hl
  · cases u with
    | none => exact hu'
    | some u =>
      cases u' with
      | none => exact hu
      | some u' =>
        show t ≤ min u u'
        rw [Int.min_def]
        by_cases h : u ≤ u'
        · rw [if_pos h]; exact hu
        · rw [if_neg h]; exact hu'
theorem combine_sat' {s t : Constraint} {x y : Coeffs} (ws : s.sat' x y) (wt : t.sat' x y) : (s.combine t).sat' x y :=
  combine_sat ws wt
theorem div_sat {c : Constraint} {t : Int} {k : Nat} (hk : k ≠ 0) (h : c.sat (k * t)) : (c.div k).sat t := by
  have hk : (0 : Int) < k := Int.natCast_pos.mpr (Nat.pos_of_ne_zero hk)
  obtain ⟨l, u⟩ := c
  obtain ⟨hl, hu⟩ := h
  constructor
  · cases l with
    | none => exact True.intro
    | some l =>
      show -(-l / k) ≤ t
      have h : (k : Int) * -t ≤ -l := by rw [Int.mul_neg]; exact Int.neg_le_neg hl
      have h' := Int.neg_le_neg (Int.le_ediv_of_mul_le hk h)
      rw [Int.neg_neg] at h'
      exact h'
  · cases u with
    | none => exact True.intro
    | some u => exact Int.le_ediv_of_mul_le hk hu
theorem trivial_sat (t : Int) : trivial.sat t := ⟨True.intro, True.intro⟩
theorem exact_sat {r t : Int} : (exact r).sat t ↔ r = t :=
  ⟨fun h => Int.le_antisymm h.left h.right, fun h => h ▸ ⟨Int.le_refl _, Int.le_refl _⟩⟩
theorem hasZero_of_sat {c : Constraint} (h : c.sat 0) : c.hasZero = true := by
  obtain ⟨l, u⟩ := c
  obtain ⟨hl, hu⟩ := h
  cases l with
  | none =>
    cases u with
    | none => rfl
    | some u => exact decide_eq_true hu
  | some l =>
    cases u with
    | none => exact decide_eq_true hl
    | some u =>
      show Bool.and (decide (l ≤ 0)) (decide (0 ≤ u)) = true
      rw [decide_eq_true (show l ≤ 0 from hl), decide_eq_true (show 0 ≤ u from hu)]; rfl

/-! ### Where constraints come from -/

theorem addInequality_sat {c : Int} {x y : Coeffs} (w : c + Coeffs.dot x y ≥ 0) :
    Constraint.sat' { lowerBound := some (-c), upperBound := none } x y := by
  refine ⟨?_, True.intro⟩
  show -c ≤ Coeffs.dot x y
  have h : -c + 0 ≤ -c + (c + Coeffs.dot x y) := Int.add_le_add_left w (-c)
  rw [← Int.add_assoc, Int.add_left_neg, Int.zero_add, Int.add_zero] at h
  exact h
theorem addEquality_sat {c : Int} {x y : Coeffs} (w : c + Coeffs.dot x y = 0) :
    Constraint.sat' { lowerBound := some (-c), upperBound := some (-c) } x y :=
  exact_sat.mpr (Int.neg_eq_of_add_eq_zero w)

end Constraint

/-! ### Normal form -/

/-- Divides by the greatest common divisor. -/
def normalize (p : Constraint × Coeffs) : Constraint × Coeffs :=
  if Coeffs.gcd p.snd = 0 then
    if p.fst.hasZero = true then ⟨.trivial, p.snd⟩ else ⟨.impossible, p.snd⟩
  else if Coeffs.gcd p.snd = 1 then
    p
  else
    ⟨p.fst.div (Coeffs.gcd p.snd), Coeffs.sdiv p.snd (Coeffs.gcd p.snd)⟩

/-- Makes the leading coefficient positive. -/
def positivize (p : Constraint × Coeffs) : Constraint × Coeffs :=
  if 0 ≤ Coeffs.leading p.snd then p else ⟨p.fst.neg, Coeffs.smul p.snd (-1)⟩

def tidy (p : Constraint × Coeffs) : Constraint × Coeffs := normalize (positivize p)
abbrev tidyConstraint (s : Constraint) (x : Coeffs) : Constraint := (tidy ⟨s, x⟩).fst
abbrev tidyCoeffs (s : Constraint) (x : Coeffs) : Coeffs := (tidy ⟨s, x⟩).snd

theorem normalize_sat {p : Constraint × Coeffs} {v : Coeffs} (w : p.fst.sat' p.snd v) :
    (normalize p).fst.sat' (normalize p).snd v := by
  obtain ⟨s, x⟩ := p
  unfold normalize
  dsimp only
  have e := IntList.gcd_dvd_dot x v (Coeffs.gcd x) ⟨1, (Nat.mul_one _).symm⟩
  by_cases h₀ : Coeffs.gcd x = 0
  · rw [if_pos h₀]
    by_cases h : s.hasZero = true
    · rw [if_pos h]; exact Constraint.trivial_sat _
    · rw [h₀] at e
      have w : s.sat (Coeffs.dot x v) := w
      rw [show Coeffs.dot x v = 0 from e.trans (Int.zero_mul _)] at w
      exact absurd (Constraint.hasZero_of_sat w) h
  · rw [if_neg h₀]
    by_cases h₁ : Coeffs.gcd x = 1
    · rw [if_pos h₁]; exact w
    · rw [if_neg h₁]
      have w : s.sat (IntList.dot x v) := w
      rw [e] at w
      exact Constraint.div_sat h₀ w
theorem positivize_sat {p : Constraint × Coeffs} {v : Coeffs} (w : p.fst.sat' p.snd v) :
    (positivize p).fst.sat' (positivize p).snd v := by
  obtain ⟨s, x⟩ := p
  unfold positivize
  dsimp only
  by_cases h : 0 ≤ Coeffs.leading x
  · rw [if_pos h]; exact w
  · rw [if_neg h]
    show s.neg.sat (IntList.dot (IntList.smul x (-1)) v)
    rw [IntList.dot_smul, ← Int.neg_eq_neg_one_mul]
    exact Constraint.neg_sat w
theorem tidy_sat {s : Constraint} {x v : Coeffs} (w : s.sat' x v) : (tidyConstraint s x).sat' (tidyCoeffs s x) v :=
  normalize_sat (positivize_sat (p := ⟨s, x⟩) w)

theorem combo_sat' (s t : Constraint) (a : Int) (x : Coeffs) (b : Int) (y v : Coeffs) (wx : s.sat' x v)
    (wy : t.sat' y v) : (Constraint.combo a s b t).sat' (Coeffs.combo a x b y) v := by
  show (Constraint.combo a s b t).sat (IntList.dot (IntList.combo a x b y) v)
  rw [IntList.dot_combo]
  exact Constraint.add_sat (Constraint.scale_sat a wx) (Constraint.scale_sat b wy)

/-! ### Equations without a coefficient 1 or -1 -/

/-- The value of the variable that takes up the multiples of `m`. -/
abbrev bmod_div_term (m : Nat) (a b : Coeffs) : Int := Coeffs.bmod_dot_sub_dot_bmod m a b / m

def bmod_coeffs (m : Nat) (i : Nat) (x : Coeffs) : Coeffs := Coeffs.set (Coeffs.bmod x m) i m

theorem bmod_sat (m : Nat) (r : Int) (i : Nat) (x v : Coeffs) (h : x.length ≤ i)
    (p : Coeffs.get v i = bmod_div_term m x v) (w : (Constraint.exact r).sat' x v) :
    (Constraint.exact (Int.bmod r m)).sat' (bmod_coeffs m i x) v := by
  have w := Constraint.exact_sat.mp w
  refine Constraint.exact_sat.mpr ?_
  show Int.bmod r m = IntList.dot (IntList.set (IntList.bmod x m) i m) v
  have h' : IntList.length (IntList.bmod x m) ≤ i := Nat.le_trans (Nat.le_of_eq (IntList.length_map _ x)) h
  rw [IntList.dot_set _ _ _ _ h', show IntList.get v i = _ from p]
  obtain ⟨q, hq⟩ := Coeffs.dvd_bmod_dot_sub_dot_bmod m x v
  have e : (m : Int) * bmod_div_term m x v = Coeffs.bmod_dot_sub_dot_bmod m x v := by
    show (m : Int) * (Coeffs.bmod_dot_sub_dot_bmod m x v / m) = _
    rw [hq]
    by_cases hm : m = 0
    · subst hm
      exact (Int.zero_mul _).trans (Int.zero_mul _).symm
    · rw [Int.mul_ediv_cancel_left_of_pos q (Int.natCast_pos.mpr (Nat.pos_of_ne_zero hm))]
  rw [e, w, Int.add_comm]
  exact (Int.sub_add_cancel _ _).symm

end

end Lean.Omega
