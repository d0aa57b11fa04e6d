"""The equations of the story, and of what can stand in a graph besides."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from archgraph.compiler import equations, program
from archgraph.draw.equations import formulas
from archgraph.draw.equations.pieces import Equation
from archgraph.draw.equations.typeset import said
from archgraph.draw.errors import PictureError
from archgraph.draw.sketch import sketch
from archgraph.graph.module import Graph
from archgraph.ops.unit_variance import UnitVariance

STORY = {path.stem: path for path in (Path(__file__).parents[3] / "specs" / "story").glob("*.yaml")}


@cache
def story(name: str) -> Graph:
    return program(STORY[name]).graph


def lines(graph: Graph, depth: int = 0) -> list[str]:
    return [said(each).replace(" ", "") for each in formulas.equations(graph, depth)]


def of(text: str, depth: int = 0) -> list[str]:
    return lines(program(text).graph, depth)


def test_transformer_is_a_composition_of_its_roles() -> None:
    assert lines(story("transformer")) == [
        "h=Pred(Encoder(x),Enc(ζ⁻¹y))",
        "ỹ=Dec(h)",
        "E(x,y)=C(y,ỹ)",
        "C(y,ỹ)=-y^⊤logsoftargmax(ỹ)",
    ]


def test_delay_and_predictor_are_all_that_a_language_model_adds_to_an_autoencoder() -> None:
    assert lines(story("sequence_autoencoder"))[0] == "h=Enc(y)"
    assert lines(story("language_model"))[0] == "h=Pred(Enc(ζ⁻¹y))"


def test_recurrence_reads_the_last_state_through_the_delay() -> None:
    assert lines(story("rnn"))[0] == "h=Pred(x,ζ⁻¹h)"


def test_single_operation_is_spelled_out() -> None:
    assert lines(story("rnn"))[1] == "ỹ=Wh+b"
    assert lines(story("self_attention"))[-1] == "h=W_oVsoftargmax_β(K^⊤Q)+b_o"


def test_sampler_makes_the_latent_no_argument_of_the_energy() -> None:
    found = lines(story("variational_autoencoder"))
    assert found[:2] == ["(μ,v)=Enc(y)", "z=μ+exp(v/2)⊙ε"]
    assert "E(y)=0.5C(y,ỹ)+0.5U(μ)+V(v)" in found


def test_free_latent_is_an_argument_of_the_energy() -> None:
    assert lines(story("latent_predictive")) == ["ỹ=Dec(z,Pred(x))", "E(x,y,z)=‖y-ỹ‖²"]


def test_depth_1_says_what_modules_are_made_of_without_dropout() -> None:
    found = lines(story("transformer"), 1)
    assert "Dec=Linear∘(LayerNorm∘(1+FeedForward))²" in found
    assert "Enc=(LayerNorm∘(1+CausalSelfAttention))²∘Embedding" in found


def test_depth_2_says_what_operations_compute_once() -> None:
    found = lines(story("transformer"), 2)
    assert found.count("FeedForward(x)=W₂relu(W₁x+b₁)+b₂") == 1
    assert found.count("M_ij=log1_i≤j") == 1


def test_operation_that_is_spelled_out_in_its_place_is_not_told_again() -> None:
    found = lines(story("rnn_seq2seq"), 2)
    assert "h^Attention=csoftargmax(w^⊤tanh(q+K))" in found
    assert not [each for each in found if each.startswith("CrossAttention(")]


def test_parts_of_a_group_are_told_apart_from_those_around_it() -> None:
    found = lines(story("transformer_interleaved"), 1)
    lefts = [each.partition("=")[0] for each in found]
    assert len(lefts) == len(set(lefts))


def test_module_of_several_outputs_and_readers_gets_names() -> None:
    found = of(
        """
archgraph: 1
variables:
  x: {kind: input, type: "real[4]"}
  y: {kind: target, type: "real[4]"}
  y_tilde: prediction
nodes:
  encoder: {role: encoder, layers: [{linear: 4}, tanh]}
  one: {op: {linear: 4}}
  two: {op: {linear: {width: 4, bias: false}}}
  join: {op: add}
  C: {role: cost, op: squared_error}
edges:
  - x -> encoder -> one -> join
  - encoder -> two -> join
  - join -> y_tilde
  - y, y_tilde -> C
