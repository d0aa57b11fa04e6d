"""Hostile specs: text where code, a path, a template or markup might be taken at its word somewhere."""

from __future__ import annotations

PLACES = {
    "name": "name: {}",
    "title": "title: {}",
    "param": "params: {{n: {}}}",
    "variant": "variants: {{tiny: {{n: {}}}}}",
    "label": 'variables: {{y: {{kind: target, type: "real[T, 4]", label: {}}}}}',
    "type": "variables: {{y: {{kind: target, type: {}}}}}",
    "codec": 'variables: {{y: {{kind: target, type: "tokens(4)[T]", codec: {}}}}}',
    "width": "nodes: {{encoder: {{role: encoder, layers: [{{linear: {}}}]}}}}",
    "operation": "nodes: {{encoder: {{role: encoder, op: {}}}}}",
    "pattern": "nodes: {{encoder: {{role: encoder, layers: [{{rearrange: {}}}]}}}}",
    "role": "nodes: {{encoder: {{role: {}, layers: [{{linear: 4}}]}}}}",
    "share": "nodes: {{encoder: {{share: {}}}}}",
    "edge": "edges: [{}]",
    "tie": "tie: [[{}, decoder.linear.weight]]",
    "extends": "extends: {}",
    "include": "include: [{}]",
}
TEXTS = (
    "__import__('os').system('touch hit')",
    "!!python/object/apply:os.system ['touch hit']",
    "'{{ self.__init__.__globals__ }}'",
    "'${jndi:ldap://localhost/a}'",
    "'$(touch hit)'",
    "'`touch hit`'",
    "'../../../../etc/passwd'",
    "'/etc/passwd'",
    "'file:///etc/passwd'",
    "'http://localhost:1/spec.yaml'",
    "'\\\\\\\\localhost\\\\share'",
    "'|touch hit'",
    "torch.nn.Linear",
    "{_target_: os.system, _args_: [touch hit]}",
    "{class_name: Lambda, config: {function: abc}}",
    "'lambda: 0'",
    "'exec(open(0).read())'",
    "'(1).__class__.__mro__'",
    "'%(os.system)s'",
    "'<svg onload=alert(1)>'",
    "'\\input{/etc/passwd}'",
    "'\\x00'",
)


def payloads() -> list[str]:
    """Every text in every place of an otherwise plain spec."""
    return [_spec(place.format(text)) for place in PLACES.values() for text in TEXTS]


def _spec(line: str) -> str:
    lines = {
        "params": "params: {n: 4}",
        "variables": 'variables: {y: {kind: target, type: "real[T, 4]"}, y_tilde: prediction}',
        "nodes": "nodes: {encoder: {role: encoder, layers: [{linear: 4}]},"
        " decoder: {role: decoder, layers: [{linear: 4}]}, C: {role: cost, op: squared_error}}",
        "edges": 'edges: ["y -> encoder -> decoder -> y_tilde", "y, y_tilde -> C"]',
    }
    key = line.partition(":")[0]
    if key in ("variables", "nodes"):
        line = lines[key][:-1] + ", " + line.partition("{")[2]
        line = line.replace("encoder: {role: encoder, layers: [{linear: 4}]}, decoder", "decoder", 1)
        line = line.replace('y: {kind: target, type: "real[T, 4]"}, y_tilde', "y_tilde", 1)
    lines[key] = line
    return "archgraph: 1\n" + "\n".join(lines.values()) + "\n"
