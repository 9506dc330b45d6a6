# N3a, log1p, step 5 for k != 0: w = fast(k*LN2_HI, th), result w.hi + [w.lo + [k*LN2_LO + tl]], before the last rounding. The
# product k*LN2_HI is exact (41 + 11 bits). k = 0 adds exact zeros: no error but the last rounding.
@rnd = float<ieee_64, ne>;
HI = 0x1.62e42fefa3800p-1;
LO = 0x1.ef35793c76730p-45;
k = fixed<0, ne>(Kx);
c = k * HI;
th = rnd(Th); tl = rnd(Tl);
wh = rnd(c + th); wd = (c + th) - wh;
g = rnd(k * LO + tl);
wl = rnd(wd + g);
exact = k * L + (th + tl);
{ |k| in [1, 1088] /\ |th| <= 0.3466 /\ |tl| <= 0x1p-53 /\ L - (HI + LO) in [-0x1p-100, 0x1p-100]
  -> |(wh + wl) - exact| <= 0x1p-84 /\ rnd(c) - c in [0, 0] /\ |exact| >= 0.346 }
(wh + wl) - exact -> (wl - (wd + g)) + (g - (k * LO + tl)) - k * (L - (HI + LO));
