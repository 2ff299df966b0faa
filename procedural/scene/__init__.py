"""Whole scenes: land, water, what grows on it, light and weather, cameras, and the ground truth of their pictures."""
