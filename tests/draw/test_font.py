"""Words in a font of one's own: drawn from its file, named in PPTX, and what it lacks is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from archgraph.cli.render import COMMAND
from archgraph.draw import draw, write
from archgraph.draw.errors import PictureError
from archgraph.draw.letters import typeface
from archgraph.draw.letters.typeface import FOLDER, SYMBOLS, FontError, lettered
from archgraph.draw.marks.axes import labelled
from archgraph.draw.scene import Scene, Shape, Words
from archgraph.draw.theme import THEMES
from tests.draw.audit import audit
from tests.draw.graphs import TRANSFORMER
from tests.draw.slides import A, slide

# An OpenType font with other letters than our own, which every checkout has.
OTHER = str(FOLDER / SYMBOLS)
SPEC = Path(__file__).parents[2] / "specs" / "story" / "transformer.yaml"


def words(scene: Scene) -> dict[str, Words]:
    return {item.id: item for item in scene.walk() if isinstance(item, Words)}


@pytest.mark.parametrize("depth", [0, 1])
def test_words_are_drawn_in_the_font_and_the_picture_stays_sound(depth: int) -> None:
    scene = draw(TRANSFORMER, font=OTHER, depth=depth)
    ours, theirs = words(draw(TRANSFORMER, depth=depth)), words(scene)
    assert ours.keys() == theirs.keys()
    assert all(ours[id].outline != theirs[id].outline for id in ours)
    assert audit(write(scene, "svg")) == []


def test_shapes_stand_where_they_stand_in_any_font() -> None:
    ours, theirs = (
        {i.id: i.box for i in draw(TRANSFORMER, font=f).walk() if isinstance(i, Shape)} for f in ("", OTHER)
    )
    sizes = [{id: (b[2] - b[0], b[3] - b[1]) for id, b in boxes.items()} for boxes in (ours, theirs)]
    assert sizes[0] == sizes[1]


def test_a_picture_after_it_is_in_our_own_font_again() -> None:
    before = write(draw(TRANSFORMER), "svg")
    draw(TRANSFORMER, font=OTHER)
    assert write(draw(TRANSFORMER), "svg") == before


def test_our_own_font_from_a_file_gives_the_same_outlines() -> None:
    path = str(FOLDER / typeface.WORDS)
    ours, theirs = words(draw(TRANSFORMER)), words(draw(TRANSFORMER, font=path))
    assert {id: item.box for id, item in ours.items()} == {
        id: pytest.approx(item.box, abs=1e-6) for id, item in theirs.items()
    }


def test_axes_are_written_in_the_font_of_the_picture() -> None:
    scene = labelled(draw(TRANSFORMER, font=OTHER), {"h": "T"}, THEMES["dark"])
    assert words(scene)["axes--h/words"].font == str(Path(OTHER).resolve())


def test_presentation_names_the_font() -> None:
    pytest.importorskip("pptx", reason="python-pptx is not installed: pip install 'archgraph-compiler[slides]'")
    for font, name in (("", "Calibri"), (OTHER, "Latin Modern Math")):
        root = slide(write(draw(TRANSFORMER, font=font), "pptx"))
        assert {each.attrib["typeface"] for each in root.iter(f"{A}latin")} == {name}


def test_character_that_the_font_lacks_is_named_with_the_font() -> None:
    with pytest.raises(PictureError, match=r"latinmodern-math.otf has no character U\+65E5 \(CJK UNIFIED"):
        draw(TRANSFORMER, title="日", font=OTHER)


@pytest.mark.parametrize("data", [b"", b"no font at all", b"\0\1\0\0" + bytes(40), b"OTTO" + b"\xff" * 60])
def test_file_that_is_no_font_is_refused(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "broken.ttf"
    path.write_bytes(data)
    with pytest.raises(FontError, match=r"broken.ttf' is no TrueType or OpenType font"), lettered(str(path)):
        typeface.words("a")


def render(*options: str | Path) -> Result:
    return CliRunner().invoke(COMMAND, [str(SPEC), *map(str, options)])


def test_command_takes_the_file_of_a_font(tmp_path: Path) -> None:
    for name, options in (("ours.svg", ()), ("theirs.svg", ("--font", OTHER))):
        assert render("-o", tmp_path / name, *options).exit_code == 0
    assert (tmp_path / "ours.svg").read_bytes() != (tmp_path / "theirs.svg").read_bytes()


def test_command_refuses_a_file_that_there_is_not(tmp_path: Path) -> None:
    result = render("-o", tmp_path / "a.svg", "--font", tmp_path / "none.ttf")
    assert result.exit_code == 2
    assert "does not exist" in result.output
