"""Registers the toy environments, for tests that go through the command line: `plugins=[tests/toys_plugin.py]`."""

import sys
from pathlib import Path

import envs

sys.path.insert(0, str(Path(__file__).parent))
from toys import Alarming, Flaky, Hackable, Kinds, Repair

envs.register("kinds", Kinds)
envs.register("hackable", Hackable)
envs.register("repair", Repair)
envs.register("flaky", Flaky)
envs.register("ringing", Alarming)
