"""What may be called what: the pattern of names, and those that are taken, each with the reason."""

from __future__ import annotations

import keyword
import re
import unicodedata

PATTERN = re.compile(r"[A-Za-z][A-Za-z0-9_]*\Z")
OUTPUT_FIELDS = frozenset({"energy", "loss", "losses"})
PORT_WORDS = frozenset({"in", "out", "context", "index"})

# Attributes of torch.nn.Module (and of the containers that hold layers) that a submodule of that name would hide.
# A test holds this table against the installed torch.
MODULE_ATTRIBUTES = frozenset(
    [
        "T_destination",
        "add_module",
        "append",
        "apply",
        "bfloat16",
        "buffers",
        "call_super_init",
        "children",
        "clear",
        "compile",
        "copy",
        "cpu",
        "cuda",
        "double",
        "dump_patches",
        "eval",
        "extend",
        "extra_repr",
        "float",
        "forward",
        "fromkeys",
        "get_buffer",
        "get_extra_state",
        "get_parameter",
        "get_submodule",
        "half",
        "insert",
        "ipu",
        "items",
        "keys",
        "load_state_dict",
        "modules",
        "mtia",
        "named_buffers",
        "named_children",
        "named_modules",
        "named_parameters",
        "parameters",
        "pop",
        "popitem",
        "register_backward_hook",
        "register_buffer",
        "register_forward_hook",
        "register_forward_pre_hook",
        "register_full_backward_hook",
        "register_full_backward_pre_hook",
        "register_load_state_dict_post_hook",
        "register_load_state_dict_pre_hook",
        "register_module",
        "register_parameter",
        "register_state_dict_post_hook",
        "register_state_dict_pre_hook",
        "requires_grad_",
        "set_extra_state",
        "set_submodule",
        "setdefault",
        "share_memory",
        "state_dict",
        "to",
        "to_empty",
        "train",
        "training",
        "type",
        "update",
        "values",
        "xpu",
        "zero_grad",
    ]
)
# Names of the tuple that a model returns.
TUPLE_ATTRIBUTES = frozenset({"count", "index"})
# Arguments of the model, and what its source calls by name: an observed variable of that name would hide them.
SOURCE_NAMES = frozenset(
    {"self", "torch", "F", "nn", "math", "Tensor", "NamedTuple", "lengths", "corrupt", "generator", "Output"}
    | {"max", "range"}
)


def malformed(name: str) -> str:
    """Why a text is no name at all, or "" where it is one."""
    if not PATTERN.match(name):
        strange = next((c for c in name if not c.isascii()), "")
        called = unicodedata.name(strange, "no character").lower() if strange else ""
        shown = f"'{strange}' is U+{ord(strange):04X}, {called}; " if strange else ""
        return f"{shown}a name is a letter from a to z, then letters, digits and '_'"
    if len(name) > 100:
        return "a name has at most 100 characters"
    if keyword.iskeyword(name):
        return "it is a word of Python"
    return ""


def refusal(name: str, observed: bool = False) -> str:
    """Why a variable or node cannot have a name, or "" where it can."""
    if malformed(name):
        return malformed(name)
    if name in MODULE_ATTRIBUTES:
        return "torch modules already have an attribute of that name"
    if name in OUTPUT_FIELDS:
        return "the model's output already has a field of that name"
    if name in PORT_WORDS:
        return "it is a word of the language, for ports and repeats"
    if name in TUPLE_ATTRIBUTES:
        return "tuples, which the model returns, have an attribute of that name"
    if observed and name in SOURCE_NAMES:
        return "the emitted source uses that name itself"
    return ""
