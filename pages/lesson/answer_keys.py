"""Keys below an answer field for names and signs that a keyboard hides. A key inserts its text at the cursor.

The script also sends what is in the field while it is typed, and turns off the phone's spelling correction for the field. The
field works without the script too.
"""

from collections.abc import Callable, Iterable

import streamlit as st

from nnlib.symbolic.answers.formula import Name, dimensions
from nnlib.symbolic.symbols import GREEK
from pages.ui.arrow_keys import ARROW_KEYS
from pages.ui.component_message import sent

# The same signs for all exercises of a kind, so that they give no hint on the answer.
SIGNS_OF_NUMBERS = ("+", "-", "*", "/", "(", ")", "^", "exp(", "log(", "abs(", "max(", ",")
SIGNS_OF_ARRAYS = ("+", "-", "*", "/", "(", ")", "^", "sum(", ", axis=0)", ">0", "max(0,")
PRODUCTS_OF_ARRAYS = ("@", "∘", "ᵀ")  # with a keyboard too

HTML = '<div class="keys" role="toolbar" aria-label="Insert into the answer"></div>'

CSS = """
.keys { display: flex; flex-wrap: wrap; gap: 0.3rem; }
button {
  min-width: 2.25rem;
  padding: 0.3rem 0.5rem;
  border: 1px solid var(--st-border-color);
  border-radius: var(--st-button-radius);
  background: var(--st-secondary-background-color);
  color: var(--st-text-color);
  font: 0.875rem var(--st-code-font);
  cursor: pointer;
}
button:hover { border-color: var(--st-primary-color); }
button:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 1px; }
@media (hover: hover) { .sign { display: none; } }
"""

# React notices a new value of its field only through the setter of the prototype and an input event.
SCRIPT = """
const set = (input, text) => Object.getOwnPropertyDescriptor(Object.getPrototypeOf(input), "value").set.call(input, text);
const PAUSE = 300; // milliseconds without a new letter, before the text is sent
const ATTRIBUTES = { autocapitalize: "none", autocorrect: "off", spellcheck: "false" };

export default function ({ data, parentElement, setStateValue }) {
  const field = () => document.querySelector(`.st-key-${data.field} :is(input, textarea)`);
  configure(field, data.stored, (text) => setStateValue("typed", text), 50);
  const keys = data.keys.map(([text, sign]) => {
    const key = document.createElement("button");
    key.type = "button";
    key.textContent = text;
    key.className = sign ? "sign" : "";
    key.onpointerdown = (event) => event.preventDefault(); // the field keeps the focus, and the phone its keyboard
    key.onclick = () => insert(field(), text);
    return key;
  });
  const box = parentElement.querySelector(".keys");
  box.replaceChildren(...keys);
  oneTabStop(box);
}

// The field may be drawn after its keys, and a learner may type before the keys are there.
function configure(field, stored, send, attempts) {
  const input = field();
  if (!input) {
    if (attempts) setTimeout(configure, 100, field, stored, send, attempts - 1);
    return;
  }
  for (const [name, value] of Object.entries(ATTRIBUTES)) input.setAttribute(name, value);
  if (input.type === "text") input.enterKeyHint = "go";
  input.dataset.sent ??= stored;
  const sendNew = () => {
    if (input.value === input.dataset.sent) return;
    input.dataset.sent = input.value;
    send(input.value);
  };
  let waiting;
  input.oninput = () => {
    clearTimeout(waiting);
    waiting = setTimeout(sendNew, PAUSE);
  };
  sendNew();
}

function insert(input, text) {
  if (!input) return;
  const { selectionStart: from, selectionEnd: to, value } = input;
  set(input, value.slice(0, from) + text + value.slice(to));
  input.dispatchEvent(new Event("input", { bubbles: true }));
  input.focus({ preventScroll: true });
  input.setSelectionRange(from + text.length, from + text.length);
}
"""

_component = st.components.v2.component("backprop_lab_answer_keys", html=HTML, css=CSS, js=ARROW_KEYS + SCRIPT)


def contain_arrays(names: Iterable[str]) -> bool:
    """Whether any of these names of an exercise is an array."""
    return any(dimensions(Name(name)) for name in names)


def signs_for(names: Iterable[str]) -> tuple[str, ...]:
    """The signs and functions for an exercise with these names."""
    return (*PRODUCTS_OF_ARRAYS, *SIGNS_OF_ARRAYS) if contain_arrays(names) else SIGNS_OF_NUMBERS


def as_printed(name: str) -> str:
    """A name with its Greek letter, as it may be typed too: ψ_1 for psi_1."""
    letters, _, subscript = name.partition("_")
    return GREEK.get(letters, letters) + ("_" + subscript if subscript else "")


def answer_keys(
    field: str,
    names: Iterable[str],
    stored: str,
    signs: Iterable[str] = (),
    on_typed: Callable[[str], None] = lambda text: None,
    longest: int = 0,
) -> str | None:
    """Draw the keys.

    Parameters
    ----------
    field : the key of the text input or text area
    names : those that may be typed
    stored : the text that the field began with
    signs : more than those of signs_for, drawn with a keyboard too
    on_typed : called with the text while it is typed, before the next run
    longest : characters; a longer text is not passed to on_typed

    Returns
    -------
    What is in the field while it is typed, or None if nothing was typed since the page was opened.
    """
    key = f"keys_{field}"

    def pass_on():
        text = sent(key, "typed")
        if isinstance(text, str) and len(text) <= longest:
            on_typed(text)

    keys = [(as_printed(name), False) for name in names]
    keys += [(sign, False) for sign in signs]
    keys += [(sign, sign not in PRODUCTS_OF_ARRAYS) for sign in signs_for(names)]
    return _component(
        key=key,
        data={"field": field, "keys": keys, "stored": stored},
        default={"typed": None},
        on_typed_change=pass_on,
    ).typed
