"""Linking: what names, attributes, classes and instances of the project denote, across its modules."""
