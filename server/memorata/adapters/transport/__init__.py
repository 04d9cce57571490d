"""The faster transport: Socket.IO lines without a thread each, behind the seams of the libraries (docs/adr/0020)."""
