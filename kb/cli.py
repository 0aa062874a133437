"""The command line `kb`."""
