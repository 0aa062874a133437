"""Page objects of the workspace."""
