"""Texts that must never be run, never hang and never break the page. Each gets an error message; none is a right answer."""

import itertools
import random

# Text that Python would run or look up.
CODE = """
__import__('os').system('true')
__import__("os")
import os
from os import system
exec('1')
eval('1')
open('/etc/passwd').read()
open(0)
breakpoint()
exit()
quit()
input()
print(psi)
help()
globals()
locals()
vars()
dir()
type(psi)
id(psi)
getattr(psi, 'T')
setattr(psi, 'T', 1)
delattr(psi, 'T')
hasattr(psi, 'T')
compile('1', '', 'eval')
memoryview(psi)
bytearray(10**9)
bytes(10**9)
range(10**9)
list(range(10**9))
str(psi)
repr(psi)
ascii(psi)
format(psi)
hash(psi)
super()
object()
().__class__
().__class__.__bases__[0].__subclasses__()
psi.__class__
psi.__class__.__mro__
psi.__array_interface__
psi.data
psi.tofile('x')
psi.dump('x')
psi.base
psi.ctypes
psi.T.tofile('x')
psi.T.__class__
psi.shape
psi.t
psi.TT
psi.T()
psi.T.T()
psi.sum(psi)
psi.sum(out=psi)
psi.sum.__self__
psi.sum.sum()
1.sum()
psi.dot(W2)
psi.real
sum.__globals__
sum.__self__
exp.__class__
lambda: 1
lambda x: x
(lambda: 1)()
[x for x in (1, 2)]
{x for x in (1, 2)}
{x: x for x in (1, 2)}
(x for x in (1, 2))
sum(x for x in (1, 2))
[1, 2]
{1, 2}
{1: 2}
{}
[]
()
(1,)
1,
1, 2
(x := 1)
x := 1
psi = 1
psi += 1
psi == 1
psi != 1
psi is psi
psi is not psi
psi in psi
psi not in psi
not psi
psi and psi
psi or psi
psi if 1 else 0
1 if psi else 2
psi < psi < psi
0 < psi < 1
psi > 0 > 0
~psi
psi % 2
psi // 2
psi << 2
psi >> 2
psi & 1
psi | 1
psi ^ psi
5 % 3
psi[0]
psi[0, 0]
psi[:]
psi[::-1]
psi[...]
...
psi[psi]
*psi
**psi
sum(*psi)
sum(**psi)
sum(*[psi])
max(*psi)
sum(psi, axis=2)
sum(psi, axis=-1)
sum(psi, axis=None)
sum(psi, axis=True)
sum(psi, axis=psi)
sum(psi, axis=0, axis=0)
sum(psi, axis=0, axis=1)
sum(psi, 0)
sum(psi, keepdims=1)
sum(psi, out=psi)
sum(axis=0)
sum(axis=0, psi)
sum()
sum
exp
exp()
exp(1, 2)
exp(psi, out=psi)
exp(x=1)
max(1)
max(1, 2, 3)
max()
relu(1, 2)
softmax(1, 2)
log(1, axis=0)
exp(exp)
exp(sum)
sum(sum)
axis
axis=0
axis = 0
(axis=0)
exp.T
sum.T(psi)
'psi'
"psi"
'''psi'''
f'{psi}'
f"{__import__('os')}"
b'psi'
r'psi'
u'psi'
"a" "b"
"a"()
'a' % 1
"%s" % psi
"{}".format(psi)
True
False
None
NotImplemented
Ellipsis
__debug__
__name__
__builtins__
__file__
_
__
_psi
psi_
psi__class__
await psi
async def f(): pass
yield
yield psi
return psi
raise psi
assert psi
del psi
pass
break
continue
global psi
nonlocal psi
with psi: pass
while 1: pass
while True: 1
for x in psi: pass
if psi: pass
try: pass
def f(): pass
class A: pass
match psi: pass
@psi
psi; psi
psi;
psi #
# psi
psi # 1
psi \\
\\
psi\\psi
psi -> psi
psi <- psi
psi <> psi
psi => psi
psi => 1
`psi`
$psi$
$\\psi$
\\psi
\\frac{1}{2}
\\frac12
a^{(2)}
psi_{1}
psi_{i}
psi!
!psi
3!
psi?
?
@
:
:=
psi:
psi: int
psi'
W2'
a2'
|psi|
||W||
&psi
psi&&psi
psi||psi
~
%
%s
%x
#
""".strip().splitlines()

