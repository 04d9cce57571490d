"""How many a server holds, how fast they come in and how soon all hear, beside bare peers: `make bench`."""
