"""The code environment: programming problems judged by hidden tests in a sandbox."""
