"""What the Docker image of the sandbox is built from, and the profile its containers run under."""
