/-
The laws of lists: repetition, ranges, pairs, elements found by `==`, counting.
-/

namespace List

/-! ### Repetition -/

@[simp] theorem replicate_zero {α : Type u} {a : α} : replicate 0 a = [] := rfl
theorem replicate_succ {α : Type u} {a : α} {n : Nat} : replicate (n + 1) a = a :: replicate n a := rfl
@[simp] theorem replicate_one {α : Type u} {a : α} : replicate 1 a = [a] := rfl
@[simp] theorem length_replicate {α : Type u} {n : Nat} {a : α} : (replicate n a).length = n := by
  induction n with
  | zero => rfl
  | succ n ih => rw [replicate_succ, length_cons, ih]
@[simp] theorem mem_replicate {α : Type u} {a b : α} : {n : Nat} → (b ∈ replicate n a ↔ n ≠ 0 ∧ b = a)
  | 0 => ⟨fun h => (not_mem_nil h).elim, fun h => (h.left rfl).elim⟩
  | n + 1 => by
    rw [replicate_succ, mem_cons, mem_replicate]
    exact ⟨fun h => ⟨Nat.succ_ne_zero n, h.elim id fun h => h.right⟩, fun h => .inl h.right⟩
theorem eq_of_mem_replicate {α : Type u} {a b : α} {n : Nat} (h : b ∈ replicate n a) : b = a :=
  (mem_replicate.mp h).right
@[simp] theorem append_replicate_replicate {α : Type u} {a : α} {n m : Nat} :
    replicate n a ++ replicate m a = replicate (n + m) a := by
  induction n with
  | zero => rw [Nat.zero_add]; rfl
  | succ n ih => rw [Nat.add_right_comm, replicate_succ, replicate_succ, cons_append, ih]
theorem replicate_succ' {α : Type u} {a : α} {n : Nat} : replicate (n + 1) a = replicate n a ++ [a] :=
  (append_replicate_replicate (m := 1)).symm
@[simp] theorem map_replicate {α : Type u} {β : Type v} {f : α → β} {n : Nat} {a : α} :
    (replicate n a).map f = replicate n (f a) := by
  induction n with
  | zero => rfl
  | succ n ih => rw [replicate_succ, map_cons, ih]; rfl
