/-
The laws of lists: first and last elements, taking and dropping, repetition, ranges, pairs.
-/

namespace List

/-! ### First and last elements -/

@[simp] theorem head?_nil {α : Type u} : ([] : List α).head? = none := rfl
@[simp] theorem head?_cons {α : Type u} {a : α} {l : List α} : (a :: l).head? = some a := rfl
@[simp] theorem headD_nil {α : Type u} {d : α} : ([] : List α).headD d = d := rfl
@[simp] theorem headD_cons {α : Type u} {a d : α} {l : List α} : (a :: l).headD d = a := rfl
@[simp] theorem head_cons {α : Type u} {a : α} {l : List α} {h : a :: l ≠ []} : (a :: l).head h = a := rfl
@[simp] theorem tail_nil {α : Type u} : ([] : List α).tail = [] := rfl
@[simp] theorem tail_cons {α : Type u} {a : α} {l : List α} : (a :: l).tail = l := rfl
@[simp] theorem tail?_nil {α : Type u} : ([] : List α).tail? = none := rfl
@[simp] theorem tail?_cons {α : Type u} {a : α} {l : List α} : (a :: l).tail? = some l := rfl
@[simp] theorem length_tail {α : Type u} {l : List α} : l.tail.length = l.length - 1 := by cases l <;> rfl
@[simp] theorem head?_eq_none_iff {α : Type u} {l : List α} : l.head? = none ↔ l = [] := by
  cases l with
  | nil => exact ⟨fun _ => rfl, fun _ => rfl⟩
  | cons a l => exact ⟨fun h => (by cases h), fun h => (by cases h)⟩
theorem head?_eq_some_iff {α : Type u} {l : List α} {a : α} : l.head? = some a ↔ ∃ l', l = a :: l' := by
  cases l with
  | nil => exact ⟨fun h => (by cases h), fun ⟨_, h⟩ => (by cases h)⟩
  | cons b l =>
    exact ⟨fun h => ⟨l, by injection h with h; rw [h]⟩, fun ⟨_, h⟩ => congrArg some (head_eq_of_cons_eq h)⟩
theorem head_mem {α : Type u} : {l : List α} → (h : l ≠ []) → l.head h ∈ l
  | [], h => absurd rfl h
  | _ :: _, _ => mem_cons_self
theorem head_cons_tail {α : Type u} : (l : List α) → (h : l ≠ []) → l.head h :: l.tail = l
  | [], h => absurd rfl h
  | _ :: _, _ => rfl
theorem head?_eq_head {α : Type u} : {l : List α} → (h : l ≠ []) → l.head? = some (l.head h)
  | [], h => absurd rfl h
  | _ :: _, _ => rfl
theorem head?_append_of_ne_nil {α : Type u} : (l : List α) → {l' : List α} → l ≠ [] → (l ++ l').head? = l.head?
  | [], _, h => absurd rfl h
  | _ :: _, _, _ => rfl
@[simp] theorem head?_append {α : Type u} {l l' : List α} : (l ++ l').head? = l.head?.or l'.head? := by
  cases l <;> rfl
@[simp] theorem head?_map {α : Type u} {β : Type v} {f : α → β} {l : List α} : (l.map f).head? = l.head?.map f := by
  cases l <;> rfl
theorem mem_of_mem_tail {α : Type u} {a : α} {l : List α} (h : a ∈ l.tail) : a ∈ l := by
  cases l with
  | nil => exact h
  | cons b l => exact mem_cons_of_mem b h
theorem tail_append_of_ne_nil {α : Type u} {l l' : List α} (h : l ≠ []) : (l ++ l').tail = l.tail ++ l' := by
  cases l with
  | nil => exact absurd rfl h
  | cons a l => rfl

@[simp] theorem getLast_singleton {α : Type u} {a : α} {h : [a] ≠ []} : [a].getLast h = a := rfl
theorem getLast_cons {α : Type u} {a : α} : {l : List α} → (h : l ≠ []) →
    getLast (a :: l) (cons_ne_nil a l) = getLast l h
  | [], h => absurd rfl h
  | _ :: _, _ => rfl
