"""Positions on a line that are near to where each thing wants to be, and as far apart as they must be.

The least squares under constraints `y[lower] - y[upper] >= distance` of Dwyer, Marriott and Stuckey ("Fast node overlap removal", 2005),
in its one-pass form: things are taken from the top, and one that comes to lie too near to what is above it joins that in a group which
then stands at the mean of its members' wishes. Groups are not parted again, so the result is near the best, not always the best.
"""

from __future__ import annotations

from heapq import heapify, heappop, heappush

Neighbours = list[list[tuple[int, float]]]  # by thing: another one, and how far apart they are at least
NEAR = 1e-6


def separate(wish: list[float], weight: list[float], order: list[int], above: Neighbours) -> list[float]:
    """Where each thing is put.

    order: all things, each after those in its `above`. weight: above 0; how much each insists.
    """
    group = list(range(len(wish)))
    offset = [0.0] * len(wish)
    members = [[index] for index in group]
    mass = list(weight)
    moment = [w * y for w, y in zip(weight, wish, strict=True)]  # of weight * (wish - offset)
    place = list(wish)
    # By group: (-key, lower, upper, distance); the key is where the group must be for the two to be apart.
    heaps: list[list[tuple[float, int, int, float]]] = [[] for _ in wish]
    for index in order:
        heaps[index] = [(-(place[group[u]] + offset[u] + d), index, u, d) for u, d in above[index]]
        heapify(heaps[index])
        own = index
        while heaps[own]:
            key, lower, upper, distance = heaps[own][0]
            other = group[upper]
            if other == own:
                heappop(heaps[own])
                continue
            now = place[other] + offset[upper] + distance - offset[lower]
            if now < -key - NEAR:  # what is above has been moved up since
                heappop(heaps[own])
                heappush(heaps[own], (-now, lower, upper, distance))
                continue
            if now <= place[own] + NEAR:
                break
            heappop(heaps[own])
            # In the group's own frame the other group lies so far down.
            apart = offset[lower] - distance - offset[upper]
            if len(members[other]) > len(members[own]):
                own, other, apart = other, own, -apart
            for each in members[other]:
                group[each] = own
                offset[each] += apart
            members[own] += members[other]
            for key, low, high, d in heaps[other]:
                heappush(heaps[own], (key + apart, low, high, d))
            moment[own] += moment[other] - apart * mass[other]
            mass[own] += mass[other]
            place[own] = moment[own] / mass[own]
            members[other], heaps[other] = [], []
    return [place[group[index]] + offset[index] for index in range(len(wish))]
