"""The text environment: tasks from a file, judged by a verifier that is chosen by name."""
