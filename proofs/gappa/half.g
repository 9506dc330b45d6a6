# N17: half(x) where 1 <= x < 2 and single(x) < 2; other binades of normal results, and the negative ones, are this one scaled.
# The result is a multiple of 2^-10, the place of binary16 here, and within half of one of x; taking y away is exact.
@double = float<ieee_64, ne>;
@single = float<ieee_32, ne>;
x = double(X);
y = single(x) * 0x1p42;
s double= x + y;
r double= s - y;
{ x in [1, 2] /\ single(x) in [1, 0x1.fffffep0] ->
  r - x in [-0x1p-11, 0x1p-11] /\ r - (s - y) in [0, 0] /\ @FIX(r, -10) /\ @FIX(y, 19) }
r - x -> (r - (s - y)) + (s - (x + y));