@[simp] theorem reverse_replicate {α : Type u} {n : Nat} {a : α} : (replicate n a).reverse = replicate n a := by
  induction n with
  | zero => rfl
  | succ n ih => rw [replicate_succ, reverse_cons, ih, ← replicate_succ']; rfl
@[simp] theorem sum_replicate_nat {n a : Nat} : (replicate n a).sum = n * a := by
  induction n with
  | zero => exact (Nat.zero_mul a).symm
  | succ n ih => rw [replicate_succ, sum_cons, ih, Nat.succ_mul, Nat.add_comm]
theorem map_const' {α : Type u} {β : Type v} {l : List α} {b : β} : l.map (fun _ => b) = replicate l.length b := by
  induction l with
  | nil => rfl
  | cons a l ih => rw [map_cons, ih]; rfl
@[simp] theorem map_const {α : Type u} {β : Type v} {l : List α} {b : β} :
    l.map (Function.const α b) = replicate l.length b := map_const'
theorem eq_replicate_iff {α : Type u} {a : α} {n : Nat} {l : List α} :
    l = replicate n a ↔ l.length = n ∧ ∀ b, b ∈ l → b = a := by
  constructor
  · intro h; rw [h]; exact ⟨length_replicate, fun b => eq_of_mem_replicate⟩
  · intro ⟨h₁, h₂⟩
    rw [← h₁, ← map_const' (l := l)]
    exact (map_id l).symm.trans (map_congr_left h₂)
theorem eq_replicate_of_mem {α : Type u} {a : α} {l : List α} (h : ∀ b, b ∈ l → b = a) : l = replicate l.length a :=
  eq_replicate_iff.mpr ⟨rfl, h⟩
theorem replicate_inj {α : Type u} {a b : α} {n m : Nat} : replicate n a = replicate m b ↔ n = m ∧ (n = 0 ∨ a = b) := by
  constructor
  · intro h
    have hl := congrArg length h
    rw [length_replicate, length_replicate] at hl
    refine ⟨hl, ?_⟩
    cases n with
    | zero => exact .inl rfl
    | succ n =>
      have ha : a ∈ replicate (n + 1) a := mem_cons_self
      rw [h] at ha
      exact .inr (eq_of_mem_replicate ha)
  · intro ⟨h₁, h₂⟩
    cases h₂ with
    | inl h => rw [← h₁, h]; rfl
    | inr h => rw [h₁, h]

/-! ### Ranges -/

theorem range_loop_eq (n : Nat) (ns : List Nat) : range.loop n ns = range n ++ ns := by
  induction n generalizing ns with
  | zero => rfl
  | succ n ih =>
    show range.loop n (n :: ns) = range.loop n [n] ++ ns
    rw [ih, ih [n], append_assoc]; rfl
@[simp] theorem range_zero : range 0 = [] := rfl
theorem range_succ {n : Nat} : range (n + 1) = range n ++ [n] := range_loop_eq n [n]
@[simp] theorem length_range {n : Nat} : (range n).length = n := by
  induction n with
  | zero => rfl
  | succ n ih => rw [range_succ, length_append, ih]; rfl
@[simp] theorem mem_range {m n : Nat} : m ∈ range n ↔ m < n := by
  induction n with
  | zero => exact ⟨fun h => (not_mem_nil h).elim, fun h => absurd h (Nat.not_lt_zero m)⟩
  | succ n ih =>
    rw [range_succ, mem_append, mem_singleton, ih]
    exact ⟨fun h => h.elim (fun h => Nat.lt_succ_of_lt h) fun e => e ▸ Nat.lt_succ_self n,
      fun h => Nat.lt_or_eq_of_le (Nat.le_of_lt_succ h)⟩
theorem range_succ_eq_map {n : Nat} : range (n + 1) = 0 :: map Nat.succ (range n) := by
  induction n with
  | zero => rfl
  | succ n ih =>
    rw [range_succ (n := n + 1), range_succ (n := n), map_append, ← cons_append, ← ih, range_succ]; rfl
theorem not_mem_range_self {n : Nat} : ¬n ∈ range n := fun h => Nat.lt_irrefl n (mem_range.mp h)
theorem self_mem_range_succ {n : Nat} : n ∈ range (n + 1) := mem_range.mpr (Nat.lt_succ_self n)
@[simp] theorem range_eq_nil {n : Nat} : range n = [] ↔ n = 0 := by
  rw [← length_eq_zero_iff, length_range]
theorem range'_succ {s n step : Nat} : range' s (n + 1) step = s :: range' (s + step) n step := rfl
@[simp] theorem length_range' {s n step : Nat} : (range' s n step).length = n := by
  induction n generalizing s with
  | zero => rfl
  | succ n ih => rw [range'_succ, length_cons, ih]
theorem map_add_range {a n : Nat} : map (a + ·) (range n) = range' a n := by
  induction n generalizing a with
  | zero => rfl
  | succ n ih =>
    rw [range_succ_eq_map, map_cons, map_map, range'_succ, ← ih]
    exact congrArg (cons a) (map_congr_left fun k _ => by rw [Function.comp_apply, Nat.add_succ, Nat.add_right_comm])
theorem range_eq_range' {n : Nat} : range n = range' 0 n := by
  rw [← map_add_range]
  exact ((map_congr_left fun k _ => Nat.zero_add k).trans (map_id' _)).symm

/-! ### Pairs -/

@[simp] theorem zipWith_nil_left {α : Type u} {β : Type v} {γ : Type w} {f : α → β → γ} {l : List β} :
    zipWith f [] l = [] := rfl
@[simp] theorem zipWith_nil_right {α : Type u} {β : Type v} {γ : Type w} {f : α → β → γ} {l : List α} :
    zipWith f l [] = [] := by cases l <;> rfl
@[simp] theorem zipWith_cons_cons {α : Type u} {β : Type v} {γ : Type w} {f : α → β → γ} {a : α} {as : List α} {b : β}
    {bs : List β} : zipWith f (a :: as) (b :: bs) = f a b :: zipWith f as bs := rfl
@[simp] theorem length_zipWith {α : Type u} {β : Type v} {γ : Type w} {f : α → β → γ} : {l₁ : List α} → {l₂ : List β} →
    (zipWith f l₁ l₂).length = min l₁.length l₂.length
  | [], _ => (Nat.zero_min _).symm
  | _ :: _, [] => (Nat.min_zero _).symm
  | _ :: _, _ :: _ => by
    rw [zipWith_cons_cons, length_cons, length_zipWith, length_cons, length_cons, Nat.add_min_add_right]
@[simp] theorem zip_nil_left {α : Type u} {β : Type v} {l : List β} : zip ([] : List α) l = [] := rfl
@[simp] theorem zip_nil_right {α : Type u} {β : Type v} {l : List α} : zip l ([] : List β) = [] := zipWith_nil_right
@[simp] theorem zip_cons_cons {α : Type u} {β : Type v} {a : α} {b : β} {as : List α} {bs : List β} :
    zip (a :: as) (b :: bs) = (a, b) :: zip as bs := rfl
theorem zip_eq_zipWith {α : Type u} {β : Type v} {l₁ : List α} {l₂ : List β} : zip l₁ l₂ = zipWith Prod.mk l₁ l₂ := rfl
@[simp] theorem length_zip {α : Type u} {β : Type v} {l₁ : List α} {l₂ : List β} :
    (zip l₁ l₂).length = min l₁.length l₂.length := length_zipWith
theorem map_fst_zip {α : Type u} {β : Type v} : {l₁ : List α} → {l₂ : List β} → l₁.length ≤ l₂.length →
    map Prod.fst (zip l₁ l₂) = l₁
  | [], _, _ => rfl
  | _ :: _, [], h => absurd h (Nat.not_succ_le_zero _)
  | a :: _, _ :: _, h => congrArg (cons a) (map_fst_zip (Nat.le_of_succ_le_succ h))
theorem map_snd_zip {α : Type u} {β : Type v} : {l₁ : List α} → {l₂ : List β} → l₂.length ≤ l₁.length →
    map Prod.snd (zip l₁ l₂) = l₂
  | _, [], _ => by rw [zip_nil_right]; rfl
  | [], _ :: _, h => absurd h (Nat.not_succ_le_zero _)
  | _ :: _, b :: _, h => congrArg (cons b) (map_snd_zip (Nat.le_of_succ_le_succ h))
theorem zip_append {α : Type u} {β : Type v} : {l₁ r₁ : List α} → {l₂ r₂ : List β} → l₁.length = l₂.length →
    zip (l₁ ++ r₁) (l₂ ++ r₂) = zip l₁ l₂ ++ zip r₁ r₂
  | [], _, [], _, _ => rfl
  | [], _, _ :: _, _, h => Nat.noConfusion h
  | _ :: _, _, [], _, h => Nat.noConfusion h
  | a :: _, _, b :: _, _, h => congrArg (cons (a, b)) (zip_append (Nat.succ.inj h))
theorem zip_map {α : Type u} {β : Type v} {γ : Type w} {δ : Type x} {f : α → γ} {g : β → δ} :
    {l₁ : List α} → {l₂ : List β} → zip (l₁.map f) (l₂.map g) = (zip l₁ l₂).map fun p => (f p.1, g p.2)
  | [], _ => rfl
  | _ :: _, [] => rfl
  | a :: _, b :: _ => congrArg (cons (f a, g b)) zip_map
theorem of_mem_zip {α : Type u} {β : Type v} {a : α} {b : β} : {l₁ : List α} → {l₂ : List β} → (a, b) ∈ zip l₁ l₂ →
    a ∈ l₁ ∧ b ∈ l₂
  | [], _, h => (not_mem_nil h).elim
  | _ :: _, [], h => (not_mem_nil h).elim
  | c :: _, d :: _, h => (mem_cons.mp h).elim
    (fun e => ⟨mem_cons.mpr (.inl (congrArg Prod.fst e)), mem_cons.mpr (.inl (congrArg Prod.snd e))⟩)
    fun h => ⟨mem_cons_of_mem c (of_mem_zip h).left, mem_cons_of_mem d (of_mem_zip h).right⟩
@[simp] theorem unzip_nil {α : Type u} {β : Type v} : ([] : List (α × β)).unzip = ([], []) := rfl
@[simp] theorem unzip_cons {α : Type u} {β : Type v} {p : α × β} {l : List (α × β)} :
    (p :: l).unzip = (p.1 :: l.unzip.1, p.2 :: l.unzip.2) := rfl
theorem unzip_eq_map {α : Type u} {β : Type v} {l : List (α × β)} : l.unzip = (l.map Prod.fst, l.map Prod.snd) := by
  induction l with
  | nil => rfl
  | cons p l ih => rw [unzip_cons, ih]; rfl
@[simp] theorem zip_unzip {α : Type u} {β : Type v} (l : List (α × β)) : zip l.unzip.1 l.unzip.2 = l := by
  induction l with
  | nil => rfl
  | cons p l ih => rw [unzip_cons, zip_cons_cons, ih]

/-! ### Elements found by `==` -/

@[simp] theorem elem_nil {α : Type u} [BEq α] {a : α} : elem a [] = false := rfl
theorem elem_cons {α : Type u} [BEq α] {a b : α} {l : List α} : elem a (b :: l) = (a == b || elem a l) := by
  rw [elem]; cases a == b <;> rfl
@[simp] theorem elem_iff {α : Type u} [BEq α] [LawfulBEq α] {a : α} {l : List α} : elem a l = true ↔ a ∈ l := by
  induction l with
  | nil => exact ⟨fun h => (Bool.false_ne_true h).elim, fun h => (not_mem_nil h).elim⟩
  | cons b l ih =>
    rw [elem_cons, mem_cons, ← ih, ← beq_iff_eq (a := a) (b := b)]
    cases a == b with
    | true => exact ⟨fun _ => .inl rfl, fun _ => rfl⟩
    | false => exact ⟨.inr, fun h => h.elim (fun h => (Bool.false_ne_true h).elim) id⟩
theorem contains_iff_mem {α : Type u} [BEq α] [LawfulBEq α] {a : α} {l : List α} : l.contains a = true ↔ a ∈ l :=
  elem_iff
theorem elem_eq_mem {α : Type u} [DecidableEq α] {a : α} {l : List α} : elem a l = decide (a ∈ l) := by
  cases h : elem a l with
  | true => exact (decide_eq_true (elem_iff.mp h)).symm
  | false => exact (decide_eq_false fun h' => Bool.ne_true_of_eq_false h (elem_iff.mpr h')).symm
@[simp] theorem contains_nil {α : Type u} [BEq α] {a : α} : ([] : List α).contains a = false := rfl
theorem contains_cons {α : Type u} [BEq α] {a b : α} {l : List α} : (a :: l).contains b = (b == a || l.contains b) :=
  elem_cons
theorem beq_cons {α : Type u} [BEq α] {a b : α} {l l' : List α} : (a :: l == b :: l') = (a == b && l == l') := rfl
instance {α : Type u} [BEq α] [LawfulBEq α] : LawfulBEq (List α) where
  rfl {l} := by
    induction l with
    | nil => rfl
    | cons a l ih => rw [beq_cons, ih, beq_self_eq_true]; rfl
  eq_of_beq {l} := by
    induction l with
    | nil => intro l' h; cases l' with
      | nil => rfl
      | cons b l' => cases h
    | cons a l ih => intro l' h; cases l' with
      | nil => cases h
      | cons b l' =>
        rw [beq_cons] at h
        cases h' : a == b with
        | true => rw [h'] at h; rw [eq_of_beq h', ih h]
        | false => rw [h'] at h; cases h

/-! ### Counting -/

@[simp] theorem countP_nil {α : Type u} {p : α → Bool} : countP p [] = 0 := rfl
@[simp] theorem countP_cons_of_pos {α : Type u} {p : α → Bool} {a : α} {l : List α} (h : p a = true) :
    countP p (a :: l) = countP p l + 1 := by rw [countP, h]
@[simp] theorem countP_cons_of_neg {α : Type u} {p : α → Bool} {a : α} {l : List α} (h : ¬p a = true) :
    countP p (a :: l) = countP p l := by rw [countP, Bool.eq_false_of_ne_true h]
theorem countP_cons {α : Type u} {p : α → Bool} {a : α} {l : List α} :
    countP p (a :: l) = countP p l + if p a then 1 else 0 := by rw [countP]; cases p a <;> rfl
theorem countP_eq_length_filter {α : Type u} {p : α → Bool} {l : List α} : countP p l = (filter p l).length := by
  induction l with
  | nil => rfl
  | cons a l ih =>
    rw [countP, filter, ih]
    cases p a <;> rfl
theorem countP_le_length {α : Type u} {p : α → Bool} {l : List α} : countP p l ≤ l.length := by
  rw [countP_eq_length_filter]; exact length_filter_le p l
@[simp] theorem countP_append {α : Type u} {p : α → Bool} {l₁ l₂ : List α} :
    countP p (l₁ ++ l₂) = countP p l₁ + countP p l₂ := by
  rw [countP_eq_length_filter, filter_append, length_append, ← countP_eq_length_filter, ← countP_eq_length_filter]
@[simp] theorem countP_reverse {α : Type u} {p : α → Bool} {l : List α} : countP p l.reverse = countP p l := by
  rw [countP_eq_length_filter, filter_reverse, length_reverse, ← countP_eq_length_filter]
@[simp] theorem countP_map {α : Type u} {β : Type v} {f : α → β} {p : β → Bool} {l : List α} :
    countP p (l.map f) = countP (p ∘ f) l := by
  rw [countP_eq_length_filter, filter_map, length_map, ← countP_eq_length_filter]
@[simp] theorem count_nil {α : Type u} [BEq α] {a : α} : count a [] = 0 := rfl
theorem count_cons {α : Type u} [BEq α] {a b : α} {l : List α} :
    count a (b :: l) = count a l + if b == a then 1 else 0 :=
  countP_cons
@[simp] theorem count_cons_self {α : Type u} [BEq α] [LawfulBEq α] {a : α} {l : List α} :
    count a (a :: l) = count a l + 1 := countP_cons_of_pos (beq_self_eq_true a)
@[simp] theorem count_cons_of_ne {α : Type u} [BEq α] [LawfulBEq α] {a b : α} {l : List α} (h : b ≠ a) :
    count a (b :: l) = count a l := countP_cons_of_neg fun h' => h (eq_of_beq h')
@[simp] theorem count_append {α : Type u} [BEq α] {a : α} {l₁ l₂ : List α} :
    count a (l₁ ++ l₂) = count a l₁ + count a l₂ := countP_append
@[simp] theorem count_reverse {α : Type u} [BEq α] {a : α} {l : List α} : count a l.reverse = count a l :=
  countP_reverse
theorem count_le_length {α : Type u} [BEq α] {a : α} {l : List α} : count a l ≤ l.length := countP_le_length
theorem count_eq_zero {α : Type u} [BEq α] [LawfulBEq α] {a : α} {l : List α} : count a l = 0 ↔ ¬a ∈ l := by
  rw [count, countP_eq_length_filter, length_eq_zero_iff, filter_eq_nil_iff]
  exact ⟨fun h ha => h a ha (beq_self_eq_true a), fun h b hb e => h (eq_of_beq e ▸ hb)⟩
theorem count_pos_iff {α : Type u} [BEq α] [LawfulBEq α] {a : α} {l : List α} : 0 < count a l ↔ a ∈ l := by
  rw [Nat.pos_iff_ne_zero, ne_eq, count_eq_zero]
  exact ⟨Classical.of_not_not, fun h hn => hn h⟩
@[simp] theorem count_replicate_self {α : Type u} [BEq α] [LawfulBEq α] {a : α} {n : Nat} :
    count a (replicate n a) = n := by
  induction n with
  | zero => rfl
  | succ n ih => rw [replicate_succ, count_cons_self, ih]

end List
