"""Cases that come by the dozen, as files or as a table: read, judged, then written at once."""
