"""Makes what the documents show: blocks of text, which cog writes into them, and pictures."""
