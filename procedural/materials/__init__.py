"""Shader graphs, one family a file."""
