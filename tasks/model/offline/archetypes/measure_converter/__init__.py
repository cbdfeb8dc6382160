"""A converter between measures, with a scale, a swap and a ledger of what was converted."""
