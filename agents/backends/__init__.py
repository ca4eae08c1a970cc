"""What samples completions, by name; a backend's module is imported only when it is chosen."""

from __future__ import annotations

from collections.abc import Callable

from agents.core import PolicyBackend
from agents.models import LoadedModel


def _transformers(model: LoadedModel, max_batch: int) -> PolicyBackend:
    from agents.backends.transformers import TransformersBackend

    return TransformersBackend(model.model, model.eos_ids, max_batch=max_batch)


BACKENDS: dict[str, Callable[[LoadedModel, int], PolicyBackend]] = {"transformers": _transformers}
"""Name -> function of the model and of the number of sequences sampled side by side."""
