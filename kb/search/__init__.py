"""Cases → results: French analysis, Whoosh index, array snapshot, query value, facets, ranking, suggestions."""
