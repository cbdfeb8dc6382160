"""An interval timer for a habit: presets, rounds, a ring that fills, and a tally of sessions."""
