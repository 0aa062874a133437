"""Whether the addresses of sources still answer: asked politely, outside any visitor's request."""
