# N3a, exp, step 1: k is an integer, x - k LN2_HI is exact, and the pair f is x - k ln 2 up to 2^-85.
# L stands for ln 2; that it is within 2^-100 of LN2_HI + LN2_LO is checked by check.py in exact arithmetic.
@rnd = float<ieee_64, ne>;
HI = 0x1.62e42fefa3800p-1;
LO = 0x1.ef35793c76730p-45;
INV = 0x1.71547652b82fep+0;
K = 0x1.8p52;
x = rnd(X);
t = rnd(x * INV + K);
k = rnd(t - K);
a = rnd(x - k * HI);
b = rnd(k * LO);
f = a - b;      # any(a, -b): an error-free sum (Knuth), so the pair is this difference
exact = x - k * L;
{ x in [-745.25, 709.79] /\ L - (HI + LO) in [-0x1p-100, 0x1p-100]
  -> @FIX(k, 0) /\ k in [-1076, 1025]
  /\ t - (x * INV + K) in [-0.5, 0.5]
  /\ k - x * INV in [-0.5, 0.5]
  /\ exact in [-0.3466, 0.3466] }
k - x * INV -> (t - (x * INV + K)) + (k - (t - K));
exact -> x * (1 - INV * L) - (k - x * INV) * L;
1 - INV * L -> (1 - INV * (HI + LO)) - INV * (L - (HI + LO));
