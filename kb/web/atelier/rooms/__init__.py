"""The rooms of the workspace; each gives the blueprint its routes when it is imported."""
