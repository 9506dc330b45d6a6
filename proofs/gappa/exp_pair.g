# N3a, exp, step 1: the pair f against x - k ln 2, given that fma(-k, LN2_HI, x) is exact (exp_exact.g).
@rnd = float<ieee_64, ne>;
HI = 0x1.62e42fefa3800p-1;
LO = 0x1.ef35793c76730p-45;
k = fixed<0, ne>(Kx);
b = rnd(k * LO);
f = (x - k * HI) - b;
exact = x - k * L;
{ |k| in [0, 1076] /\ L - (HI + LO) in [-0x1p-100, 0x1p-100] -> f - exact in [-0x1p-86, 0x1p-86] }
f - exact -> k * (L - (HI + LO)) - (b - k * LO);
