# N1: a lane of four steps (a dot of 32 terms has eight such) for entries in [-1, 1].
@rnd = float<ieee_64, ne>;
x0 = rnd(X0); x1 = rnd(X1); x2 = rnd(X2); x3 = rnd(X3);
y0 = rnd(Y0); y1 = rnd(Y1); y2 = rnd(Y2); y3 = rnd(Y3);
s1 = rnd(x0 * y0);
s2 = rnd(x1 * y1 + s1);
s3 = rnd(x2 * y2 + s2);
s4 = rnd(x3 * y3 + s3);
{ |x0| <= 1 /\ |x1| <= 1 /\ |x2| <= 1 /\ |x3| <= 1 /\ |y0| <= 1 /\ |y1| <= 1 /\ |y2| <= 1 /\ |y3| <= 1
  -> |s4 - (x3 * y3 + (x2 * y2 + (x1 * y1 + x0 * y0)))| <= 0x1p-50 }
