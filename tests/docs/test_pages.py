"""What the README and the pages of docs show is what happens."""

from __future__ import annotations

import doctest
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

import archgraph
from archgraph.cli import main
from tests.docs.pages import LANGUAGES, PAGES, Block, Call, blocks, calls, name_of

Desk = Callable[[Path], Path]
OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
pages = pytest.mark.parametrize("page", PAGES, ids=map(name_of, PAGES))


@pages
def test_blocks_say_their_language(page: Path) -> None:
    assert [str(block) for block in blocks(page) if block.language not in LANGUAGES] == []
    nameless = [str(block) for block in blocks(page) if block.language in ("yaml", "tsv") and not block.file]
    assert nameless == []


@pages
def test_specs_are_fine_unless_they_are_called_wrong(page: Path, desk: Desk) -> None:
    folder = desk(page)
    for block in blocks(page):
        if block.language == "yaml":
            report = archgraph.check(folder / block.file)
            assert report.ok != block.file.startswith("wrong"), (str(block), [d.message for d in report.diagnostics])


@pages
def test_commands_and_sessions_give_what_the_page_shows(
    page: Path, desk: Desk, capfd: pytest.CaptureFixture[str]
) -> None:
    desk(page)
    torch.set_num_threads(1)
    names: dict[str, object] = {}
    for block in blocks(page):
        if block.language == "console":
            for call in calls(block):
                try_call(call, capfd, str(block))
        elif block.language == "pycon":
            names = try_session(block, names)


def try_call(call: Call, capfd: pytest.CaptureFixture[str], place: str) -> None:
    """Run a command, and hold what it prints against the page."""
    program, *arguments = shlex.split(call.words)
    assert program == "archgraph", place
    capfd.readouterr()
    status = main(arguments)
    shown = capfd.readouterr()
    told = shown.out + (shown.err if status else "")
    alike = doctest.OutputChecker().check_output(call.output, told, doctest.ELLIPSIS)
    assert alike, f"{place}: {call.words}\n{told}"
    assert (status != 0) == ("error" in call.output), f"{place}: {call.words} gave {status}"


def try_session(block: Block, names: dict[str, object]) -> dict[str, object]:
    """Run a session as a doctest; the names that it leaves."""
    test = doctest.DocTestParser().get_doctest(block.text, names, str(block), block.page, block.line)
    told: list[str] = []
    doctest.DocTestRunner(optionflags=OPTIONS, verbose=False).run(test, out=told.append, clear_globs=False)
    assert not told, "".join(told)
    return test.globs


def test_another_output_or_exit_status_is_noticed(capfd: pytest.CaptureFixture[str]) -> None:
    try_call(Call("archgraph explain AG044", "AG044: a cycle without delay\n..."), capfd, "page:1")
    for wrong in (Call("archgraph explain AG044", "AG044: a cycle\n"), Call("archgraph explain AG000", "...")):
        with pytest.raises(AssertionError, match="page:1"):
            try_call(wrong, capfd, "page:1")


def test_another_result_of_a_session_is_noticed() -> None:
    assert try_session(Block("page", 1, "pycon", "", ">>> n = 2\n>>> n + 2\n4\n"), {})["n"] == 2
    with pytest.raises(AssertionError, match="Expected"):
        try_session(Block("page", 1, "pycon", "", ">>> 2 + 2\n5\n"), {})
