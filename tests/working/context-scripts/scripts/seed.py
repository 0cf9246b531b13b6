#!/usr/local/bin/python
import random

random.seed(1)
print("seed", random.randint(1, 1))