"""
    )
    assert found[0].endswith("=Enc(x)") and found[0].startswith("h^Enc")
    # Each learned tensor bears the name of its node, and a sum inside a sum needs no brackets to be one.
    assert found[1].startswith("ỹ=") and found[1].count("W") == 2 and found[1].count("b") == 1
    assert "One" in found[1] and "Two" in found[1]


def test_sum_under_a_matrix_is_put_in_brackets() -> None:
    found = of(
        """
archgraph: 1
variables:
  x: {kind: input, type: "real[4]"}
  z: {kind: input, type: "real[4]"}
  h: hidden
nodes:
  total: {op: add}
  last: {op: {linear: 4}}
edges:
  - x, z -> total -> last -> h
"""
    )
    assert found == ["h=W(x+z)+b"]


def test_initial_value_has_a_line_and_a_stop_a_sign() -> None:
    found = of(
        """
archgraph: 1
variables:
  x: {kind: input, type: "real[4]"}
  w: {kind: input, type: "real[T, 4]"}
  h: {kind: hidden, type: "real[T, 4]"}
nodes:
  cell: {role: predictor, layers: [concat, {linear: 4}, tanh]}
edges:
  - x -[initial]-> h
  - w -[stop]-> cell
  - cell -> h
  - h -[delay]-> cell
"""
    )
    assert found == ["h₀=x", "h=Cell(sg(w),ζ⁻¹h)"]


@pytest.mark.parametrize("depth", [0, 1, 2])
@pytest.mark.parametrize("name", sorted(STORY))
def test_every_computed_variable_of_the_story_has_one_line(name: str, depth: int) -> None:
    graph = story(name)
    found = formulas.equations(graph, depth)
    assert len({each.id for each in found}) == len(found)
    for variable in graph.variables.values():
        if not variable.observed and graph.into(variable.name):
            assert sum(_names(each, variable.kind, graph, variable.name) for each in found) == 1


def _names(equation: Equation, kind: str, graph: Graph, name: str) -> bool:
    defines = len(equation.left) == 1 or equation.left[0].tex == "("  # else a function of something
    named = [(piece.tex, piece.what) for piece in equation.left]
    return defines and (sketch(graph).parts[name].tex, kind) in named


def test_latex_is_an_aligned_block_in_plain_or_in_the_colours_of_the_picture() -> None:
    plain = equations(STORY["autoencoder"])
    assert plain.startswith("\\begin{align*}\n") and plain.endswith("\\end{align*}\n")
    assert "  \\boldsymbol{h} &= \\mathrm{Enc} ( \\boldsymbol{y} ) \\\\\n" in plain
    coloured = equations(STORY["autoencoder"], theme="dark")
    assert "\\providecolor{archgraph-hidden}{HTML}{B3DE69}\n" in coloured
    assert "\\textcolor{archgraph-target}{\\boldsymbol{y}}" in coloured
    with pytest.raises(ValueError, match="unknown theme 'pink'"):
        equations(STORY["autoencoder"], theme="pink")


def test_same_spec_gives_the_same_equations() -> None:
    assert equations(STORY["rnn_seq2seq"], depth=2) == equations(STORY["rnn_seq2seq"], depth=2)


def test_in_use_predictions_stand_in_the_place_of_targets_and_nothing_is_compared() -> None:
    found = [said(each).replace(" ", "") for each in formulas.equations(story("transformer"), use="generate")]
    assert found == ["h=Pred(Encoder(x),Enc(ζ⁻¹ỹ))", "ỹ=Dec(h)"]
    with pytest.raises(PictureError, match="cannot be generated"):
        formulas.equations(story("autoencoder"), use="generate")


def test_names_are_as_short_as_keeps_them_apart() -> None:
    assert lines(story("conditional_predictive"))[0] == "h=Pred(Enc(ζ⁻¹y),Enc_x(x))"


def test_objective_without_a_formula_is_called_by_its_operation(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "V(v)=1^⊤(exp(v)-v-1)/2" in lines(story("variational_autoencoder"))
    monkeypatch.setattr(UnitVariance, "equations", lambda self, wired=(): ())
    assert "V(v)=UnitVariance(v)" in lines(story("variational_autoencoder"))


def test_objective_of_several_lines_names_its_parts() -> None:
    assert of(
        """
archgraph: 1
variables:
  x: {kind: input, type: "real[4]"}
  t: {kind: input, type: "real[4]"}
