"""The first attention, written out in plain torch after the paper's appendix A, since no package has it."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from tests.parity.pairs import Family, Rules, delayed, texts

GATES = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")


class Original(nn.Module):
    """Bahdanau et al. 2015, A.1 and A.2, with torch's form of the gated unit."""

    def __init__(self, vocab: int = 64, embed: int = 12, width: int = 16, maxout: int = 10) -> None:
        super().__init__()
        self.source, self.target = nn.Embedding(vocab, embed), nn.Embedding(vocab, embed)
        self.encoder = nn.GRU(embed, width, bidirectional=True, batch_first=True)
        self.begin = nn.Linear(2 * width, width)
        self.W_a, self.U_a = nn.Linear(width, width), nn.Linear(2 * width, width, bias=False)
        self.v_a = nn.Linear(width, 1, bias=False)
        self.cell = nn.GRUCell(embed + 2 * width, width)
        self.readout = nn.Linear(width + embed + 2 * width, 2 * maxout)
        self.word = nn.Linear(maxout, vocab)

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        """Logits (B, T, vocab) of y (B, T), word by word."""
        packed = pack_padded_sequence(self.source(x), (x != 0).sum(1), batch_first=True, enforce_sorted=False)
        h, _ = pad_packed_sequence(self.encoder(packed)[0], batch_first=True, total_length=x.shape[1])
        s, logits = torch.tanh(self.begin(h[:, 0])), []
        for before in self.target(delayed(y, 1)).unbind(1):
            e = self.v_a(torch.tanh(self.W_a(s).unsqueeze(1) + self.U_a(h))).squeeze(-1)
            a = e.masked_fill(x == 0, -torch.inf).softmax(-1)
            c = (a.unsqueeze(-1) * h).sum(1)
            t = self.readout(torch.cat((s, before, c), -1)).unflatten(-1, (-1, 2)).amax(-1)
            logits.append(self.word(t))
            s = self.cell(torch.cat((before, c), -1), s)
        return torch.stack(logits, 1)


RULES: Rules = {
    "encoder.embedding.tokens": "source.weight",
    "enc.tokens": "target.weight",
    **{f"encoder.gru.{gate}": f"encoder.{gate}_l0" for gate in GATES},
    **{f"encoder.gru.reverse.{gate}": f"encoder.{gate}_l0_reverse" for gate in GATES},
    **{f"begin.linear.{kind}": f"begin.{kind}" for kind in ("weight", "bias")},
    "predictor.attention.q.weight": "W_a.weight",
    "predictor.attention.q.bias": "W_a.bias",
    "predictor.attention.k.weight": "U_a.weight",
    "predictor.attention.score.weight": "v_a.weight",
    **{f"predictor.cell.gru.{gate}": f"cell.{gate}" for gate in GATES},
    **{f"predictor.readout.linear.{kind}": f"readout.{kind}" for kind in ("weight", "bias")},
    **{f"decoder.linear.{kind}": f"word.{kind}" for kind in ("weight", "bias")},
}


def given(seed: int) -> Mapping[str, Tensor]:
    """Sources and targets of several lengths."""
    torch.manual_seed(seed)
    x = texts([4, 9, 1], range(3, 60), pad=0)
    return {"x": x, "y": texts([7, 3, 5], range(3, 60), pad=0)}


def run(ours: nn.Module, theirs: nn.Module, given: Mapping[str, Tensor]) -> tuple[Tensor, ...]:
    """Logits at real positions, and their mean cross-entropy."""
    real = given["y"] != 0
    out, logits = ours(**given), theirs(**given)
    return out.y_tilde[real], logits[real], out.loss, F.cross_entropy(logits[real], given["y"][real])


RECURRENT = {"bahdanau": Family("bahdanau", Original, RULES, run, given, {})}
