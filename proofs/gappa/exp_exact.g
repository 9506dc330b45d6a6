# N3a, exp, step 1: fma(-k, LN2_HI, x) does not round. For k = 0 that is plain; otherwise |x| >= 0.34, so x is a multiple
# of 2^-54, k LN2_HI one of 2^-42, and a difference below 1/2 has at most 53 bits. Bounds of exp_reduction.g.
@rnd = float<ieee_64, ne>;
HI = 0x1.62e42fefa3800p-1;
x = rnd(X);
k = fixed<0, ne>(Kx);
a = rnd(x - k * HI);
{ |x| in [0.34, 745.25] /\ |k| in [1, 1076] /\ x - k * HI in [-0.35, 0.35] -> a - (x - k * HI) in [0, 0] }
