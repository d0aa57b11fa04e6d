"""Graphs at the level of roles, built by hand from a few words each; their bodies do not matter here."""

from __future__ import annotations

from types import SimpleNamespace

from archgraph.core.source import Source, Span
from archgraph.graph.module import End, Graph, Leaf, Node, Variable, Wire
from archgraph.graph.operation import Port

PORTS = tuple(map(Port, ("in", "context", "state")))
OPERATION = SimpleNamespace(
    name="linear", glyph="plain", title=lambda: "Linear", ports_in=lambda: PORTS, ports_out=lambda: (Port("out"),)
)
SPAN = Span(Source("test.yaml", ""), 0, 0)
_ROLES = {
    "C": "cost",
    "E": "cost",
    "D": "cost",
    "R": "regulariser",
    "U": "regulariser",
    "V": "regulariser",
    "L": "loss",
}


def graph(title: str, variables: str, nodes: str, edges: str, labels: dict[str, str] | None = None) -> Graph:
    """A graph from `name:kind`, `name:role` and `source>target[.port][!delay][!context]` words."""
    found = {}
    for word in variables.split():
        name, kind = word.split(":")
        found[name] = Variable(name, kind, SPAN, label=(labels or {}).get(name, ""))
    body = Leaf(OPERATION, SPAN)  # type: ignore[arg-type]
    made = {}
    for word in nodes.split():
        name, _, role = word.partition(":")
        made[name] = Node(name, body, SPAN, role=role or _ROLES.get(name[0], ""))
    wires = tuple(_wire(word) for word in edges.split())
    return Graph(title.lower().replace(" ", "_"), title, SPAN, found, made, wires)


def _wire(word: str) -> Wire:
    way, *kinds = word.split("!")
    source, target = (_end(text, port) for text, port in zip(way.split(">"), ("out", "in"), strict=True))
    delay = next((int(kind[5:] or 1) for kind in kinds if kind.startswith("delay")), 0)
    return Wire(
        source,
        target,
        SPAN,
        delay=delay,
        context="context" in kinds,
        initial="initial" in kinds,
        stop="stop" in kinds,
    )


def _end(text: str, port: str) -> End:
    owner, _, named = text.partition(".")
    return End(owner, named or port)


_TAIL = " h>decoder decoder>y_tilde y>C y_tilde>C"
_XYH = "x:input y:target h:hidden y_tilde:prediction"

