"""The audit itself: each defect that it is for, seeded into a sound picture, is found."""

from __future__ import annotations

import io
import re
import zipfile

import pytest

from archgraph.draw import draw, write
from archgraph.draw.scene import Group
from tests.draw import slide_audit
from tests.draw.audit import audit
from tests.draw.graphs import TRANSFORMER
from tests.draw.slides import POINT, parts
from tests.draw.walls import walls


@pytest.fixture(scope="module")
def svg() -> str:
    return write(draw(TRANSFORMER), "svg").decode("utf-8")


def shifted(svg: str, id: str, dx: float, dy: float, *, only: str = "") -> str:
    """The picture with the coordinates of one group (or of its marks of one shape) moved."""
    start = svg.index(f'<g id="{id}"')
    end = svg.index("</g>", start)
    lines = svg[start:end].split("\n")
    moved = [line if only not in line or line.startswith(("<g", "<title")) else _moved(line, dx, dy) for line in lines]
    return svg[:start] + "\n".join(moved) + svg[end:]


def _moved(line: str, dx: float, dy: float) -> str:
    def add(match: re.Match[str]) -> str:
        shift = dx if match[1] in ("cx", "x") else dy
        return f'{match[1]}="{float(match[2]) + shift}"'

    def pairs(match: re.Match[str]) -> str:
        numbers = re.findall(r"-?[\d.]+|[A-Z]", match[2])
        turn, out = 0, []
        for text in numbers:
            if text.isalpha():
                out.append(text)
                continue
            out.append(f"{float(text) + (dy if turn % 2 else dx)} ")
            turn += 1
        return f'{match[1]}="{"".join(out)}"'

    line = re.sub(r'\b(cx|cy|x|y)="([-\d.]+)"', add, line)
    return re.sub(r'\b(d|points)="([^"]+)"', pairs, line)


def found(svg: str) -> str:
    return "\n".join(audit(svg.encode("utf-8")))


def test_sound_picture_has_no_findings(svg: str) -> None:
    assert audit(svg.encode("utf-8")) == []


def test_finds_overlapping_shapes(svg: str) -> None:
    assert "h overlaps decoder" in found(shifted(svg, "h", 80, 0))


def test_finds_wire_through_shape(svg: str) -> None:
    assert "predictor-h runs through" in found(shifted(svg, "predictor-h", 0, 20))


def test_finds_text_outside_its_shape(svg: str) -> None:
    assert "text of encoder leaves its shape" in found(shifted(svg, "encoder", 40, 0, only='data-shape="words"'))


def test_finds_arrow_that_misses(svg: str) -> None:
    assert "x-encoder does not reach encoder" in found(shifted(svg, "x-encoder", -8, 0))


def test_finds_shape_off_the_page(svg: str) -> None:
    assert "y_tilde leaves the page" in found(shifted(svg, "y_tilde", 60, 0))


def test_finds_wire_on_wire(svg: str) -> None:
    assert "y_tilde-C lies on y-C" in found(shifted(svg, "y_tilde-C", 0, 100)) or "y-C lies on y_tilde-C" in found(
        shifted(svg, "y_tilde-C", 0, 100)
    )


def test_finds_slanted_wire(svg: str) -> None:
    assert "is slanted" in found(svg.replace('points="', 'points="1,1 ', 1))


def test_finds_faint_text(svg: str) -> None:
    assert "text of h too faint" in found(svg.replace("#b3de69", "#303030"))


def test_finds_text_on_text(svg: str) -> None:
    assert "overlaps text" in found(shifted(svg, "legend--x", 0, 40))


def test_finds_small_type(svg: str) -> None:
    assert "below 9 pt" in found(svg.replace('data-size="28"', 'data-size="8"'))


def test_finds_text_on_the_wall_of_a_container() -> None:
    opened = write(draw(TRANSFORMER, depth=1), "svg").decode("utf-8")
    assert walls(opened.encode("utf-8")) == []
    moved = shifted(opened, "encoder", 0, 12, only='data-shape="words"')
    assert "text of encoder crosses encoder" in "\n".join(walls(moved.encode("utf-8")))


