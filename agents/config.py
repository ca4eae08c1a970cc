"""Typed configuration of a run. Every field can be set on the command line: `algo.steps=40 env.difficulty=medium`.

`env=NAME` chooses an environment; its own options stand under `env.` with the defaults of its constructor.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from omegaconf import MISSING

DEFAULTS = (
    "_self_",
    {"env": "code"},
    {"sandbox": "auto"},
    {"backend": "transformers"},
    {"override hydra/job_logging": "stdout"},
)
"""What a command's configuration is composed of."""

NO_FILES = {"run": {"dir": "."}, "sweep": {"dir": "runs", "subdir": "."}, "output_subdir": None}
"""Hydra writes nothing: a run's folder is ours, and the working folder the user's."""


@dataclass
class BubblewrapConfig:
    """A sandbox that needs no engine; `sandbox=bubblewrap`."""

    name: str = "bubblewrap"
    """Which sandbox."""
    boxes: int | None = None
    """Warm boxes; one per processor when not given."""


@dataclass
class DockerConfig(BubblewrapConfig):
    """A sandbox of Docker containers; `sandbox=docker`."""

    name: str = "docker"
    """Which sandbox."""
    runtime: str | None = None
    """The engine's OCI runtime, such as `runsc` (gVisor); the engine's default when not given."""


@dataclass
class AutoConfig(DockerConfig):
    """Docker where an engine with our image answers, else bubblewrap; with a runtime: Docker; `sandbox=auto`."""

    name: str = "auto"
    """Which sandbox."""


SANDBOX_CONFIGS: dict[str, type[BubblewrapConfig]] = {
    "auto": AutoConfig,
    "docker": DockerConfig,
    "bubblewrap": BubblewrapConfig,
}


@dataclass
class LoraConfig:
    """A low-rank adapter, trained instead of the weights (needs `pip install 'assay[lora]'`)."""

    rank: int = 0
    """Of the adapter, such as 16; 0: all weights are trained. Adapters want about ten times the learning rate."""
    alpha: float | None = None
    """The adapter's output is scaled by alpha / rank; twice the rank when not given."""
    targets: list[str] | None = None
    """Names of the layers that have one, such as `[q_proj,v_proj]`; all linear layers of the blocks when not given."""


@dataclass
class TransformersConfig:
    """Sampling with the learner's own model, in this process; `backend=transformers`."""

    name: str = "transformers"
    """Which backend."""
    graphs: bool = False
    """Whether decoding on a GPU is recorded, and a step repeated as one graph; models of Llama's shape."""


@dataclass
class VllmConfig:
    """Sampling with vLLM, in this process or on a server; `backend=vllm`."""

    name: str = "vllm"
    """Which backend."""
    url: str | None = None
    """A vLLM server with the same weights, such as `http://localhost:8000`, for evaluation; none: this process."""
    dtype: str = "auto"
    """Of the engine: `float32`, `bfloat16`, `float16`; `auto` is float32 on a processor and bfloat16 on a GPU."""
    tolerance: float | None = None
    """Largest difference between a log-probability of the engine and the learner's after the weights were handed over,
    beyond which the run ends; when not given, 1e-3 in float32, 0.15 in float16 and 0.5 in bfloat16."""
    cache_gib: float = 2.0
    """Memory of the engine for keys and values."""
    context: int | None = None
    """Longest sequence, prompt and completion together; what the model takes when not given."""
    eager: bool | None = None
    """Whether no graph is captured; when not given, so on a processor only."""
    timeout_s: float = 600.0
    """How long a server may take for one completion."""


