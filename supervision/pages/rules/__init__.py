"""The rules that staff keep: who answers what where, and how long things may take."""
