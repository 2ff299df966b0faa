"""Pretrained models behind one interface (`base.Prior`); a method never knows which of them it runs.

Belongs here: networks, their loading, their noise schedules. Does not: losses (guidance/), training (training/).
"""
