"""The claims of the documents, each with a test.

A document writes `[✓][shim-kind]` after the claim; the test is marked `@claim("shim-kind")`. `test_marks.py`
checks that every claim has its test and every test its claim.
"""
