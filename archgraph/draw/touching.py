"""What a picture joins without a wire, since the one thing touches the other."""

from __future__ import annotations

from archgraph.draw.scene import Group, Scene
from archgraph.draw.sketch import Sketch


def joined(scene: Scene, parts: Sketch) -> Scene:
    """The scene of roles, told which links of its parts it has no wires for."""
    wires = {item.id for item in scene.items if isinstance(item, Group) and item.kind == "wire"}
    silent = ((link.source, link.target) for link in parts.links if link.name not in wires)
    return scene._replace(touching=tuple(silent))
