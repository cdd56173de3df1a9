"""Answers as students type them, by exercise, after the habits of STACK, WeBWorK, Möbius and WIMS, of NumPy and PyTorch, of
phones, and of what is copied from a page. And wrong answers: common slips, clips, guards, and bounds that few numbers reach.
"""

RIGHT = {
    "forward-z2": """
XW1 + b1
X W1 + b1
X·W1 + b1
X W^(1) + b^(1)
X W^{(1)} + b^{(1)}
XW₁ + b₁
X W_1 + b_1
X⋅W₁+b₁
= X W1 + b1
np.dot(X, W1) + b1
X.dot(W1) + b1
np.matmul(X,W1)+b1
torch.matmul(X, W1) + b1
X.mm(W1) + b1
np.add(X @ W1, b1)
xw1 + b1
""",
    "forward-logits": """
max(0, X W1 + b1) W2 + b2
ReLU(X W1 + b1) W2 + b2
relu(XW₁ + b₁)W₂ + b₂
np.maximum(0, X @ W1 + b1) @ W2 + b2
np.maximum(X.dot(W1) + b1, 0).dot(W2) + b2
torch.relu(X @ W1 + b1) @ W2 + b2
F.relu(X @ W1 + b1) @ W2 + b2
(X @ W1 + b1).clamp(min=0) @ W2 + b2
np.where(X@W1+b1>0, X@W1+b1, 0) @ W2 + b2
max{0, XW^{(1)} + b^{(1)}}·W^{(2)} + b^{(2)}
""",
    "forward-parameters": """
DH + H + HK + K
D H + H + H K + K
(D+1)H + (H+1)K
H(D + K + 1) + K
D·H + H + H·K + K
D×H + H + H×K + K
dh + h + hk + k
H(D+1)+K(H+1)
H*(D+1) + K*(H+1).
""",
    "forward-uniform-loss": """
ln K
log K
ln(K)
-ln(1/K)
-log 1/K
−ln (1/K)
np.log(K)
math.log(K)
log(K^1)
loge(K)
""",
    "forward-one-example": """
ln(e^z_1 + e^z_2 + e^z_3) - z_1
log(e^{z_1} + e^{z_2} + e^{z_3}) − z_1
-z₁ + ln(e^z₁ + e^z₂ + e^z₃)
-ln(e^(z1)/(e^(z1)+e^(z2)+e^(z3)))
np.log(np.exp(z_1) + np.exp(z_2) + np.exp(z_3)) - z_1
log(exp z1 + exp z2 + exp z3) - z1
-log(e^z1 / (e^z1 + e^z2 + e^z3))
ln(1 + e^(z_2 - z_1) + e^(z_3 - z_1))
""",
    "forward-two-examples": """
-1/2 (log p_1 + log p_2)
-½(ln p₁ + ln p₂)
-(ln p1 + ln p2)/2
-0.5(log(p1) + log(p2))
-½ ln(p₁p₂)
-ln(p_1 p_2)/2
-(log p_1 + log p_2) / 2
−ln √(p₁ p₂)
-log((p_1 p_2)^(1/2))
-1/2 ln(p1p2)
-(np.log(p_1) + np.log(p_2))/2
""",
    "forward-penalty": """
λ(‖W1‖² + ‖W2‖²)
lambda (||W1||^2 + ||W2||^2)
λ‖W^(1)‖² + λ‖W^(2)‖²
λ (‖W₁‖_F² + ‖W₂‖_F²)
lam*(np.sum(W1**2) + np.sum(W2**2))
lam*(np.sum(W1*W1) + np.sum(W2*W2))
lam*((W1**2).sum() + (W2**2).sum())
lam * (W1.pow(2).sum() + W2.pow(2).sum())
lam*(np.linalg.norm(W1)**2 + np.linalg.norm(W2)**2)
lambda*(np.square(W1).sum() + np.square(W2).sum())
λ·(sum(W1²) + sum(W2²))
λ(ΣW1² + ΣW2²)
""",
    "forward-widths": """
h1h2 + h2h3
h_1 h_2 + h_2 h_3
h₁h₂ + h₂h₃
h₂(h₁ + h₃)
h_2(h_1+h_3)
h1*h2 + h2*h3
h_{1}h_{2} + h_{2}h_{3}
""",
    "softmax-psi-1-z-2": """
-ψ₁ψ₂
-psi_1 psi_2
-psi1*psi2
-psi1psi2
−ψ_1ψ_2
−ψ_{1}ψ_{2}
-ψ₁·ψ₂
- ψ1 ψ2
ψ₁(0 − ψ₂)
-e^z_1 e^z_2/(e^z_1 + e^z_2 + e^z_3)^2
-(e^(z1+z2))/(e^z1+e^z2+e^z3)²
""",
    "softmax-psi-1-z-1": """
ψ₁(1 − ψ₁)
psi1(1-psi1)
psi_1 - psi_1^2
ψ₁ − ψ₁²
psi_1(1 - psi_1)
(1-psi_1)psi_1
psi1 - psi1**2
ψ_1 (1 – ψ_1)
ψ1​(1−ψ1​)
[1 - psi_1] psi_1
psi_1*(1-psi_1).
""",
    "softmax-compact": """
ψᵢ(δᵢⱼ − ψⱼ)
psi_i(delta_ij - psi_j)
ψ_i(δ_ij − ψ_j)
ψ_i (δ_{ij} − ψ_j)
psi_i*((i==j) - psi_j)
ψ_i(1{i=j} − ψ_j)
psi_i*(1[i == j] - psi_j)
psii(deltaij - psij)
ψ_i δ_ij − ψ_i ψ_j
psi_i delta_ij - psi_i psi_j
ψ_i(δ_ji − ψ_j)
psi[i]*((i == j) - psi[j])
psi_i (𝟙{i=j} - psi_j)
ψi​(δij​−ψj​)
""",
    "softmax-log": """
δᵢⱼ − ψⱼ
δ_ij - ψ_j
1{i=j} - psi_j
(i == j) - psi_j
delta_{ij} - psi_{j}
δ_{i,j} − ψ_j
deltaij - psij
I(i = j) - psi_j
""",
    "softmax-row": """
ψ₁ψ₃
psi1psi3
psi_1 psi_3
ψ₁(1 − ψ₁ − ψ₂)
psi_1(1-psi_1) - psi_1psi_2
ψ₁(1−ψ₁) − ψ₁ψ₂
ψ_1·ψ_3
""",
    "softmax-shift": """
e^z_1/(e^z_1 + e^z_2 + e^z_3)
e^{z_1}/(e^{z_1} + e^{z_2} + e^{z_3})
e^(z1)/(e^(z1)+e^(z2)+e^(z3))
exp(z1)/(exp(z1)+exp(z2)+exp(z3))
e^z₁ / (e^z₁ + e^z₂ + e^z₃)
np.exp(z_1)/(np.exp(z_1)+np.exp(z_2)+np.exp(z_3))
exp(z_1) / (exp(z_1) + exp(z_2) + exp(z_3))
e^(z_1+c)/(e^(z_1+c) + e^(z_2+c) + e^(z_3+c))
""",
    "softmax-two-classes": """
1/(1 + e^-d)
1/(1+e^(-d))
1/(1+e^{-d})
e^d/(1+e^d)
e^d/(e^d + 1)
(1 + e^−d)^−1
1 / (1 + exp(−d))
1/(1+np.exp(-d))
1/(1 + 1/e^d)
""",
    "softmax-temperature": """
-ψ₁ψ₂/T
-psi_1 psi_2 / T
-psi1*psi2/T
−(1/T)ψ₁ψ₂
-1/T psi_1 psi_2
-ψ₁ψ₂T⁻¹
-(psi_1psi_2)/T
""",
    "backpropagation-log": """
df/f
1/f df
df / f
df·f^-1
df f⁻¹
(1/f) df
f'(x)/f(x)
f'/f
""",
    "backpropagation-sign": """
ψⱼ − Δⱼ
psi_j - Delta_j
ψ_j-Δ_j
psij - Deltaj
-(Δ_j - ψ_j)
psi_{j} - Delta_{j}
psi_j - (j == y)
ψ_j − 1{j=y}
""",
    "backpropagation-dz3": """
(ψ − Δ)/N
1/N (psi - Delta)
(1/N)(psi - Delta)
(psi-Delta)/N
ψ/N − Δ/N
(softmax(z3) - Delta)/N
(F.softmax(z3, dim=1) - Delta)/N
(psi – Delta) / N
N⁻¹(ψ − Δ)
(np.exp(z3)/np.sum(np.exp(z3), axis=1, keepdims=True) - Delta)/N
""",
    "backpropagation-side": """
a2ᵀ dz3
a2^T dz3
a2.T dz3
a2T dz3
a2.T.dot(dz3)
np.dot(a2.T, dz3)
a^(2)ᵀ ∂J/∂z^(3)
a⁽²⁾ᵀ dz3
a_2^T dz3
a^{(2)T} dz3
a2' dz3
torch.mm(a2.t(), dz3)
np.transpose(a2) @ dz3
a2.transpose() @ dz3
a2^⊤ dz3
""",
    "backpropagation-dw2": """
a2ᵀ(ψ − Δ)/N + 2λW2
a2^T (psi - Delta)/N + 2 lam W2
1/N a2ᵀ(ψ − Δ) + 2λW₂
a2.T.dot(psi - Delta)/N + 2*lam*W2
np.dot(a2.T, psi - Delta)/N + 2*lam*W2
a2.T @ (psi - Delta) / N + 2 * lam * W2
(1/N) a^(2)ᵀ (ψ − Δ) + 2λ W^(2)
a₂ᵀ(ψ−Δ)/N + 2λW₂
2λW2 + a2ᵀ·(ψ − Δ)/N
a2^T(psi-Delta)/N + 2lambdaW2
""",
    "backpropagation-db2": """
sum(psi - Delta, 0)/N
np.sum(psi - Delta, axis=0)/N
(psi - Delta).sum(0)/N
(psi-Delta).mean(axis=0)
np.mean(psi - Delta, axis=0)
1/N sum(psi - Delta, axis=0)
torch.sum(psi - Delta, dim=0)/N
np.sum(psi - Delta, axis=0, keepdims=True)/N
(ψ − Δ).mean(0)
""",
    "backpropagation-da2": """
dz3 W2ᵀ
dz3 W2^T
dz3 W2.T
dz3.dot(W2.T)
np.dot(dz3, W2.T)
∂J/∂z^(3) W^(2)ᵀ
dz3 W^{(2)T}
dz3·W₂ᵀ
""",
    "backpropagation-dz2": """
((ψ − Δ)/N W2ᵀ) ∘ 1{z2 > 0}
(psi - Delta)/N @ W2.T * (a2 > 0)
(psi-Delta) W2ᵀ/N ∘ (z2>0)
(z2 > 0) ∘ (ψ − Δ)W2ᵀ/N
np.dot((psi - Delta)/N, W2.T) * (z2 > 0)
((psi - Delta)/N).dot(W2.T)*(a2 > 0).astype(float)
((psi - Delta) @ W2.T / N) * (z2 > 0).float()
(psi-Delta)/N @ W2.T ⊙ 1[z2 > 0]
np.multiply((psi - Delta) @ W2.T/N, z2 > 0)
np.where(z2 > 0, (psi - Delta) @ W2.T/N, 0)
(psi - Delta) @ W2.T / N * np.heaviside(z2, 0)
""",
    "backpropagation-dw1": """
Xᵀ dz2 + 2λW1
X^T dz2 + 2 lam W1
X.T dz2 + 2λW₁
XT dz2 + 2lamW1
X.T.dot(dz2) + 2*lam*W1
np.dot(X.T, dz2) + 2*lam*W1
Xᵀ·∂J/∂z^(2) + 2λW^(1)
X' dz2 + 2λ W1
""",
    "backpropagation-w1-whole": """
Xᵀ[((ψ−Δ)/N · W2ᵀ) ∘ 1[z2>0]] + 2λW1
X^T @ (((psi-Delta)/N @ W2^T) * (z2>0)) + 2*lam*W1
np.dot(X.T, (psi - Delta)/N @ W2.T * (z2 > 0)) + 2*lam*W1
X.T @ ((psi - Delta) @ W2.T * (a2 > 0))/N + 2 lam W1
2λW₁ + 1/N Xᵀ ((ψ − Δ)W2ᵀ ∘ (z2 > 0))
""",
    "backpropagation-db1": """
sum(dz2, 0)
np.sum(dz2, axis=0)
dz2.sum(0)
dz2.sum(axis=0, keepdims=True)
torch.sum(dz2, dim=0)
np.sum(dz2, 0)
N*dz2.mean(axis=0)
""",
    "backpropagation-dx": """
dz2 W1ᵀ
dz2 W1^T
dz2.dot(W1.T)
dz2 W_1^T
dz2 W^(1)^T
""",
    "backpropagation-penalty": """
2λW2
2 lam W2
2λW₂
2λW^(2)
2 lambda W2
2λ W^{(2)}
λ·2·W2
2⋅λ⋅W₂
""",
    "backpropagation-tanh": """
da2(1 - a2²)
da2 ∘ (1 − a2²)
da2*(1-a2**2)
da2 * (1 - np.square(a2))
da2 ⊙ (1 - a2 ⊙ a2)
(1 - a2^2)*da2
np.multiply(da2, 1 - a2**2)
""",
    "gradient-check-central": """
(J_+ − J_-)/(2h)
(J_plus - J_minus)/(2h)
(Jplus - Jminus)/(2*h)
(J(θ+h) − J(θ−h))/(2h)
(J_{+} - J_{-})/(2h)
½(J_plus − J_minus)/h
(J₊ − J₋)/(2h)
1/(2h) (J_plus - J_minus)
""",
    "gradient-check-central-error": """
h²J3/6
h^2 J3/6
h² J3 / 6
1/6 h² J3
J3h^2/6
(1/6)h^2J3
h**2/6*J3
h²/6 J'''(θ)
""",
    "gradient-check-forward-error": """
hJ2/2
h J2/2
½ h J2
h/2 J2
1/2 h J2
""",
    "gradient-check-best-step": """
ε/(2c)
eps/(2c)
ε/2/c
epsilon/(2 c)
½ ε/c
1/2 ε c⁻¹
""",
    "gradient-check-relative-error": """
|a − b|/max(|a|, |b|)
|a-b| / max(|a|,|b|)
abs(a-b)/max(abs(a),abs(b))
np.abs(a - b)/np.maximum(np.abs(a), np.abs(b))
|b - a|/max{|a|, |b|}
np.abs(a-b)/max(np.abs(a),np.abs(b))
""",
    "gradient-check-kink": """
(x+h)/(2h)
(h + x)/(2h)
½ + x/(2h)
½(1 + x/h)
1/2 + x/(2h)
(x + h) / (2h)
""",
    "gradient-check-missing-n": """
1 − 1/N
(N−1)/N
1 - N⁻¹
1-1/N
(N - 1) / N
""",
    "gradient-check-missing-two": """
½
1/2
0.5
.5
50 %
= 1/2
""",
    "gradient-check-depth": """
nσ²/2
n σ²/2
½nσ²
½ n σ²
n sigma^2/2
nsigma^2/2
1/2 n σ²
0.5nσ²
""",
    "gradient-check-three-layers": """
(nσ²/2)³
(n σ²/2)^3
(½nσ²)³
n³σ⁶/8
n^3 sigma^6 / 8
(n sigma^2/2)^3
""",
    "gradient-check-he": """
2/n
2n⁻¹
2n^-1
2 / n
2n^(-1)
""",
    "convolution-size": """
R + 2E - Q + 1
1 + R - Q + 2E
(R+2E-Q)/1 + 1
R−Q+1+2·E
""",
    "convolution-same": """
(Q-1)/2
½(Q − 1)
Q/2 - 1/2
0.5(Q-1)
""",
    "convolution-parameters": """
CHQ² + H
H(CQ^2 + 1)
H*(Q*Q*C+1)
C H Q^2 + H
""",
    "convolution-dense": """
R²(R−Q+1)²
(R(R-Q+1))^2
R*R*(R-Q+1)**2
""",
    "convolution-two-layers": """
2Q − 1
Q + Q - 1
2*Q-1
""",
    "convolution-shared": """
g_1x_1 + g_2x_2 + g_3x_3
x_1 g_1 + x_2 g_2 + x_3 g_3
""",
    "convolution-pixel": """
g_1w_2 + g_2w_1
w_1 g_2 + w_2 g_1
""",
    "convolution-dw": """
P1ᵀ dz2
P1.T @ dz2
P1^T dz2
P^(1)ᵀ ∂J/∂z^(2)
P1.T.dot(dz2)
""",
    "convolution-db": """
sum(dz2, axis=0)
dz2.sum(axis=0)
𝟏ᵀ dz2
N*dz2.mean(axis=0)
""",
    "convolution-dp": """
dz2 W1ᵀ
dz2 @ W1.T
dz2 W^(1)ᵀ
""",
}

