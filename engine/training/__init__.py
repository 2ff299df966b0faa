"""Trains the embedded prior on renders of our own generators."""
