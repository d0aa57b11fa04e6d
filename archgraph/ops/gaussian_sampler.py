"""A normal sample with a given mean and log-variance."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import ClassVar

from archgraph.graph.memory import Saved, count
from archgraph.graph.operation import Flow, Mismatch, Operation, Port, Site, Types, need_features, pointwise
from archgraph.graph.types import TensorType


class GaussianSampler(Operation):
    """In training `mu + exp(v / 2) · ε` with ε normal; in use the mean. `v` is the logarithm of the variance."""

    name: ClassVar[str] = "gaussian_sampler"
    summary: ClassVar[str] = "sample a latent from its mean and log-variance; the mean in use"
    reference: ClassVar[str] = "Kingma & Welling 2014, section 2.4"
    example: ClassVar[str] = "gaussian_sampler"
    inputs: ClassVar[tuple[Port, ...]] = (Port("mu"), Port("v"))
    words: ClassVar[str] = "Sampler"

    def shape(self, given: Types) -> dict[str, TensorType]:
        """Two tensors of one type to that type."""
        mu, v = given["mu"][0], given["v"][0]
        need_features(mu, self.name)
        if mu != v:
            raise Mismatch(
                f"the mean is {mu}, and the log-variance {v}", hint="let both have one type: split the features in two"
            )
        return {"out": mu}

    def flow(self, given: Types) -> dict[tuple[str, str], Flow]:
        """Each number by itself."""
        return {(port, "out"): pointwise(given[port][0]) for port in ("mu", "v")}

    def emit(self, site: Site) -> str:
        """A sample in training, the mean else."""
        mu, v = site.given("mu"), site.given("v")
        sample = f"{site.use('noise.gaussian_sample')}({mu}, {v}, generator={site.generator()})"
        return f"{sample} if self.training else {mu}"

    def saves(self, given: Types, results: Mapping[str, TensorType]) -> Saved:
        """The deviation, and the noise."""
        return Saved(numbers=count(given["mu"][0]) * 2)

    def equations(self, wired: Collection[str] = ()) -> tuple[str, ...]:
        """The mean, and noise as wide as the deviation."""
        return (r"<mu> + \mathrm{exp} ( <v> / 2 ) \odot \boldsymbol{\epsilon}",)


OPERATION = GaussianSampler
