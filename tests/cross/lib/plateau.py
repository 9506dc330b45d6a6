"""The authors' plateau schedule (numerics N5), as the references of training in NumPy use it."""
import math


class Plateau:
    """The rate after each loss it was shown: a tenth of it after eleven losses in a row that were not better."""

    def __init__(self, lr):
        self.lr, self.best, self.bad = lr, math.inf, 0

    def see(self, loss):
        if loss < self.best * (1 - 1e-4):
            self.best, self.bad = loss, 0
            return
        self.bad += 1
        if self.bad > 10:
            if self.lr - self.lr * 0.1 > 1e-8:
                self.lr *= 0.1
            self.bad = 0