@[simp] theorem getLast_cons_cons {α : Type u} {a b : α} {l : List α} {h : a :: b :: l ≠ []} :
    getLast (a :: b :: l) h = getLast (b :: l) (cons_ne_nil b l) := rfl
@[simp] theorem getLast_concat {α : Type u} {a : α} : (l : List α) → {h : l ++ [a] ≠ []} → getLast (l ++ [a]) h = a
  | [], _ => rfl
  | [_], _ => rfl
  | _ :: b :: l, _ => getLast_concat (b :: l)
theorem getLast_append_singleton {α : Type u} {a : α} (l : List α) :
    getLast (l ++ [a]) (append_ne_nil_of_right_ne_nil l (cons_ne_nil a [])) = a := getLast_concat l
@[simp] theorem getLast?_nil {α : Type u} : ([] : List α).getLast? = none := rfl
@[simp] theorem getLast?_singleton {α : Type u} {a : α} : [a].getLast? = some a := rfl
theorem getLast?_cons_cons {α : Type u} {a b : α} {l : List α} : (a :: b :: l).getLast? = (b :: l).getLast? := rfl
@[simp] theorem getLast?_concat {α : Type u} {a : α} : (l : List α) → (l ++ [a]).getLast? = some a
  | [] => rfl
  | b :: l => congrArg some (getLast_concat (b :: l))
theorem getLast_mem {α : Type u} : {l : List α} → (h : l ≠ []) → l.getLast h ∈ l
  | [], h => absurd rfl h
  | [_], _ => mem_cons_self
  | a :: b :: l, _ => mem_cons_of_mem a (getLast_mem (cons_ne_nil b l))
@[simp] theorem head?_reverse {α : Type u} {l : List α} : l.reverse.head? = l.getLast? := by
  cases eq_nil_or_concat l with
  | inl h => rw [h]; rfl
  | inr h =>
    have ⟨l', b, h⟩ := h
    rw [h, reverse_concat, getLast?_concat]; rfl
@[simp] theorem getLast?_reverse {α : Type u} {l : List α} : l.reverse.getLast? = l.head? := by
  rw [← head?_reverse, reverse_reverse]
@[simp] theorem dropLast_nil {α : Type u} : ([] : List α).dropLast = [] := rfl
@[simp] theorem dropLast_singleton {α : Type u} {a : α} : [a].dropLast = [] := rfl
@[simp] theorem dropLast_cons_cons {α : Type u} {a b : α} {l : List α} :
    (a :: b :: l).dropLast = a :: (b :: l).dropLast := rfl
@[simp] theorem dropLast_concat {α : Type u} {a : α} : {l : List α} → dropLast (l ++ [a]) = l
  | [] => rfl
  | [_] => rfl
  | b :: c :: l => congrArg (cons b) (dropLast_concat (l := c :: l))
theorem dropLast_append_getLast {α : Type u} : {l : List α} → (h : l ≠ []) → dropLast l ++ [getLast l h] = l
  | [], h => absurd rfl h
  | [_], _ => rfl
  | a :: b :: l, _ => congrArg (cons a) (dropLast_append_getLast (cons_ne_nil b l))
@[simp] theorem length_dropLast {α : Type u} : {l : List α} → l.dropLast.length = l.length - 1
  | [] => rfl
  | [_] => rfl
  | _ :: _ :: _ => congrArg Nat.succ length_dropLast

/-! ### Taking and dropping -/

@[simp] theorem take_zero {α : Type u} {l : List α} : l.take 0 = [] := rfl
@[simp] theorem take_nil {α : Type u} {i : Nat} : ([] : List α).take i = [] := by cases i <;> rfl
@[simp] theorem take_succ_cons {α : Type u} {a : α} {i : Nat} {l : List α} : (a :: l).take (i + 1) = a :: l.take i :=
  rfl