TRANSFORMER = graph(
    "Transformer",
    _XYH,
    "encoder:encoder enc:encoder predictor:predictor decoder:decoder C",
    "x>encoder encoder>predictor.context!context y>enc!delay enc>predictor predictor>h" + _TAIL,
    {"x": "source sentence", "y": "target sentence", "y_tilde": "predicted sentence"},
)
AUTOENCODER = graph(
    "Autoencoder",
    "y:target h:hidden y_tilde:prediction",
    "encoder:encoder decoder:decoder C R",
    "y>encoder encoder>h h>R" + _TAIL,
)
LANGUAGE_MODEL = graph(
    "Language model",
    "y:target h:hidden y_tilde:prediction",
    "encoder:encoder predictor:predictor decoder:decoder C",
    "y>encoder!delay encoder>predictor predictor>h" + _TAIL,
    {"y": "text"},
)
DENOISING = graph(
    "Denoising autoencoder",
    "y:target y_hat:contrastive h:hidden y_tilde:prediction",
    "noise:corruption encoder:encoder decoder:decoder C",
    "y>noise noise>y_hat y_hat>encoder encoder>h" + _TAIL,
)
MASKED = graph(
    "Masked language model",
    "s:input y:target y_hat:contrastive h:hidden y_tilde:prediction",
    "noise:corruption encoder:encoder decoder:decoder C",
    "y>noise noise>y_hat y_hat>encoder s>encoder.b encoder>h noise.mask>C.where" + _TAIL,
)
CONDITIONAL = graph(
    "Conditional predictive",
    _XYH,
    "x_encoder:encoder encoder:encoder predictor:predictor decoder:decoder C",
    "x>x_encoder x_encoder>predictor.context!context y>encoder!delay encoder>predictor predictor>h" + _TAIL,
)
LATENT = graph(
    "Latent predictive",
    "x:input y:target z:latent y_tilde:prediction",
    "predictor:predictor decoder:decoder E",
    "x>predictor predictor>decoder z>decoder decoder>y_tilde y>E y_tilde>E",
)
RNN = graph(
    "Recurrent network",
    _XYH,
    "predictor:predictor decoder:decoder C",
    "x>predictor h>predictor.state!delay predictor>h" + _TAIL,
)
SEQ2SEQ = graph(
    "Recurrent seq2seq",
    _XYH,
    "encoder:encoder enc:encoder first:encoder predictor:predictor decoder:decoder C",
    "x>encoder encoder>predictor.context!context encoder>first first>h!initial y>enc!delay enc>predictor "
    "h>predictor.state!delay predictor>h" + _TAIL,
)
VAE = graph(
    "Variational AE",
    "y:target mu:hidden v:hidden z:latent y_tilde:prediction",
    "encoder:encoder sampler:sampler decoder:decoder C U V",
    "y>encoder encoder.mu>mu encoder.v>v mu>sampler.mu v>sampler.v sampler>z z>decoder decoder>y_tilde "
    "y>C y_tilde>C mu>U v>V",
)
CLASSIFIER = graph(
    "Bag of words",
    _XYH,
    "encoder:encoder decoder:decoder C",
    "x>encoder encoder>h" + _TAIL,
    {"x": "a sentence", "y": "its topic"},
)
TWO_INPUTS = graph(
    "Two inputs and two regularisers",
    "x:input w:input y:target h:hidden y_tilde:prediction",
    "x_encoder:encoder w_encoder:encoder enc:encoder predictor:predictor decoder:decoder C R sparsity:regulariser",
    "x>x_encoder x_encoder>predictor.context!context w>w_encoder w_encoder>predictor.b y>enc!delay "
    "enc>predictor predictor>h h>R h>sparsity" + _TAIL,
)
INTERLEAVED = graph(
    "Transformer interleaved",
    _XYH,
    "encoder:encoder embedding:encoder stack decoder:decoder C",
    "x>encoder encoder>stack.context!context y>embedding!delay embedding>stack stack>h" + _TAIL,
    {"x": "source sentence"},
)
INTERLEAVED.nodes["stack"] = INTERLEAVED.nodes["stack"]._replace(repeat=6)
SELF_ATTENTION = graph("Self-attention", "x:input h:hidden", "attention", "x>attention attention>h")
CROSS_ATTENTION = graph(
    "Cross-attention",
    "x:input q:input h:hidden",
    "attention",
    "x>attention.context!context q>attention attention>h",
)
JOINT = graph(
    "Joint embedding",
    "x:input y:target h_x:hidden h_y:hidden",
    "enc_x:encoder enc_y:encoder D",
    "x>enc_x enc_x>h_x y>enc_y enc_y>h_y h_x>D h_y>D",
)
TWO_HEADS = graph(
    "Two heads",
    "x:input y:target t:target h:hidden y_tilde:prediction t_tilde:prediction",
    "encoder:encoder decoder_y:decoder decoder_t:decoder C_y C_t L",
    "x>encoder encoder>h h>decoder_y decoder_y>y_tilde h>decoder_t decoder_t>t_tilde y>C_y y_tilde>C_y "
    "t>C_t t_tilde>C_t C_y>L C_t>L",
)
CONTRASTIVE = graph(
    "Contrastive",
    "x:input y:target y_hat:contrastive h:hidden y_tilde:prediction",
    "noise:corruption encoder:encoder decoder:decoder C C_hat L",
    "x>encoder encoder>h y>noise noise>y_hat y_hat>C_hat y_tilde>C_hat C>L C_hat>L" + _TAIL,
)
CONDITIONAL_VAE = graph(
    "Conditional VAE",
    "x:input y:target h:hidden z:latent y_tilde:prediction",
    "predictor:predictor encoder:encoder sampler:sampler decoder:decoder C",
    "x>predictor predictor>h y>encoder encoder>sampler sampler>z z>decoder.z" + _TAIL,
    {"x": "condition"},
)
TWO_MODULES = graph(
    "Two modules",
    "x:input w:input y:target y_tilde:prediction",
    "first:encoder second:encoder decoder:decoder C",
    "x>first w>second first>decoder second>decoder.b decoder>y_tilde y>C y_tilde>C",
)
SHARED_CODE = graph(
    "Shared code",
    "x:input y:target h:hidden k:hidden y_tilde:prediction",
    "encoder:encoder enc:encoder predictor:predictor decoder:decoder C",
    "x>encoder encoder>k y>enc!delay enc>predictor k>predictor.b predictor>h k>decoder.b" + _TAIL,
)
BY_HAND = graph(
    "Residual by hand",
    "x:input y:target y_tilde:prediction",
    "lin act gate mul add C",
    "x>lin lin>act x>gate act>mul gate>mul mul>add x>add add>y_tilde y>C y_tilde>C!stop",
)

FAMILY = {
    "transformer": TRANSFORMER,
    "autoencoder": AUTOENCODER,
    "language_model": LANGUAGE_MODEL,
    "denoising": DENOISING,
    "masked": MASKED,
    "conditional": CONDITIONAL,
    "latent": LATENT,
    "rnn": RNN,
    "seq2seq": SEQ2SEQ,
    "vae": VAE,
    "classifier": CLASSIFIER,
    "two_inputs": TWO_INPUTS,
    "interleaved": INTERLEAVED,
    "contrastive": CONTRASTIVE,
    "conditional_vae": CONDITIONAL_VAE,
    "two_modules": TWO_MODULES,
    "shared_code": SHARED_CODE,
    "by_hand": BY_HAND,
}
OTHERS = {
    "self_attention": SELF_ATTENTION,
    "cross_attention": CROSS_ATTENTION,
    "joint": JOINT,
    "two_heads": TWO_HEADS,
}
ALL = {**FAMILY, **OTHERS}
