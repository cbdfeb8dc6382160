"""A bench on which stock solutions are poured together; pH, temperature or concentration is reckoned as one pours."""
