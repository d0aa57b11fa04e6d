"""What the page around a picture consists of: its style and its script, which hold nothing of a user's."""
