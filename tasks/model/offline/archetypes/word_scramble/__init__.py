"""Archetype: scrambled words to be typed."""
