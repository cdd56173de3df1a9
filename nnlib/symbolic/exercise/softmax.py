"""Exercises of the lesson on the derivative of softmax."""

from nnlib.symbolic.answers.points import classes, numbers, two_indices
from nnlib.symbolic.exercise.exercise import Exercise, Slip

PSI = {f"psi_{k}": rf"$\psi_{k}$" for k in (1, 2, 3)}
Z = {f"z_{k}": f"the logit $z_{k}$" for k in (1, 2, 3)}
INDEXED = {"psi_i": r"$\psi_i$", "psi_j": r"$\psi_j$", "delta_ij": r"$\delta_{ij}$: 1 where $i = j$, else 0"}
FORGOT_CASES = "That is one of the two cases. $\\delta_{ij}$ lets one formula hold in both."

EXERCISES = (
    Exercise(
        id="softmax-psi-1-z-2",
        lesson="softmax",
        title="Two different indices",
        prompt=r"There are $K = 3$ classes. What is $\dfrac{\partial \psi_1}{\partial z_2}$?",
        solution="-psi_1*psi_2",
        names=PSI | Z,
        point=classes(3),
        first_step="In the quotient rule, the top $e^{z_1}$ does not depend on $z_2$: only the sum below does.",
        slips=(
            Slip("psi_1*(1 - psi_1)", r"That is $\partial \psi_1/\partial z_1$, the case of equal indices."),
            Slip("psi_2*(1 - psi_2)", r"That is $\partial \psi_2/\partial z_2$, the case of equal indices."),
            Slip("psi_1*(1 - psi_2)", "The 1 comes from differentiating the top. Does the top depend on $z_2$?"),
            Slip("0", "The sum below the fraction bar depends on $z_2$: all the probabilities move together."),
        ),
    ),
    Exercise(
        id="softmax-psi-1-z-1",
        lesson="softmax",
        title="Two equal indices",
        prompt=r"There are $K = 3$ classes. What is $\dfrac{\partial \psi_1}{\partial z_1}$?",
        solution="psi_1*(1 - psi_1)",
        names=PSI | Z,
        point=classes(3),
        first_step="Now both the top $e^{z_1}$ and the sum below depend on $z_1$: the quotient rule has two terms.",
        slips=(
            Slip("-psi_1**2", "That is the term from the sum below. The top depends on $z_1$ too."),
            Slip(
                "psi_1**2", "That is the size of the term from the sum below. It has a sign, and the top depends on $z_1$ too."
            ),
            Slip("psi_1", "That is the term from the top. The sum below depends on $z_1$ too."),
            Slip("1 - psi_1", r"That is the derivative of $\log \psi_1$, which is that of $\psi_1$ divided by $\psi_1$."),
            Slip("-psi_1*psi_2", "That is the case of two different indices."),
        ),
    ),
    Exercise(
        id="softmax-compact",
        lesson="softmax",
        title="Both cases in one formula",
        prompt=r"Write $\dfrac{\partial \psi_i}{\partial z_j}$ for any $i$ and $j$, with $\delta_{ij}$.",
        solution="psi_i*(delta_ij - psi_j)",
        names=INDEXED,
        point=two_indices,
        first_step=r"Write both cases below each other. Which factor do they share, and where does the 1 come and go?",
        slips=(
            Slip("psi_i*(1 - psi_j)", FORGOT_CASES),
            Slip("-psi_i*psi_j", FORGOT_CASES),
            Slip("psi_i*(1 - psi_i)", FORGOT_CASES),
            Slip("delta_ij - psi_j", r"That is the derivative of $\log \psi_i$: a factor is missing."),
            Slip(
                "psi_i*delta_ij*(1 - psi_j)",
                r"$\delta_{ij}$ switches off everything here: where $i \ne j$ the derivative is not 0.",
            ),
        ),
    ),
    Exercise(
        id="softmax-log",
        lesson="softmax",
        title="The logarithm of softmax",
        prompt=r"Write $\dfrac{\partial \log \psi_i}{\partial z_j}$ for any $i$ and $j$.",
        solution="delta_ij - psi_j",
        names=INDEXED,
        point=two_indices,
        first_step=r"The derivative of $\log f$ is $f'/f$. Divide the derivative of $\psi_i$ by $\psi_i$.",
        slips=(
            Slip("psi_i*(delta_ij - psi_j)", r"That is the derivative of $\psi_i$ itself. What does the logarithm change?"),
            Slip("1/psi_i", r"That is the outer derivative alone. The chain rule goes on: $\psi_i$ depends on $z_j$."),
            Slip("1 - psi_j", "That holds where $i = j$ only."),
            Slip(
                "delta_ij - psi_i",
                "Check the index of the second term: through which logit does the sum below depend on $z_j$?",
            ),
        ),
    ),
    Exercise(
        id="softmax-row",
        lesson="softmax",
        title="A row of the Jacobian",
        prompt=(
            r"There are $K = 3$ classes. Write $\dfrac{\partial \psi_1}{\partial z_1} + \dfrac{\partial \psi_1}{\partial z_2}$ "
            "as short as you can."
        ),
        solution="psi_1*psi_3",
        names=PSI,
        point=classes(3),
        first_step="Each row of the Jacobian adds up to 0. So two entries of a row are minus the third.",
        slips=(
            Slip("0", "All three entries of a row add up to 0. Here are two of them."),
            Slip("psi_1*(1 - psi_1)", "That is the first of the two entries alone."),
            Slip("-psi_1*psi_2", "That is the second of the two entries alone."),
            Slip("psi_1*(1 - psi_1) + psi_1*psi_2", "Look at the sign of the entry off the diagonal."),
        ),
    ),
    Exercise(
        id="softmax-shift",
        lesson="softmax",
        title="A shift of all logits",
        prompt=(
            "The same number $c$ is added to each of three logits. What is $\\psi_1$ now? "
            "Write it with the old logits, without $c$ if you can."
        ),
        solution="exp(z_1)/(exp(z_1) + exp(z_2) + exp(z_3))",
        names=Z | {"c": "the shift $c$"},
        point=classes(3, c="signed"),
        first_step="Put $z_1 + c$ into the definition. $e^{z + c} = e^z e^c$, above and below.",
        slips=(
            Slip("exp(z_1 + c)/(exp(z_1) + exp(z_2) + exp(z_3))", "The logits in the sum below are shifted too."),
            Slip("exp(c)*exp(z_1)/(exp(z_1) + exp(z_2) + exp(z_3) + c)", "The shift is in every exponent of the sum below."),
            Slip(
                "exp(z_1)/(exp(z_1) + exp(z_2) + exp(z_3)) + c",
                "The shift is in the exponents: it does not add to a probability.",
            ),
        ),
    ),
    Exercise(
        id="softmax-two-classes",
        lesson="softmax",
        title="Two classes",
        prompt="With two classes, $\\psi_1$ depends on the difference $x = z_1 - z_2$ alone. Write it with $x$.",
        solution="1/(1 + exp(-x))",
        names={"x": "the difference $z_1 - z_2$"},
        written={"d": "x"},
        point=numbers(x="signed"),
        first_step="Divide the top and the bottom of $e^{z_1}/(e^{z_1} + e^{z_2})$ by $e^{z_1}$.",
        slips=(
            Slip("1/(1 + exp(x))", r"That is $\psi_2$: a large $x$ should make $\psi_1$ large."),
            Slip("exp(x)", r"That is the odds $\psi_1/\psi_2$: it can be larger than 1."),
            Slip("exp(-x)", r"That is the odds $\psi_2/\psi_1$: it can be larger than 1."),
            Slip("1/(1 - exp(-x))", "The sum below adds both exponentials."),
        ),
    ),
    Exercise(
        id="softmax-temperature",
        lesson="softmax",
        title="Temperature",
        prompt=r"With a temperature, $\psi = \mathrm{softmax}(z/T)$. What is $\dfrac{\partial \psi_1}{\partial z_2}$ now?",
        solution="-psi_1*psi_2/T",
        names={"psi_1": r"$\psi_1$, at temperature $T$", "psi_2": r"$\psi_2$, at temperature $T$", "T": "the temperature"},
        point=classes(3, T="positive"),
        first_step="Call $u = z/T$. You know $\\partial \\psi_1/\\partial u_2$; the chain rule gives the rest.",
        slips=(
            Slip("-psi_1*psi_2", "That is the derivative with respect to $u_2 = z_2/T$. How does $u_2$ change with $z_2$?"),
            Slip("-psi_1*psi_2*T", "The chain rule asks for $\\partial u_2/\\partial z_2$ where $u_2 = z_2/T$."),
            Slip("-psi_1*psi_2/T**2", "One division too many: differentiate with respect to $z_2$, not $T$."),
        ),
    ),
)
