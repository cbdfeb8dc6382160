"""Archetype: a catching game on a canvas."""
