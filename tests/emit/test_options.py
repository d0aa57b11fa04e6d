"""Options on which the uses of a layer do not agree stay as they were written."""

from __future__ import annotations

from archgraph.emit.specialise import specialise

TEXT = """class Layer:
    def __init__(self, width, *, scale=0.0, window=0, cap=0.0):
        self.scale, self.window, self.cap = scale, window, cap

    def forward(self, x):
        if self.window or self.cap or x is None:
            return x
        return call(x, scale=self.scale or None, size=self.cap or 1)


class Model:
    def __init__(self):
        self.a, self.b = Layer(1), Outer(Layer(2, scale=1.0))
"""


def test_what_an_or_comes_to_at_last_is_kept() -> None:
    text = specialise(TEXT)
    assert "if x is None:" in text
    assert "scale=self.scale or None, size=1" in text


def test_options_leave_calls_within_calls() -> None:
    text = specialise(TEXT.replace("scale=1.0", "scale=1.0, window=0").replace("Outer", "Layer"))
    assert "window" not in text


TABLE = """        table = {}
        table["cap"] = self.cap
        print(f"{self.window} of {x}", table)
        return call("""


def test_an_option_inside_a_text_and_one_put_into_a_table_stay_as_they_are_written() -> None:
    text = specialise(TEXT.replace("        return call(", TABLE))
    assert 'table["cap"] = 0.0' in text
    assert 'print(f"{self.window} of {x}", table)' in text
