"""A run between two steps, as a checkpoint, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from archgraph.train.checkpoint import Checkpoint, find_checkpoint, load_checkpoint
from archgraph.train.codec import Codec
from archgraph.train.config import TrainConfig, config_from_json
from archgraph.train.curve import Point
from archgraph.train.errors import TrainError
from archgraph.train.field import Field
from archgraph.train.loop import Machine, Position
from archgraph.train.state import load_optimizer, load_random_state, optimizer_tensors, random_state

VERSION = 1


@dataclass(frozen=True)
class Record:
    """What a checkpoint says of its run, without the tensors.

    Attributes:
        path: the checkpoint's folder.
        config: the run.
        spec: the resolved text of the spec.
        fields: the observed variables.
        codecs: by name of the variables that are text.
        sizes: the params that the data decided (`vocab: auto`).
        digest: SHA-256 of the data file.
        position: where the run stood.
    """

    path: Path
    config: TrainConfig
    spec: str
    fields: tuple[Field, ...]
    codecs: Mapping[str, Codec]
    sizes: Mapping[str, int]
    digest: str
    position: Position


def take(machine: Machine, position: Position, spec: str) -> Checkpoint:
    """Return the checkpoint of a run that stands between two steps."""
    data = machine.data
    state: dict[str, Any] = {
        "version": VERSION,
        "config": machine.config.to_json(),
        "spec": spec,
        "fields": [field.to_json() for field in data.fields],
        "codecs": {name: codec.to_json() for name, codec in data.codecs.items()},
        "sizes": data.sizes(),
        "digest": data.digest,
        "position": asdict(position),
        "random": random_state(),
    }
    tensors = {
        "model": machine.model.state_dict(),
        "optimizer": optimizer_tensors(machine.optimizer.optimizer),
    }
    return Checkpoint(tensors, state)


def read(path: Path) -> tuple[Record, Checkpoint]:
    """Read the checkpoint that a path means: its own folder, or the newest of a run's.

    Raises:
        TrainError: there is none, or it is damaged, of a later version, or of another kind.
    """
    place = find_checkpoint(path)
    checkpoint = load_checkpoint(place)
    state = checkpoint.state
    if state.get("version") != VERSION:
        fact = f"{place}: checkpoint of version {state.get('version')}, this program reads {VERSION}"
        raise TrainError(fact, "use the program's version that wrote it")
    try:
        return _record(place, state), checkpoint
    except (LookupError, TypeError) as fault:
        raise TrainError(f"{place}: not a checkpoint of `train`", "give the folder that `train` wrote to") from fault


def _record(place: Path, state: Mapping[str, Any]) -> Record:
    stood = dict(state["position"])
    stood["points"] = [Point(**point) for point in stood["points"]]
    stood["recent"] = tuple(stood["recent"])
    return Record(
        path=place,
        config=config_from_json(state["config"]),
        spec=state["spec"],
        fields=tuple(Field.from_json(field) for field in state["fields"]),
        codecs={name: Codec.from_json(codec) for name, codec in state["codecs"].items()},
        sizes=dict(state["sizes"]),
        digest=state["digest"],
        position=Position(**stood),
    )


def put_back(machine: Machine, checkpoint: Checkpoint) -> None:
    """Give a machine the weights, the optimiser and the random state of a checkpoint."""
    machine.model.load_state_dict(dict(checkpoint.tensors["model"]))
    load_optimizer(machine.optimizer.optimizer, checkpoint.tensors["optimizer"])
    load_random_state(checkpoint.state["random"])