@dataclass
class OpenAIConfig:
    """Evaluation against an OpenAI-compatible endpoint, which holds the model; `backend=openai`."""

    name: str = "openai"
    """Which backend."""
    url: str | None = None
    """The endpoint, such as `http://localhost:8000/v1`; must be given."""
    key_env: str | None = None
    """NAME of the environment variable that holds the key; none: no key is needed."""
    concurrency: int = 8
    """Requests under way at the same time."""
    timeout_s: float = 120.0
    """How long one answer may take."""
    retries: int = 4
    """Times that a request is sent again after a failure that may pass, each after a longer pause."""
    limit_name: str = "max_completion_tokens"
    """How the endpoint calls the longest completion; older ones say `max_tokens`."""
    omit: list[str] = field(default_factory=list)
    """What the endpoint does not take and is not sent, of `temperature` and `seed`: it has its own way then."""


BACKEND_CONFIGS: dict[str, type[Any]] = {
    "transformers": TransformersConfig,
    "vllm": VllmConfig,
    "openai": OpenAIConfig,
}


@dataclass
class AlgoConfig:
    """The learning algorithm."""

    steps: int = 16
    """Optimizer steps."""
    groups_per_step: int = 8
    """Tasks sampled for one step."""
    group_size: int = 8
    """Completions of each task, compared with one another."""
    max_new_tokens: int = 64
    """Longest completion of one turn."""
    temperature: float = 1.0
    """Of sampling, in training and evaluation; log-probabilities are taken at the same temperature."""
    loss: str = "grpo"
    """The algorithm, one of `algorithms.ALGORITHMS`: `grpo`, `dr_grpo`, `dapo`, `gspo`, `cispo`, `rloo`, `reinforce++`,
    `reinforce`. It brings options of its own for what neither the command line nor the environment gives."""
    advantage: str = "group_std"
    """`group`, `group_std`, `leave_one_out` or `batch`."""
    aggregate: str = "token"
    """What a token weighs: `token`, the same for all of the step; `sequence`, the same for all sequences; `constant`,
    one over the number of sequences and `max_new_tokens`. Decided before anything is split."""
    clip_low: float = 0.2
    """The ratio of new to old probability counts down to 1 - clip_low."""
    clip_high: float = 0.28
    """The ratio counts up to 1 + clip_high."""
    dual_clip: float | None = None
    """The ratio of tokens with a negative advantage counts up to this; without bound when not given."""
    epochs: int = 1
    """Passes over each step's batch."""
    minibatches: int = 1
    """Optimizer steps of each pass."""
    correction: str = "truncated"
    """For the gap between sampler and learner: `truncated` or `banded` weights of tokens, `sequence_mask`, or `none`:
    then the sampler's probabilities are the old ones of the ratio."""
    correction_cap: float = 2.0
    """Largest weight; the band and the mask keep ratios from one over this up to this."""
    kl_weight: float = 0.0
    """Of the divergence from the reference model; with 0 there is none, and it costs nothing."""
    kl_in: str = "loss"
    """Whether the divergence is part of the `loss`, or taken off the `reward` of each completion."""
    kl_estimator: str = "k2"
    """In the loss: `k2` or `k3`, whose gradients are that of KL(policy || reference), or GRPO's own `k3_plain`."""
    reference: str | None = None
    """Model to compare with, by name or path; the one that the run begins with when not given."""
    watch_kl: bool = False
    """Whether the divergence from the start, and from the reference though it has no weight, is measured: for each of
    the two (if they are two) one more copy of the weights and one more forward pass a step."""
    entropy_weight: float = 0.0
    """Of the entropy, which is pushed up."""
    refill: bool = False
    """Whether tasks whose completions all earned the same are replaced until `groups_per_step` of them teach."""
    refill_rounds: int = 4
    """At most so many times tasks are sampled for one step."""
    overlong_share: float = 0.0
    """The last share of `max_new_tokens`, over which a completion loses more and more of what it is taken to earn."""
    overlong_penalty: float = 1.0
    """What a completion of full length loses."""
    learn_from_truncated: bool = True
    """Whether completions that ran out of tokens are learned from; they count in the baseline either way."""
    steps_ahead: int = 0
    """1: the next step's groups are sampled while this one is learned from, so they are one update old."""
    learning_rate: float = 2e-5
    """Peak learning rate of AdamW."""
    warmup_steps: int = 2
    """Steps over which the learning rate rises linearly."""
    weight_decay: float = 0.0
    """Of AdamW."""
    beta1: float = 0.9
    """Of AdamW."""
    beta2: float = 0.95
    """Of AdamW."""
    max_grad_norm: float = 1.0
    """The gradient is scaled down to this norm."""
    lora: LoraConfig = field(default_factory=LoraConfig)
    precision: str = "auto"
    """What the blocks compute in: `fp32`, `bf16` or `fp16` (with a scaled loss); `auto` is `bf16` on GPUs that have it.
    Trained weights, head, log-probabilities and loss are float32 always; weights that are not trained (with `lora`)
    are held in this precision."""
    gradient_checkpointing: bool = False
    """Whether each block's activations are computed again in the backward pass: less memory for a third more time."""
    compile: bool = False
    """Whether `torch.compile` makes the learner's code; the first row takes minutes."""
    row_tokens: int = 1024
    """Longest sequence of the learner: a group's prompt and its members, laid one behind the other."""
    sampler_batch: int = 64
    """Completions sampled side by side."""
    error_budget: float = 0.25
    """Share of the last completions that may be without a reward for a fault of ours; beyond it the run stops."""
    judge_limit_s: float = 1200.0
    """Seconds after which a judgement is given up, without a reward and as a fault of ours."""


