"""What a system brings in: cases, the numbers they have there, its own statuses; and how it leaves."""
