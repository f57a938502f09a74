"""Requests: who calls the project's code, what is open when it begins, and which functions are worth a look."""
