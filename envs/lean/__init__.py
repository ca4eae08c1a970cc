"""Lean proofs as tasks: an answer is a proof, and the reward is a theorem that the kernel has checked again."""
