"""The fine-tuning API on this machine: `python -m agents.serve`, for the official clients with another base URL."""
