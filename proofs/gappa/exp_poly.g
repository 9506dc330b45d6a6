# N3a, exp, step 2: rounding errors of the polynomial at the pair (fh, fl) = fh + fl against the same polynomial in exact
# arithmetic. What Gappa cannot know and takes from theorems (Dekker, Knuth; in Flocq): a product minus its rounding and
# an ordered sum minus its rounding are doubles, so the fma that computes `e` and the sum that computes `d` are exact.
@rnd = float<ieee_64, ne>;
fh = rnd(f);
fl = f - fh;
p14 = 0x1.93974a8c07c9dp-37;

p13 = rnd(p14 * fh + 0x1.6124613a86d09p-33);
m13 = p14 * f + 0x1.6124613a86d09p-33;
p12 = rnd(p13 * fh + 0x1.1eed8eff8d898p-29);
m12 = m13 * f + 0x1.1eed8eff8d898p-29;
p11 = rnd(p12 * fh + 0x1.ae64567f544e4p-26);
m11 = m12 * f + 0x1.ae64567f544e4p-26;
p10 = rnd(p11 * fh + 0x1.27e4fb7789f5cp-22);
m10 = m11 * f + 0x1.27e4fb7789f5cp-22;
p9 = rnd(p10 * fh + 0x1.71de3a556c734p-19);
m9 = m10 * f + 0x1.71de3a556c734p-19;
p8 = rnd(p9 * fh + 0x1.a01a01a01a01ap-16);
m8 = m9 * f + 0x1.a01a01a01a01ap-16;
p7 = rnd(p8 * fh + 0x1.a01a01a01a01ap-13);
m7 = m8 * f + 0x1.a01a01a01a01ap-13;
p6 = rnd(p7 * fh + 0x1.6c16c16c16c17p-10);
m6 = m7 * f + 0x1.6c16c16c16c17p-10;
p5 = rnd(p6 * fh + 0x1.1111111111111p-7);
m5 = m6 * f + 0x1.1111111111111p-7;
p4 = rnd(p5 * fh + 0x1.5555555555555p-5);
m4 = m5 * f + 0x1.5555555555555p-5;
l4 = 0;
# one horner of pairs: product (u + v), then the sum with the coefficient
u3 = rnd(p4 * fh); e3 = p4 * fh - u3;
v3 = rnd(l4 * fh + e3); w3 = rnd(p4 * fl + v3);
h3 = rnd(0x1.5555555555555p-3 + u3); d3 = (0x1.5555555555555p-3 + u3) - h3;
g3 = rnd(w3 + 0x1.5555555555555p-57); l3 = rnd(d3 + g3);
t3 = h3 + l3; m3 = 0x1.5555555555555p-3 + 0x1.5555555555555p-57 + m4 * f;
u2 = rnd(h3 * fh); e2 = h3 * fh - u2;
v2 = rnd(l3 * fh + e2); w2 = rnd(h3 * fl + v2);
h2 = rnd(0.5 + u2); d2 = (0.5 + u2) - h2;
g2 = rnd(w2 + 0); l2 = rnd(d2 + g2);
t2 = h2 + l2; m2 = 0.5 + 0 + m3 * f;
u1 = rnd(h2 * fh); e1 = h2 * fh - u1;
v1 = rnd(l2 * fh + e1); w1 = rnd(h2 * fl + v1);
h1 = rnd(1 + u1); d1 = (1 + u1) - h1;
g1 = rnd(w1 + 0); l1 = rnd(d1 + g1);
t1 = h1 + l1; m1 = 1 + 0 + m2 * f;
u0 = rnd(h1 * fh); e0 = h1 * fh - u0;
v0 = rnd(l1 * fh + e0); w0 = rnd(h1 * fl + v0);
h0 = rnd(1 + u0); d0 = (1 + u0) - h0;
g0 = rnd(w0 + 0); l0 = rnd(d0 + g0);
t0 = h0 + l0; m0 = 1 + 0 + m1 * f;
{ f in [-0.3466, 0.3466] -> t0 - m0 in [-0x1p-63, 0x1p-63] /\ t0 in [0.7, 1.42] }
t3 - m3 -> (l3 - (d3 + g3)) + (g3 - (w3 + 0x1.5555555555555p-57)) + (w3 - (p4 * fl + v3)) + (v3 - (l4 * fh + e3)) - l4 * fl + (p4 - m4) * f;
t2 - m2 -> (l2 - (d2 + g2)) + (g2 - (w2 + 0)) + (w2 - (h3 * fl + v2)) + (v2 - (l3 * fh + e2)) - l3 * fl + (t3 - m3) * f;
t1 - m1 -> (l1 - (d1 + g1)) + (g1 - (w1 + 0)) + (w1 - (h2 * fl + v1)) + (v1 - (l2 * fh + e1)) - l2 * fl + (t2 - m2) * f;
t0 - m0 -> (l0 - (d0 + g0)) + (g0 - (w0 + 0)) + (w0 - (h1 * fl + v0)) + (v0 - (l1 * fh + e0)) - l1 * fl + (t1 - m1) * f;
