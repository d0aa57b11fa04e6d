"""Every command, option, make target and file that the pages name is there, and every command is in the README."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from archgraph.cli.group import NAMES, commands
from archgraph.draw import formats
from archgraph.draw.theme import THEMES
from tests.docs.pages import PAGES, ROOT, blocks, name_of, text_of

pages = pytest.mark.parametrize("page", PAGES, ids=map(name_of, PAGES))
PICTURES = text_of(ROOT / "docs" / "pictures.md")
SHELLS = ("console", "sh", "powershell")
_INLINE = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


def _code(page: Path) -> list[str]:
    """Code inside sentences, and the lines of blocks that a shell would run."""
    found = blocks(page)
    lines = [line for block in found if block.language in SHELLS for line in block.text.splitlines()]
    text = text_of(page)
    for block in found:
        text = text.replace(block.text, "")
    return [line.removeprefix("$ ") for line in lines] + _INLINE.findall(text)


def _command(name: str) -> click.Command:
    found = commands.get_command(click.Context(commands), name)
    assert found is not None, name
    return found


def _options(name: str) -> set[str]:
    given = {word for parameter in _command(name).params for word in (*parameter.opts, *parameter.secondary_opts)}
    return given | {"-h", "--help"}


def _calls(page: Path) -> list[tuple[str, str]]:
    found = [re.match(r"(?:python -m )?archgraph ([a-z]+)\b(.*)", code) for code in _code(page)]
    return [(match[1], match[2]) for match in found if match]


@pages
def test_named_commands_and_options_exist(page: Path) -> None:
    assert sorted({name for name, _ in _calls(page)} - set(NAMES)) == []
    for name, rest in _calls(page):
        assert set(re.findall(r"(?<!\S)--?[a-z][a-z-]*", rest)) <= _options(name), f"{name}{rest}"


@pages
def test_named_make_targets_exist(page: Path) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    named = {target for code in _code(page) if code.startswith("make ") for target in code.split()[1:2]}
    assert sorted(named - targets) == []


@pages
def test_links_lead_to_files(page: Path) -> None:
    links = [link for link in _LINK.findall(text_of(page)) if "://" not in link]
    assert [link for link in links if not (page.parent / link).exists()] == []


@pages
def test_named_tests_and_folders_exist(page: Path) -> None:
    named = [code for code in _code(page) if re.match(r"(tests|archgraph|specs|examples|docs|renders)/[\w/.]*$", code)]
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_the_readme_names_every_command() -> None:
    assert sorted(set(NAMES) - {name for name, _ in _calls(ROOT / "README.md")}) == []


def test_the_readme_names_every_page() -> None:
    readme = text_of(ROOT / "README.md")
    assert [name_of(page) for page in PAGES if page.parent.name == "docs" and name_of(page) not in readme] == []


def test_named_picture_formats_exist() -> None:
    row = next(line for line in text_of(ROOT / "README.md").splitlines() if "archgraph render SPEC" in line)
    table = re.findall(r"^\| `\.([a-z]+)` \|", PICTURES, re.MULTILINE)
    assert table == re.findall(r"`\.([a-z]+)`", row)
    assert sorted(set(table) - set(formats())) == []


def test_every_theme_is_named() -> None:
    assert [theme for theme in THEMES if f"`{theme}`" not in PICTURES] == []
