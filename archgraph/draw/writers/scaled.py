"""A scene made smaller as a whole, for formats whose pages have a largest size."""

from __future__ import annotations

from archgraph.draw.paths import Box, moved
from archgraph.draw.scene import Group, Item, Line, Scene, Shape, Style, Words


def scaled(scene: Scene, factor: float) -> Scene:
    """The scene with all lengths times a factor."""
    if factor == 1.0:
        return scene
    items = tuple(_item(item, factor) for item in scene.items)
    return scene._replace(width=scene.width * factor, height=scene.height * factor, items=items)


def _item(item: Item, factor: float) -> Item:
    if isinstance(item, Group):
        return item._replace(items=tuple(_item(each, factor) for each in item.items))
    if isinstance(item, Line):
        points = tuple((x * factor, y * factor) for x, y in item.points)
        head = moved(item.head, 0.0, 0.0, scale=factor)
        return item._replace(points=points, head=head, style=_style(item.style, factor))
    box, outline = _box(item.box, factor), moved(item.outline, 0.0, 0.0, scale=factor)
    if isinstance(item, Shape):
        return item._replace(box=box, outline=outline, style=_style(item.style, factor))
    if isinstance(item, Words):
        origin = (item.origin[0] * factor, item.origin[1] * factor)
        return item._replace(box=box, outline=outline, size=item.size * factor, origin=origin)
    return item._replace(box=box, outline=outline, size=item.size * factor)


def _style(style: Style, factor: float) -> Style:
    return style._replace(width=style.width * factor, dash=tuple(length * factor for length in style.dash))


def _box(box: Box, factor: float) -> Box:
    return box[0] * factor, box[1] * factor, box[2] * factor, box[3] * factor
