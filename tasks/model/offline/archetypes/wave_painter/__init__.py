"""Layers of waves painted on a canvas, each with its own height, ripples and drift."""
