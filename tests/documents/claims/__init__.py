"""What the documents claim, each claim held by the test that bears its mark.

A document writes `[✓][shim-kind]` after the claim; the test is marked `@claim("shim-kind")`. `test_marks.py`
holds that the two say the same.
"""
