"""The providers of SMS: one file each, with its way in and its way out."""
