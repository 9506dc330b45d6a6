# N3a, log1p, step 3: the divisor as a pair, d = fast(2, fh) with fl added to its second part, against 2 + f.
@rnd = float<ieee_64, ne>;
fh = rnd(f); fl = f - fh;
dh = rnd(2 + fh);
dd = (2 + fh) - dh;
dl = rnd(dd + fl);
{ f in [-0.29290, 0.41422] -> |(dh + dl) - (2 + f)| <= 0x1p-105 /\ dh in [1.7, 2.4143] /\ |dl| <= 0x1p-51 }
(dh + dl) - (2 + f) -> dl - (dd + fl);
