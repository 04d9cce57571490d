"""How well a page knows the server's time, ours and published libraries, over emulated lines: `make bench-clock`."""