nodes:
  L: {role: loss, op: contrastive}
edges:
  - x, t -> L
"""
    ) == ["S=x^⊤t", "L(x,t)=-tr(logsoftargmax(S)+logsoftargmax(S^⊤))/2N"]


def attention(options: str) -> list[str]:
    return of(
        f"""
archgraph: 1
variables:
  x: {{kind: input, type: "real[T, 8]"}}
  h: hidden
nodes:
  look: {{op: {{self_attention: {{heads: 2, {options}}}}}}}
edges:
  - x -> look -> h
"""
    )


def test_attention_is_spelled_with_its_options() -> None:
    assert attention("bias: false") == ["Q=W_qx", "K=W_kx", "V=W_vx", "h=W_oVsoftargmax_β(K^⊤Q)"]
    assert "Q=rot(W_qx+b_q)" in attention("positions: rotary")
    assert attention("positions: alibi, causal: true")[3:5] == ["D_ij=-m|i-j|", "M_ij=log1_i≤j"]
    assert attention("window: 3")[3] == "M_ij=log1_|i-j|<3"
    # What bends the scores comes before the mask, and β is of the products alone.
    assert attention("softcap: 5.0, causal: true")[-1] == "h=W_oVsoftargmax(5tanh(βK^⊤Q/5)+M)+b_o"
    assert attention("positions: relative")[-1] == "h=W_oVsoftargmax(βK^⊤Q+D)+b_o"
    assert "K=RMSNorm(W_kx+b_k)" in attention("qk_norm: rms")


def test_places_are_told_to_queries_and_keys_where_they_are_fed() -> None:
    text = """
archgraph: 1
variables:
  x: {kind: input, type: "real[T, 8]"}
  p: {kind: input, type: "real[T, 8]"}
  h: hidden
  g: hidden
nodes:
  look: {op: {self_attention: {heads: 2}}}
  tanh: {op: tanh}
edges:
  - x -> look -> h
  - p -> tanh -> g
"""
    assert of(text)[1] == "K=W_kx+b_k"
    assert of(text + "  - p -> look.places\n")[:3] == ["Q=W_q(x+p)+b_q", "K=W_k(x+p)+b_k", "V=W_vx+b_v"]


RECURRENT = """
archgraph: 1
variables:
  x: {kind: input, type: "real[T, 4]"}
  h: {kind: hidden, type: "real[T, 4]"}
nodes:
  cell: {op: {gru: {width: 4}}}
edges:
  - x -> cell -> h
"""


def test_layer_reads_its_own_last_output_and_a_cell_what_is_fed() -> None:
    assert of(RECURRENT)[-1] == "h=(1-u)⊙n+u⊙ζ⁻¹h"
    assert of(RECURRENT + "  - h -[delay]-> cell.state\n")[-1] == "h=(1-u)⊙n+u⊙ζ⁻¹h"
    assert of(RECURRENT)[0] == "r=σ(W_rx+U_rζ⁻¹h+b_r)"


def test_outputs_beside_the_first_have_lines_where_something_reads_them() -> None:
    found = of(
        """
archgraph: 1
variables:
  y: {kind: target, type: "real[T, 4]"}
  y_hat: {kind: contrastive, type: "real[T, 4]"}
  y_tilde: prediction
nodes:
  hide: {role: corruption, op: {token_dropout: 0.2}}
  dec: {role: decoder, layers: [{linear: 4}]}
  C: {role: cost, op: squared_error}
edges:
  - y -> hide -> y_hat -> dec -> y_tilde
  - y, y_tilde -> C
  - hide.mask -> C.where
"""
    )
    assert found[0] == "h^Hide_mask∼Bernoulli(0.2)"
    assert found[1] == "ŷ=(1-h^Hide_mask)⊙y"


def test_what_is_written_twice_gets_a_name() -> None:
    text = """
archgraph: 1
variables:
  x: {kind: input, type: "real[4]"}
  h: hidden
nodes:
  first: {op: {linear: 4}}
  second: {op: OPERATION}
edges:
  - x -> first -> second -> h
"""
    assert of(text.replace("OPERATION", "silu")) == [
        "h^First=W_Firstx+b_First".replace("_First", ""),
        "h=h^First⊙σ(h^First)",
    ]
    assert of(text.replace("OPERATION", "tanh")) == ["h=tanh(Wx+b)"]
