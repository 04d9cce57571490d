"""The JSON API and the pages of organizers who plan."""
