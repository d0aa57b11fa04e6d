"""Acting whenever files change, and `archgraph render --watch` on top of it; the moments are the tests' own."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from archgraph.cli import watch as watching
from archgraph.cli.render import COMMAND
from archgraph.cli.watch import watch
from tests.cli.command import FINE, WRONG

Step = Callable[[], object]


def moments(*steps: Step) -> Iterator[None]:
    """What happens before each look at the files."""
    for step in steps:
        step()
        yield


def saved(path: Path, text: str) -> Step:
    """Save a file, a second later than it was saved before."""

    def step() -> None:
        stamp = path.stat().st_mtime_ns + 10**9 if path.exists() else 10**18
        path.write_text(text, encoding="utf-8", newline="\n")
        os.utime(path, ns=(stamp, stamp))

    return step


def nothing() -> None:
    """Nothing happens."""


def counted(files: list[tuple[Path, ...]], *steps: Step) -> int:
    """How often something is done that looks at files, which are others from one time to the next."""
    times: list[int] = []

    def act() -> tuple[Path, ...]:
        times.append(1)
        return files[min(len(times), len(files)) - 1]

    watch(act, moments(*steps))
    return len(times)


def test_acts_once_where_nothing_changes(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.touch()
    assert counted([(file,)], nothing, nothing) == 1


def test_acts_again_for_each_change(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.touch()
    assert counted([(file,)], saved(file, "1"), nothing, saved(file, "2")) == 3


def test_file_that_is_missing_for_a_moment_changes_nothing_until_it_is_back(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.touch()
    assert counted([(file,)], file.unlink, nothing) == 1
    file.touch()
    assert counted([(file,)], file.unlink, saved(file, "new")) == 2


def test_file_that_is_empty_for_a_moment_changes_nothing_until_it_is_written(tmp_path: Path) -> None:
    file = tmp_path / "a"
    saved(file, "old")()
    assert counted([(file,)], saved(file, ""), nothing) == 1
    assert counted([(file,)], saved(file, ""), nothing, saved(file, "new")) == 2


def test_file_that_appears_is_a_change(tmp_path: Path) -> None:
    file = tmp_path / "a"
    assert counted([(file,)], nothing, saved(file, "1")) == 2


def test_files_that_are_needed_later_are_looked_at_from_then_on(tmp_path: Path) -> None:
    one, other = tmp_path / "a", tmp_path / "b"
    one.touch()
    other.touch()
    assert counted([(one,), (one, other)], saved(other, "1"), saved(one, "1"), saved(other, "2")) == 3


def test_change_while_acting_is_not_missed(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.touch()
    again = iter([nothing, saved(file, "while acting, and longer"), nothing])
    times: list[int] = []

    def act() -> tuple[Path, ...]:
        times.append(1)
        next(again)()
        return (file,)

    watch(act, moments(saved(file, "1"), nothing))
    assert len(times) == 3


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    path = tmp_path / "small.yaml"
    saved(path, FINE)()
    return path


def rendered(monkeypatch: pytest.MonkeyPatch, spec: Path, *steps: Step) -> Result:
    monkeypatch.setattr(watching, "ticks", lambda: moments(*steps))
    return CliRunner().invoke(COMMAND, [str(spec), "-o", str(spec.with_suffix(".svg")), "--watch"])


def test_picture_follows_the_spec(monkeypatch: pytest.MonkeyPatch, spec: Path) -> None:
    picture = spec.with_suffix(".svg")
    seen: list[bool] = []
    changed = saved(spec, FINE.replace("small", "changed"))
    look: Step = lambda: seen.append(b"<title>Changed</title>" in picture.read_bytes())  # noqa: E731
    result = rendered(monkeypatch, spec, look, changed, look)
    assert result.exit_code == 0, result.output
    assert seen == [False, True]
    assert result.output.count("small.svg") == 2


def test_last_good_picture_stays_while_the_spec_has_errors(monkeypatch: pytest.MonkeyPatch, spec: Path) -> None:
    picture = spec.with_suffix(".svg")
    seen: list[bytes] = []
    look: Step = lambda: seen.append(picture.read_bytes())  # noqa: E731
    result = rendered(monkeypatch, spec, look, saved(spec, WRONG), look, saved(spec, FINE), look)
    assert result.exit_code == 0, result.output
    assert seen[0] == seen[1] == seen[2]
    assert result.output.count("unknown role 'encodr'") == 1
    assert "hint: did you mean 'encoder'?" in result.output


def test_parent_that_is_saved_draws_again(monkeypatch: pytest.MonkeyPatch, spec: Path) -> None:
    child = spec.with_name("child.yaml")
    saved(child, "archgraph: 1\nextends: small.yaml\nname: child\n")()
    result = rendered(monkeypatch, child, saved(spec, FINE.replace("linear: 2", "linear: 3")))
    assert result.output.count("child.svg") == 2


def test_ctrl_c_ends_it_without_an_error(monkeypatch: pytest.MonkeyPatch, spec: Path) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    result = rendered(monkeypatch, spec, interrupted)
    assert result.exit_code == 0
    assert "until Ctrl-C" in result.output


def test_standard_input_cannot_be_watched(tmp_path: Path) -> None:
    words = ["-", "-o", str(tmp_path / "a.svg"), "--watch"]
    result = CliRunner().invoke(COMMAND, words, input=FINE)
    assert result.exit_code == 2
    assert "standard input cannot be watched" in result.output


def test_redraw_takes_less_than_0_3_s(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    spec = tmp_path / "transformer.yaml"
    text = (Path(__file__).parents[2] / "specs" / "story" / "transformer.yaml").read_text(encoding="utf-8")
    saved(spec, text)()
    times: list[float] = []
    clock: Step = lambda: times.append(time.process_time())  # noqa: E731
    change = saved(spec, text.replace("Transformer", "Changed"))
    result = rendered(monkeypatch, spec, clock, change, clock)
    assert result.output.count("transformer.svg") == 2
    # The processor's time, as others may be busy; the pause between two looks comes on top.
    assert times[1] - times[0] + watching._PAUSE < 0.3
