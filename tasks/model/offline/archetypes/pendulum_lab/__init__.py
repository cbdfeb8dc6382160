"""Archetype: a pendulum with its period, on a canvas."""
