# N18, src/kernel/fused.c: in its ranges no operation overflows, so that they are those of Fused.v, which knows no largest number.
# Bounds of 2^470 and 2^1000 are MOST and MOST_ADDED there.
@rnd = float<ieee_64, ne>;
x = rnd(X); y = rnd(Y); z = rnd(Z);
p rnd= x * y;
ax rnd= 0x8000001p0 * x; bx rnd= ax - x; x1 rnd= ax - bx; x2 rnd= x - x1;
ay rnd= 0x8000001p0 * y; by rnd= ay - y; y1 rnd= ay - by; y2 rnd= y - y1;
e1 rnd= x1 * y1; e2 rnd= e1 - p; e3 rnd= x1 * y2; e4 rnd= e2 + e3; e5 rnd= x2 * y1; e6 rnd= e4 + e5; e7 rnd= x2 * y2; e rnd= e6 + e7;
high rnd= z + e; h1 rnd= high - z; h2 rnd= high - h1; h3 rnd= z - h2; h4 rnd= e - h1; low rnd= h3 + h4;
top rnd= p + high; t1 rnd= top - p; t2 rnd= top - t1; t3 rnd= p - t2; t4 rnd= high - t1; rest rnd= t3 + t4;
near rnd= low + rest; n1 rnd= near - low; n2 rnd= near - n1; n3 rnd= low - n2; n4 rnd= rest - n1; lost rnd= n3 + n4;
# the last sum: what is added is near or a neighbour of it
{ |x| in [0, 0x1p470] /\ |y| in [0, 0x1p470] /\ |z| in [0, 0x1p1000] ->
  |p| in [0, 0x1p1023] /\ |ax| in [0, 0x1p1023] /\ |bx| in [0, 0x1p1023] /\ |x1| in [0, 0x1p1023] /\ |x2| in [0, 0x1p1023]
  /\ |ay| in [0, 0x1p1023] /\ |by| in [0, 0x1p1023] /\ |y1| in [0, 0x1p1023] /\ |y2| in [0, 0x1p1023] /\ |e1| in [0, 0x1p1023]
  /\ |e2| in [0, 0x1p1023] /\ |e3| in [0, 0x1p1023] /\ |e4| in [0, 0x1p1023] /\ |e5| in [0, 0x1p1023] /\ |e6| in [0, 0x1p1023]
  /\ |e7| in [0, 0x1p1023] /\ |e| in [0, 0x1p1023] /\ |high| in [0, 0x1p1023] /\ |h1| in [0, 0x1p1023] /\ |h2| in [0, 0x1p1023]
  /\ |h3| in [0, 0x1p1023] /\ |h4| in [0, 0x1p1023] /\ |low| in [0, 0x1p1023] /\ |top| in [0, 0x1p1023] /\ |t1| in [0, 0x1p1023]
  /\ |t2| in [0, 0x1p1023] /\ |t3| in [0, 0x1p1023] /\ |t4| in [0, 0x1p1023] /\ |rest| in [0, 0x1p1023] /\ |near| in [0, 0x1p1023]
  /\ |n1| in [0, 0x1p1023] /\ |n2| in [0, 0x1p1023] /\ |n3| in [0, 0x1p1023] /\ |n4| in [0, 0x1p1023] /\ |lost| in [0, 0x1p1023]
  /\ |top + 2 * near| in [0, 0x1p1023] }
