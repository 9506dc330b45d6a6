# N3a, log1p, step 4: the last product of pairs, q*s. Both sides scale with s (nothing underflows for |s| >= 2^-56), so one
# binade of s stands for all. q = qh + ql is the polynomial, 1 <= q <= 1.0102 (log1p_poly.g).
@rnd = float<ieee_64, ne>;
sh = rnd(s);
sl = s - sh;
qh = rnd(Qh); ql = rnd(Ql);
u = rnd(qh * sh); e = qh * sh - u;
v = rnd(ql * sh + e); w = rnd(qh * sl + v);
err = (u + w) - (qh + ql) * s;
{ |s| in [0.125, 0.25] /\ qh in [1, 1.0102] /\ |ql| <= 0x1p-52 -> |err| <= 0x1p-105 /\ |w| <= 0x1p-53 }
err -> (w - (qh * sl + v)) + (v - (ql * sh + e)) - ql * sl;