# Text that is very long or expensive.
MUCH = [
    "9**9**9**9",
    "9**9**9",
    "2**2**2**2**2**2**2",
    "(((9**8)**8)**8)**8",
    "9**99",
    "9**-99",
    "9**9",
    "2**0.5",
    "2**(1/2)",
    "2**N",
    "psi**psi",
    "psi**2.5",
    "psi**(8*8)",
    "psi**--9",
    "exp(exp(exp(exp(exp(exp(1000))))))",
    "exp(9999)**8**8",
    "1e999",
    "1e000000000999",
    "1e+00000000999",
    "1.5e0000000001000",
    "1e00000000022",
    "((((9**8)**8)**8)**8)**0",
    "-1e999",
    "1e-999",
    "1e99999999999999999999",
    "1e309",
    "1e10",
    "1E+99",
    "9" * 13,
    "9" * 299,
    "9" * 300,
    "9" * 301,
    "9" * 5000,
    "0." + "1" * 290,
    "1" * 100 + "." + "1" * 100,
    "nan",
    "NaN",
    "inf",
    "-inf",
    "Infinity",
    "infinity",
    "0x10",
    "0b1",
    "0o7",
    "0xffffffffffffffff",
    "0_7",
    "1_000",
    "1__0",
    "007",
    "00",
    "1j",
    "1J",
    "2.5j",
    "1if",
    "1if 1else 1",
    "1or 2",
    "1and 1",
    "1in psi",
    "1is 1",
    "0x1for x in (1,2)",
    "1e",
    "1e+",
    "1.2.3",
    "1..2",
    "..",
    ".",
    "1.e",
    "1.T",
    "1 .T",
    ".T",
    ".T.T",
    "psi..T",
    "psi. T",
    "T",
    "psi T",
    "psi.T T",
    "psi.T psi",
    "psi.Tpsi",
    "psi.T" + ".T" * 100,
    "psi" + ".T" * 1000,
    "((psi.T)" * 30,
    "(" * 10_000,
    ")" * 10_000,
    "(" * 10_000 + "1" + ")" * 10_000,
    "(" * 100 + "1" + ")" * 100,
    "(" * 26 + "psi" + ")" * 26,
    "[" * 10_000,
    "{" * 10_000,
    "((((((((((" * 29,
    "()" * 100,
    ")(",
    "())",
    "(()",
    "(1",
    "1)",
    "exp(" * 60 + "1" + ")" * 60,
    "exp(" * 40,
    "sum(" * 60,
    "-" * 300,
    "-" * 299 + "1",
    "-" * 100_000 + "1",
    "+" * 299 + "1",
    "~" * 299 + "1",
    "not " * 70 + "1",
    "1" + "+1" * 149,
    "1" + "*1" * 120,
    "1" + "**1" * 80,
    "2" + "**2" * 80,
    "1" + "@1" * 100,
    "1" + "/0" * 60,
    "1" + ",1" * 100,
    "1" + " " * 298 + "+",
    "psi" * 100,
    "psi " * 70,
    "psi_i" * 60,
    "a" * 300,
    "a" * 1_000_000,
    "1+" * 500_000 + "1",
    " " * 1_000_000,
    "\n" * 1_000_000,
    "\x00" * 1_000_000,
    "ψ" * 1_000_000,
    "(" * 1_000_000,
    "9" * 1_000_000,
    "psi\n" * 50,
    "1/0",
    "0/0",
    "0**-1",
    "log(0)",
    "log(-1)",
    "sqrt(-1)",
    "1/(1 - 1)",
    "log(log(1))",
]

# Empty or incomplete text.
BROKEN = ["", " ", "\t", "\n", "   \t ", "+", "-", "*", "/", "**", "@", "=", "==", "<", ">", "<=", ">=", ",", "(", ")"] + [
    left + right
    for left, right in itertools.product(("1 ", "(1) ", "exp(1) "), ("+", "-", "*", "/", "**", "@", "<", ",", "(", "2", "(2)"))
]

# Characters that look like others or are invisible.
LOOK_ALIKES = "аеорсухіԁһΑΒΕΖΗΙΚΜΝΟΡΤΥΧαοрѕⅰⅼ𝟏𝟙𝐚𝑎𝓪𝔞𝕒𝖆𝗮𝘢𝙖𝚊ａＡ１（）＋－＊／．＿＝，"
INVISIBLE = [
    "\u0000", "\u0001", "\u0007", "\u0008", "\u000b", "\u000c", "\u001b", "\u007f", "\u0085", "\u00ad", "\u034f", "\u061c",
    "\u115f", "\u1160", "\u17b4", "\u180e", "\u200b", "\u200c", "\u200d", "\u200e", "\u200f", "\u2028", "\u2029", "\u202a",
    "\u202b", "\u202c", "\u202d", "\u202e", "\u2060", "\u2061", "\u2062", "\u2063", "\u2066", "\u2067", "\u2068", "\u2069",
    "\u3000", "\u3164", "\ufe0f", "\ufeff", "\ufff9", "\uffff", "\ud800", "\udfff", "\udcff", "\U000e0001", "\U000e0020",
    "\U0010ffff", "\u0301", "\u20dd",
]  # fmt: skip
SYMBOLS = "∂∇∑Σ∏∫√∞≈≠≡±∓½⅓¼→⇒∈∉∧∨¬‖⟨⟩⌊⌋′″‴°€£¥§¶†‡…‰“”‘’«»„‚—―•‣©®™😀👍🏽🇮🇹⊕⊗⊤ⁿ⁻¹ˣᵗ⁰⁴₊₋₌ₙₓ٣३五"
UNICODE = [text for character in LOOK_ALIKES for text in (character, f"psi_{character}", f"2*{character}")]
UNICODE += [text for character in INVISIBLE for text in (character + "psi", f"p{character}si", f"psi{character}*2")]
UNICODE += [text for character in SYMBOLS for text in (character, f"psi{character}2")]
UNICODE += [
    "ｐｓｉ",
    "a\u0308",
    "\u0308a",
    "рsі",
    "ρsi",
    "lаm",
    "Ν",
    "W２",
    "psi_і",
    "ｅxec('1')",
    "__імport__('os')",
    "ﬁ",
    "ẞ",
    "İ",
]

