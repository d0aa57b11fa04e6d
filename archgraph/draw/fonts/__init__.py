"""The two fonts that pictures are drawn with, shipped beside this file with their licences.

Carlito Regular for words (SIL Open Font License 1.1), Latin Modern Math for symbols (GUST Font License).
"""
