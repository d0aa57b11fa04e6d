"""The JSON schema of specs, put together from the models that validate them."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from archgraph.graph.module import KINDS
from archgraph.lang import models
from archgraph.lang.fields import takes_list
from archgraph.ops import Operations


def schema() -> dict[str, Any]:
    """The JSON schema (draft 2020-12) of a spec, for editors to complete and check by."""
    definitions: dict[str, Any] = {}
    definitions["operation"] = _operations(definitions)
    layer = {"anyOf": [{"$ref": "#/$defs/operation"}, {"$ref": "#/$defs/body"}]}
    listed = {"anyOf": [{"type": "array", "items": layer}, {"type": "object", "additionalProperties": layer}]}
    definitions["layers"] = listed
    definitions["node"] = _model(models.NodeModel)
    definitions["body"] = _model(models.BodyModel)
    definitions["weights"] = _weights()
    definitions["block"] = _model(models.BlockModel)
    definitions["variable"] = {"anyOf": [{"enum": list(KINDS)}, _model(models.VariableModel)]}
    definitions["nodes"] = {
        "type": "object",
        "additionalProperties": {"anyOf": [{"$ref": "#/$defs/node"}, {"type": "null"}]},
    }
    definitions["edges"] = {
        "type": "array",
        "items": {"anyOf": [{"type": "string"}, _model(models.EdgeModel)]},
    }
    definitions |= _staging()
    whole = _model(models.SpecModel)
    named = {"variables": "variable", "blocks": "block"}
    for section, name in named.items():
        whole["properties"][section] = {"type": "object", "additionalProperties": {"$ref": f"#/$defs/{name}"}}
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "archgraph spec"}
    return {
        **head,
        **{k: v for k, v in whole.items() if k != "title"},
        "$defs": dict(sorted(definitions.items())),
    }


def _staging() -> dict[str, Any]:
    """The sections that speak of the picture alone."""
    spot = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}
    names = {"type": "array", "items": {"type": "string"}, "minItems": 1}
    return {
        "layout": {"type": "object", "additionalProperties": {"anyOf": [spot, {"type": "null"}]}},
        "callouts": {"type": "array", "items": _model(models.CalloutModel)},
        "builds": {"type": "array", "items": {"anyOf": [{"type": "string"}, names]}},
    }


def _weights() -> dict[str, Any]:
    """The section of weights, with the two forms that an origin has."""
    found = _model(models.WeightsModel)
    origin = {"anyOf": [{"type": ["string", "null"]}, _model(models.OriginModel)]}
    found["properties"]["names"]["additionalProperties"] = origin
    return found


def _model(model: type[BaseModel]) -> dict[str, Any]:
    found: dict[str, Any] = model.model_json_schema(by_alias=True, ref_template="#/$defs/{model}")
    found.pop("$defs", None)
    return {key: _pointed(value) for key, value in found.items()}


def _pointed(value: Any) -> Any:
    """A part that the models only name, as a reference to its definition; pydantic would look for it among its own."""
    if isinstance(value, dict):
        part = value.get("x-part")
        return {"$ref": f"#/$defs/{part}"} if part else {key: _pointed(inner) for key, inner in value.items()}
    return [_pointed(inner) for inner in value] if isinstance(value, list) else value


def _operations(definitions: dict[str, Any]) -> dict[str, Any]:
    options: list[dict[str, Any]] = [{"enum": Operations().names()}]
    for cls in Operations():
        key = f"operation_{cls.name}"
        arguments = _model(cls)
        for name, told in arguments.get("properties", {}).items():
            if not takes_list(cls, name):  # inside a repeat, a list has a value for each copy in turn
                one = {key: told.pop(key) for key in list(told) if key not in ("default", "title")}
                told["anyOf"] = [one, {"type": "array", "items": one, "minItems": 1}]
            told |= {"description": cls.meaning(name)} if cls.meaning(name) else {}
        definitions[key] = arguments
        forms: list[dict[str, Any]] = [{"$ref": f"#/$defs/{key}"}]
        if cls.obvious:
            forms.append(arguments["properties"].get(cls.obvious, {}))
        if cls.wraps:
            forms = [{"$ref": "#/$defs/layers"}]
        value = forms[0] if len(forms) == 1 else {"anyOf": forms}
        options.append(
            {
                "type": "object",
                "properties": {cls.name: value},
                "required": [cls.name],
                "additionalProperties": False,
            }
        )
    return {"anyOf": options}
