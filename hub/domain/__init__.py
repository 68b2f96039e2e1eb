"""Pure accounting: no I/O, no clock, no database."""
