"""The sections of plain values, params, dims and variants: each entry of the form that it must have."""

from __future__ import annotations

from archgraph.core.diagnostic import Collector
from archgraph.core.names import malformed
from archgraph.core.source import Mapping, Scalar
from archgraph.core.suggest import hint
from archgraph.lang.faults import schema
from archgraph.lang.read import describe
from archgraph.lang.spec import Spec


def check_sections(spec: Spec, into: Collector) -> None:
    """Record params, dims and variants of a wrong form, and variants of params that there are not."""
    known = {entry.name for entry in spec.params.entries} if spec.params else set()
    _single(spec.params, "a param", into)
    for entry in spec.params.entries if spec.params else ():
        reason = malformed(entry.name) or ("it numbers the copies of a repeat" if entry.name == "index" else "")
        if reason:
            what = f"a param cannot be called '{entry.name[:40]}': {reason}"
            head, _, value = entry.name.partition("=")
            mend = f"write '{head.strip()}: {value.strip()}'" if value else "choose another name"
            into.add(schema.NAME, what, entry.key.span, hint=mend)
    _single(spec.dims, "an axis", into)
    for entry in spec.variants.entries if spec.variants else ():
        if not isinstance(entry.value, Mapping):
            into.add(
                schema.FORM,
                f"a variant is a mapping of params to values, not {describe(entry.value)}",
                entry.value.span,
                hint=f"write '{entry.name}: {{width: 32}}'",
            )
            continue
        _single(entry.value, "a param", into)
        for param in entry.value.entries:
            if param.name not in known:
                into.add(
                    schema.PARAM,
                    f"the variant '{entry.name}' sets '{param.name}', which is not a param of this spec",
                    param.key.span,
                    hint=hint(param.name, sorted(known)),
                )


def _single(section: Mapping | None, what: str, into: Collector) -> None:
    for entry in section.entries if section else ():
        if not isinstance(entry.value, Scalar):
            into.add(
                schema.FORM,
                f"{what} has one value, and '{entry.name}' is {describe(entry.value)}",
                entry.value.span,
                hint="write one number or word",
            )
