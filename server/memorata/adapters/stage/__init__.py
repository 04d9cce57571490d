"""What carries pictures and sound: pages to each other, a media server, or nothing for tests."""
