# N17: half(x) where |x| <= 2^-14, subnormal results: a multiple of 2^-24, within half of one of x; taking y away is exact.
@double = float<ieee_64, ne>;
x = double(X);
s double= x + 0x1.8p28;
r double= s - 0x1.8p28;
{ x in [-0x1p-14, 0x1p-14] -> r - x in [-0x1p-25, 0x1p-25] /\ r - (s - 0x1.8p28) in [0, 0] /\ @FIX(r, -24) }
r - x -> (r - (s - 0x1.8p28)) + (s - (x + 0x1.8p28));
