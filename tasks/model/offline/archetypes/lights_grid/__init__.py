"""Archetype: a puzzle of lamps that switch their neighbours."""
