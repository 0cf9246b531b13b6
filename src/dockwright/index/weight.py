"""What of an install is CUDA payload: gigabytes that an image without a GPU has no use for."""

from __future__ import annotations

from dockwright.index.question import Release

# Wheels whose usual build for x86_64 carries CUDA or pulls it in (their own installation guides).
CARRIERS = frozenset({
    "torch", "triton", "tensorflow-gpu", "jaxlib", "cupy", "cupy-cuda11x", "cupy-cuda12x", "cupy-cuda13x",
    "onnxruntime-gpu",
    "paddlepaddle-gpu", "xformers", "flash-attn", "vllm", "bitsandbytes", "faiss-gpu", "faiss-gpu-cu11",
    "faiss-gpu-cu12",
    "torchaudio",
    "torchvision", "pytorch-triton", "jax-cuda12-plugin", "jax-cuda12-pjrt", "deepspeed", "xgboost",
})  # fmt: skip
HEAVY = 200 * 1024 * 1024  # a wheel of one of these names below this is a CPU build


def cuda(name: str, version: str, size: int | None) -> bool:
    if name.startswith(("nvidia-", "cuda-")):
        return True
    local = version.partition("+")[2]
    if local.startswith("cu"):
        return True
    return name in CARRIERS and local != "cpu" and (size or 0) > HEAVY


def payload(releases: tuple[Release, ...]) -> tuple[int, tuple[str, ...]]:
    """Bytes, and the names that make them, the heaviest first."""
    heavy = sorted((each for each in releases if each.cuda), key=lambda each: -(each.size or 0))
    return sum(each.size or 0 for each in heavy), tuple(each.name for each in heavy)