NOT_TEXT = [None, 1, 1.5, True, b"psi", bytearray(b"psi"), [], ["psi"], (), {}, {"psi": 1}, set(), object(), len, 1j]

# Those of them that are formulas, although strange ones: many have no value.
FORMULAS = set(
    r"""
psi.dot(W2)
psi != 1
psi[psi]
sum(psi, axis=-1)
sum(psi, 0)
sum(psi, keepdims=1)
sum(axis=0, psi)
max(1, 2, 3)
psi;
psi <- psi
`psi`
$psi$
a^{(2)}
psi'
W2'
a2'
|psi|
2**0.5
2**(1/2)
exp(exp(exp(exp(exp(exp(1000))))))
psi. T
psi.T psi
1/0
0/0
0**-1
log(0)
log(-1)
sqrt(-1)
1/(1 - 1)
log(log(1))
1 (2)
(1) (2)
exp(1) (2)
ｐｓｉ
W２
½
⅓
¼
""".strip().splitlines()
)
FORMULAS |= {r"psi\psi", r"\frac12", r"\frac{1}{2}", r"$\psi$", r"\psi"}
FORMULAS |= {"psi.T" + ".T" * 100, "1" + "/0" * 60}
FORMULAS |= {text for digit in "１" for text in (digit, f"2*{digit}")} | {f"psi{sign}2" for sign in "∑Σ√≠—―•"}
FORMULAS |= {text for invisible in "\u200b\u2060\u2061\u2062\u3000\ufeff" for text in (f"{invisible}psi", f"psi{invisible}*2")}

TEXTS = list(dict.fromkeys([*CODE, *MUCH, *BROKEN, *UNICODE]))


def chains(names, solution):
    """Formulas as deep, as wide and as expensive as they may be typed."""
    x, LARGE = names[0], ("1e9", "999999999999e9", "0.00000000001e-9")
    links = [".sum()", ".T", ".sum(axis=0)", ".sum(axis=1)", ".sum().T"]
    yield from (x + link * ((300 - len(x)) // len(link)) for link in links)
    yield from (x + ".sum()" * count for count in (1, 20, 47))
    for opening in ("exp(", "log(", "sqrt(", "abs(", "relu(", "softmax(", "sum(", "max(1,", "where(1,1,", "-(", "1/(", "("):
        yield from (opening * depth + x + ")" * depth for depth in (2, 8, 24))
    yield from (opening * ((300 - len(x)) // len(opening)) + x for opening in ("√", "Σ", "log ", "e^", "|", "½", "∂"))
    for operator in ("+", "-", "*", "/", "@", "<", "**", " "):
        yield operator.join([x] * 74)
        yield operator.join(names * (74 // len(names)))
        yield operator.join(LARGE * 4)
    yield from (f"({x}**8)**8", f"(({x} + 1/3)**8)**-8", f"(({x} + 1e-9)**8*({x} + 1/7)**8)**4", f"{x}*(1e9**8)**6")
    yield from (f"exp(exp(exp({x})))", f"log(exp({x}*1e9**4))", f"exp({x}*1e9)**8", f"exp(-1e9*exp({x}))", f"softmax({x}*1e9)")
    yield from ("+".join([part.format(x)] * 20) for part in ("1/({}+1e-9)", "({}+1/3)**8", "exp({}/3)**8", "sqrt({}**2+1)"))
    yield from (f"log(exp({solution}))", f"exp(log({solution}))", f"({solution})*exp(0)", f"1/(1/({solution}))")
    yield "*".join([f"({solution})"] * 3)


def mixtures(names, count):
    """Random formulas of everything that can be typed, the same ones every time."""
    rng = random.Random(7)

    def mixture(depth):
        if depth == 0 or rng.random() < 0.15:
            return rng.choice([*names, *names, "2", "1e9", "1e-9", "1/3"])
        one, other = mixture(depth - 1), mixture(depth - 1)
        return rng.choice(MIXTURES).format(one, other)

    return [mixture(rng.randint(2, 6)) for _ in range(count)]


MIXTURES = ["({} + {})", "({} - {})", "({}*{})", "({}/{})", "({} @ {})", "({} > {})", "max({}, {})", "where({} > 0, {}, 0)"]
MIXTURES += [
    "{}**2",
    "({})**-3",
    "exp({})",
    "log({})",
    "sqrt({})",
    "softmax({})",
    "abs({})",
    "({}).T",
    "({}).sum(axis=1)",
    "-{}",
]
