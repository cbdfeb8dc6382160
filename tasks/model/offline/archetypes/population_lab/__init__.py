"""Archetype: a population that grows year by year, as a plot and a table."""
