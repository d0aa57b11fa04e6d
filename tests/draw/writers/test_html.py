"""The HTML writer: one file, no network, no foreign script; driven in a browser where there is one."""

from __future__ import annotations

import base64
import hashlib
import re
import shutil
import subprocess
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from archgraph.compiler import program
from archgraph.draw import Options, draw, extract, write
from archgraph.draw.scene import Group
from archgraph.graph.module import Graph
from tests.draw.graphs import TRANSFORMER

SPEC = Path(__file__).parents[3] / "specs" / "story" / "rnn_seq2seq.yaml"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
HOSTILE = [
    "</title></svg><script>alert(1)</script>",
    "</script><img src=x onerror=alert(1)>",
    "\" onload='alert(1)' x=\"",
    "javascript:alert(1)",
    "&lt;script&gt; ]]> <!-- -->",
]


class Elements(HTMLParser):
    """Collects start tags with the names of their attributes, and texts by element."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(sorted(name for name, _ in attrs))))


def page(subject: Graph = TRANSFORMER, **options: Any) -> str:
    return write(draw(subject), "html", Options(**options)).decode("utf-8")


def deep() -> str:
    """A page of two depths, with what is known of two things."""
    facts = (("encoder", "real[T]\n7 parameters"), ("x", "tokens(<b>)[T]"))
    return page(deeper=(draw(TRANSFORMER, depth=1),), facts=facts)


def labelled(label: str) -> Graph:
    variables = {name: one._replace(label=label) for name, one in TRANSFORMER.variables.items()}
    nodes = {name: one._replace(label=label) for name, one in TRANSFORMER.nodes.items()}
    return replace(TRANSFORMER, title=label, variables=variables, nodes=nodes)


@pytest.mark.parametrize("label", HOSTILE)
def test_hostile_labels_never_become_markup(label: str) -> None:
    hostile, benign = Elements(page(labelled(label))).tags, Elements(page(labelled("benign"))).tags
    assert set(hostile) == set(benign)
    assert [tag for tag, _ in hostile].count("script") == 1


def test_policy_allows_the_own_style_and_script_by_their_hashes_alone() -> None:
    text = page()
    policy = re.findall(r'<meta http-equiv="Content-Security-Policy" content="(.*?)">', text)[0]
    for tag in ("style", "script"):
        inner = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        hashed = base64.b64encode(hashlib.sha256(inner[0].encode("utf-8")).digest()).decode("ascii")
        assert len(inner) == 1
        assert f"{tag}-src 'sha256-{hashed}'" in policy
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy


def test_page_loads_nothing() -> None:
    text = page().replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert "http:" not in text and "https:" not in text
    assert not {name for _, names in Elements(text).tags for name in names} & {"src", "href", "srcset", "style"}


def test_spec_comes_out_as_it_went_in() -> None:
    spec = 'archgraph: 1\nname: "</spec></metadata><script> &amp; ζ"\n'
    assert extract(page(spec=spec).encode("utf-8"), "html") == spec
    assert extract(page().encode("utf-8"), "html") == ""


def test_ground_is_that_of_the_picture() -> None:
    assert "--ground: #ffffff; --ink: #1a1a1a" in write(draw(TRANSFORMER, theme="light"), "html").decode("utf-8")
    assert "--ground: #000000; --ink: #ffffff" in page()


def browsed(text: str, folder: Path) -> str:
    """The page as it is after its scripts have run."""
    if CHROMIUM is None:
        pytest.skip("there is no Chromium on the PATH to drive the page in")
    path = folder / "page.html"
    path.write_text(text, encoding="utf-8", newline="\n")
    flags = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder / 'profile'}"]
    done = subprocess.run(
        [CHROMIUM, *flags, "--window-size=960,540", "--virtual-time-budget=2000", "--dump-dom", path.as_uri()],
        capture_output=True,
        check=True,
        timeout=100,
    )
    return done.stdout.decode("utf-8")


def driven(steps: str, folder: Path, text: str = "") -> str:
    """The page after some steps in JavaScript; its policy, which would forbid them, is left out."""
    text = re.sub(r'<meta http-equiv="Content-Security-Policy".*?>', "", text or page())
    return browsed(text.replace("</body>", f"<script>{steps}</script></body>"), folder)


def test_everything_drawn_is_reached_by_keyboard(tmp_path: Path) -> None:
    dom = browsed(page(), tmp_path)
    scene = draw(TRANSFORMER)
    for group in scene.items:
        if isinstance(group, Group) and group.kind in ("variable", "node", "delay"):
            found = re.findall(rf'<g id="{re.escape(group.id)}"[^>]*>', dom)
            assert 'tabindex="0"' in found[0] and 'aria-pressed="false"' in found[0]


def test_foreign_script_does_not_run(tmp_path: Path) -> None:
    evil = '<script>document.title = "evil"</script></body>'
    assert "<title>evil</title>" not in browsed(page().replace("</body>", evil), tmp_path)


CLICK = 'document.getElementById("h").dispatchEvent(new MouseEvent("click", {bubbles: true}));'
ENTER = 'document.getElementById("h").dispatchEvent(new KeyboardEvent("keydown", {key: "Enter", bubbles: true}));'


@pytest.mark.parametrize("steps", [CLICK, ENTER])
def test_picked_thing_lights_up_with_all_ways_through_it(steps: str, tmp_path: Path) -> None:
    dom = driven(steps.replace('"h"', '"encoder"'), tmp_path)
    lit = re.findall(r'<g id="([^"]*)"[^>]*class="on"', dom)
    parts = ["x", "encoder", "predictor", "h", "decoder", "y_tilde", "C"]
    assert sorted(lit) == sorted([*parts, *map("-".join, pairwise(parts))])


def test_way_goes_on_through_modules_that_touch(tmp_path: Path) -> None:
    dom = driven(CLICK.replace('"h"', '"predictor"'), tmp_path)
    lit = set(re.findall(r'<g id="([^"]*)"[^>]*class="on"', dom))
    assert lit >= {"y", "y-delay--y-1", "delay--y-1", "enc", "enc-predictor", "predictor"}


def test_picking_again_or_escape_puts_all_lights_out(tmp_path: Path) -> None:
    escape = 'document.dispatchEvent(new KeyboardEvent("keydown", {key: "Escape"}));'
    for index, steps in enumerate((CLICK + CLICK, CLICK + escape)):
        folder = tmp_path / str(index)
        folder.mkdir()
        assert 'class="on"' not in driven(steps, folder)


@pytest.mark.parametrize(
    ("steps", "wanted"),
    [
        ('document.dispatchEvent(new KeyboardEvent("keydown", {key: "+"}));', "96 54 768 432"),
        ('document.dispatchEvent(new KeyboardEvent("keydown", {key: "ArrowRight"}));', "96 0 960 540"),
        ('document.getElementById("closer--").click(); document.getElementById("whole--").click();', "0 0 960 540"),
    ],
)
def test_keys_and_buttons_zoom_and_pan(steps: str, wanted: str, tmp_path: Path) -> None:
    found = re.findall(r'viewBox="([^"]*)"', driven(steps, tmp_path))
    assert [round(float(value)) for value in found[0].split()] == [int(value) for value in wanted.split()]


def test_wheel_zooms_about_the_pointer(tmp_path: Path) -> None:
    steps = """
    const svg = document.querySelector("main > svg");
    const where = (x, y) => new DOMPoint(x, y).matrixTransform(svg.getScreenCTM().inverse());
    const before = where(200, 100);
    svg.dispatchEvent(new WheelEvent("wheel", {deltaY: -200, clientX: 200, clientY: 100, cancelable: true}));
    const after = where(200, 100);
    document.title = [Math.hypot(after.x - before.x, after.y - before.y) < 0.5, svg.viewBox.baseVal.width < 900];
    """
    assert "<title>true,true</title>" in driven(steps, tmp_path)


def test_hollow_of_an_outline_belongs_to_its_thing(tmp_path: Path) -> None:
    steps = """
    const at = (id) => {
      const shape = document.getElementById(id).querySelector("[data-shape]").getBoundingClientRect();
      const hit = document.elementFromPoint(shape.x + shape.width / 2, shape.bottom - shape.height / 8);
      return hit.closest("g[tabindex]") && hit.closest("g[tabindex]").id;
    };
    document.title = [at("predictor"), at("h")].join();
    """
    assert "<title>predictor,h</title>" in driven(steps, tmp_path)


def test_wire_is_named_from_close_by_and_does_not_hide_what_it_runs_in(tmp_path: Path) -> None:
    steps = """
    const wire = document.querySelector("#x-encoder polyline:not(.hit)").getBoundingClientRect();
    const hit = document.elementFromPoint(wire.x + wire.width / 3, wire.y + wire.height / 2 + 4);
    hit.closest("g").dispatchEvent(new PointerEvent("pointerenter"));
    document.title = document.querySelector("output").textContent;
    """
    assert "<title>x to encoder" in driven(steps, tmp_path)
    inside = """
    const svg = document.querySelectorAll("main > svg")[1];
    document.getElementById("expand--").click();
    const line = svg.querySelector("[id^='deeper-1--x-encoder'] polyline:not(.hit)").getBoundingClientRect();
    const at = {clientX: line.x + line.width / 2 + 3, clientY: line.y + line.height / 8, bubbles: true};
    document.elementFromPoint(at.clientX, at.clientY).dispatchEvent(new MouseEvent("click", at));
    document.title = [...svg.querySelectorAll("[aria-pressed=true]")].map((each) => each.id).join();
    """
    folder = tmp_path / "inside"
    folder.mkdir()
    assert "<title>deeper-1--encoder</title>" in driven(inside, folder, deep())


def test_name_is_told_when_something_is_focused(tmp_path: Path) -> None:
    dom = driven('document.getElementById("encoder").focus();', tmp_path)
    assert re.findall(r"<output[^>]*>(.*?)</output>", dom) == ["encoder"]


def test_deeper_pictures_stand_hidden_with_ids_of_their_own() -> None:
    text = deep()
    ids = re.findall(r' id="([^"]*)"', text)
    assert len(ids) == len(set(ids))
    assert 'id="encoder"' in text and 'id="deeper-1--encoder"' in text
    assert re.findall(r"<svg( hidden)?", text) == ["", " hidden"]
    assert 'aria-label="Expand the modules"' in text
    assert 'aria-label="Expand the modules"' not in page()


def test_facts_are_text_whatever_they_say() -> None:
    assert "<dt>x</dt><dd>tokens(&lt;b&gt;)[T]</dd>" in deep()


def test_facts_are_told_with_the_name(tmp_path: Path) -> None:
    dom = driven('document.getElementById("encoder").focus();', tmp_path, deep())
    assert re.findall(r"<output[^>]*>(.*?)</output>", dom, re.DOTALL) == ["encoder\nreal[T]\n7 parameters"]


def test_delay_has_the_facts_of_what_it_delays(tmp_path: Path) -> None:
    facts = (("y", "tokens(64)[T]"), ("enc", "real[T]"))
    dom = driven('document.getElementById("delay--y-1").focus();', tmp_path, page(facts=facts))
    assert re.findall(r"<output[^>]*>(.*?)</output>", dom, re.DOTALL) == ["delay of y by one step\ntokens(64)[T]"]


def test_only_operation_of_a_module_has_its_facts(tmp_path: Path) -> None:
    subject = program(SPEC).graph
    scenes = draw(subject), draw(subject, depth=1)
    assert "decoder--op" in {group.id for group in scenes[1].items if isinstance(group, Group)}
    text = write(scenes[0], "html", Options(deeper=scenes[1:], facts=(("decoder", "real[T]"),))).decode("utf-8")
    steps = 'document.getElementById("expand--").click(); document.getElementById("deeper-1--decoder--op").focus();'
    told = re.findall(r"<output[^>]*>(.*?)</output>", driven(steps, tmp_path, text), re.DOTALL)
    assert told[0].endswith("\nreal[T]")


def test_buttons_never_lie_on_the_picture(tmp_path: Path) -> None:
    steps = """
    const bar = document.querySelector("nav").getBoundingClientRect();
    document.title = document.querySelector("main > svg").getBoundingClientRect().bottom <= bar.top;
    """
    assert "<title>true</title>" in driven(steps, tmp_path)


EXPAND = 'document.getElementById("expand--").click();'
INTO = """
document.getElementById("predictor").focus();
document.dispatchEvent(new KeyboardEvent("keydown", {key: "]"}));
"""


def hidden(dom: str) -> list[bool]:
    return [" hidden" in tag for tag in re.findall(r"<svg[^>]*>", dom)]


def test_expand_and_collapse_change_the_depth(tmp_path: Path) -> None:
    for index, (steps, wanted) in enumerate(
        ((EXPAND, [True, False]), (EXPAND + EXPAND.replace("expand", "collapse"), [False, True]))
    ):
        folder = tmp_path / str(index)
        folder.mkdir()
        assert hidden(driven(steps, folder, deep())) == wanted


def test_module_that_is_looked_at_is_expanded_and_approached(tmp_path: Path) -> None:
    steps = INTO + 'document.title = document.activeElement.id + document.querySelectorAll("main > svg")[1].viewBox'
    dom = driven(steps + ".baseVal.width.toFixed().replace(/.*/, (width) => width < 960);", tmp_path, deep())
    assert "<title>deeper-1--predictortrue</title>" in dom


@pytest.mark.parametrize(("key", "wanted"), [("ArrowRight", "decoder"), ("ArrowDown", "predictor")])
def test_arrows_lead_from_thing_to_thing(key: str, wanted: str, tmp_path: Path) -> None:
    steps = f"""
    document.getElementById("h").focus();
    document.dispatchEvent(new KeyboardEvent("keydown", {{key: "{key}"}}));
    document.title = document.activeElement.id;
    """
    assert f"<title>{wanted}</title>" in driven(steps, tmp_path)
