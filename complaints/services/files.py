"""Files that come with words: checked by content, images re-encoded, kept outside the web root."""
