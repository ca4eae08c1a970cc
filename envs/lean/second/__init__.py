"""A second kernel, written from the rules of Lean's type theory and sharing no code with the first; see `checker`."""
