"""Variants of the exercises: the same question with other indices, letters, layers or numbers, to be asked again later.

A variant renames the same things in the question, the solution, the slips and their hints, so a slip still gets its hint.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from nnlib.symbolic.answers.points import Point, RenamedPoints, classes
from nnlib.symbolic.exercise.exercise import Exercise, Slip

Variation = Callable[[Exercise], Exercise]
Rewrite = Callable[[str], str]

SHIFTED = {
    **{"X": "a2", "P1": "P2", "W1": "W2", "b1": "b2", "z2": "z3", "a2": "a3", "W2": "W3", "b2": "b3", "z3": "z4"},
    **{"dz2": "dz3", "da2": "da3", "dz3": "dz4"},
}
TWO_HIDDEN_LAYERS = "A network has two hidden layers: the first has $M$ units, the second has $H$. "
# Outside of formulas, of one layer more: the inputs become the first hidden layer, the only hidden layer the second.
LAYERS_IN_WORDS = {
    "the inputs, one example in each row": "the first hidden layer after the ReLU",
    "the hidden layer": "the second hidden layer",
    "The hidden layer": "The second hidden layer",
    "hidden units": "units of the second hidden layer",
    "D×": "M×",
    "×D": "×M",
}


def classes_moved(order: str, K: int = 3) -> Variation:
    """Class 1 becomes class order[0], class 2 becomes order[1], and so on. With K = 4 there is one class more."""
    new = dict(zip("123", order, strict=False))

    def moved(text):
        return re.sub(r"_([123])\b", lambda match: "_" + new[match[1]], text).replace("K = 3", f"K = {K}")

    def words(text):
        return re.sub(r"class ([123])", lambda match: f"class {new[match[1]]}", text)

    def variation(exercise):
        if K == 3:
            return _rewritten(exercise, moved, moved, words)
        more = {f"{letter}_4": exercise.names[f"{letter}_3"].replace("_3", "_4") for letter in ("psi", "z")}
        changed = _rewritten(replace(exercise, names=exercise.names | more), moved, moved, words)
        return replace(changed, point=classes(K))

    return variation


def letters(**new: str) -> Variation:
    """Other letters for names, and for the signs of the same letters in formulas."""

    def name(text):
        return new.get(text, text)

    sizes = {f"{a}×": f"{b}×" for a, b in new.items()} | {f"×{a}": f"×{b}" for a, b in new.items()}
    sizes |= {f"{a}×{c}": f"{b}×{d}" for a, b in new.items() for c, d in new.items()}
    return lambda exercise: _rewritten(exercise, name, _in_formulas(new), _replaced(sizes))


def one_layer_more(before: str = TWO_HIDDEN_LAYERS, **words: Any) -> Variation:
    """The same place in a network with one hidden layer more. `before` starts the question; `words` are other sentences."""

    def name(text):
        return SHIFTED.get(text, text)

    def math(text):
        text = re.sub(r"\^\{\((\d)\)", lambda match: f"^{{({int(match[1]) + 1})", text)
        return re.sub(r"(?<![\w\\])X(?!\w)", "a^{(2)}", text)

    def variation(exercise):
        changed = _rewritten(exercise, name, math, _replaced(LAYERS_IN_WORDS))
        changed = replace(changed, **words)
        return replace(changed, prompt=before + changed.prompt)

    return variation


def indices_swapped(exercise: Exercise) -> Exercise:
    """The index i becomes j, and j becomes i; δ is the same for both orders."""
    new = {"i": "j", "j": "i"}

    def swapped(text):
        return re.sub(r"_([ij])\b", lambda match: "_" + new[match[1]], text)

    return _rewritten(exercise, swapped, swapped)


def other_numbers(texts: Mapping[str, str], formulas: Mapping[str, str]) -> Variation:
    """Other numbers in the question, and the formulas that follow from them."""

    def variation(exercise):
        slips = tuple(Slip(formulas[slip.text], slip.hint) for slip in exercise.slips)
        return replace(
            exercise,
            prompt=_replaced(texts)(exercise.prompt),
            first_step=_replaced(texts)(exercise.first_step),
            solution=formulas[exercise.solution],
            slips=slips,
        )

    return variation


def _rewritten(exercise: Exercise, name: Rewrite, math: Rewrite, words: Rewrite = str) -> Exercise:
    """Rename everywhere: `name` a name that is typed, `math` the inside of $…$, `words` the other text."""

    def formula(text):
        return re.sub(r"[A-Za-z]\w*", lambda match: name(match[0]), text)

    def markdown(text):
        def part(match):
            maths, code, rest = match.groups()
            return math(maths) if maths else formula(code) if code else words(rest)

        return re.sub(r"(\$[^$]*\$)|(`[^`]*`)|([^$`]+)", part, text)

    def renamed(drawn):
        sizes = {size: words(f"{letter}×")[:-1] for size, letter in drawn.sizes.items()}
        values = {name(key): value for key, value in drawn.values.items()}
        return Point(values, sizes, math(f"${drawn.case}$")[1:-1])

    return replace(
        exercise,
        prompt=markdown(exercise.prompt),
        solution=formula(exercise.solution),
        names={name(key): markdown(meaning) for key, meaning in exercise.names.items()},
        point=RenamedPoints(exercise.point, renamed),
        first_step=markdown(exercise.first_step),
        slips=tuple(Slip(formula(slip.text), markdown(slip.hint)) for slip in exercise.slips),
        written={formula(form): name(key) for form, key in exercise.written.items()},
        instead={name(key): markdown(message) for key, message in exercise.instead.items()},
        edge=exercise.edge and RenamedPoints(exercise.edge, renamed),
        at_edge=markdown(exercise.at_edge),
    )


def _in_formulas(new: Mapping[str, str]) -> Rewrite:
    """Replace letters that stand alone in LaTeX, and Greek letters by their commands."""
    commands = {rf"\{old}" if len(old) > 1 else old: letter for old, letter in new.items() if "_" not in old}
    subscripted = {old: letter for old, letter in new.items() if "_" in old}
    pattern = "|".join([*(rf"(?<![A-Za-z]){re.escape(old)}(?![A-Za-z0-9])" for old in commands), *map(re.escape, subscripted)])
    return lambda text: re.sub(pattern, lambda match: (commands | subscripted)[match[0]], text)


def _replaced(new: Mapping[str, str]) -> Rewrite:
    """Replace texts, all at once."""
    pattern = "|".join(re.escape(old) for old in sorted(new, key=len, reverse=True))
    return lambda text: re.sub(pattern, lambda match: new[match[0]], text)


MOVED = (classes_moved("231"), classes_moved("312"), classes_moved("321"))
STEP = letters(s="r", theta="w")
ROW_OF_PIXELS = (letters(g_1="u_1", g_2="u_2", g_3="u_3", g_n="u_n"), letters(w_1="v_1", w_2="v_2"))
SECOND_CONVOLUTION = one_layer_more(
    "A second convolution follows the first, and now its patches are those of the first result. "
)

VARIATIONS: Mapping[str, tuple[Variation, ...]] = {
    "forward-z2": (
        one_layer_more(
            prompt="Write $z^{(3)}$, the second hidden layer before its ReLU, for a whole batch.",
            first_step="Each row of $a^{(2)}$ is an example. $z^{(3)}$ is N×H: "
            "which product of an N×M and an M×H matrix gives that?",
        ),
    ),
    "forward-logits": (
        one_layer_more(
            prompt="Write the logits $z^{(4)}$ in one formula of $a^{(2)}$ and the parameters of the layers after it.",
            first_step="Write $a^{(3)}$ first. Then put it where $a^{(2)}$ stood.",
        ),
    ),
    "forward-parameters": (letters(D="P", H="M", K="C"), letters(D="B", H="Q", K="R")),
    "forward-uniform-loss": (letters(K="C"), letters(K="M")),
    "forward-one-example": MOVED,
    "forward-two-examples": (letters(p_1="q_1", p_2="q_2"), letters(p_1="u_1", p_2="u_2")),
    "forward-penalty": (one_layer_more("A network has two hidden layers, and only its last two matrices are penalised. "),),
    "forward-widths": (letters(H_1="U_1", H_2="U_2", H_3="U_3"), letters(H_1="V_1", H_2="V_2", H_3="V_3")),
    "softmax-psi-1-z-2": (*MOVED, classes_moved("234", K=4), classes_moved("413", K=4)),
    "softmax-psi-1-z-1": (*MOVED, classes_moved("234", K=4), classes_moved("413", K=4)),
    "softmax-compact": (indices_swapped,),
    "softmax-log": (indices_swapped,),
    "softmax-row": MOVED,
    "softmax-shift": (*MOVED, letters(c="s")),
    "softmax-two-classes": (classes_moved("213"), letters(x="u")),
    "softmax-temperature": MOVED,
    "backpropagation-log": (letters(f="g", df="dg"), letters(f="u", df="du")),
    "backpropagation-sign": (
        letters(psi_j="psi_k", Delta_j="Delta_k", z_j="z_k", j="k", delta_yj="delta_yk", delta_jy="delta_ky"),
    ),
    "backpropagation-dz3": (one_layer_more(),),
    "backpropagation-side": (one_layer_more(),),
    "backpropagation-dw2": (one_layer_more(),),
    "backpropagation-db2": (one_layer_more(),),
    "backpropagation-da2": (one_layer_more(),),
    "backpropagation-dz2": (one_layer_more(),),
    "backpropagation-dw1": (
        one_layer_more(
            first_step="It has the form of the output layer's: what the layer received, transposed, times what came back to it."
        ),
    ),
    "backpropagation-w1-whole": (one_layer_more(),),
    "backpropagation-db1": (one_layer_more(),),
    "backpropagation-dx": (
        one_layer_more(
            prompt="How does the loss change with the first hidden layer? "
            r"Write $\dfrac{\partial J}{\partial a^{(2)}}$ with `dz3`.",
            first_step="$a^{(2)}$ stands to the second hidden layer as $a^{(3)}$ stands to the output layer.",
        ),
    ),
    "backpropagation-penalty": (one_layer_more(),),
    "backpropagation-tanh": (one_layer_more(),),
    "gradient-check-central": (STEP,),
    "gradient-check-central-error": (STEP,),
    "gradient-check-forward-error": (STEP,),
    "gradient-check-best-step": (letters(C="A", s="r"),),
    "gradient-check-relative-error": (letters(a="g", b="d"), letters(a="u", b="v")),
    "gradient-check-kink": (letters(x="u", s="r"), letters(x="t", s="d")),
    "gradient-check-missing-n": (letters(N="M"),),
    "gradient-check-missing-two": (
        other_numbers(
            {r"$2 \lambda W$": r"$4 \lambda W$", "half": "a quarter of"}, {"1/2": "3/4", "2": "4", "1": "3", "1/3": "3/5"}
        ),
        other_numbers(
            {r"$2 \lambda W$": r"$5 \lambda W$", "half": "a fifth of"}, {"1/2": "4/5", "2": "5", "1": "4", "1/3": "2/3"}
        ),
    ),
    "gradient-check-depth": (letters(F="P"), letters(F="R")),
    "gradient-check-three-layers": (letters(F="P"), letters(F="R")),
    "gradient-check-he": (letters(F="P"), letters(F="R")),
    "convolution-size": (letters(R="A", Q="B"), letters(R="L", Q="M")),
    "convolution-same": (letters(Q="B"), letters(Q="M")),
    "convolution-parameters": (letters(C="A", H="M", Q="B"), letters(C="B", H="L", Q="F")),
    "convolution-dense": (letters(R="A", Q="B"), letters(R="L", Q="M")),
    "convolution-two-layers": (letters(Q="B"), letters(Q="M")),
    "convolution-shared": ROW_OF_PIXELS,
    "convolution-pixel": ROW_OF_PIXELS,
    "convolution-dw": (SECOND_CONVOLUTION,),
    "convolution-db": (SECOND_CONVOLUTION,),
    "convolution-dp": (SECOND_CONVOLUTION,),
}


def variants_of(exercise: Exercise) -> tuple[Exercise, ...]:
    """The variants of an exercise. Their ids are the exercise's with ~1, ~2 and so on."""
    variations = VARIATIONS.get(exercise.id, ())
    return tuple(replace(vary(exercise), id=f"{exercise.id}~{number}") for number, vary in enumerate(variations, 1))
