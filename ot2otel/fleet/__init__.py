"""Which services continue whose traces: every variant calling every other, and what headers say."""
