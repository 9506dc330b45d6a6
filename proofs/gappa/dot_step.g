# N1: one fma of a lane against its exact value, where the result is normal. spec/numerics.md N1a lifts it to n terms.
@rnd = float<ieee_64, ne>;
x = rnd(X); y = rnd(Y); s = rnd(S);
exact = x * y + s;
{ |exact| in [0x1p-1021, 0x1p1023] -> rnd(exact) -/ exact in [-0x1p-53, 0x1p-53] }