# Written when everything above could be read: it measures what other forms would be read.
ALSO_RIGHT = {
    "forward-z2": """
b₁ + X W₁
X @ W_1 + b_1
X∙W⁽¹⁾ + b⁽¹⁾
np.dot(X,W1)+b1.
torch.add(torch.mm(X, W1), b1)
(XW^{(1)}) + b^{(1)}
X.matmul(W1) + b1
b^1 + X W1
""",
    "forward-logits": """
b2 + relu(b1 + XW1)W2
np.dot(np.maximum(0, np.dot(X, W1) + b1), W2) + b2
torch.clamp(X @ W1 + b1, min=0) @ W2 + b2
(X W1 + b1).relu() W2 + b2
((XW1+b1)∘1{XW1+b1>0})W2+b2
max(XW_1+b_1, 0)W_2+b_2
""",
    "forward-parameters": """
D⋅H+H+H⋅K+K
(D + 1) H + (H + 1) K
H D + K H + K + H
H·(D+1) + K·(H+1)
[D+1]H + [H+1]K
""",
    "forward-uniform-loss": """
LN(K)
ln  K
−ln(K⁻¹)
-log(K^-1)
torch.log(K)
""",
    "forward-one-example": """
ln(exp(z1)+exp(z2)+exp(z3))-z1
−z_1 + log(e^z_1 + e^z_2 + e^z_3)
ln[e^z₁ + e^z₂ + e^z₃] − z₁
-ln(e^z1) + ln(e^z1+e^z2+e^z3)
""",
    "forward-two-examples": """
−(1/2)[ln p₁ + ln p₂]
-1/2*ln(p_1*p_2)
(-ln(p1)-ln(p2))/2
½(−ln p₁ − ln p₂)
-ln(√p_1 √p_2)
""",
    "forward-penalty": """
λ(||W^(1)||² + ||W^(2)||²)
λ‖W₁‖² + λ‖W₂‖²
lam (torch.sum(W1**2) + torch.sum(W2**2))
lam*(W1.norm()**2 + W2.norm()**2)
λ*(np.sum(np.power(W1, 2)) + np.sum(np.power(W2, 2)))
λ(∑W₁² + ∑W₂²)
lam(sum(W1^2)+sum(W2^2))
""",
    "forward-widths": """
h₂h₁ + h₂h₃
(h1 + h3)h2
h_1·h_2 + h_2·h_3
h1 h2+h2 h3
""",
    "softmax-psi-1-z-2": """
-ψ_2ψ_1
−ψ₁⋅ψ₂
-psi_{1} psi_{2}
(-ψ₁)ψ₂
-Psi1Psi2
""",
    "softmax-psi-1-z-1": """
ψ_1*(1-ψ_1)
ψ₁·(1−ψ₁)
-psi1^2 + psi1
(1 − ψ₁)·ψ₁
ψ1 − (ψ1)²
𝜓₁(1 − 𝜓₁)
""",
    "softmax-compact": """
ψᵢ(1{i=j}−ψⱼ)
psi_i[delta_ij - psi_j]
ψ_i·(δ_ij − ψ_j)
psi_i*delta_ij - psi_ipsi_j
ψ_i((i=j) − ψ_j)
(delta_ij - psi_j) psi_i
np.multiply(psi_i, delta_ij - psi_j)
""",
    "softmax-log": """
−ψⱼ + δᵢⱼ
1(i==j) - ψ_j
delta_ji - psi_j
[i = j] - psi_j
""",
    "softmax-row": """
ψ₃ψ₁
ψ₁⋅ψ₃
psi_1(psi_3)
""",
    "softmax-shift": """
exp(z₁)/(exp(z₁)+exp(z₂)+exp(z₃))
e**z_1/(e**z_1+e**z_2+e**z_3)
1/(1+e^(z2−z1)+e^(z3−z1))
e^{z_1 + c}/(e^{z_1 + c} + e^{z_2 + c} + e^{z_3 + c})
""",
    "softmax-two-classes": """
1/(1+e**-d)
e^{d}/(1 + e^{d})
1÷(1+e^−d)
[1+exp(-d)]^-1
1/(e^(-d)+1)
EXP(d)/(1+EXP(d))
""",
    "softmax-temperature": """
−ψ₁ψ₂ / T
-(ψ_1/T)ψ_2
-T^-1 psi_1 psi_2
-psi_1·psi_2÷T
""",
    "backpropagation-log": """
(df)/(f)
f'(x) / f(x)
1/f · df
f’(x)/f(x)
""",
    "backpropagation-sign": """
ψ_j−Δ_j
−Δⱼ + ψⱼ
psi_j - 1{y = j}
psi[j] - Delta[j]
""",
    "backpropagation-dz3": """
(1/N)(ψ−Δ)
(ψ - Δ)÷N
1/N·(ψ − Δ)
np.divide(psi - Delta, N)
(torch.softmax(z3, dim=1) - Delta)/N
(ψ−Δ)·N⁻¹
""",
    "backpropagation-side": """
a2.T∙dz3
a₂ᵀ dz3
a2.T.mm(dz3)
torch.matmul(a2.T, dz3)
a2.t() @ dz3
(dz3ᵀ a2)ᵀ
a_2.T @ dz3
""",
    "backpropagation-dw2": """
(1/N)·a2ᵀ(ψ−Δ) + 2·λ·W2
a2ᵀ((ψ − Δ)/N) + 2λW2
np.matmul(a2.T, (psi-Delta))/N + 2*lam*W2
torch.mm(a2.t(), psi - Delta)/N + 2*lam*W2
2 λ W₂ + 1/N a₂ᵀ (ψ − Δ)
a^(2)^T (psi - Delta)/N + 2 lambda W^(2)
""",
    "backpropagation-db2": """
(psi - Delta).sum(dim=0)/N
np.sum((psi-Delta)/N, axis=0)
torch.mean(psi - Delta, 0)
1/N np.sum(psi - Delta, 0)
((psi - Delta)/N).sum(axis=0)
""",
    "backpropagation-da2": """
dz3@W2^T
dz3 @ W2.t()
dz3 W₂ᵀ
torch.matmul(dz3, W2.T)
dz3⋅W2ᵀ
""",
    "backpropagation-dz2": """
(ψ−Δ)W₂ᵀ ∘ 1[z2>0] / N
((psi-Delta)/N @ W2.T) ∘ (z2 > 0)
1{z2 > 0} ∘ ((ψ − Δ) W2ᵀ)/N
(psi - Delta).dot(W2.T)/N*(z2>0)
torch.where(z2 > 0, (psi - Delta)@W2.T, 0)/N
(a2 > 0) * ((psi - Delta) @ W2.T) / N
(ψ−Δ)/N W2ᵀ * (a2 != 0)
""",
    "backpropagation-dw1": """
X^⊤ dz2 + 2λW1
np.matmul(X.T, dz2) + 2*lam*W1
2λW₁ + Xᵀ dz2
X.t().mm(dz2) + 2*lam*W1
XᵀdZ2 + 2λW1
""",
    "backpropagation-w1-whole": """
X.T.dot(((psi - Delta)/N).dot(W2.T)*(z2 > 0)) + 2λW1
X^⊤ (1{z2 > 0} ∘ ((ψ − Δ) W2^⊤)/N) + 2 λ W1
X.T @ np.where(z2 > 0, (psi - Delta) @ W2.T/N, 0) + lam*(W1 + W1)
""",
    "backpropagation-db1": """
sum(dz2,axis=0)
dz2.sum(dim=0)
torch.sum(dz2, 0)
np.sum(dz2, axis = 0, keepdims = True)
""",
    "backpropagation-dx": """
dz2 @ W1^T
dz2·W₁ᵀ
np.matmul(dz2, np.transpose(W1))
dz2 W^{(1)T}
""",
    "backpropagation-penalty": """
2·λ·W^(2)
λ(2W₂)
2lambdaW2
W2·2λ
2 * λ * W_2
""",
    "backpropagation-tanh": """
(1−a2²)∘da2
da2 ∘ (1 − a₂²)
da2*(1 - a2*a2)
da2 * (1 - torch.pow(a2, 2))
""",
    "gradient-check-central": """
(J(theta + h) - J(theta - h))/(2h)
[J(θ + h) − J(θ − h)]/(2h)
1/2 (J_plus - J_minus)/h
(J_+−J_−)/(2·h)
""",
    "gradient-check-central-error": """
J3 h²/6
h² J'''/6
⅙h²J3
h^(2) J3/6
""",
    "gradient-check-forward-error": """
h J''(θ)/2
½hJ2
J2·h/2
J''h/2
""",
    "gradient-check-best-step": """
ε/(2·c)
½·ε/c
(ε/c)/2
eps / (2 c)
""",
    "gradient-check-relative-error": """
|a−b| ÷ max(|a|,|b|)
abs(a − b) / max(abs(a), abs(b))
torch.abs(a-b)/torch.max(abs(a), abs(b))
‖a−b‖/max(‖a‖,‖b‖)
""",
    "gradient-check-kink": """
(x + h)/(2·h)
½·(1 + x/h)
x/(2h) + ½
""",
    "gradient-check-missing-n": """
1 − N⁻¹
(N − 1)·N⁻¹
1-(1/N)
""",
    "gradient-check-missing-two": """
.50
50%
1÷2
""",
    "gradient-check-depth": """
½ n σ^2
(nσ²)/2
n·σ²/2
""",
    "gradient-check-three-layers": """
(n·σ²/2)³
⅛n³σ⁶
(n σ²)³/8
""",
    "gradient-check-he": """
2·n⁻¹
2÷n
(2)/(n)
""",
}

