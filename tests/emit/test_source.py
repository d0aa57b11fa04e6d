"""The emitted source: what a person would have written, standing alone."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from archgraph.compiler import emit
from tests.emit.golden import GOLDEN, SPEC, current
from tests.emit.samples import ROOT, STORY

SHIPPED = sorted(path for path in STORY.parent.rglob("*.yaml") if path.stem != "latent_predictive")
ORDINARY = sorted((ROOT / "tests" / "ordinary").glob("*.yaml"))
SPECS = {path.stem: path for path in SHIPPED if path.parent == STORY}
MODEL_LINES = 150


def source(name: str) -> str:
    return emit(SPECS[name], variant="tiny")


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the source of every spec that ships, and of others, with and without its streaming form."""
    folder = tmp_path_factory.mktemp("sources")
    for path in SHIPPED + ORDINARY:
        for stream in (True, False):
            text = emit(path, variant="tiny" if path in SHIPPED else None, stream=stream)
            name = f"{path.stem}.py" if stream else f"{path.stem}_whole.py"
            (folder / name).write_text(text, encoding="utf-8", newline="\n")
    return folder


def run(*command: str, cwd: Path) -> None:
    done = subprocess.run(command, cwd=cwd, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_transformer_is_the_golden_file() -> None:
    assert current() == GOLDEN.read_text(encoding="utf-8"), "read the change; refresh: python -m tests.emit.golden"


def test_ruff_finds_nothing(sources: Path) -> None:
    # The project's own rules, but: a class says what its forward takes, names and numbers of tensors are the spec's.
    rules = ("--config", str(ROOT / "pyproject.toml"), "--ignore", "D102,E741,N806,PLR0913,PLR0915")
    run(sys.executable, "-m", "ruff", "check", "--no-cache", *rules, ".", cwd=sources)


def test_ruff_would_write_it_so(sources: Path) -> None:
    # Where each copy has its own names, ruff breaks calls at their dots, which no person does.
    rules = ("--config", str(ROOT / "pyproject.toml"), "--exclude", "t5*")
    run(sys.executable, "-m", "ruff", "format", "--check", "--no-cache", *rules, ".", cwd=sources)


def test_mypy_finds_nothing(sources: Path) -> None:
    cache = ROOT / ".mypy_cache" / "emitted"
    run(sys.executable, "-m", "mypy", "--strict", f"--cache-dir={cache}", ".", cwd=sources)


@pytest.mark.parametrize("name", SPECS)
def test_it_imports_torch_and_the_standard_library_alone(name: str) -> None:
    found = set()
    for node in ast.walk(ast.parse(source(name))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").partition(".")[0])
    assert found <= {"torch", *sys.stdlib_module_names}


def model_part(text: str) -> str:
    """What is written for this spec, after the runtime pieces that come first."""
    classes = [node for node in ast.parse(text).body if isinstance(node, ast.ClassDef)]
    own = [node for node in classes if (ast.get_docstring(node) or "").startswith(("x (B", "What the model"))]
    return "\n".join(text.split("\n")[own[0].lineno - 1 :])


def test_the_model_part_of_the_transformer_is_short() -> None:
    lines = model_part(emit(SPEC, stream=False)).splitlines()
    assert lines[0] == "class EncoderLayer(nn.Module):"
    assert len(lines) <= MODEL_LINES
    assert set(lines) < set(model_part(current()).splitlines())


def names_in(text: str) -> set[str]:
    tree = ast.parse(text)
    found = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    found |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    return found | {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}


@pytest.mark.parametrize("name", SPECS)
def test_no_name_is_generated(name: str) -> None:
    # A second layer of the same operation is `linear_2`: that is its name in the spec, and on self alone.
    # Several tensors that go into one port have no names of their own, so they are numbered.
    text = source(name)
    layers = set(re.findall(r"self\.(\w+_\d+)", text)) | {"x_2"}
    assert {word for word in names_in(text) if re.search(r"_\d+$|^(tmp|var|t\d+|x\d+)$", word)} <= layers
    assert not re.findall(r"^class \w+_\w+", text, re.MULTILINE)


@pytest.mark.parametrize("name", SPECS)
def test_no_line_is_too_long_and_none_ends_in_blanks(name: str) -> None:
    for line in source(name).split("\n"):
        assert len(line) <= 120
        assert line == line.rstrip()


@pytest.mark.parametrize("name", SPECS)
def test_the_same_spec_gives_the_same_bytes(name: str) -> None:
    assert source(name) == source(name)


BYTES = """
import hashlib, sys
from pathlib import Path
import archgraph
for name in sys.argv[2:]:
    text = archgraph.emit(Path(sys.argv[1]) / (name + ".yaml"), variant="tiny")
    print(name, hashlib.sha256(text.encode()).hexdigest())
"""


def test_hash_seeds_change_no_byte() -> None:
    seen = set()
    for seed in ("0", "1", "2"):
        command = [sys.executable, "-c", BYTES, str(STORY), *SPECS]
        env = {"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
        seen.add(subprocess.run(command, capture_output=True, encoding="utf-8", check=True, env=env).stdout)
    assert len(seen) == 1


BLOCKED = """
import runpy, sys

class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "archgraph":
            raise ImportError("blocked")
        return None

sys.meta_path.insert(0, Blocker())
import torch
found = runpy.run_path(sys.argv[1])
torch.manual_seed(0)
model = found["Transformer"]().eval()
x, y = torch.arange(12).reshape(2, 6) + 3, torch.arange(10).reshape(2, 5) + 3
out = model(x, y)
out.loss.backward()
assert "archgraph" not in sys.modules
print(out.loss.item().hex())
"""


def test_the_source_runs_where_archgraph_cannot_be_imported(tmp_path: Path) -> None:
    path = tmp_path / "transformer.py"
    path.write_text(source("transformer"), encoding="utf-8", newline="\n")
    command = [sys.executable, "-I", "-c", BLOCKED, str(path)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    assert float.fromhex(done.stdout.strip()) > 0
