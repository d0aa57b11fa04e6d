"""Checkpoints as transformers writes them become the specs that ship, with the same outputs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import nn

import archgraph
from archgraph.cli.library import library
from archgraph.compiler import program
from archgraph.compiler.weighted import decided
from archgraph.weights.errors import WeightsError

transformers = pytest.importorskip("transformers")
SMALL = {"vocab_size": 64, "hidden_size": 32, "num_attention_heads": 4, "num_hidden_layers": 2}
GROUPED = {"num_key_value_heads": 2, "intermediate_size": 88, "bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 0}
ROPE = {"rope_type": "llama3", "rope_theta": 500000.0, "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0}


def saved(model: nn.Module, folder: Path) -> Path:
    """Draw the weights of a model of transformers anew, and save it."""
    torch.manual_seed(0)
    for weight in (each for each in model.parameters() if each.requires_grad):
        weight.data = 0.2 * torch.randn_like(weight)
    model.eval().save_pretrained(folder)
    return folder


def texts(pad: int) -> torch.Tensor:
    """Symbols (2, 9), the second row padded from 6."""
    torch.manual_seed(1)
    y = torch.randint(3, 60, (2, 9))
    y[1, 6:] = pad
    return y


def agree(theirs: nn.Module, name: str, folder: Path) -> None:
    """Hold a language model of ours against theirs, on a text and on one that is padded."""
    model = archgraph.compile(library()[name].path, weights=saved(theirs, folder / "x")).eval()
    y = texts(0)
    delayed = torch.cat([torch.ones(2, 1, dtype=torch.int64), y[:, :-1]], 1)
    with torch.no_grad():
        apart = model(y=y).y_tilde - theirs(delayed).logits
    assert apart[0].abs().max() < 2e-5 and apart[1, :6].abs().max() < 2e-5


def test_gpt2(tmp_path: Path) -> None:
    config = transformers.GPT2Config(
        vocab_size=64, n_embd=32, n_head=4, n_layer=2, n_positions=40, bos_token_id=63, eos_token_id=63
    )
    theirs = transformers.GPT2LMHeadModel(config)
    model = archgraph.compile(library()["gpt2"].path, weights=saved(theirs, tmp_path / "x")).eval()
    y = texts(63)
    delayed = torch.cat([torch.full((2, 1), 63), y[:, :-1]], 1)
    with torch.no_grad():
        apart = model(y=y).y_tilde - theirs(delayed).logits
    assert apart[0].abs().max() < 2e-5 and apart[1, :6].abs().max() < 2e-5


def test_bert(tmp_path: Path) -> None:
    config = transformers.BertConfig(**SMALL, intermediate_size=128, max_position_embeddings=40)
    theirs = transformers.BertForMaskedLM(config)
    model = archgraph.compile(library()["bert"].path, weights=saved(theirs, tmp_path / "x")).eval()
    y, s = texts(0), torch.randint(2, (2, 9))
    with torch.no_grad():
        wanted = theirs(y, token_type_ids=s, attention_mask=(y != 0).long()).logits
        apart = model(y=y, s=s, corrupt=False).y_tilde - wanted
    assert apart[0].abs().max() < 2e-5 and apart[1, :6].abs().max() < 2e-5


def test_a_shard_index_of_transformers_is_read(tmp_path: Path) -> None:
    theirs = transformers.BertForMaskedLM(transformers.BertConfig(**SMALL, intermediate_size=128))
    theirs.save_pretrained(tmp_path / "x", max_shard_size="40KB")
    assert len(list((tmp_path / "x").glob("model-*.safetensors"))) > 1
    assert not archgraph.account(library()["bert"].path, tmp_path / "x").missing


@pytest.mark.parametrize(
    "rope", [{"rope_type": "default", "rope_theta": 1e4}, {**ROPE, "original_max_position_embeddings": 8}]
)
def test_llama(rope: dict[str, object], tmp_path: Path) -> None:
    config = transformers.LlamaConfig(**SMALL, **GROUPED, max_position_embeddings=64, rope_parameters=rope)
    theirs = transformers.LlamaForCausalLM(config)
    agree(theirs, "llama3", tmp_path)


def test_mistral(tmp_path: Path) -> None:
    config = transformers.MistralConfig(**SMALL, **GROUPED, sliding_window=3, attn_implementation="eager")
    agree(transformers.MistralForCausalLM(config), "mistral", tmp_path)


def test_t5(tmp_path: Path) -> None:
    config = transformers.T5Config(
        **{"vocab_size": 64, "d_model": 32, "d_kv": 6, "d_ff": 48, "num_layers": 2, "num_heads": 4},
        **{"relative_attention_num_buckets": 8, "relative_attention_max_distance": 10, "decoder_start_token_id": 0},
    )
    theirs = transformers.T5ForConditionalGeneration(config)
    model = archgraph.compile(library()["t5"].path, weights=saved(theirs, tmp_path / "x")).eval()
    x, y = texts(0), texts(0)[:, :5].contiguous()
    with torch.no_grad():
        wanted = theirs(input_ids=x, attention_mask=(x != 0).long(), labels=y).logits
        assert (model(x=x, y=y).y_tilde - wanted).abs().max() < 2e-5


def test_vision_transformer(tmp_path: Path) -> None:
    config = transformers.ViTConfig(
        **{"image_size": 12, "patch_size": 4, "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4},
        **{"intermediate_size": 128, "num_labels": 10},
    )
    theirs = transformers.ViTForImageClassification(config)
    model = archgraph.compile(library()["vit"].path, weights=saved(theirs, tmp_path / "x")).eval()
    x = torch.randn(2, 3, 12, 12)
    with torch.no_grad():
        assert (model(x=x).y_tilde - theirs(pixel_values=x).logits).abs().max() < 2e-5


def test_clip(tmp_path: Path) -> None:
    text = {"vocab_size": 64, "hidden_size": 24, "num_attention_heads": 2, "intermediate_size": 96}
    text |= {"max_position_embeddings": 20, "eos_token_id": 63, "bos_token_id": 1, "pad_token_id": 63}
    image = {"hidden_size": 32, "num_attention_heads": 4, "intermediate_size": 128, "image_size": 12, "patch_size": 4}
    layers = {"num_hidden_layers": 2}
    config = transformers.CLIPConfig(text_config=text | layers, vision_config=image | layers, projection_dim=16)
    theirs = transformers.CLIPModel(config)
    model = archgraph.compile(library()["clip"].path, weights=saved(theirs, tmp_path / "x")).eval()
    x, t = torch.randn(2, 3, 12, 12), texts(63)
    t[:, -1] = 63
    with torch.no_grad():
        found, wanted = model(x=x, t=t), theirs(input_ids=t, pixel_values=x)
    assert (found.h_x - wanted.image_embeds).abs().max() < 2e-5
    assert (found.h_t / found.h_t.norm(dim=-1, keepdim=True) - wanted.text_embeds).abs().max() < 2e-5


def test_masked_autoencoder(tmp_path: Path) -> None:
    config = transformers.ViTMAEConfig(
        **{"image_size": 16, "patch_size": 4, "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4},
        **{"intermediate_size": 120, "decoder_hidden_size": 24, "decoder_num_attention_heads": 2},
        **{"decoder_num_hidden_layers": 1, "decoder_intermediate_size": 40, "mask_ratio": 0.6, "layer_norm_eps": 1e-4},
    )
    theirs = transformers.ViTMAEForPreTraining(config)
    theirs.vit.embeddings.patch_embeddings.projection._is_hf_initialized = False
    theirs.vit.embeddings.initialize_weights()  # the waves, which are parameters that stay as they are
    theirs.decoder.initialize_weights(16)
    spec, folder = library()["mae"].path, saved(theirs, tmp_path / "x")
    assert archgraph.account(spec, folder).unused == (
        "decoder.decoder_pos_embed",
        "vit.embeddings.position_embeddings",
    )
    model, image = archgraph.compile(spec, weights=folder).eval(), torch.randn(2, 3, 16, 16)
    with torch.no_grad():
        found = model(y=theirs.patchify(image), corrupt=False)
        wanted = theirs(pixel_values=image, noise=torch.arange(16.0).expand(2, 16).contiguous())
    assert found.y_hat.shape == (2, 6, 32)
    assert (found.y_tilde - wanted.logits).abs().max() < 2e-5
    assert abs(float(found.loss - wanted.loss)) < 2e-5


def test_a_masked_autoencoder_by_the_names_of_the_hub(tmp_path: Path) -> None:
    sizes = {"image_size": 16, "patch_size": 4, "hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2}
    sizes |= {"decoder_hidden_size": 8, "decoder_num_attention_heads": 2, "decoder_num_hidden_layers": 2}
    folder = saved(transformers.ViTMAEForPreTraining(transformers.ViTMAEConfig(**sizes)), tmp_path / "x")
    given = load_file(folder / "model.safetensors")
    spec, before = library()["mae"].path, "decoder.decoder_encoder.layer"
    assert any(name.startswith(before) for name in given)
    one = archgraph.compile(spec, weights=folder).state_dict()
    save_file(
        {name.replace(before, "decoder.decoder_layers"): value for name, value in given.items()},
        folder / "model.safetensors",
    )
    other = archgraph.compile(spec, weights=folder).state_dict()
    assert all(torch.equal(value, other[name]) for name, value in one.items())


def test_perceiver(tmp_path: Path) -> None:
    config = transformers.PerceiverConfig(
        **{"num_latents": 5, "d_latents": 24, "d_model": 32, "num_blocks": 1, "num_self_attends_per_block": 2},
        **{"qk_channels": 256, "v_channels": 24, "vocab_size": 64, "max_position_embeddings": 12},
    )
    theirs = transformers.PerceiverForMaskedLM(config)
    spec, folder = library()["perceiver_io"].path, saved(theirs, tmp_path / "x")
    account = archgraph.account(spec, folder)
    assert len(account.loaded) == len(theirs.state_dict()) and not account.unused
    model = archgraph.compile(spec, weights=folder).eval()
    y = torch.randint(4, 60, (2, 12))
    y[1, 7:] = 0
    with torch.no_grad():
        apart = model(y=y, corrupt=False).y_tilde - theirs(inputs=y, attention_mask=(y != 0).long()).logits
    assert apart.abs().max() < 2e-5


@pytest.mark.parametrize("change", [{"num_blocks": 2}, {"num_cross_attention_heads": 4}, {"qk_channels": 128}])
def test_a_perceiver_of_another_make_is_refused(change: dict[str, int], tmp_path: Path) -> None:
    sizes = {"qk_channels": 256, "d_latents": 24, "d_model": 32, "vocab_size": 64, "max_position_embeddings": 12}
    transformers.PerceiverConfig(**{**sizes, **change}).save_pretrained(tmp_path)
    save_file({"x": torch.zeros(1)}, tmp_path / "model.safetensors")
    with pytest.raises(WeightsError, match=f"'{next(iter(change))}' is"):
        archgraph.account(library()["perceiver_io"].path, tmp_path)


def test_objects_asked_for_are_those_of_the_whole_detector(tmp_path: Path) -> None:
    backbone = transformers.ResNetConfig(
        embedding_size=8, hidden_sizes=[8, 8, 8, 12], depths=[1, 1, 1, 1], layer_type="basic", out_features=["stage4"]
    )
    config = transformers.DetrConfig(
        **{"use_timm_backbone": False, "use_pretrained_backbone": False, "backbone": None, "backbone_config": backbone},
        **{"d_model": 32, "num_queries": 5, "num_labels": 6, "encoder_layers": 2, "decoder_layers": 2},
        **{"encoder_attention_heads": 4, "decoder_attention_heads": 2, "encoder_ffn_dim": 48, "decoder_ffn_dim": 48},
    )
    theirs = transformers.DetrForObjectDetection(config)
    spec, folder = library()["detr"].path, saved(theirs, tmp_path / "x")
    account = archgraph.account(spec, folder)
    assert all(name.startswith("model.backbone.") for name in account.unused) and not account.fresh
    model = archgraph.compile(spec, weights=folder, params={"rows": 2, "columns": 3}).eval()
    image, whole = torch.randn(2, 3, 64, 96), torch.ones(2, 64, 96, dtype=torch.int64)
    with torch.no_grad():
        wanted = theirs(pixel_values=image, pixel_mask=whole)
        seen = theirs.model.backbone(image, whole)[-1][0]  # (2, 12, 2, 3)
        found = model(x=seen.flatten(2).transpose(1, 2))
    assert (found.y_tilde - wanted.logits).abs().max() < 2e-5
    assert (found.b_tilde - wanted.pred_boxes).abs().max() < 2e-5


# What the numbers of each family hang on besides sizes, and its spec does not say: another choice is another model.
OTHERS = [
    ("gpt2", "GPT2Config", {"scale_attn_by_inverse_layer_idx": True}),
    ("gpt2", "GPT2Config", {"layer_norm_epsilon": 1e-3}),
    ("gpt2", "GPT2Config", {"activation_function": "relu"}),
    ("llama3", "LlamaConfig", {"hidden_act": "gelu"}),
    ("llama3", "LlamaConfig", {"attention_bias": True}),
    ("mistral", "MistralConfig", {"hidden_act": "gelu"}),
    ("bert", "BertConfig", {"is_decoder": True}),
    ("bert", "BertConfig", {"pad_token_id": 1}),
    ("t5", "T5Config", {"layer_norm_epsilon": 1e-3}),
    ("t5", "T5Config", {"decoder_start_token_id": 3}),
    ("t5", "T5Config", {"feed_forward_proj": "gated-gelu"}),
    ("vit", "ViTConfig", {"qkv_bias": False}),
    ("vit", "ViTConfig", {"hidden_act": "relu"}),
    ("mae", "ViTMAEConfig", {"norm_pix_loss": True}),
    ("clip", "CLIPConfig", {"text_config": {"layer_norm_eps": 1e-3}}),
    ("clip", "CLIPConfig", {"vision_config": {"hidden_act": "gelu"}}),
    ("perceiver_io", "PerceiverConfig", {"qk_channels": 256, "cross_attention_shape_for_attention": "q"}),
    ("detr", "DetrConfig", {"position_embedding_type": "learned", "use_timm_backbone": False}),
]


@pytest.mark.parametrize(("name", "kind", "change"), OTHERS)
def test_a_checkpoint_that_computes_something_else_is_refused(
    name: str, kind: str, change: dict[str, object], tmp_path: Path
) -> None:
    getattr(transformers, kind)(**change).save_pretrained(tmp_path)
    save_file({"x": torch.zeros(1)}, tmp_path / "model.safetensors")
    last = list(change)[-1] if name != "detr" else "position_embedding_type"
    with pytest.raises(WeightsError, match=rf"'{last.replace('_config', '')}[\w.]*' is .*, and the spec holds for"):
        archgraph.account(library()[name].path, tmp_path)


@pytest.mark.parametrize("rope", [{"type": "linear", "factor": 2.0}, {"rope_type": "yarn", "factor": 2.0}])
@pytest.mark.parametrize("name", ["llama3", "mistral"])
def test_angles_that_are_stretched_otherwise_are_refused(name: str, rope: dict[str, object], tmp_path: Path) -> None:
    kind = {"llama3": transformers.LlamaConfig, "mistral": transformers.MistralConfig}[name]
    config = kind(**SMALL, **GROUPED).to_dict()
    config.pop("rope_parameters", None)
    (tmp_path / "config.json").write_text(json.dumps({**config, "rope_scaling": rope, "rope_theta": 1e4}))
    save_file({"x": torch.zeros(1)}, tmp_path / "model.safetensors")
    with pytest.raises(WeightsError, match=r"'rope_scaling\.(rope_)?type' is '(linear|yarn)', and the spec holds for"):
        archgraph.account(library()[name].path, tmp_path)


def test_what_a_text_ends_with_and_drops_out_comes_from_the_config(tmp_path: Path) -> None:
    sizes = {"vocab_size": 64, "n_embd": 32, "n_head": 4, "n_layer": 2, "n_positions": 40}
    config = transformers.GPT2Config(**sizes, bos_token_id=5, eos_token_id=5, resid_pdrop=0.25)
    path, folder = library()["gpt2"].path, saved(transformers.GPT2LMHeadModel(config), tmp_path / "x")
    assert archgraph.compile(path, weights=folder).target.start == 5
    assert decided(program(path), {}, folder)["dropout"] == 0.25