@[simp] theorem drop_zero {α : Type u} {l : List α} : l.drop 0 = l := rfl
@[simp] theorem drop_nil {α : Type u} {i : Nat} : ([] : List α).drop i = [] := by cases i <;> rfl
@[simp] theorem drop_succ_cons {α : Type u} {a : α} {i : Nat} {l : List α} : (a :: l).drop (i + 1) = l.drop i := rfl
theorem drop_one {α : Type u} {l : List α} : l.drop 1 = l.tail := by cases l <;> rfl
@[simp] theorem take_append_drop {α : Type u} : (i : Nat) → (l : List α) → l.take i ++ l.drop i = l
  | 0, _ => rfl
  | _ + 1, [] => rfl
  | i + 1, a :: l => congrArg (cons a) (take_append_drop i l)
@[simp] theorem length_drop {α : Type u} : {i : Nat} → {l : List α} → (l.drop i).length = l.length - i
  | 0, _ => rfl
  | _ + 1, [] => (Nat.zero_sub _).symm
  | i + 1, a :: l => by rw [drop_succ_cons, length_drop, length_cons, Nat.add_sub_add_right]
@[simp] theorem length_take {α : Type u} : {i : Nat} → {l : List α} → (l.take i).length = min i l.length
  | 0, _ => (Nat.zero_min _).symm
  | _ + 1, [] => (Nat.min_zero _).symm
  | i + 1, a :: l => by rw [take_succ_cons, length_cons, length_take, length_cons, Nat.add_min_add_right]
theorem length_take_le {α : Type u} (i : Nat) (l : List α) : (l.take i).length ≤ i := by
  rw [length_take]; exact Nat.min_le_left i l.length
theorem length_take_of_le {α : Type u} {i : Nat} {l : List α} (h : i ≤ l.length) : (l.take i).length = i := by
  rw [length_take, Nat.min_eq_left h]
theorem take_of_length_le {α : Type u} : {i : Nat} → {l : List α} → l.length ≤ i → l.take i = l
  | 0, [], _ => rfl
  | 0, _ :: _, h => absurd h (Nat.not_succ_le_zero _)
  | _ + 1, [], _ => rfl
  | _ + 1, a :: _, h => congrArg (cons a) (take_of_length_le (Nat.le_of_succ_le_succ h))
theorem drop_of_length_le {α : Type u} : {i : Nat} → {l : List α} → l.length ≤ i → l.drop i = []
  | 0, [], _ => rfl
  | 0, _ :: _, h => absurd h (Nat.not_succ_le_zero _)
  | _ + 1, [], _ => rfl
  | _ + 1, _ :: l, h => drop_of_length_le (l := l) (Nat.le_of_succ_le_succ h)
theorem drop_eq_nil_of_le {α : Type u} {i : Nat} {l : List α} (h : l.length ≤ i) : l.drop i = [] := drop_of_length_le h
@[simp] theorem take_length {α : Type u} {l : List α} : l.take l.length = l := take_of_length_le (Nat.le_refl _)
@[simp] theorem drop_length {α : Type u} {l : List α} : l.drop l.length = [] := drop_of_length_le (Nat.le_refl _)
theorem take_append {α : Type u} : {i : Nat} → {l₁ l₂ : List α} →
    (l₁ ++ l₂).take i = l₁.take i ++ l₂.take (i - l₁.length)
  | 0, _, _ => by rw [Nat.zero_sub]; rfl
  | i + 1, [], _ => rfl
  | i + 1, a :: l₁, l₂ => by
    rw [cons_append, take_succ_cons, take_append, take_succ_cons, length_cons, Nat.add_sub_add_right]; rfl
theorem drop_append {α : Type u} : {i : Nat} → {l₁ l₂ : List α} →
    (l₁ ++ l₂).drop i = l₁.drop i ++ l₂.drop (i - l₁.length)
  | 0, _, _ => by rw [Nat.zero_sub]; rfl
  | i + 1, [], _ => rfl
  | i + 1, a :: l₁, l₂ => by
    rw [cons_append, drop_succ_cons, drop_append, drop_succ_cons, length_cons, Nat.add_sub_add_right]
