"""Checking runs nothing, imports nothing new, opens nothing but specs below the root, writes and fetches nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.emit.samples import ROOT
from tests.properties.payloads import PLACES, TEXTS, payloads

# Whatever code there is to load is loaded by checks of the same kinds of spec before the hook is set.
WATCHED = """
import json, os, pathlib, sys
sys.path.insert(0, sys.argv[1])
import archgraph, archgraph.compiler.pages
from archgraph.ops import Operations
from tests.properties.payloads import payloads
list(Operations())
archgraph.compiler.pages.faults()
for spec in payloads()[::7]:
    archgraph.check(spec)
root, armed, seen = os.path.realpath(os.getcwd()), True, []
FORBIDDEN = ("exec", "compile", "import", "subprocess", "socket", "os.", "shutil", "ctypes", "urllib", "pty", "marshal",
             "pickle", "code.", "tempfile", "webbrowser", "http", "ftplib", "smtplib", "mmap", "signal",
             "builtins.input", "builtins.breakpoint")
HARMLESS = ("os.listdir", "os.scandir")

def hook(event, arguments):
    if not armed:
        return
    if event == "open":
        path, mode, flags = arguments
        inside = isinstance(path, (str, bytes, os.PathLike)) and os.path.realpath(path).startswith(root)
        if (mode and set(mode) & set("wax+")) or not inside:
            seen.append([event, repr(path), str(mode)])
    elif event.startswith(FORBIDDEN) and event not in HARMLESS:
        seen.append([event, repr(arguments)[:200]])

sys.addaudithook(hook)
refused = 0
for spec in payloads():
    try:
        refused += not archgraph.check(spec).ok
    except BaseException as error:
        seen.append(["raised", repr(error), spec])
armed = False
print(json.dumps([refused, seen]))
"""


def test_there_are_three_hundred_payloads() -> None:
    assert len(set(payloads())) == len(PLACES) * len(TEXTS) >= 300


def test_no_payload_runs_opens_or_writes_anything(tmp_path: Path) -> None:
    command = [sys.executable, "-c", WATCHED, str(ROOT)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    refused, seen = json.loads(done.stdout)
    assert seen == []
    assert refused > len(PLACES) * len(TEXTS) // 2
    assert list(tmp_path.iterdir()) == []


def test_the_watch_sees_what_it_should_see(tmp_path: Path) -> None:
    done = f"open({os.devnull!r}); compile('1', '', 'eval'); os.system('')"
    opened = WATCHED.replace("refused = 0", f"refused = 0; {done}")
    command = [sys.executable, "-c", opened, str(ROOT)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=True, cwd=tmp_path)
    assert {row[0] for row in json.loads(done.stdout)[1]} >= {"open", "compile", "os.system"}
