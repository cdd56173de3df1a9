"""Exercises of the lesson on the gradient check, and on what makes a deep network's signal fade."""

from nnlib.symbolic.answers.points import beside_the_kink, numbers
from nnlib.symbolic.exercise.exercise import Exercise, Slip

J_AND_STEP = {
    "J_plus": r"$J(\theta + s)$",
    "J_minus": r"$J(\theta - s)$",
    "s": "the step size",
}
STEP = {"h": "s"}  # the letter of many textbooks
PLUS_AND_MINUS = STEP | {
    f"J(theta{sign}{step})": f"J_{name}" for sign, name in (("+", "plus"), ("-", "minus")) for step in "sh"
}
HIGHER = STEP | {"J''(theta)": "J2", "J''": "J2", "J'''(theta)": "J3", "J'''": "J3"}
FAN_IN = {"F": "the number of inputs of each unit, its fan-in", "sigma": r"$\sigma$, the standard deviation of the weights"}

EXERCISES = (
    Exercise(
        id="gradient-check-central",
        lesson="gradient_check",
        title="The central difference",
        prompt="Write the central difference, which approximates the slope of $J$ at $\\theta$.",
        solution="(J_plus - J_minus)/(2*s)",
        names=J_AND_STEP,
        written=PLUS_AND_MINUS,
        point=numbers(J_plus="signed", J_minus="signed", s="positive"),
        first_step="A slope is a rise over a run. How far apart are $\\theta + s$ and $\\theta - s$?",
        slips=(
            Slip("(J_plus - J_minus)/s", "How far apart are the two points? It is more than one step."),
            Slip("(J_plus - J_minus)/2*s", "`/2*s` divides by 2 and multiplies by s: use brackets."),
            Slip("J_plus - J_minus/(2*s)", "The difference needs brackets: both values are divided."),
            Slip("(J_plus + J_minus)/(2*s)", "A slope is a difference."),
            Slip("(J_minus - J_plus)/(2*s)", "Nearly: a function that rises has a positive slope."),
        ),
    ),
    Exercise(
        id="gradient-check-central-error",
        lesson="gradient_check",
        title="How far off is it",
        prompt=(
            "Expand $J(\\theta + s)$ and $J(\\theta - s)$ by Taylor and put them into the central difference. "
            "By how much does it differ from the true slope $J'$? Write the leading term."
        ),
        solution="s**2*J3/6",
        names={"s": "the step size", "J2": r"$J''(\theta)$", "J3": r"$J'''(\theta)$"},
        written=HIGHER,
        point=numbers(s="positive", J2="signed", J3="signed"),
        first_step=(
            r"$J(\theta \pm s) = J \pm s J' + \frac{s^2}{2} J'' \pm \frac{s^3}{6} J''' + \dots$ "
            "What cancels in the difference?"
        ),
        slips=(
            Slip("s*J2/2", "That is the error of the one-sided difference. Here the term with $J''$ cancels."),
            Slip("s**3*J3/6", "That is the term before dividing by the distance of the two points."),
            Slip("s**3*J3/3", "That is the term before dividing by the distance of the two points."),
            Slip("s**2*J3/3", "Look at the distance of the two points that you divide by."),
            Slip("s**2*J3/12", "Two terms with $J'''$ add up before you divide."),
            Slip("s**2*J2/2", "The term with $J''$ is the same on both sides: it cancels."),
        ),
    ),
    Exercise(
        id="gradient-check-forward-error",
        lesson="gradient_check",
        title="The one-sided difference",
        prompt="The one-sided difference is $[J(\\theta + s) - J(\\theta)]/s$. Write the leading term of its error.",
        solution="s*J2/2",
        names={"s": "the step size", "J2": r"$J''(\theta)$", "J3": r"$J'''(\theta)$"},
        written=HIGHER,
        point=numbers(s="positive", J2="signed", J3="signed"),
        first_step="Expand $J(\\theta + s)$ by Taylor. Nothing cancels the second term this time.",
        slips=(
            Slip("s**2*J3/6", "That is the error of the central difference. Here the term with $J''$ stays."),
            Slip("s**2*J2/2", "That is the term before dividing by $s$."),
            Slip("s*J2", "Taylor's second term has a factor from the factorial."),
            Slip("J2/2", "The error grows with the step size."),
        ),
    ),
    Exercise(
        id="gradient-check-best-step",
        lesson="gradient_check",
        title="The best step size",
        prompt=(
            r"The error of a central difference is about $E(s) = \dfrac{\varepsilon}{s} + C\,s^2$: rounding and truncation. "
            "Set $E'(s) = 0$. What is $s^3$ at the best step size?"
        ),
        solution="eps/(2*C)",
        names={"eps": r"$\varepsilon$, here the rounding error of $J$ itself", "C": "the constant of the truncation error"},
        point=numbers(eps="positive", C="positive"),
        first_step=r"$E'(s) = -\varepsilon/s^2 + 2 C s$. Set it to 0 and multiply by $s^2$.",
        slips=(
            Slip("eps/C", "That makes the two errors equal. At the minimum, it is their slopes that cancel."),
            Slip("eps/2*C", "`/2*C` divides by 2 and multiplies by C: use brackets."),
            Slip("2*C/eps", "Upside down: more rounding asks for a larger step."),
            Slip("-eps/(2*C)", r"The derivative of $\varepsilon/s$ has a minus, which changes sides."),
        ),
    ),
    Exercise(
        id="gradient-check-relative-error",
        lesson="gradient_check",
        title="The relative error",
        prompt=(
            "An analytic gradient `a` and a numeric one `b` are compared. Write their relative error: "
            "the distance between them, over the larger of their sizes. (A check also sets a floor to the denominator, for "
            "gradients so small that rounding hides them.)"
        ),
        solution="abs(a - b)/max(abs(a), abs(b))",
        names={"a": "the analytic gradient", "b": "the numeric gradient"},
        point=numbers(a="signed", b="signed"),
        if_guarded="Your guard against dividing by 0 changes it only where both gradients are about as small as the guard.",
        first_step="Type sizes as `abs(x)`, and the larger of two as `max(x, y)`.",
        slips=(
            Slip("abs(a - b)", "That is the absolute error: it says little without the size of the gradients."),
            Slip("abs(a - b)/abs(a)", "That divides by the size of one of the two, not of the larger one."),
            Slip("abs(a - b)/abs(b)", "That divides by the size of one of the two, not of the larger one."),
            Slip("(a - b)/max(abs(a), abs(b))", "A distance is never negative."),
            Slip("abs(a - b)/max(a, b)", "A gradient may be negative: compare the sizes."),
            Slip("abs(a - b)/(abs(a) + abs(b))", "That divides by both sizes together, not by the larger one."),
        ),
    ),
    Exercise(
        id="gradient-check-kink",
        lesson="gradient_check",
        title="A kink in the way",
        prompt=(
            r"A ReLU $\max(0, x)$ is checked at a point $x$ with $0 < x < s$, so that $x - s$ is negative. "
            "What does the central difference give?"
        ),
        solution="(x + s)/(2*s)",
        names={"x": "the point, positive and less than $s$", "s": "the step size"},
        written=STEP,
        point=beside_the_kink,
        first_step="What is $\\max(0, x + s)$, and what is $\\max(0, x - s)$?",
        slips=(
            Slip("1", "That is the true slope at $x$. But the step reaches across the kink."),
            Slip("1/2", "That is what it gives at $x = 0$. Here $x$ is a little above."),
            Slip("(x + s)/s", "The two points are more than one step apart."),
            Slip("x/s", "The ReLU is evaluated at $x + s$ and at $x - s$."),
            Slip("0", "At $x + s$ the ReLU is on."),
        ),
    ),
    Exercise(
        id="gradient-check-missing-n",
        lesson="gradient_check",
        title="The mark of a forgotten mean",
        prompt=(
            "A backward pass forgets the $1/N$, so that each of its gradients is $N$ times too large. "
            "What relative error, $|a - b|/\\max(|a|, |b|)$, does the gradient check show?"
        ),
        solution="1 - 1/N",
        names={"N": "the number of examples, more than 1"},
        point=numbers(N="above_one"),
        first_step="Let the right gradient be $g$ and the faulty one $N g$. What cancels?",
        slips=(
            Slip("N - 1", "The larger of the two gradients is the denominator."),
            Slip("1/N", "That is the ratio of the two. The error is their distance over the larger one."),
            Slip("N", "That is the ratio of the two. The error is their distance over the larger one."),
            Slip("(N - 1)/(N + 1)", "That divides by the sum of both sizes, not by the larger one."),
        ),
    ),
    Exercise(
        id="gradient-check-missing-two",
        lesson="gradient_check",
        title="The mark of a forgotten factor",
        prompt=(
            r"A backward pass writes $\lambda W$ where $2 \lambda W$ is right, and the rest of the gradient is small. "
            "Which relative error does the gradient check show? Answer with a number."
        ),
        solution="1/2",
        names={"lam": r"$\lambda$"},
        point=numbers(lam="positive"),
        first_step="The faulty gradient is half the right one. Take their distance over the larger of the two.",
        slips=(
            Slip("2", "That is the ratio of the two gradients. The error is their distance over the larger one."),
            Slip("1", "The distance is measured by the larger of the two, and that is the right gradient."),
            Slip("1/3", "That divides by the sum of both sizes, not by the larger one."),
        ),
    ),
    Exercise(
        id="gradient-check-depth",
        lesson="gradient_check",
        title="One layer down",
        prompt=(
            r"Weights have mean 0 and standard deviation $\sigma$; biases are 0; each unit has $F$ inputs and a "
            "ReLU. By which factor does one layer change the mean square of its activations?"
        ),
        solution="F*sigma**2/2",
        names=FAN_IN,
        point=numbers(F="positive", sigma="positive"),
        first_step=(
            r"The variance of a sum of $F$ independent products is $F \sigma^2$ times the mean square of the inputs. "
            "The ReLU sets half of the results to 0."
        ),
        slips=(
            Slip("F*sigma**2", "That is before the ReLU. It sets half of the values to 0."),
            Slip("F*sigma/2", "Variances add up, not standard deviations: look at the power."),
            Slip("sigma**2/2", "Each unit adds up many inputs."),
            Slip("F*sigma**2/4", "Half of the values are 0, and the others stay as they are: count that once."),
            Slip("sqrt(F*sigma**2/2)", "That is the factor of the size. The mean square is asked for."),
        ),
    ),
    Exercise(
        id="gradient-check-three-layers",
        lesson="gradient_check",
        title="Find the mistake: why depth collapses",
        prompt=(
            "A network with three hidden layers stays at a loss of $\\log 10$. Someone says that it has too few units. "
            "The real reason is that its signal fades. By which factor do three ReLU layers, with $F$ inputs to each unit "
            "and biases 0, "
            "change the mean square of the activations?"
        ),
        solution="(F*sigma**2/2)**3",
        names=FAN_IN,
        point=numbers(F="positive", sigma="positive"),
        first_step="Find the factor of one layer. Each layer multiplies by it again.",
        slips=(
            Slip("3*F*sigma**2/2", "The factors of the layers are multiplied, not added."),
            Slip("F*sigma**2/2", "That is the factor of one layer."),
            Slip("(F*sigma**2)**3", "Each of the layers has a ReLU, which halves the mean square."),
            Slip("(F*sigma**2)**3/2", "Each of the layers has a ReLU, not only one."),
            Slip("F*sigma**6/2", "Every factor of a layer is raised to the power, not σ alone."),
        ),
    ),
    Exercise(
        id="gradient-check-he",
        lesson="gradient_check",
        title="The cure",
        prompt=r"Which $\sigma^2$ keeps the mean square of the activations the same from one ReLU layer to the next?",
        solution="2/F",
        names={"F": FAN_IN["F"]},
        point=numbers(F="positive"),
        first_step=r"Set the factor of one layer, $F \sigma^2/2$, to 1.",
        slips=(
            Slip("1/F", "That keeps it without a ReLU. The ReLU costs half of it."),
            Slip("F/2", "Upside down: more inputs ask for smaller weights."),
            Slip("sqrt(2/F)", r"That is $\sigma$. Its square is asked for."),
        ),
    ),
)