def test_finds_faint_outline(svg: str) -> None:
    assert "stroke of encoder too faint" in found(svg.replace('stroke="#bebada"', 'stroke="#202020"'))


def test_finds_wire_through_words(svg: str) -> None:
    assert "x-encoder runs through text legend--x" in found(shifted(svg, "legend--x", 200, 160))


def test_finds_node_on_the_other_side_of_an_edge_of_the_page(svg: str) -> None:
    assert "y leaves the page" in found(shifted(svg, "y", 0, 300))


@pytest.fixture(scope="module")
def opened() -> str:
    return write(draw(TRANSFORMER, depth=1), "svg").decode("utf-8")


@pytest.mark.parametrize(
    ("id", "dx", "dy", "finding"),
    [
        ("h", 180, -40, "h straddles decoder"),
        ("predictor", 0, 30, "predictor--op straddles predictor"),
        ("predictor", 0, -90, "predictor--op is outside of predictor"),
        ("x-encoder--op", -108, 0, "x-encoder--op runs along a wall of encoder"),
        ("encoder", 278, 0, "encoder straddles predictor"),
        ("y_tilde-C", -100, 0, "y_tilde-C enters decoder"),
    ],
)
def test_finds_defects_about_containers(opened: str, id: str, dx: float, dy: float, finding: str) -> None:
    assert finding in "\n".join(walls(shifted(opened, id, dx, dy).encode("utf-8")))


@pytest.fixture(scope="module")
def show() -> bytes:
    pytest.importorskip("pptx", reason="python-pptx is not installed: pip install 'archgraph-compiler[slides]'")
    return write(draw(TRANSFORMER), "pptx")


def on_slide(show: bytes, pattern: str, replacement: str) -> str:
    """What the audit finds on a slide after one change of its XML."""
    held = parts(show)
    name = "ppt/slides/slide1.xml"
    page, count = re.subn(pattern, replacement, held[name].decode("utf-8"), count=1, flags=re.DOTALL)
    assert count == 1
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as out:
        for each, data in {**held, name: page.encode("utf-8")}.items():
            out.writestr(each, data)
    kinds = {item.id: item.kind for item in draw(TRANSFORMER).items if isinstance(item, Group)}
    return "\n".join(slide_audit.audit(file.getvalue(), kinds))


def test_sound_slide_has_no_findings(show: bytes) -> None:
    assert on_slide(show, "<p:spTree>", "<p:spTree>") == ""


@pytest.mark.parametrize(
    ("pattern", "replacement", "finding"),
    [
        (r'(name="decoder/shape".*?<a:off) x="\d+"', rf'\1 x="{500 * POINT}"', "overlaps decoder"),
        (r'(name="y_tilde/shape".*?<a:off) x="\d+"', rf'\1 x="{930 * POINT}"', "y_tilde leaves the page"),
        (r'(name="encoder/label".*?|name="encoder/shape".*?) sz="\d+"', r'\1 sz="800"', "text of encoder below 9 pt"),
        (r'(name="encoder/shape".*?) sz="\d+"', r'\1 sz="6000"', "text of encoder leaves its shape"),
        (r'(name="h/label".*?srgbClr val=)"\w+"', r'\1"303030"', "text of h too faint"),
        (r'(name="h/shape".*?srgbClr val=)"\w+"', r'\1"202020"', "stroke of h too faint"),
        (r'(name="x-encoder/wire".*?<a:ext cx=)"\d+"', rf'\1"{20 * POINT}"', "x-encoder does not reach encoder"),
        (r'(name="predictor-h/wire".*?<a:off x="\d+") y="\d+"', rf'\1 y="{130 * POINT}"', "predictor-h"),
        (r'(name="legend--x/words".*?<a:off x="\d+") y="\d+"', rf'\1 y="{196 * POINT}"', "overlaps text"),
    ],
)
def test_finds_defects_of_slides(show: bytes, pattern: str, replacement: str, finding: str) -> None:
    assert finding in on_slide(show, pattern, replacement)
