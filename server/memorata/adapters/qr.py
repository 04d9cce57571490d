"""An address as a picture that a telephone can read."""

import segno


def drawn(address: str) -> tuple[int, str]:
    """Width of the square in modules, its quiet margin included, and the path that draws it, one unit a module."""
    margin = 4
    code = segno.make_qr(address, error="m")
    path = "".join(
        f"M{x + margin} {y + margin}h1v1h-1z" for y, row in enumerate(code.matrix) for x, dark in enumerate(row) if dark
    )
    return len(code.matrix) + 2 * margin, path
