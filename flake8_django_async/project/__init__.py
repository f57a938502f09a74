"""From names to files: import roots, modules, the reverse index, settings, the cache."""
