"""What people write who come from other libraries, and what it is here; a likeness of letters would miss these."""

from __future__ import annotations

# By the word in lower case: what was meant, the first that is legal in its place.
SYNONYMS: dict[str, tuple[str, ...]] = {
    # arguments
    **dict.fromkeys(("n_head", "n_heads", "num_heads", "nhead", "num_attention_heads"), ("heads",)),
    **dict.fromkeys(("d_model", "hidden_size", "dim", "embed_dim", "embedding_dim", "n_embd"), ("width",)),
    **dict.fromkeys(("out_features", "units", "output_dim", "features", "size", "n_out"), ("width",)),
    **dict.fromkeys(("d_ff", "ffn_dim", "dim_feedforward", "intermediate_size", "hidden_dim"), ("hidden",)),
    **dict.fromkeys(("n_layer", "n_layers", "num_layers"), ("layers",)),
    **dict.fromkeys(("filters", "out_channels"), ("channels",)),
    "kernel_size": ("kernel",),
    "p": ("rate",),
    "is_causal": ("causal",),
    "mask": ("causal", "pad"),
    "use_bias": ("bias",),
    "eps": ("epsilon",),
    "nonlinearity": ("activation",),
    **dict.fromkeys(("avg", "average"), ("mean",)),
    "type": ("kind", "type"),
    # operations
    **dict.fromkeys(("attention", "mha", "multihead_attention", "multiheadattention"), ("self_attention",)),
    **dict.fromkeys(("mlp", "ffn", "feedforward"), ("feed_forward",)),
    **dict.fromkeys(("dense", "fc", "projection"), ("linear",)),
    **dict.fromkeys(("layernorm", "norm", "ln", "normalization"), ("layer_norm",)),
    "rmsnorm": ("rms_norm",),
    **dict.fromkeys(("batchnorm", "batch_normalization", "batchnorm1d", "batchnorm2d", "bn"), ("batch_norm",)),
    **dict.fromkeys(("mse", "mse_loss", "mseloss", "l2_loss"), ("squared_error",)),
    **dict.fromkeys(("mae", "l1_loss", "l1loss"), ("absolute_error",)),
    **dict.fromkeys(("bce", "bce_loss", "bceloss", "bcewithlogitsloss"), ("binary_cross_entropy",)),
    **dict.fromkeys(("nll_loss", "nll", "ce", "categorical_crossentropy", "crossentropy"), ("cross_entropy",)),
    "swish": ("silu",),
    **dict.fromkeys(("leaky_relu", "leakyrelu", "elu"), ("relu",)),
    "upsample": ("transposed_conv1d",),
    **dict.fromkeys(("conv", "convolution"), ("conv1d",)),
    **dict.fromkeys(("concatenate", "cat"), ("concat",)),
    "sum": ("add",),
    **dict.fromkeys(("flatten", "reshape", "view", "transpose", "permute"), ("rearrange",)),
    **dict.fromkeys(("positional_encoding", "position_embedding", "pos_embed", "pos_enc"), ("positions",)),
    **dict.fromkeys(
        ("maxpool", "avgpool", "max_pool", "avg_pool", "maxpool2d", "global_average_pooling"), ("pooling",)
    ),
    # kinds, roles and elements
    **dict.fromkeys(("observed", "in", "data"), ("input",)),
    **dict.fromkeys(("label", "labels"), ("target", "class", "label")),
    **dict.fromkeys(("ground_truth", "truth"), ("target",)),
    **dict.fromkeys(("output", "out", "predicted"), ("prediction",)),
    **dict.fromkeys(("weight", "learned"), ("parameter", "weight")),
    **dict.fromkeys(("backbone", "embedder", "stem"), ("encoder",)),
    **dict.fromkeys(("generator", "head", "classifier"), ("decoder",)),
    **dict.fromkeys(("criterion", "objective", "energy"), ("cost",)),
    "noise": ("corruption",),
    **dict.fromkeys(("float", "float32", "double", "number", "image"), ("real",)),
    **dict.fromkeys(("int", "long", "int64", "token", "ids", "text"), ("tokens",)),
    **dict.fromkeys(("category", "classes"), ("class",)),
    "bool": ("mask",),
    # keys of variables and of edges
    **dict.fromkeys(("shape", "dtype"), ("type",)),
    **dict.fromkeys(("bos", "sos", "begin", "bos_token", "start_token"), ("start",)),
    **dict.fromkeys(("eos", "end", "eos_token", "stop_token"), ("stop",)),
    **dict.fromkeys(("padding", "pad_token", "pad_id"), ("pad", "padding")),
    **dict.fromkeys(("source", "src"), ("from", "input")),
    **dict.fromkeys(("target", "dst", "dest"), ("to",)),
    **dict.fromkeys(("shift", "lag", "delayed"), ("delay",)),
    **dict.fromkeys(("detach", "stop_gradient", "stopgrad"), ("stop",)),
    # sections
    **dict.fromkeys(("vars", "inputs", "outputs", "tensors"), ("variables",)),
    **dict.fromkeys(("model", "modules", "module", "layers", "components", "network"), ("nodes",)),
    **dict.fromkeys(("connections", "flow", "links", "wires", "arrows"), ("edges",)),
    "graph": ("edges", "nodes"),
    **dict.fromkeys(("hyperparameters", "hparams", "hyperparams", "config", "constants", "parameters"), ("params",)),
}

# What needs no key or operation of its own here, and why; what to write instead, where there is something.
_KNOWN = "leave it out: it follows from what comes in"
_TRAINING = "training is told to the command: 'archgraph train --help'"
ADVICE: dict[str, str] = {
    **dict.fromkeys(("in_features", "in_channels", "num_features", "input_size", "input_dim", "input_shape"), _KNOWN),
    **dict.fromkeys(("num_embeddings", "vocab", "vocab_size", "normalized_shape", "kdim", "vdim"), _KNOWN),
    **dict.fromkeys(("num_layers", "n_layers"), "repeat it: '{repeat: 2, layers: [...]}'"),
    "return_sequences": "leave it out: all positions come; 'pooling: last' takes the last",
    "batch_first": "leave it out: the batch comes first",
    "context": "draw it as an edge: 'encoder -[context]-> predictor'",
    **dict.fromkeys(
        ("transformer", "transformer_layer", "transformer_block", "transformer_encoder", "transformer_encoder_layer"),
        "write its parts, as the spec does that 'archgraph new transformer' copies",
    ),
    **dict.fromkeys(
        ("transformer_decoder", "transformer_decoder_layer"), "write its parts: see 'archgraph new transformer'"
    ),
    "sequential": "write the layers one behind the other",
    **dict.fromkeys(("lr", "learning_rate", "optimizer", "epochs", "batch_size", "seed", "training"), _TRAINING),
}