@[simp] theorem take_left {α : Type u} {l₁ l₂ : List α} : (l₁ ++ l₂).take l₁.length = l₁ := by
  rw [take_append, take_length, Nat.sub_self, take_zero, append_nil]
@[simp] theorem drop_left {α : Type u} {l₁ l₂ : List α} : (l₁ ++ l₂).drop l₁.length = l₂ := by
  rw [drop_append, drop_length, Nat.sub_self]; rfl
theorem take_left' {α : Type u} {l₁ l₂ : List α} {i : Nat} (h : l₁.length = i) : (l₁ ++ l₂).take i = l₁ := h ▸ take_left
theorem drop_left' {α : Type u} {l₁ l₂ : List α} {i : Nat} (h : l₁.length = i) : (l₁ ++ l₂).drop i = l₂ := h ▸ drop_left
@[simp] theorem take_take {α : Type u} : {i j : Nat} → {l : List α} → (l.take j).take i = l.take (min i j)
  | 0, _, _ => by rw [Nat.zero_min]; rfl
  | _ + 1, 0, _ => by rw [Nat.min_zero]; rfl
  | _ + 1, _ + 1, [] => by rw [take_nil, take_nil, take_nil]
  | i + 1, j + 1, a :: l => by
    rw [take_succ_cons, take_succ_cons, take_take, Nat.add_min_add_right, take_succ_cons]
@[simp] theorem drop_drop {α : Type u} : {i j : Nat} → {l : List α} → (l.drop j).drop i = l.drop (j + i)
  | _, 0, _ => by rw [Nat.zero_add]; rfl
  | i, j + 1, [] => by rw [drop_nil, drop_nil, drop_nil]
  | i, j + 1, a :: l => by rw [drop_succ_cons, drop_drop, Nat.add_right_comm, drop_succ_cons]
@[simp] theorem map_take {α : Type u} {β : Type v} {f : α → β} : {l : List α} → {i : Nat} →
    (l.take i).map f = (l.map f).take i
  | _, 0 => rfl
  | [], _ + 1 => rfl
  | a :: _, _ + 1 => congrArg (cons (f a)) map_take
@[simp] theorem map_drop {α : Type u} {β : Type v} {f : α → β} : {l : List α} → {i : Nat} →
    (l.drop i).map f = (l.map f).drop i
  | _, 0 => rfl
  | [], _ + 1 => rfl
  | _ :: l, _ + 1 => map_drop (l := l)
theorem mem_of_mem_take {α : Type u} {a : α} {i : Nat} {l : List α} (h : a ∈ l.take i) : a ∈ l :=
  take_append_drop i l ▸ mem_append_left (l.drop i) h
theorem mem_of_mem_drop {α : Type u} {a : α} {i : Nat} {l : List α} (h : a ∈ l.drop i) : a ∈ l :=
  take_append_drop i l ▸ mem_append_right (l.take i) h
@[simp] theorem takeWhile_nil {α : Type u} {p : α → Bool} : takeWhile p [] = [] := rfl
@[simp] theorem dropWhile_nil {α : Type u} {p : α → Bool} : dropWhile p [] = [] := rfl
theorem takeWhile_cons {α : Type u} {p : α → Bool} {a : α} {l : List α} :
    takeWhile p (a :: l) = if p a then a :: takeWhile p l else [] := by rw [takeWhile]; cases p a <;> rfl
theorem dropWhile_cons {α : Type u} {p : α → Bool} {a : α} {l : List α} :
    dropWhile p (a :: l) = if p a then dropWhile p l else a :: l := by rw [dropWhile]; cases p a <;> rfl
@[simp] theorem takeWhile_append_dropWhile {α : Type u} {p : α → Bool} {l : List α} :
    takeWhile p l ++ dropWhile p l = l := by
  induction l with
  | nil => rfl
  | cons a l ih =>
    rw [takeWhile, dropWhile]
    cases p a with
    | true => exact congrArg (cons a) ih
    | false => rfl

end List
