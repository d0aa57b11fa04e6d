"""One of two processes that train one model together: `python -m tests.compiler.ranks KIND RANK FILE`."""

from __future__ import annotations

import sys
from pathlib import Path

import torch
from torch import Tensor, distributed, nn
from torch.distributed.fsdp import fully_shard

import archgraph

ROOT = Path(__file__).parents[2]
RANKS = 2


def fresh() -> nn.Module:
    """A small language model, the same in each process."""
    params = {"vocab": 20, "width": 16, "layers": 2, "heads": 2}
    return archgraph.compile(ROOT / "specs" / "story" / "language_model.yaml", params=params, seed=0)


def spread(kind: str, model: nn.Module) -> nn.Module:
    """Hand a model to all processes: copied, or cut up node by node."""
    if kind == "ddp":
        return nn.parallel.DistributedDataParallel(model)
    for part in (model.encoder, model.predictor, model.decoder, model):
        assert isinstance(part, nn.Module)
        fully_shard(part)
    return model


def trained(model: nn.Module, y: Tensor) -> nn.Module:
    """Take three steps on `y` (B, T)."""
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(3):
        optimizer.zero_grad()
        model(y=y).loss.backward()
        optimizer.step()
    return model


def main(kind: str, rank: int, file: str) -> None:
    """Train on half of the samples, and compare with one process that has all of them."""
    torch.set_num_threads(1)
    distributed.init_process_group("gloo", init_method=Path(file).as_uri(), rank=rank, world_size=RANKS)
    y = torch.randint(3, 20, (4, 12), generator=torch.Generator().manual_seed(0))
    model = fresh()
    trained(spread(kind, model), y[rank * 2 : rank * 2 + 2])
    wanted, found = trained(fresh(), y).state_dict(), model.state_dict()
    assert list(found) == list(wanted)
    whole = {name: value.full_tensor() if hasattr(value, "full_tensor") else value for name, value in found.items()}
    for name, value in wanted.items():
        torch.testing.assert_close(whole[name], value, atol=1e-5, rtol=0)
    distributed.destroy_process_group()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
