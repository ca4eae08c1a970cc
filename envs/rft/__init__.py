"""Reinforcement fine-tuning with the files people already have: the job's request body, JSONL data, graders."""
