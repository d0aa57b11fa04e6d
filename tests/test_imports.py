"""What importing the package costs: nothing but the runtime layers and the trainer may need an extra."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import importlib, pkgutil, sys
for name in ("torch", "lightning_fabric", "safetensors", "rich", "numpy", "matplotlib"):
    sys.modules[name] = None  # importing it raises ModuleNotFoundError
import archgraph
found = pkgutil.walk_packages(archgraph.__path__, "archgraph.", onerror=lambda name: None)
names = [info.name for info in found]
heavy = tuple(f"archgraph.{part}." for part in ("nn", "train", "export", "measure", "weights"))
light = [name for name in names if not name.startswith(heavy)]
for name in light:
    if name != "archgraph.__main__":
        importlib.import_module(name)
print(len(light))
"""


def _run(program: str) -> str:
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_all_but_runtime_and_trainer_imports_without_the_extras() -> None:
    assert int(_run(PROGRAM)) > 50


def test_the_package_loads_neither_torch_nor_the_graph_library() -> None:
    loaded = set(_run("import sys, archgraph\nprint(*sys.modules)").split())
    assert not {"torch", "networkx", "numpy", "ziafont"} & loaded
