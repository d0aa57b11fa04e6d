"""Finding and joining the files of one spec, inside its folder tree and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from archgraph.core import limits
from archgraph.core.diagnostic import Collector, Note
from archgraph.core.source import Document, Entry, Mapping, Scalar, Sequence, Source, Span, Tree
from archgraph.lang.faults import files as faults
from archgraph.lang.faults import schema, text
from archgraph.lang.merge import merge
from archgraph.lang.read import describe, read
from archgraph.lang.screen import decode_text


@dataclass
class Files:
    """Reads the files that a spec names; `root` is the folder that none of them may leave, `called` by the user."""

    root: Path
    called: Path
    into: Collector
    chain: list[tuple[Path, str]] = field(default_factory=list)

    def joined(self, document: Document, folder: Path) -> Mapping:
        """The tree of `document` with its parents and included blocks."""
        tree = self._weights(self._included(document.root, folder), folder)
        entry = tree.find("extends")
        if entry is None:
            return tree
        tree = Mapping(tuple(e for e in tree.entries if e.name not in ("extends", "include")), tree.span, tree.flow)
        parent = self._open(entry, entry.value, folder)
        return merge(parent, tree, self.into)

    def _weights(self, tree: Mapping, folder: Path) -> Mapping:
        """The tree with the section `weights` in it, where that is the name of a file that holds it."""
        entry = tree.find("weights")
        if entry is None or not isinstance(entry.value, Scalar) or entry.value.value is None:
            return tree
        found = self._open(entry, entry.value, folder)
        kept = tuple(Entry(e.key, found) if e is entry else e for e in tree.entries)
        return Mapping(kept, tree.span, tree.flow)

    def _included(self, tree: Mapping, folder: Path) -> Mapping:
        entry = tree.find("include")
        if entry is None or (isinstance(entry.value, Scalar) and entry.value.value is None):
            return tree
        if not isinstance(entry.value, Sequence):
            what, hint = f"'include' is {describe(entry.value)}, and must be a list of files", "write 'include: [FILE]'"
            raise self.into.stop(schema.FORM, what, entry.value.span, hint=hint)
        found = {e.name: e for e in _blocks(tree)}
        for item in entry.value.items:
            for block in _blocks(self._open(entry, item, folder)):
                if block.name in found:
                    self.into.add(
                        faults.INCLUDED_TWICE,
                        f"the block '{block.name}' is given twice",
                        found[block.name].key.span,
                        hint="rename one",
                        notes=(Note("also given here", block.key.span),),
                    )
                found[block.name] = block
        blocks = Entry(entry.key, Mapping(tuple(found.values()), entry.value.span))
        kept = tuple(e for e in tree.entries if e.name not in ("blocks", "include"))
        return Mapping((*kept, Entry(Scalar("blocks", blocks.key.span), blocks.value)), tree.span, tree.flow)

    def _open(self, entry: Entry, item: Tree, folder: Path) -> Mapping:
        if not isinstance(item, Scalar) or not isinstance(item.value, str) or not item.value:
            raise self.into.stop(schema.FORM, f"'{entry.name}' names a file", item.span, hint="give a file's name")
        path = self._resolve(item.value, folder, item.span)
        if any(path == seen for seen, _ in self.chain):
            shown = " -> ".join([name for _, name in self.chain] + [item.value])
            raise self.into.stop(
                faults.FILE_CYCLE, f"these files need each other: {shown}", item.span, hint="break the circle"
            )
        if len(self.chain) >= limits.FILES:
            raise self.into.stop(faults.FILE, f"more than {limits.FILES} files in a row", item.span, hint="join some")
        document = self._read(path, item.value, item.span)
        self.chain.append((path, item.value))
        tree = self.joined(document, path.parent)
        self.chain.pop()
        return tree

    def _resolve(self, name: str, folder: Path, span: Span) -> Path:
        if "\\" in name or Path(name).is_absolute() or ":" in name:
            raise self.into.stop(
                faults.OUTSIDE,
                f"'{_short(name)}' is not a path inside the spec's folder",
                span,
                hint="write it with '/', relative",
            )
        try:
            path = (folder / name).resolve()
        except (OSError, ValueError, RuntimeError):  # a character that no file's name has, or links in a circle
            raise self._unreadable(name, span, "check the name") from None
        if not path.is_relative_to(self.root):
            raise self.into.stop(
                faults.OUTSIDE,
                f"'{_short(name)}' lies outside the folder tree of the spec",
                span,
                hint="a spec reads only below the folder of its own file",
            )
        self.into.files.append(path)
        return path

    def _read(self, path: Path, name: str, span: Span) -> Document:
        try:
            if not path.is_file():
                raise FileNotFoundError
            data = _bytes(path)
        except OSError:
            near = sorted(p.name for p in path.parent.glob("*.yaml"))[:12] if path.parent.is_dir() else []
            listed = f"there are: {', '.join(near)}" if near else "check the name"
            raise self._unreadable(name, span, listed) from None
        shown = (self.called / path.relative_to(self.root)).as_posix()
        return read(decode_text(data, shown, self.into), self.into)

    def _unreadable(self, name: str, span: Span, hint: str) -> Exception:
        return self.into.stop(faults.FILE, f"the file '{_short(name)}' cannot be read", span, hint=hint)


def _short(name: str) -> str:
    return name if len(name) <= 60 else name[:57] + "..."


def _bytes(path: Path) -> bytes:
    """The bytes of a file, and no more than shows that there are too many."""
    with path.open("rb") as file:
        return file.read(limits.BYTES + 1)


def _blocks(tree: Mapping) -> tuple[Entry, ...]:
    blocks = tree.get("blocks")
    return blocks.entries if isinstance(blocks, Mapping) else ()


def open_spec(path: Path, into: Collector) -> Mapping:
    """The joined tree of a spec file; raises Stop after recording why there is none."""
    source = Source(path.as_posix(), "")
    into.files.append(path.resolve())
    try:
        data = _bytes(path)
    except OSError as error:
        reason = "there is no such file" if isinstance(error, FileNotFoundError) else (error.strerror or "unreadable")
        raise into.stop(
            text.UNREADABLE,
            f"cannot read '{path.as_posix()}': {reason.lower()}",
            Span(source, 0, 0),
            hint="check the path",
        ) from None
    document, real = read(decode_text(data, path.as_posix(), into), into), path.resolve()
    return Files(real.parent, path.parent, into, [(real, path.name)]).joined(document, real.parent)


def open_text(data: bytes, name: str, into: Collector) -> Mapping:
    """The joined tree of a text; the files it names lie below the working directory."""
    document, here = read(decode_text(data, name, into), into), Path.cwd().resolve()
    return Files(here, Path(), into).joined(document, here)
