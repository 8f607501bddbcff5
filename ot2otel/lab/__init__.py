"""The laboratory: one small distributed program in several variants, run, compared and measured."""
