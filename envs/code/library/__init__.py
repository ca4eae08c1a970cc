"""The problems, one file a topic; importing a file adds its problems to `envs.code.problem.PROBLEMS`."""
