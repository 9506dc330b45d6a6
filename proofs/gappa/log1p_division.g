# N3a, log1p, step 3: the quotient of pairs v = f/d. Both sides scale with f, so one binade of f stands for all. Theorems
# used: the remainder r of a division is a double, and so is the error of the ordered sum 2 + fh (Dekker).
@rnd = float<ieee_64, ne>;
fh = rnd(f); fl = f - fh;
dh = rnd(Dh); dl = rnd(Dl);
vh = rnd(fh / dh);
r = fh - vh * dh;
a = rnd(r - vh * dl);
b = rnd(a + fl);
vl = rnd(b / dh);
err = (vh + vl) - f / (dh + dl);
{ |f| in [0.25, 0.5] /\ dh in [1.7, 2.4143] /\ |dl| <= 0x1p-51 -> |err| <= 0x1p-103 /\ |vl| <= 0x1p-52 }
r -> -(vh - fh / dh) * dh { dh <> 0 };
err -> ((vl - b / dh) * dh + vl * dl + (b - (a + fl)) + (a - (r - vh * dl))) / (dh + dl) { dh <> 0, dh + dl <> 0 };
