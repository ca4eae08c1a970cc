"""The words that no body of a proof needs, each with what is wrong with it: a list of what is denied, by whole words.

A list of allowed words is impossible, because hypotheses may have any name. What the list misses still cannot become a
command (see `placement.py`), and whatever is compiled is judged by what it made, not by what it said.
"""

from __future__ import annotations

import re


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_COMMAND = "starts a command; only the proof of the given theorem is wanted, as tactics or a term"
_DEFINITION = "belongs to a definition or a command, not to the body of a proof"
_UNPROVED = "leaves the goal unproved"
_NATIVE = "trusts compiled code, which the kernel cannot check"
_META = "runs a program during elaboration or builds syntax; a proof only needs ordinary tactics"
_SCOPE = "changes how the rest is read; write names in full and leave the options as they are"
_FILES = "reads a file or spends time instead of proving"
_NAME = "is not a name that a proof may use"

_GROUPS: dict[str, str] = {
    _COMMAND: """
        abbrev add_aesop_rules add_decl_doc alias assert_exists assert_not_exists assert_not_imported attribute
        axiom binder_predicate builtin_dsimproc builtin_dsimproc_decl builtin_initialize builtin_simproc
        builtin_simproc_decl class coinductive compile_def compile_inductive count_heartbeats dsimproc
        dsimproc_decl def declare_aesop_rule_sets declare_command_config_elab declare_config_elab
        declare_simp_like_tactic declare_syntax_cat deprecated_module deprecated_syntax docs_to_verso elab
        elab_rules elab_stx end erase_aesop_rules example export extend_docs grind_pattern grind_propagator
        guard_msgs import include inductive infix infixl infixr init_grind_norm init_quot initialize
        initialize_simps_projections instance irreducible_def lemma library_note local macro macro_rules meta
        module mutual namespace notation notation3 omit opaque postfix prefix prelude private proof_wanted
        protected public recall recommended_spelling register_builtin_option register_error_explanation
        register_label_attr register_linter_set register_option register_simp_attr register_tactic_tag run_cmd
        run_elab run_meta scoped seal section set_premise_selector simproc simproc_decl structure
        suppress_compilation syntax syntax_abbrev tactic_alt tactic_extension tactic_name tactic_tag theorem
        universe unlock_limits unseal unsuppress_compilation variable whatsnew with_weak_namespace""",
    _DEFINITION: """
        coinductive_fixpoint decreasing_by deriving extends hiding inductive_fixpoint monotonicity_by
        noncomputable nonrec partial partial_fixpoint renaming termination_by termination_by? unsafe where""",
    _UNPROVED: "admit sorry sorry! stop sorryAx mkSorry",
    _NATIVE: """
        bv_check bv_decide bv_decide? csimp export_name extern implemented_by native native_decide nativeDecide
        ofReduceBool ofReduceNat reduceBool reduceNat trustCompiler""",
    _META: """
        by_elab conv_elab dbg_trace debug_assert! elabToSyntax eval_suggest_tactic idbg leading_parser
        logNamedError logNamedErrorAt logNamedWarning logNamedWarningAt polyrith run_conv run_tac sepBy sepBy1
        show_term_elab skipKernelTC StateRefT throwNamedError throwNamedErrorAt trailing_parser unicode addDecl
        addDeclCore evalDecl evalExpr unsafePerformIO""",
    _SCOPE: "open set_option",
    _FILES: "include_bytes include_str sleep",
    _NAME: "_root_ Lean IO System EIO BaseIO ptrAddrUnsafe",
}
DENIED: dict[str, str] = {word: reason for reason, words in _GROUPS.items() for word in _words(words)}

_DENIED_SHAPES = re.compile(r"unsafe[A-Z]|dbg[A-Z]|lc[A-Z]")
"""Names of the compiler's, such as `unsafeCast`, `dbgSleep` and `lcProof`."""

BEFORE_PERCENT = _words("""
    binop binop_lazy binrel binrel_no_prop clear decl_name default_or_ofNonempty delta ensure_expected_type
    ensure_type_of eval for_in for_in' gen_injective_theorems json leftact let_mvar no_error_if_unused
    no_implicit_lambda private_decl reset_grind_attrs rightact struct_inst_default type_of unop value_of
    wait_for_expected_type wait_if_contains_mvar wait_if_type_contains_mvar wait_if_type_mvar with_decl_name""")
"""Words that are the elaborator's own where `%` follows at once; elsewhere that is a remainder, as in `n%2`."""

TACTICS = _words("""
    ac_rfl all_goals and_intros any_goals apply apply? apply_assumption apply_fun apply_mod_cast assumption
    assumption_mod_cast aesop attempt_all beta_reduce bound by_cases by_contra calc case case' cases cases' change
    classical clear clear_value congr congr! constructor contradiction contrapose contrapose! conv conv_lhs conv_rhs
    convert cutsat decide delta done dsimp dsimp! dsimp? eapply enter eq_refl erw exact exact? exact_mod_cast exacts
    exfalso exists ext ext1 expose_names fail fail_if_success fapply field_simp fin_cases first focus fun_cases
    fun_induction funext gcongr generalize get_elem_tactic grind grind? group have haveI hint if induction
    induction' infer_instance inhabit injection injections interval_cases intro intros iterate left let letI lia
    linarith linear_combination lift match move_add next nlinarith nofun nomatch noncomm_ring norm_cast norm_num
    nth_rewrite nth_rw obtain omega on_goal order pick_goal positivity pull push_cast push_neg qify rcases refine
    refine' refine_lift rel rename rename_i repeat repeat' repeat1 replace revert rewrite rfl rfl' rify right ring
    ring_nf rintro rotate_left rotate_right rsuffices rw rw? rwa rw_mod_cast set show show_term simp simp! simp?
    simp_all simp_all_arith simp_arith simp_rw simpa simpa! simpa? skip slim_check solve solve_by_elim specialize
    split split_ifs subst subst_eqs subst_vars substs suffices sum_cases swap symm symm_saturate tauto trace
    trace_state trans triv trivial try try? unfold unfold_let unhygienic unreachable use use! with_reducible
    with_reducible_and_instances with_unfolding_all wlog zify""")
"""First words by which a body is known as a block of tactics; any other first word starts a term."""


def denied(word: str) -> str | None:
    """Return what is wrong with a word, or None."""
    reason = DENIED.get(word) or DENIED.get(word.rstrip("!?"))
    return reason or (_NAME if _DENIED_SHAPES.match(word) else None)
