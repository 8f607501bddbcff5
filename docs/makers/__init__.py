"""Makes the generated parts of the documents: blocks of text, which cog writes into them, and pictures."""