WRONG = {
    "forward-z2": """
X b1 + W1
(X + b1) W1
Xᵀ W1 + b1
X W1
X W1 + b1 + 1e-9
X W1 - b1
W1 X + b1
X W1ᵀ + b1
max(0, X W1 + b1)
max(X W1 + b1, -1e9)
X W1 + max(b1, -1e6)
(X W1 + b1)(1 + 1e-9)
where(X W1 + b1 < 1e9, X W1 + b1, 1e9)
""",
    "forward-logits": """
max(0, X W1 + b1) W2
(X W1 + b1) W2 + b2
max(1e-8, X W1 + b1) W2 + b2
max(0, X W1 + b1 - 1e-8) W2 + b2
max(0.01(X W1 + b1), X W1 + b1) W2 + b2
max(0, max(0, X W1 + b1) W2 + b2)
-max(-max(0, X W1 + b1), -6) W2 + b2
((X W1 + b1) ∘ 1{X W1 + b1 > 1e-6}) W2 + b2
(|X W1 + b1| + X W1 + b1) W2 + b2
""",
    "forward-parameters": """
DH + HK
DHK
D H + H + H K + K + 1e-9
(D + 1)(H + 1)K
(D + H)K + H + K
max(D, 3) H + H + H K + K
D H + H + H max(K, 2) + K
-max(-(D H + H + H K + K), -1e9)
DH + H + HK + min(K, 3)
""",
    "forward-uniform-loss": """
K ln K
ln K/K
-1/K ln(1/K)
-ln K
1/K
ln 10
ln(K + 1e-8)
ln(max(K, 2))
ln(max(K, 1.5))
-ln(1/K + 1e-8)
-ln(max(1/K, 1e-8))
-ln(max(1/K, 1/1000))
-max(-ln K, -10)
where(K > 3, ln K, ln 3)
where(K < 1000, ln(K), 7)
log(K)(1 + 1e-9)
""",
    "forward-one-example": """
-z_1
-e^z_1
-ln(e^z_1)/(e^z_1 + e^z_2 + e^z_3)
ln(e^z_1 + e^z_2 + e^z_3)
z_1 - ln(e^z_1 + e^z_2 + e^z_3)
-ln(e^z_1/(e^z_1 + e^z_2 + e^z_3) + 1e-8)
-ln(max(e^z_1/(e^z_1 + e^z_2 + e^z_3), 1e-8))
-ln(e^z_1/(e^z_1 + e^z_2 + e^z_3 + 1e-9))
ln(e^z_1 + e^z_2 + e^z_3 + 1e-9) - z_1
max(z_1, z_2, z_3) - z_1
-max(-(ln(e^z_1 + e^z_2 + e^z_3) - z_1), -10)
e^z_1/(e^z_1 + e^z_2 + e^z_3)
""",
    "forward-two-examples": """
-ln p_1 - ln p_2
(ln p_1 + ln p_2)/2
-ln((p_1 + p_2)/2)
-(ln(p_1 + 1e-8) + ln(p_2 + 1e-8))/2
-(ln max(p_1, 1e-8) + ln max(p_2, 1e-8))/2
-(ln(max(p_1, 1e-9)) + ln(max(p_2, 1e-9)))/2
-(ln(max(p_1, 1e-9*1e-9)) + ln p_2)/2
-max(ln p_1 + ln p_2, -20)/2
-(ln p_1 + ln p_2)/2 + 1e-9
-(ln(-max(-p_1, -0.9999)) + ln p_2)/2
""",
    "forward-penalty": """
λ(‖W1‖ + ‖W2‖)
λ/2 (‖W1‖² + ‖W2‖²)
λ‖W1‖² + ‖W2‖²
λ(sum(W1) + sum(W2))
λ(‖W1‖² + ‖W2‖² + 1e-9)
max(λ, 1e-8)(‖W1‖² + ‖W2‖²)
λ(sum(max(W1², 1e-9)) + ‖W2‖²)
λ(sum(W1²) + sum(|W2|))
-max(-λ(‖W1‖² + ‖W2‖²), -1e6)
(λ + 1e-9)(‖W1‖² + ‖W2‖²)
""",
    "forward-widths": """
h1h2h3
h1 + h2 + h3
h1h2 + h2h3 + h1h3
max(h1, 2)h2 + h2h3
h1h2 + h2h3 + 1e-9
-max(-h1h2, -1e6) + h2h3
""",
    "softmax-psi-1-z-2": """
ψ₁ψ₂
ψ₁(1 − ψ₂)
-ψ₁ψ₃
-max(ψ₁, 1e-8)ψ₂
-(ψ₁ + 1e-9)ψ₂
-max(ψ₁ψ₂, 1e-9)
max(-ψ₁ψ₂, -0.2)
-ψ₁ψ₂/(ψ₁ + ψ₂ + ψ₃ + 1e-9)
-e^z_1 e^z_2/((e^z_1 + e^z_2 + e^z_3)^2 + 1e-9)
where(ψ₁ > 1e-6, -ψ₁ψ₂, 0)
""",
    "softmax-psi-1-z-1": """
ψ₁²
ψ₁(ψ₁ − 1)
1 − ψ₁
max(ψ₁(1 − ψ₁), 1e-8)
max(ψ₁, 1e-6)(1 − ψ₁)
ψ₁ max(1 − ψ₁, 1e-8)
ψ₁(1 − ψ₁ + 1e-9)
-max(-ψ₁(1 − ψ₁), -0.2)
where(ψ₁ < 0.999, ψ₁(1 − ψ₁), 0)
ψ₁(1 − ψ₁)/(ψ₁ + ψ₂ + ψ₃ + 1e-9)
""",
    "softmax-compact": """
ψ_i(δ_ij − ψ_i)
δ_ij(ψ_i − ψ_j)
ψ_iψ_j(δ_ij − 1)
ψ_i(1 − ψ_j)
ψ_iδ_ij
ψ_i(δ_ij + ψ_j)
ψ_j(δ_ij − ψ_j)
max(ψ_i, 1e-8)(δ_ij − ψ_j)
ψ_i(δ_ij − max(ψ_j, 1e-8))
ψ_i(δ_ij − ψ_j + 1e-9)
max(ψ_i(δ_ij − ψ_j), -0.2)
(ψ_i + 1e-9)(δ_ij − ψ_j)
ψ_i(1{i ≠ j} − ψ_j)
where(ψ_i > 1e-6, ψ_i(δ_ij − ψ_j), 0)
""",
    "softmax-log": """
1 − ψ_j
δ_ij − ψ_i ψ_j
ψ_j − δ_ij
δ_ij − ψ_iψ_j/(ψ_i + 1e-9)
δ_ij − max(ψ_j, 1e-8)
δ_ij − ψ_j + 1e-9
max(δ_ij − ψ_j, -0.99)
ψ_i(δ_ij − ψ_j)/(ψ_i + 1e-9)
ψ_i(δ_ij − ψ_j)/max(ψ_i, 1e-8)
""",
    "softmax-row": """
-ψ₁ψ₃
ψ₁ψ₂
ψ₁(1 − ψ₂)
max(ψ₁ψ₃, 1e-9)
ψ₁ max(ψ₃, 1e-8)
ψ₁ψ₃ + 1e-9
-max(-ψ₁ψ₃, -0.2)
""",
    "softmax-shift": """
e^(z_1 + c)/(e^z_1 + e^z_2 + e^z_3)
e^z_1/(e^z_1 + e^z_2 + e^z_3 + 1e-8)
e^z_1/max(e^z_1 + e^z_2 + e^z_3, 1e-8)
(e^z_1 + 1e-9)/(e^z_1 + e^z_2 + e^z_3)
max(e^z_1/(e^z_1 + e^z_2 + e^z_3), 1e-8)
e^max(z_1, -50)/(e^z_1 + e^z_2 + e^z_3)
z_1/(z_1 + z_2 + z_3)
e^z_1/(e^z_1 + e^z_2 + e^z_3) + c
1/(e^z_1 + e^z_2 + e^z_3)
""",
    "softmax-two-classes": """
1/(1 + e^-d) + 0 d + 1e-9
1/(1 + 2^-d)
max(0, d)/(1 + max(0, d))
1/(1 + e^d)
1/(1 − e^-d)
1/(1 + e^-d + 1e-8)
1/(1 + e^-max(d, -30))
1/(1 + e^(-max(d, -10)))
max(1/(1 + e^-d), 1e-8)
-max(-1/(1 + e^-d), -0.999)
where(d > -30, 1/(1 + e^-d), 0)
where(d < 15, 1/(1 + e^-d), 1)
0.5 + d/4
e^d
e^-d
""",
    "softmax-temperature": """
-ψ₁ψ₂
-ψ₁ψ₂T
-ψ₁ψ₂/(T + 1e-8)
-ψ₁ψ₂/max(T, 1e-8)
-ψ₁ψ₂/max(T, 0.01)
-max(ψ₁, 1e-8)ψ₂/T
-ψ₁ψ₂/T²
-ψ₁ψ₂/-max(-T, -1e6)
max(-ψ₁ψ₂/T, -1e6)
""",
    "backpropagation-log": """
1/f
f/df
1/df
df/(f + 1e-8)
df/max(f, 1e-8)
df/max(f, 1e-9)
df/f + 1e-9
max(df/f, -1e6)
df·f
(df + 1e-9)/f
""",
    "backpropagation-sign": """
Δ_j − ψ_j
ψ_j + Δ_j
ψ_j
ψ_j − 1
ψ_j − ψ_y
max(ψ_j, 1e-8) − Δ_j
ψ_j − Δ_j + 1e-9
max(ψ_j − Δ_j, -0.999)
(1/(ψ_y + 1e-9)) ψ_y (ψ_j − Δ_j)
1/max(ψ_y, 1e-8)*ψ_y (ψ_j − Δ_j)
""",
    "backpropagation-dz3": """
ψ/N
Δ(ψ − 1)/N
-Δ/ψ/N
ψ − Δ
(Δ − ψ)/N
(ψ − Δ)/max(N, 2)
(ψ − Δ)/(N + 1e-8)
(ψ − Δ)/(N − 1)
(max(ψ, 1e-8) − Δ)/N
max((ψ − Δ)/N, -0.5)
(ψ − Δ + 1e-9)/N
ψ(1 − ψ)/N
(ψ − Δ)/-max(-N, -128)
(ψ − Δ).mean()
where(N > 3, (ψ − Δ)/N, ψ − Δ)
(ψ − Δ)/sum(ψ + 1e-9)
""",
    "backpropagation-side": """
dz3 a2ᵀ
dz3ᵀ a2
a2 dz3
a2ᵀ dz3/N
a2ᵀ max(dz3, 1e-8)
a2ᵀ dz3 + 1e-9
max(a2, 1e-6)ᵀ dz3
max(a2ᵀ dz3, -1e6)
""",
    "backpropagation-dw2": """
(ψ − Δ)a2ᵀ/N + 2λW2
a2ᵀ(ψ − Δ)/N + 2λ
a2ᵀ(ψ − Δ)/N + λ‖W2‖²
a2ᵀ(ψ − Δ) + 2λW2
a2ᵀ(ψ − Δ)/N + λW2
a2ᵀ(ψ − Δ)/N
(a2ᵀ(ψ − Δ) + 2λW2)/N
a2ᵀ(ψ − Δ)/(N + 1e-8) + 2λW2
a2ᵀ(ψ − Δ)/N + 2 max(λ, 1e-8) W2
a2ᵀ(max(ψ, 1e-8) − Δ)/N + 2λW2
a2ᵀ(ψ − Δ)/N + 2λ|W2|
max(a2, 1e-6)ᵀ(ψ − Δ)/N + 2λW2
max(a2ᵀ(ψ − Δ)/N + 2λW2, -1e6)
a2ᵀ(ψ − Δ)/max(N, 2) + 2λW2
a2ᵀ(Δ − ψ)/N + 2λW2
""",
    "backpropagation-db2": """
sum(ψ − Δ, 0)
sum(ψ − Δ, 1)/N
sum(ψ − Δ)/N
mean(ψ − Δ)
sum(Δ − ψ, 0)/N
sum(ψ − Δ, 0)/(N + 1e-9)
sum(ψ − Δ, 0)/max(N, 4)
sum(max(ψ, 1e-8) − Δ, 0)/N
max(sum(ψ − Δ, 0)/N, -0.9)
mean(ψ − Δ, axis=1)
""",
    "backpropagation-da2": """
dz3 W2
W2 dz3ᵀ
W2ᵀ dz3
dz3 W2ᵀ + 1e-9
dz3 W2ᵀ 1{a2 > 0}
max(dz3 W2ᵀ, -1e9)
max(dz3, 1e-9) W2ᵀ
dz3 max(W2, -1e6)ᵀ
""",
    "backpropagation-dz2": """
(ψ − Δ) W2/N ∘ 1{z2 > 0}
1{z2 > 0}
(ψ − Δ) W2ᵀ/N ∘ |z2|
(ψ − Δ) W2ᵀ/N
(ψ − Δ) W2ᵀ ∘ 1{z2 > 0}
(ψ − Δ) W2ᵀ/N ∘ 1{z2 < 0}
(ψ − Δ) W2ᵀ/N ∘ 1{z2 > 1e-6}
(ψ − Δ) W2ᵀ/N ∘ 1{z2 > -1e-6}
(ψ − Δ) W2ᵀ/N ∘ 1{a2 > 1e-8}
(ψ − Δ) W2ᵀ/N ∘ z2
(ψ − Δ) W2ᵀ/N ∘ a2/(z2 + 1e-9)
(ψ − Δ) W2ᵀ/N ∘ max(z2, 0)/max(z2, 1e-9)
(ψ − Δ) W2ᵀ/max(N, 2) ∘ 1{z2 > 0}
(ψ − Δ) W2ᵀ/(N + 1e-9) ∘ 1{z2 > 0}
(max(ψ, 1e-8) − Δ) W2ᵀ/N ∘ 1{z2 > 0}
""",
    "backpropagation-dw1": """
Xᵀ dz2
dz2ᵀ X + 2λW1
Xᵀ dz2 + λW1
Xᵀ dz2/N + 2λW1
Xᵀ dz2 + 2λW1 + 1e-9
Xᵀ dz2 + 2 max(λ, 1e-8) W1
max(Xᵀ dz2 + 2λW1, -1e6)
-max(-Xᵀ dz2, -5) + 2λW1
Xᵀ max(dz2, 1e-9) + 2λW1
Xᵀ dz2 + 2λ‖W1‖
""",
    "backpropagation-w1-whole": """
Xᵀ[((ψ−Δ)/N · W2ᵀ) ∘ 1[z2>0]]
Xᵀ[((ψ−Δ) · W2ᵀ) ∘ 1[z2>0]] + 2λW1
Xᵀ[(ψ−Δ)/N · W2ᵀ] + 2λW1
X[((ψ−Δ)/N · W2ᵀ) ∘ 1[z2>0]] + 2λW1
Xᵀ[((Δ−ψ)/N · W2ᵀ) ∘ 1[z2>0]] + 2λW1
Xᵀ[((ψ−Δ)/N · W2ᵀ) ∘ 1[z2>0] + 2λW1]
(Xᵀ((ψ−Δ)/N · W2ᵀ)) ∘ 1[z2>0] + 2λW1
""",
    "backpropagation-db1": """
sum(dz2, 1)
sum(dz2)
mean(dz2, 0)
sum(dz2, 0)/N
sum(max(dz2, 1e-9), 0)
max(sum(dz2, 0), -1e6)
sum(dz2, 0) + 1e-9
""",
    "backpropagation-dx": """
dz2 W1
W1ᵀ dz2
W1 dz2ᵀ
dz2 W1ᵀ + 1e-9
max(dz2 W1ᵀ, -1e6)
dz2 W1ᵀ + X
""",
    "backpropagation-penalty": """
λW2
2W2
λ‖W2‖²
2λ|W2|
2λ max(W2, 1e-9)
2 max(λ, 1e-8) W2
max(2λW2, -1e6)
2λ(W2 + 1e-9)
2λW2/(|W2| + 1e-9)
""",
    "backpropagation-tanh": """
da2
da2(1 − a2)
da2 ∘ (1 − a2)
da2 ∘ a2²
da2 ∘ (1 + a2²)
da2 ∘ max(1 − a2², 1e-8)
da2 ∘ (1 − a2² + 1e-9)
max(da2, -1e6) ∘ (1 − a2²)
da2 ∘ (1 − max(a2, -0.999)²)
""",
    "gradient-check-central": """
(J_plus − J_minus)/(2h) + 1e-9
(J_plus − J_minus)/(3h)
(J_plus − J_minus + 1e-9)/(2h)
(J_plus − J_minus)/h
(J_plus − J_minus)/2 h
(J_minus − J_plus)/(2h)
(J_plus + J_minus)/(2h)
(J_plus − J_minus)/(2h + 1e-9)
(J_plus − J_minus)/(2 max(h, 1e-8))
(J_plus − J_minus)/(2 max(h, 1e-5))
max((J_plus − J_minus)/(2h), -1e6)
(J_plus − J_minus)/2h²
|J_plus − J_minus|/(2h)
""",
    "gradient-check-central-error": """
h³J3/6
h²J3/3
h²J2/6
hJ3/6
max(h, 1e-8)²J3/6
h²J3/6 + 1e-9
h²|J3|/6
(h² + 1e-9)J3/6
-max(-h, -1e6)²J3/6
""",
    "gradient-check-forward-error": """
hJ2
h²J2/2
hJ3/2
max(h, 1e-8)J2/2
hJ2/2 + 1e-9
h|J2|/2
hJ2/(2 + 1e-9)
""",
    "gradient-check-best-step": """
ε/c
2ε/c
ε/(2c + 1e-9)
ε/(2 max(c, 1e-8))
max(ε, 1e-9)/(2c)
c/(2ε)
√(ε/(2c))
-max(-ε/(2c), -1)
""",
    "gradient-check-relative-error": """
(a − b)/max(|a|, |b|)
|a − b|/max(a, b)
|a − b|/|a|
|a − b|/(|a| + |b|)
|a − b|/√(a² + b²)
|a − b|/max(|a|, |b|, 1)
|a − b|
|a − b|/max(|a|, |b|, 0.001)
-max(-|a − b|/max(|a|, |b|), -1)
""",
    "gradient-check-kink": """
1
½
x/h
(x + h)/h
(x + h)/(2h + 1e-9)
(x + h)/(2 max(h, 1e-8))
(max(x, 1e-8) + h)/(2h)
max((x + h)/(2h), 0.6)
(x + h)/2h²
""",
    "gradient-check-missing-n": """
1 + 1/N
(1 − N)/N
1 − 1/N²
N − 1
1/N
1 − 1/(N + 1e-8)
1 − 1/max(N, 2)
1 − 1/max(N, 1.001)
1 − 1/-max(-N, -1e6)
(N − 1)/(N + 1)
max(1 − 1/N, 1e-8)
1
""",
    "gradient-check-missing-two": """
2
1
1/3
0.5001
½ + 1e-9
λ/(2λ + 1e-9)
λ/max(2λ, 1e-8)
""",
    "gradient-check-depth": """
nσ²
nσ/2
σ²/2
max(n, 1)σ²/2
nσ²/(2 + 1e-9)
n max(σ, 1e-8)²/2
-max(-nσ²/2, -1e6)
(n + 1e-9)σ²/2
""",
    "gradient-check-three-layers": """
3nσ²/2
nσ²/2
(nσ²)³/2
(nσ²/2)³ + 1e-9
max((nσ²/2)³, 1e-9)
(n max(σ, 1e-8)²/2)³
-max(-(nσ²/2)³, -1e6)
""",
    "gradient-check-he": """
2n
1/(2n)
2/n²
1/n
n/2
√(2/n)
2/(n + 1e-8)
2/max(n, 1)
2/max(n, 1e-8)
-max(-2/n, -1e6)
max(2/n, 1e-9)
""",
    "convolution-size": """
R + 2E - Q
R - Q + 1
R + E - Q + 1
R + 2E - Q + 1 + 1e-9
""",
    "convolution-same": """
Q - 1
Q/2
(Q-1)/2 + 1e-9
""",
    "convolution-parameters": """
CHQ²
HQ² + H
CHQ² + CH
""",
    "convolution-dense": """
Q²(R−Q+1)²
R²(R-Q)²
""",
    "convolution-two-layers": """
2Q
2Q + 1
Q²
""",
    "convolution-shared": """
g_1 x_1
(g_1+g_2+g_3)x_1
""",
    "convolution-pixel": """
g_2w_1
g_1w_1 + g_2w_2
""",
    "convolution-dw": """
P1ᵀ dz2/N
dz2ᵀ P1
P1 dz2
P1ᵀ dz2 + 1e-9
""",
    "convolution-db": """
dz2
sum(dz2)
sum(dz2, axis=1)
""",
    "convolution-dp": """
dz2 W1
W1 dz2ᵀ
P1ᵀ dz2
""",
}
RIGHT, ALSO_RIGHT, WRONG = (
    [(exercise, text) for exercise, texts in answers.items() for text in texts.strip().splitlines()]
    for answers in (RIGHT, ALSO_RIGHT, WRONG)
)