@dataclass
class EvalConfig:
    """Evaluation during a run."""

    split: str = "heldout"
    """Split that is evaluated; never trained on."""
    samples: int = 4
    """Completions of each task, before and after training."""
    every: int = 8
    """Steps between evaluations during training, with `samples_during` completions; 0: none."""
    samples_during: int = 1
    """Completions of each task in those."""


@dataclass
class TrainConfig:
    """A run."""

    defaults: list[Any] = field(default_factory=lambda: list(DEFAULTS))
    hydra: Any = field(default_factory=lambda: dict(NO_FILES))
    """Hydra's own settings."""
    env: Any = MISSING
    """Environment and its options; `env=NAME` chooses."""
    model: str = "smollm2-135m"
    """`smollm2-135m`, `tiny`, `hf:ID`, or the path of a folder with weights (a run's checkpoint, say)."""
    backend: Any = "transformers"
    """What samples: `backend=transformers` or `vllm`, and its options, such as `backend.cache_gib=4`."""
    device: str = "auto"
    """Where sampling and learning run: `auto` (a GPU where torch finds one), `cpu`, `cuda`, `cuda:1`, ..."""
    sandbox: Any = "auto"
    """What runs untrusted programs, for environments that have the option: `sandbox=auto`, `docker` or `bubblewrap`,
    and its options, such as `sandbox.runtime=runsc`."""
    seed: int = 0
    """Of tasks, episodes and sampling."""
    run_dir: str | None = None
    """Folder of the run; by default a new one under `runs/`."""
    resume: str | None = None
    """Folder of a run to go on with, from its last checkpoint and with its configuration."""
    plugins: list[str] = field(default_factory=list)
    """Modules or files that register environments and verifiers."""
    job: str | None = None
    """A fine-tuning job: the file of its request body, for `env=rft`; what the command line says wins over it."""
    checkpoint_every: int = 8
    """Steps between checkpoints; the last step always makes one."""
    keep_best: int = 0
    """Evaluated steps whose weights are kept, the best by mean reward, besides the last checkpoint; a job keeps 3."""
    trackers: list[str] | None = None
    """Where numbers go besides the run's own files: `[tensorboard]`, `[wandb]`, both, or `[]`; when not given,
    TensorBoard if it is installed."""
    dry_run: bool = False
    """Whether one group is sampled and shown, with the memory that a run needs, and nothing else done; `--dry-run`."""
    transcripts: int = 4
    """Sampled episodes written down at each step."""
    algo: AlgoConfig = field(default_factory=AlgoConfig)
    eval: EvalConfig = field(default_factory=EvalConfig)
